"""How the parts of a playbook hold together: ids once each, references that lead somewhere, gates one step at a time.

Works on the raw data of the files, so that one misshapen entry does not hide what is wrong elsewhere. Form is checked in
`playbook_forms`; what has the wrong form is passed over here.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from bot.domain.pilots import RETIRED
from prompts.marked_yaml import Marked, Place
from prompts.problems import Problem, nearest, shown


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


def problems(stages: Marked, gates: Marked, coaching: Marked, checklists: Sequence[Marked]) -> list[Problem]:
    """Return everything that does not hold together."""
    steps, doors = list(_entries(stages, "stages")), list(_entries(gates, "gates"))
    lists = [Named(file.data["id"], file.data, file, ()) for file in checklists if _has_id(file.data)]
    items = [item for file in checklists for item in _entries(file, "items")]
    found = [
        *_twice("stage", steps), *_twice("gate", doors), *_twice("checklist", lists), *_twice("item", items),
        *_twice("concern", list(_entries(coaching, "concerns"))),
    ]  # fmt: skip
    if steps:
        found += [*_first_stage(stages, steps), *_way(doors, steps), *_dead_ends(stages, gates, steps, doors)]
    if lists:
        found += _asked(doors, lists)
    return found


def _entries(file: Marked, key: str) -> Iterator[Named]:
    listed = file.data.get(key) if isinstance(file.data, dict) else None
    for index, entry in enumerate(listed if isinstance(listed, list) else []):
        if _has_id(entry):
            yield Named(entry["id"], entry, file, (key, index))


def _has_id(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("id"), str)


def _twice(kind: str, entries: list[Named]) -> Iterator[Problem]:
    first: dict[str, Named] = {}
    for one in entries:
        known = first.setdefault(one.id, one)
        if known is not one:
            at = f"{known.file.file}:{known.line}"
            yield one.problem("id", f"the {kind} {shown(one.id)} is already in {at}", "an id of its own")


def _first_stage(stages: Marked, steps: list[Named]) -> Iterator[Problem]:
    first, ids = stages.data.get("first_stage"), [step.id for step in steps]
    if isinstance(first, str) and first not in ids:
        said = f"the first stage {shown(first)} is not among the stages"
        yield Problem(stages.file, stages.line(("first_stage",)), said, _one_of(ids), nearest(first, ids))
    for step in steps:
        if step.id == RETIRED:
            yield step.problem("id", f"{shown(RETIRED)} is the end of a pilot, not a stage", "another id")


def _way(doors: list[Named], steps: list[Named]) -> Iterator[Problem]:
    """Check that each gate leads from a stage to the next one, and that no stage has two."""
    ids = list(dict.fromkeys(step.id for step in steps))
    leaving: dict[str, Named] = {}
    for gate in doors:
        start, end = gate.entry.get("from_stage"), gate.entry.get("to_stage")
        for key, stage in (("from_stage", start), ("to_stage", end)):
            if isinstance(stage, str) and stage not in ids:
                yield gate.problem(
                    key, f"there is no stage {shown(stage)}", _one_of(ids), nearest(stage, ids)
                )
        if start in ids and end in ids:
            yield from _one_step(gate, ids, ids.index(start), ids.index(end))
        if isinstance(start, str) and leaving.setdefault(start, gate) is not gate:
            said = f"the gate {shown(leaving[start].id)} already leads on from {shown(start)}"
            yield gate.problem("from_stage", said, "one gate for each stage")


def _one_step(gate: Named, ids: list[str], start: int, end: int) -> Iterator[Problem]:
    if start + 1 == len(ids):
        yield gate.problem(
            "from_stage", f"{shown(ids[start])} is the last stage", "a stage that another follows"
        )
        return
    step, following = f"from {shown(ids[start])} to {shown(ids[end])}", shown(ids[start + 1])
    if end <= start:
        yield gate.problem("to_stage", f"this gate leads in a circle, {step}", f"the next stage, {following}")
    elif end > start + 1:
        left_out = ", ".join(shown(stage) for stage in ids[start + 1 : end])
        yield gate.problem("to_stage", f"this gate skips {left_out}", f"the next stage, {following}")


def _dead_ends(stages: Marked, gates: Marked, steps: list[Named], doors: list[Named]) -> Iterator[Problem]:
    """Find stages in which a pilot would be stuck. Stages before the first one need no gate."""
    if not doors:
        return
    ids, first = [step.id for step in steps], stages.data.get("first_stage")
    begin = ids.index(first) if first in ids else 0
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
                yield Problem(gate.file.file, line, said, _one_of(ids), nearest(name, ids))
            if name in seen:
                yield Problem(
                    gate.file.file, line, f"the checklist {shown(name)} is listed twice", "each once"
                )
            seen.add(name)


def _one_of(ids: Sequence[str]) -> str:
    return "one of " + ", ".join(f"“{known}”" for known in ids)
