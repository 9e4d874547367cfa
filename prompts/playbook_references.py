"""What items and posture areas refer to: steps, topics, causes of stalls, concerns, items, currencies.

Like `playbook_ties`, it works on the raw data of the files and passes over what has the wrong form.
"""

from collections.abc import Iterator, Sequence

from bot.domain.playbook import AnswerKind
from prompts.marked_yaml import Marked
from prompts.playbook_ties import Named, entries, one_of, twice
from prompts.problems import Problem, nearest, shown


def problems(
    framework: Marked, posture: Marked, coaching: Marked, checklists: Sequence[Marked]
) -> list[Problem]:
    """Return every reference that leads nowhere, and every id of theirs that stands there twice."""
    steps, topics, stalls = (Known(key, [framework]) for key in ("steps", "topics", "stalls"))
    concerns, items = Known("concerns", [coaching]), Known("items", checklists)
    areas = list(entries(posture, "areas"))
    found = [
        *twice("step", steps.named), *twice("topic", topics.named), *twice("cause of a stall", stalls.named),
        *twice("concern", concerns.named), *twice("area", areas), *twice("item", items.named),
    ]  # fmt: skip
    for item in items.named:
        found += _led("step", item, "step", steps)
        found += _led("topic", item, "covers", topics)
        found += _led("cause of a stall", item, "guards_against", stalls)
        found += _led("concern", item, "checks", concerns)
        found += _currency(item)
    for area in areas:
        found += _led("item", area, "shown_by", items)
    return found


def fits(posture: Marked, checklists: Sequence[Marked]) -> bool:
    """Whether all items that a posture rests on are there; otherwise ours is no stand-in for one's own."""
    items = Known("items", checklists)
    return not any(_led("item", area, "shown_by", items) for area in entries(posture, "areas"))


_KINDS = {"policies": "policy"}


class Known:
    """The entries that something may refer to."""

    def __init__(self, key: str, files: Sequence[Marked]) -> None:
        self.kind = _KINDS.get(key, key.removesuffix("s"))
        """What one of them is called."""
        self.named = [one for file in files for one in entries(file, key)]
        self.ids = list(dict.fromkeys(one.id for one in self.named))
        data = [file.data for file in files]
        self.whole = all(isinstance(one, dict) and isinstance(one.get(key, []), list) for one in data)
        """Whether all files could be read; otherwise what seems to lead nowhere may be there all the same."""


def _led(kind: str, one: Named, key: str, known: Known) -> list[Problem]:
    """Check that what an entry names under a key, one id or a list of them, is there."""
    value, ids = one.entry.get(key), known.ids
    if not known.whole:
        return []
    if isinstance(value, list):
        return [*_each(kind, one, key, value, ids)]
    if isinstance(value, str) and value not in ids:
        return [_unknown(kind, one, (key,), value, ids)]
    return []


def _each(kind: str, one: Named, key: str, values: Sequence[object], ids: Sequence[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, value in enumerate(values):
        if not isinstance(value, str):
            continue
        if value not in ids:
            yield _unknown(kind, one, (key, index), value, ids)
        elif value in seen:
            line = one.file.line((*one.place, key, index))
            yield Problem(one.file.file, line, f"the {kind} {shown(value)} is listed twice", "each once")
        seen.add(value)


def _unknown(kind: str, one: Named, key: tuple[str | int, ...], value: str, ids: Sequence[str]) -> Problem:
    expected = one_of(ids) if ids else f"none, because the playbook has no {kind}"
    line = one.file.line((*one.place, *key))
    return Problem(one.file.file, line, f"there is no {kind} {shown(value)}", expected, nearest(value, ids))


def _currency(item: Named) -> list[Problem]:
    """Check the unit of an amount of money; without one, people say the currency themselves."""
    unit = item.entry.get("unit")
    if item.entry.get("kind") != AnswerKind.MONEY or not isinstance(unit, str) or not unit:
        return []
    from babel.numbers import list_currencies

    known = list_currencies()
    if unit in known:
        return []
    near = nearest(unit.upper(), known)
    expected = "a currency's code of three letters, such as “EUR” or “USD”"
    return [item.problem("unit", f"there is no currency {shown(unit)}", expected, near)]
