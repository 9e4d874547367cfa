"""A playbook on one screen, for whoever has just written it; and what in it is allowed but probably not meant.

Says nothing that keeps a playbook from being used: those are problems, and `playbook_files` finds them.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from bot.domain.playbook import AnswerKind, Gate, Playbook, Stage
from bot.domain.policies import Approvers
from prompts.english import counted, join_words, short_day

_MOST_LISTED = 8


def summary(playbook: Playbook, today: date, *, instead: Sequence[str] = ()) -> str:
    """Return stages, gates, announced questions and what is worth a look; `instead` are files of ours that stand in."""
    lines = [
        f"Version    {playbook.version}",
        f"Stages     {' → '.join(stage.title for stage in playbook.stages)}",
        f"           A pilot begins in {join_words([stage.title for stage in playbook.starts], 'or')}.",
        "Gates",
        *_gates(playbook, today),
    ]
    lines += _part("Announced", _announced(playbook, today))
    lines += _part("Also", _also(playbook, instead))
    lines += _part("Worth a look", notes(playbook, today))
    return "\n".join(lines)


def _part(heading: str, found: Iterator[str]) -> list[str]:
    listed = [f"  {line}" for line in found]
    more = [f"  and {len(listed) - _MOST_LISTED} more"] if len(listed) > _MOST_LISTED else []
    return [heading, *listed[:_MOST_LISTED], *more] if listed else []


def _gates(playbook: Playbook, today: date) -> Iterator[str]:
    names = [gate.title for gate in playbook.gates]
    ways = [_way(playbook, gate) for gate in playbook.gates]
    name_wide, way_wide = max(map(len, names)), max(map(len, ways))
    for gate, way in zip(playbook.gates, ways, strict=True):
        items = playbook.items_of(gate)
        before = playbook.items_asked_before(gate)
        new = sum(item.id not in before for item in items)
        critical = sum(item.critical and item.counts_on(today) for item in items)
        asked = counted(len(items), "question") + (f" ({new} new)" if 0 < new < len(items) else "")
        said = f"{asked}, {critical} critical; {_decided(gate.approvers)}"
        yield f"  {gate.title:<{name_wide}}  {way:<{way_wide}}  {said}"


def _way(playbook: Playbook, gate: Gate) -> str:
    if not gate.leads_on:
        return f"{_title(playbook.stage(gate.from_stage))}, every {gate.every_days} days"
    return f"{_title(playbook.stage(gate.from_stage))} → {_title(playbook.stage(gate.to_stage))}"


def _title(stage: Stage | None) -> str:
    return stage.title if stage else ""


def _decided(approvers: Approvers | None) -> str:
    if approvers is None:
        return "nobody has to decide"
    who = [f"@{approvers.group}"] if approvers.group else []
    who += [counted(len(approvers.people), "person", "people")] if approvers.people else []
    who += ["the production owner"] if approvers.owner else []
    return f"decided by {join_words(who, 'or')}"


def _announced(playbook: Playbook, today: date) -> Iterator[str]:
    for one in playbook.checklists:
        gates = [gate.title for gate in playbook.gates if one.id in gate.checklists]
        for item in one.items:
            if item.enforce_from and not item.counts_on(today):
                at = f", at {join_words(gates)}" if gates else ""
                yield f"{item.id} ({item.title}) counts from {_day(item.enforce_from)}{at}"


def _day(day: date) -> str:
    return f"{short_day(day)} {day.year}"


def _also(playbook: Playbook, instead: Sequence[str]) -> Iterator[str]:
    count = sum(len(one.items) for one in playbook.checklists)
    concerns = counted(len(playbook.coaching.concerns), "concern")
    areas = counted(len(playbook.posture), "area") + " of posture" if playbook.posture else "no posture"
    yield (
        f"{counted(count, 'question')} in {counted(len(playbook.checklists), 'checklist')}; the coach listens for "
        f"{concerns}; {areas}"
    )
    if instead:
        yield f"{join_words(list(instead))} {'is' if len(instead) == 1 else 'are'} not there: ours stand in"


def notes(playbook: Playbook, today: date) -> Iterator[str]:
    """Say what is allowed and probably not meant."""
    used = {name for gate in playbook.gates for name in gate.checklists}
    for one in playbook.checklists:
        if one.id not in used:
            yield f"no gate asks for the checklist {one.id}"
    for item in (item for one in playbook.checklists for item in one.items):
        if item.enforce_from and item.counts_on(today):
            yield f"{item.id} has counted since {_day(item.enforce_from)}; enforce_from can go"
        if item.unit and item.kind not in {AnswerKind.NUMBER, AnswerKind.MONEY, AnswerKind.PERCENTAGE}:
            yield f"{item.id} has a unit, which the kind {item.kind} does not show"
        if item.if_missing.rstrip().endswith(".") or item.title.rstrip().endswith((".", "?")):
            key = "title" if item.title.rstrip().endswith((".", "?")) else "if_missing"
            yield f"{item.id}: {key} stands inside a sentence; leave out the mark at its end"
    for gate in playbook.gates:
        critical = any(item.critical for item in playbook.items_of(gate))
        if gate.leads_on and not critical:
            yield f"nothing at the gate {gate.id} is critical, so every pilot may pass it"
