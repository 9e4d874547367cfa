"""What an item asks for, in a phrase that fits the middle of a sentence: "a figure (cases a week)", "one of A, B or C"."""

from bot.domain.playbook import AnswerKind, Item

_PHRASES = {
    AnswerKind.STATUS: "what is there",
    AnswerKind.TEXT: "what is there",
    AnswerKind.NUMBER: "a figure",
    AnswerKind.MONEY: "an amount of money",
    AnswerKind.PERCENTAGE: "a percentage",
    AnswerKind.DATE: "a day",
    AnswerKind.LINK: "a link",
    AnswerKind.PERSON: "a person",
    AnswerKind.GROUP: "a team",
}
_SHOWN = 5
"""Options that one sentence has room for."""


def wanted_of(item: Item) -> str:
    """Return what kind of answer an item wants, with its unit or its options."""
    phrase = _PHRASES.get(item.kind)
    if phrase is None:
        return _choice(item)
    return f"{phrase} ({item.unit})" if item.kind is AnswerKind.NUMBER and item.unit else phrase


def listed_with_or(names: tuple[str, ...]) -> str:
    """Return "a", "a or b", "a, b or c"."""
    return " or ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _choice(item: Item) -> str:
    titles = tuple(f"“{option.title}”" for option in item.options)
    if len(titles) > _SHOWN:
        return "one of the choices" if item.kind is AnswerKind.CHOICE else "any of the choices"
    return f"{'one' if item.kind is AnswerKind.CHOICE else 'any'} of {listed_with_or(titles)}"
