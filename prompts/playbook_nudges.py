"""What nudges.yaml says besides its form: braces that a kind of matter knows, answers that are there, a time zone that exists.

Like `playbook_ties`, it works on the raw data of the files and passes over what has the wrong form. What a playbook's own file
leaves out is taken from ours here, too, so that files from before there were rules go on working.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import available_timezones

from bot.domain.matters import KNOWN, MatterKind, placeholders
from bot.domain.playbook import AnswerKind
from bot.domain.rhythm import Knows, NudgeRhythm
from prompts.marked_yaml import Marked, Place
from prompts.playbook_references import Known
from prompts.playbook_ties import one_of
from prompts.problems import Problem, nearest, shown

RULES, KNOWS = "rules", "knows"
WANTED: dict[str, tuple[AnswerKind, ...]] = {
    "sponsor": (AnswerKind.PERSON, AnswerKind.GROUP),
    "decision_date": (AnswerKind.DATE,),
    "team_cost": (AnswerKind.MONEY,),
}
"""Of which kind an answer has to be for what it tells; any kind says what would be good enough."""


def problems(nudges: Marked, checklists: Sequence[Marked]) -> list[Problem]:
    """Return every text, reference and zone that cannot be meant, and every kind that has two rules."""
    if not isinstance(nudges.data, dict):
        return []
    found = [*_zone(nudges), *_known(nudges, Known("items", checklists))]
    seen: dict[str, int] = {}
    for index, rule in _entries(nudges.data.get(RULES)):
        place: Place = (RULES, index)
        found += _twice(nudges, place, rule.get("about"), seen)
        for at, rung in _rungs(rule):
            found += _repeated(nudges, (*place, *at, "tells"), rung.get("tells"))
            found += _text(nudges, (*place, *at, "says"), rung.get("says"), rule.get("about"))
    return found


def unsaid(nudges: Marked) -> list[str]:
    """Return the keys for which ours stand in where a file says nothing of them."""
    return [key for key in (RULES, KNOWS) if isinstance(nudges.data, dict) and key not in nudges.data]


def completed(
    made: NudgeRhythm, nudges: Marked, ours: NudgeRhythm, checklists: Sequence[Marked]
) -> NudgeRhythm:
    """Return a file's content with our rules where it has none, and our questions as far as they are there."""
    instead = {RULES: ours.rules, KNOWS: fitting(ours.knows, checklists)}
    return made.model_copy(update={key: instead[key] for key in unsaid(nudges)})


def fitting(knows: Knows, checklists: Sequence[Marked]) -> Knows:
    """Return the same without the questions that the checklists lack, or that ask for something else."""
    items = Known("items", checklists)
    kinds = {item.id: item.entry.get("kind", AnswerKind.STATUS) for item in items.named}
    lacking = {key: None for key, name in knows if name is not None and not _tells(key, name, kinds)}
    return knows.model_copy(update=lacking) if lacking else knows


def _tells(key: str, name: str, kinds: dict[str, Any]) -> bool:
    return name in kinds and (key not in WANTED or kinds[name] in WANTED[key])


def _entries(listed: object) -> Iterator[tuple[int, dict[str, Any]]]:
    for index, entry in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(entry, dict):
            yield index, entry


def _rungs(rule: dict[str, Any]) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Return where the texts of a rule stand: its rungs, and what follows after them."""
    for number, rung in _entries(rule.get("rungs")):
        yield ("rungs", number), rung
    if isinstance(again := rule.get("again"), dict):
        yield ("again",), again


def _twice(nudges: Marked, place: Place, about: object, seen: dict[str, int]) -> Iterator[Problem]:
    if not isinstance(about, str):
        return
    line = nudges.line((*place, "about"))
    if seen.setdefault(about, line) != line:
        found = f"there is already a rule about {shown(about)} in line {seen[about]}"
        yield Problem(nudges.file, line, found, "one rule for each kind")


def _repeated(nudges: Marked, place: Place, listed: object) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, who in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(who, str) and who in seen:
            yield Problem(
                nudges.file, nudges.line((*place, index)), f"{shown(who)} is listed twice", "each once"
            )
        seen.add(str(who))


def _text(nudges: Marked, place: Place, says: object, about: object) -> Iterator[Problem]:
    """Check that what stands in braces is known of this kind of matter."""
    if not isinstance(says, str) or not isinstance(about, str) or about not in list(MatterKind):
        return
    line = nudges.line(place)
    if not says.strip():
        yield Problem(nudges.file, line, "there are no words", "what people read after the pilot's name")
    known = sorted(KNOWN[MatterKind(about)])
    told = f"of “{about}” are known: {', '.join(f'{{{name}}}' for name in known)}"
    try:
        named = placeholders(says)
    except ValueError as fault:
        yield Problem(nudges.file, line, f"the braces in {shown(says)} cannot be read ({fault})", told)
        return
    for name in dict.fromkeys(named):
        if name not in known:
            near = nearest(name, known)
            yield Problem(nudges.file, line, f"there is no {{{name}}} here", told, near and f"{{{near}}}")


def _known(nudges: Marked, items: Known) -> Iterator[Problem]:
    """Check that what the answers tell is asked for, and that such an answer can tell it."""
    knows = nudges.data.get(KNOWS)
    kinds = {item.id: item.entry.get("kind", AnswerKind.STATUS) for item in items.named}
    for key, name in knows.items() if isinstance(knows, dict) and items.whole else ():
        if key not in Knows.model_fields or not isinstance(name, str) or _tells(key, name, kinds):
            continue
        wanted = WANTED.get(key, ())
        those = [item for item, kind in kinds.items() if not wanted or kind in wanted]
        expected = one_of(those) if those else f"none, because no item has the kind {' or '.join(wanted)}"
        found, near = f"there is no item {shown(name)}", nearest(name, those)
        if name in kinds:
            found, near = f"the item {shown(name)} has the kind {shown(kinds[name])}", None
            expected = f"an item of the kind {' or '.join(wanted)}: {expected}" if those else expected
        yield Problem(nudges.file, nudges.line((KNOWS, key)), found, expected, near)


def _zone(nudges: Marked) -> Iterator[Problem]:
    weekly = nudges.data.get("weekly")
    zone = weekly.get("zone") if isinstance(weekly, dict) else None
    if isinstance(zone, str) and zone not in (zones := available_timezones()):
        line = nudges.line(("weekly", "zone"))
        expected = "the name of one, such as “Europe/Berlin” or “UTC”"
        yield Problem(
            nudges.file, line, f"there is no time zone {shown(zone)}", expected, nearest(zone, zones)
        )
