"""Options among the words: by id, by title, spelt nearly right, by number ("2") or by letter, several with commas.

What might be two options is no choice; the person is asked which.
"""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

from bot.domain.coaching.phrases import consumed, folded, listed, without_spaces
from bot.domain.playbook import AnswerKind, Item, Option

_ALL = listed(
    "all; all of them; all of these; every one; everything; each of them; alle; tous; todos; tutti; both; beide; 全部; 都"
)
_BOTH = listed("both; beide; both of them")
_AROUND = listed(
    "yes; yep; ja; oui; option; options; number; no.; nr.; the; it is; it's; that is; we; choose; chose; take; use; mostly; and; also; please"
)
_APART = re.compile(r"\s*(?:[,;/+&|\n]|\.(?:\s|$)|\s(?:and|und|et|y|e|as well as|plus)\s)\s*")
_NUMBER = re.compile(r"(?:options?\s|number\s|no\.\s?|nr\.\s?|#|n°\s?)?(?P<n>\d{1,3})[.)]?")
_NUMBERS = re.compile(r"(?:options?\s|numbers?\s)?\d{1,3}[.)]?(?:(?:[\s,;&+]|and|und)+#?\d{1,3}[.)]?)+")
_LETTER = re.compile(r"\(?(?P<l>[a-z])[.)]?")
_NEARLY, _CLEARLY = 0.8, 0.08
"""How alike a spelling has to be, and by how much more than the next one."""
_NOT = re.compile(
    r"\b(?:not|no|never|without|except|but not|nicht|kein[erns]?|ohne|instead of|rather than|statt|sauf|pas)\s(?:(?:the|a|an|any|really|yet)\s)?$"
)


_ALL_BUT = re.compile(
    r"\W*(?:all|all of them|everything|every one|alles|alle|todos?|tous?|tout)\s(?:except|but|apart from|other than|außer|bis auf|ohne|sauf|excepto|menos)\b"
)
_ORDINALS = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "fifth": 4, "5th": 4, "last": -1, "erste": 0, "ersten": 0,
    "zweite": 1, "dritte": 2, "vierte": 3, "letzte": -1,
}  # fmt: skip
_ORDINAL = re.compile(rf"(?:the\s|die\s|das\s)?(?P<o>{'|'.join(_ORDINALS)})(?:\s(?:one|option|choice))?")


class Chosen(NamedTuple):
    """What was chosen, by id; or the titles among which it cannot be told."""

    ids: tuple[str, ...] = ()
    either: tuple[str, ...] = ()


def choose(text: str, item: Item) -> Chosen:
    """Return which of an item's options folded words choose."""
    several = item.kind is AnswerKind.CHOICES
    exact = _exactly(text, item.options)
    if exact:
        return Chosen((exact.id,))
    if several and _names_all(text, item):
        return Chosen(tuple(option.id for option in item.options))
    but = _ALL_BUT.match(text) if several else None
    if but:
        left_out = _each(text[but.end() :], item.options)
        return Chosen(
            tuple(option.id for option in item.options if option not in left_out) if left_out else ()
        )
    named = _each(text, item.options) if several else _one(text, item.options)
    if not several and len(named) > 1:
        return Chosen(either=tuple(option.title for option in named))
    return Chosen(tuple(option.id for option in named))


def _one(text: str, options: tuple[Option, ...]) -> list[Option]:
    return _named_in(text, options) or _by_number(text, options) or _spelt_nearly(text, options)


def _each(text: str, options: tuple[Option, ...]) -> list[Option]:
    """Return what is named anywhere, and what is nearly named in a part of its own."""
    by_number = _by_number(text, options)
    if by_number:
        return by_number
    named = _named_in(text, options)
    for part in _parts(text[:400]):
        if not _named_in(part, options):
            named.extend(_spelt_nearly(part, options))
    return [option for option in options if option in named]


def is_a_choice(text: str, item: Item) -> bool:
    """Whether folded words are an option and nothing else, even one that is called "No", or all options but some."""
    but = item.kind is AnswerKind.CHOICES and _ALL_BUT.match(text) is not None
    return _exactly(text, item.options) is not None or but


