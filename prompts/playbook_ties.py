"""How the parts of a playbook hold together: ids once each, references that lead somewhere, gates one step at a time.

Works on the raw data of the files, so that one misshapen entry does not hide what is wrong elsewhere. Form is checked in
`playbook_forms`; what has the wrong form is passed over here. What items refer to is in `playbook_references`.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from bot.domain.pilots import RETIRED
from prompts.marked_yaml import Marked, Place
from prompts.problems import Problem, nearest, shown

MOST_NAMED = 12


class Named(NamedTuple):
    """An entry that has an id, and where the id stands."""

    id: str
    entry: dict[str, Any]
    file: Marked
    place: Place

    @property
    def line(self) -> int:
        """The line of the id."""
        return self.file.line((*self.place, "id"))

    def problem(self, key: str, found: str, expected: str, near: str | None = None) -> Problem:
        """Return a problem at one of the entry's keys."""
        return Problem(self.file.file, self.file.line((*self.place, *key.split("."))), found, expected, near)


def problems(stages: Marked, gates: Marked, checklists: Sequence[Marked]) -> list[Problem]:
    """Return everything about stages, gates and checklists that does not hold together."""
    steps, doors = list(entries(stages, "stages")), list(entries(gates, "gates"))
    lists = [Named(file.data["id"], file.data, file, ()) for file in checklists if _has_id(file.data)]
    found = [*twice("stage", steps), *twice("gate", doors), *twice("checklist", lists)]
    if steps:
        found += [*_first_stage(stages, steps), *_starts(stages, steps)]
        found += [*_way(doors, steps), *_dead_ends(stages, gates, steps, doors)]
    if lists and all(
        isinstance(file.data, dict) for file in checklists
    ):  # a file that cannot be read may hold it
        found += _asked(doors, lists)
    return found


def entries(file: Marked, key: str) -> Iterator[Named]:
    """Return the entries of a list that have an id."""
    listed = file.data.get(key) if isinstance(file.data, dict) else None
    for index, entry in enumerate(listed if isinstance(listed, list) else []):
        if _has_id(entry):
            yield Named(entry["id"], entry, file, (key, index))


def _has_id(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("id"), str)


def twice(kind: str, named: Sequence[Named]) -> Iterator[Problem]:
    """Find ids that stand there twice."""
    first: dict[str, Named] = {}
    for one in named:
        known = first.setdefault(one.id, one)
        if known is not one:
            at = f"{known.file.file}:{known.line}"
            yield one.problem("id", f"the {kind} {shown(one.id)} is already in {at}", "an id of its own")


def _first_stage(stages: Marked, steps: list[Named]) -> Iterator[Problem]:
    first, ids = stages.data.get("first_stage"), [step.id for step in steps]
    if isinstance(first, str) and first not in ids:
        said = f"the first stage {shown(first)} is not among the stages"
        yield Problem(stages.file, stages.line(("first_stage",)), said, one_of(ids), nearest(first, ids))
    for step in steps:
        if step.id == RETIRED:
            yield step.problem("id", f"{shown(RETIRED)} is the end of a pilot, not a stage", "another id")


def _starts(stages: Marked, steps: list[Named]) -> Iterator[Problem]:
    """Check the stages that a pilot may be registered in: each is there, and something follows it."""
    ids = list(dict.fromkeys(step.id for step in steps))
    named = stages.data.get("may_start_in")
    for index, stage in enumerate(named if isinstance(named, list) else []):
        line = stages.line(("may_start_in", index))
        if not isinstance(stage, str):
            continue
        if stage not in ids:
            said = f"there is no stage {shown(stage)}"
            yield Problem(stages.file, line, said, one_of(ids[:-1]), nearest(stage, ids[:-1]))
        elif stage == ids[-1]:
            said = f"{shown(stage)} is the last stage, so nothing would lead a pilot there"
            yield Problem(stages.file, line, said, one_of(ids[:-1]))


