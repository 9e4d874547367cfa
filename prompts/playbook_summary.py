"""A playbook on one screen, for whoever has just written it; and what in it is allowed but probably not meant.

Says nothing that keeps a playbook from being used: those are problems, and `playbook_files` finds them.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from bot.domain.playbook import AnswerKind, Gate, Playbook, Stage
from bot.domain.policies import Policy
from prompts.english import counted, join_words, short_day
from prompts.playbook_deciding import decided, people_said, policy_said
from prompts.playbook_files import NUDGES, OUR_RULES
from prompts.playbook_ladders import odd_rules, reminders_said

_MOST_LISTED = 8


def summary(playbook: Playbook, today: date, *, instead: Sequence[str] = ()) -> str:
    """Return stages, gates, announced questions and what is worth a look; `instead` are files of ours that stand in."""
    lines = [
        f"Version    {playbook.version}",
        f"Stages     {' → '.join(stage.title for stage in playbook.stages)}",
        f"           A pilot begins in {join_words([stage.title for stage in playbook.starts], 'or')}.",
        *([f"Tiers      {', '.join(tier.title for tier in playbook.tiers)}"] if playbook.tiers else []),
        "Gates",
        *_gates(playbook, today),
    ]
    lines += _part("Policies", _policies(playbook))
    lines += _part("Roles", _roles(playbook))
    lines += _part("Announced", _announced(playbook, today))
    lines += _part("Also", _also(playbook, instead))
    lines += _part("Worth a look", notes(playbook, today, instead=instead))
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
        said = f"{asked}, {critical} critical; {decided(playbook, gate)}"
        yield f"  {gate.title:<{name_wide}}  {way:<{way_wide}}  {said}"


def _way(playbook: Playbook, gate: Gate) -> str:
    if not gate.leads_on:
        return f"{_title(playbook.stage(gate.from_stage))}, every {gate.every_days} days"
    return f"{_title(playbook.stage(gate.from_stage))} → {_title(playbook.stage(gate.to_stage))}"


def _title(stage: Stage | None) -> str:
    return stage.title if stage else ""


def _policies(playbook: Playbook) -> Iterator[str]:
    wide = max((len(policy.id) for policy in playbook.policies), default=0)
    for policy in playbook.policies:
        yield f"{policy.id:<{wide}}  {policy_said(policy, playbook.roles)}"


def _roles(playbook: Playbook) -> Iterator[str]:
    for role in playbook.roles:
        if role.title != (said := people_said(role)):
            yield f"{role.title}: {said}"


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
    yield reminders_said(playbook.nudges)
    if instead:
        yield f"{join_words(list(instead))} {'is' if len(instead) == 1 else 'are'} not there: ours stand in"


def notes(playbook: Playbook, today: date, *, instead: Sequence[str] = ()) -> Iterator[str]:
    """Say what is allowed and probably not meant; not of rules that are ours."""
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
    yield from _odd_policies(playbook)
    if not {NUDGES, OUR_RULES} & {*instead}:
        yield from odd_rules(playbook)


def _odd_policies(playbook: Playbook) -> Iterator[str]:
    """Say where a policy has a part that never comes into play."""
    used = {name for gate in playbook.gates for name in (gate.policy, *(one.policy for one in gate.by_tier))}
    for policy in playbook.policies:
        if policy.id not in used:
            yield f"no gate uses the policy {policy.id}"
        yield from _never(policy)
    for gate in playbook.gates:
        if not gate.leads_on and (gate.policy or gate.approvers):
            key = "policy" if gate.policy else "approvers"
            yield f"the gate {gate.id} is upkeep, which nobody decides; {key} can go"
        yield from _unasked(playbook, gate)


def _never(policy: Policy) -> Iterator[str]:
    closes = policy.expires_after_working_days
    if (policy.escalate_after_working_days or 0) >= closes:
        yield f"{policy.id}: a request closes after {closes} working days, before the fallback may step in"
    if late := [str(day) for day in policy.remind_after_working_days if day >= closes]:
        yield f"{policy.id}: a request closes before the reminder of working day {join_words(late)}"
    if policy.fallback and policy.roles == (policy.fallback,):
        yield f"{policy.id}: the fallback is the role that decides anyway"


def _unasked(playbook: Playbook, gate: Gate) -> Iterator[str]:
    """Find roles that an answer names for which a gate does not ask."""
    asked = {item.id for item in playbook.items_of(gate)}
    procedures = [playbook.procedure(gate, tier.id) for tier in playbook.tiers] or [
        playbook.procedure(gate, "")
    ]
    named = {
        role.item
        for procedure in procedures
        if procedure
        for role in map(procedure.role, procedure.policy.named)
        if role and role.item
    }
    for item in sorted(named - asked):
        yield f"the answer to {item} names who decides the gate {gate.id}, which does not ask for it"