def _exactly(text: str, options: tuple[Option, ...]) -> Option | None:
    said = text.strip(" .!,;:\"'()")
    return next((option for option in options if said in {option.id, folded(option.title)}), None)


def _names_all(text: str, item: Item) -> bool:
    used = consumed(text, [_ALL, _AROUND]) if len(text) < 60 else None
    if used is None or 0 not in used:
        return False
    return len(item.options) == 2 or _BOTH.search(text) is None


def _named_in(text: str, options: tuple[Option, ...]) -> list[Option]:
    """Return the options whose titles or ids stand in the words; a longer title hides a shorter one inside it."""
    spans: list[tuple[int, int, Option]] = []
    for option in options:
        # A plain id ("answer") is a word like any other; one of several words is meant.
        names = (
            folded(option.title),
            *((option.id, option.id.replace("-", " ")) if "-" in option.id else ()),
        )
        for name in dict.fromkeys(names):
            start, end = _place(text, name)
            if start >= 0 and not _NOT.search(text[max(start - 30, 0) : start]):
                spans.append((start, end, option))
    spans.sort(key=lambda span: (span[0] - span[1], span[0]))
    kept: list[tuple[int, int, Option]] = []
    for start, end, option in spans:
        inside = any(start < other_end and end > other_start for other_start, other_end, _ in kept)
        if not inside and all(option is not other for _, _, other in kept):
            kept.append((start, end, option))
    found = [option for _, _, option in kept]
    return [option for option in options if option in found]


def _place(text: str, name: str) -> tuple[int, int]:
    edge = "" if without_spaces(name) else r"(?<![\w-]){}(?![\w-])"
    pattern = edge.format(re.escape(name)) if edge else re.escape(name)
    found = re.search(pattern, text) if len(name) > 1 else None
    return found.span() if found else (-1, -1)


def _by_number(text: str, options: tuple[Option, ...]) -> list[Option]:
    chosen: list[Option] = []
    for part in _parts(text):
        number, letter = _NUMBER.fullmatch(part), _LETTER.fullmatch(part)
        ordinal = _ORDINAL.fullmatch(part)
        if ordinal and -1 <= _ORDINALS[ordinal["o"]] < len(options):
            chosen.append(options[_ORDINALS[ordinal["o"]]])
            continue
        place = int(number["n"]) if number else ord(letter["l"]) - ord("a") + 1 if letter else 0
        if not 1 <= place <= len(options):
            return []
        chosen.append(options[place - 1])
    return [option for option in options if option in chosen]


def _parts(text: str) -> list[str]:
    if _NUMBERS.fullmatch(text.strip()):
        return re.findall(r"\d{1,3}", text)
    return [part.strip() for part in _APART.split(text) if part.strip()]


def _spelt_nearly(text: str, options: tuple[Option, ...]) -> list[Option]:
    chosen: list[Option] = []
    for part in _parts(text[:400]):
        said = _without_frame(part)
        likely = _nearest(said, options) if 2 < len(said) <= 80 else None
        if likely:
            chosen.append(likely)
    return [option for option in options if option in chosen]


def _without_frame(part: str) -> str:
    return " ".join(_AROUND.sub(" ", part).split()).strip(" .!,;:\"'()")


def _nearest(said: str, options: tuple[Option, ...]) -> Option | None:
    """Return the option that is spelt nearly so, or whose beginning it is; None where two are as likely."""
    words = set(said.split())
    within = [option for option in options if words and words <= set(folded(option.title).split())]
    if len(within) == 1:
        return within[0]
    starts = [option for option in options if len(said) > 3 and folded(option.title).startswith(said)]
    if len(starts) == 1:
        return starts[0]
    likeness = sorted(((_alike(said, option), number) for number, option in enumerate(options)), reverse=True)
    best, number = likeness[0]
    runner_up = likeness[1][0] if len(likeness) > 1 else 0
    return options[number] if best >= _NEARLY and best - runner_up >= _CLEARLY else None


def _alike(said: str, option: Option) -> float:
    names = (folded(option.title), option.id)
    return max(SequenceMatcher(None, said, name, autojunk=False).ratio() for name in names)