def _way(doors: list[Named], steps: list[Named]) -> Iterator[Problem]:
    """Check that each gate leads from a stage to the next one, and that no stage has two."""
    ids = list(dict.fromkeys(step.id for step in steps))
    leaving: dict[str, Named] = {}
    for gate in doors:
        start, end = gate.entry.get("from_stage"), gate.entry.get("to_stage")
        for key, stage in (("from_stage", start), ("to_stage", end)):
            if isinstance(stage, str) and stage not in ids:
                yield gate.problem(key, f"there is no stage {shown(stage)}", one_of(ids), nearest(stage, ids))
        if start in ids and end in ids:
            upkeep = start == end and gate.entry.get("every_days") is not None
            check = _upkeep if upkeep else _one_step
            yield from check(gate, ids, ids.index(start), ids.index(end))
        if isinstance(start, str) and leaving.setdefault(start, gate) is not gate:
            said = f"the gate {shown(leaving[start].id)} already leads on from {shown(start)}"
            yield gate.problem("from_stage", said, "one gate for each stage")


def _upkeep(gate: Named, ids: list[str], start: int, _end: int) -> Iterator[Problem]:
    """Check that only the last stage has upkeep: from any other, the gate that leads on is the one that is meant."""
    if start + 1 < len(ids):
        said = f"this gate is upkeep (every_days) of {shown(ids[start])}, which another stage follows"
        yield gate.problem("from_stage", said, f"the last stage, {shown(ids[-1])}")


def _one_step(gate: Named, ids: list[str], start: int, end: int) -> Iterator[Problem]:
    if start + 1 == len(ids):
        wanted = "a stage that another follows"
        wanted += ", or every_days where it is upkeep" if start == end else ""
        yield gate.problem("from_stage", f"{shown(ids[start])} is the last stage", wanted)
        return
    step, following = f"from {shown(ids[start])} to {shown(ids[end])}", shown(ids[start + 1])
    if end <= start:
        yield gate.problem("to_stage", f"this gate leads in a circle, {step}", f"the next stage, {following}")
    elif end > start + 1:
        left_out = ", ".join(shown(stage) for stage in ids[start + 1 : end])
        yield gate.problem("to_stage", f"this gate skips {left_out}", f"the next stage, {following}")


def _dead_ends(stages: Marked, gates: Marked, steps: list[Named], doors: list[Named]) -> Iterator[Problem]:
    """Find stages in which a pilot would be stuck. Stages in which none can begin, before all others, need no gate."""
    if not doors:
        return
    ids, also = [step.id for step in steps], stages.data.get("may_start_in")
    starts = [stages.data.get("first_stage"), *(also if isinstance(also, list) else [])]
    begin = min((ids.index(start) for start in starts if start in ids), default=0)
    leaving = {gate.entry.get("from_stage") for gate in doors}
    for here, following in pairwise(ids[begin:]):
        if here not in leaving and here != following:
            said = f"no gate leads on from {shown(here)}, so pilots would be stuck there"
            yield Problem(
                gates.file, gates.line(("gates",)), said, f"a gate from {shown(here)} to {shown(following)}"
            )


def _asked(doors: list[Named], lists: list[Named]) -> Iterator[Problem]:
    ids = [known.id for known in lists]
    for gate in doors:
        wanted = gate.entry.get("checklists")
        seen: set[str] = set()
        for index, name in enumerate(wanted if isinstance(wanted, list) else []):
            line = gate.file.line((*gate.place, "checklists", index))
            if not isinstance(name, str):
                continue
            if name not in ids:
                said = f"there is no checklist {shown(name)}"
                yield Problem(gate.file.file, line, said, one_of(ids), nearest(name, ids))
            if name in seen:
                yield Problem(
                    gate.file.file, line, f"the checklist {shown(name)} is listed twice", "each once"
                )
            seen.add(name)


def one_of(ids: Sequence[str]) -> str:
    """Return what may stand there, the first ones of many by name."""
    named = ", ".join(f"“{known}”" for known in ids[:MOST_NAMED])
    return f"one of {named}" + (f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else "")
