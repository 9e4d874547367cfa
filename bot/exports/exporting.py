"""Gathers what an export holds: all pilots, or everything about one. Reads in portions, changes nothing.

Everything is judged today, by the same rules as a verdict that people are shown; counters that are kept beside the pilots
are not asked, so that an export also shows when they are wrong.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.desk import Desk
from bot.domain import idling, posture as areas, readiness
from bot.domain.answers import Answer
from bot.domain.handovers import Handover, ownership
from bot.domain.people import Person, is_group
from bot.domain.pilots import RETIRED, Metric, Pilot
from bot.domain.playbook import Gate, Item
from bot.domain.readiness import Standing, asked_by
from bot.domain.signals import Severity, Signal
from bot.domain.staleness import days_since
from bot.domain.tallies import Cell
from bot.domain.waivers import Waiver, day_of
from bot.exports.exported import (
    Amount,
    AreaPole,
    Bar,
    Gap,
    HiddenCost,
    ItemCount,
    Owner,
    PilotLine,
    Portfolio,
    RaisedSignal,
    RunningWaiver,
    StageCount,
    Titled,
    Verdict,
    Who,
)
from bot.exports.trends import OPEN, titled, trends
from bot.pilots import flagged, signalled
from bot.pilots.counting import is_ready
from prompts.english import number
from storage.repository import portions

Names = Mapping[str, str]
"""What people and user groups are called, by id."""
SEVERITIES: Final = {one: one.name.casefold() for one in Severity}


@dataclass(frozen=True)
class Around:
    """What belongs to a portion of pilots, by pilot."""

    answers: Mapping[str, Mapping[str, Answer]]
    waivers: Mapping[str, Mapping[str, Waiver]]
    handovers: Mapping[str, Sequence[Handover]]
    signals: Mapping[str, Sequence[Signal]]
    open_again: Mapping[str, Sequence[str]]
    people: Mapping[str, Person]
    names: Names


def portfolio(desk: Desk, groups: Names) -> Portfolio:
    """Return all pilots that run, the furthest first; `groups` are the names of user groups, which only Slack knows."""
    order = {stage.id: number for number, stage in enumerate(desk.playbook.stages)}
    active = desk.tx.pilots.all_active(desk.at.workspace_id)
    active.sort(key=lambda pilot: (-order.get(pilot.stage, -1), pilot.name.casefold()))
    lines = tuple(lines_of(desk, active, groups))
    return Portfolio(
        as_of=desk.at.now,
        playbook=desk.playbook.version,
        stages=_stage_counts(desk, lines),
        items=_item_counts(desk, lines),
        pilots=lines,
        trends=trends(desk, _tallies(desk, lines)),
    )


def lines_of(desk: Desk, some: Sequence[Pilot], groups: Names) -> Iterator[PilotLine]:
    """Return pilots as the portfolio shows them, in the order in which they are handed in."""
    by_id = {pilot.id: pilot for pilot in some}
    for ids in portions(by_id):
        portion = [by_id[one] for one in ids]
        around = _around(desk, portion, groups)
        for pilot in portion:
            yield _line(desk, pilot, around)


def _around(desk: Desk, some: Sequence[Pilot], groups: Names) -> Around:
    ids, tx = [pilot.id for pilot in some], desk.tx
    waivers = tx.waivers.of_pilots(ids, day_of(desk.at.now))
    people = {one for pilot in some for one in (pilot.champion_id, pilot.owner_id) if not is_group(one)}
    people |= {one.decided_by for by in waivers.values() for one in by.values() if one.decided_by}
    known = tx.people.some(desk.at.workspace_id, people)
    return Around(
        answers=tx.answers.current_of_pilots(ids),
        waivers=waivers,
        handovers=tx.handovers.of_pilots(ids),
        people=known,
        signals=tx.signals.raised_of_pilots(ids),
        open_again=flagged.titles_by_pilot(desk, some),
        names={group_id: f"@{handle}" for group_id, handle in groups.items()}
        | {user_id: person.name for user_id, person in known.items() if person.name},
    )


def who(names: Names, slack_id: str) -> Who:
    """Return somebody by their name; by their id where nobody knows it."""
    return Who(id=slack_id, name=names.get(slack_id, slack_id))


def stage_titled(desk: Desk, stage_id: str) -> Titled:
    """Return how a stage is called; one that the playbook lost keeps its id."""
    stage = desk.playbook.stage(stage_id)
    return Titled(id=stage_id, title="Retired" if stage_id == RETIRED else stage.title if stage else stage_id)


def _line(desk: Desk, pilot: Pilot, around: Around) -> PilotLine:
    now, tier = desk.at.now, desk.playbook.tier(pilot.tier)
    answers, waivers = around.answers.get(pilot.id, {}), around.waivers.get(pilot.id, {})
    gate = desk.playbook.gate_from(pilot.stage)
    found = _judged(desk, pilot, gate, answers, waivers) if gate else None
    owned = ownership(pilot, around.handovers.get(pilot.id, ()), around.people.get(pilot.owner_id))
    return PilotLine(
        id=pilot.id,
        name=pilot.name,
        problem=pilot.problem,
        stage=stage_titled(desk, pilot.stage),
        tier=Titled(id=tier.id, title=tier.title) if tier else None,
        champion=who(around.names, pilot.champion_id),
        owner=Owner(
            **who(around.names, owned.owner_id).model_dump(), state=owned.state, accepted_at=owned.accepted_at
        ),
        bar=_bar(pilot.metric),
        registered_at=pilot.registered_at,
        stage_since=pilot.stage_since,
        last_change_at=pilot.last_change_at,
        days_in_stage=days_since(pilot.stage_since, now),
        days_quiet=days_since(pilot.last_change_at, now),
        on_hold_until=pilot.hold.until if pilot.hold else None,
        decide_on=pilot.decide_on,
        put_off=pilot.extended,
        severity=SEVERITIES[Severity(pilot.severity)],
        stalled_since=pilot.stalled_since,
        verdict=_verdict(gate, found) if gate and found else None,
        posture=tuple(
            AreaPole(area=Titled(id=one.area.id, title=one.area.title), pole=one.pole)
            for one in areas.posture(desk.playbook, answers, now)
        ),
        open_again=tuple(around.open_again.get(pilot.id, ())),
        signals=tuple(_signal(desk, pilot, one) for one in around.signals.get(pilot.id, ())),
        waivers=tuple(_waiver(desk, one, around.names) for one in waivers.values()),
        hidden_cost=_hidden_cost(desk, pilot, answers),
        items={one.item.id: one.standing for one in found.items} if found else {},
    )


def _judged(
    desk: Desk, pilot: Pilot, gate: Gate, answers: Mapping[str, Answer], waivers: Mapping[str, Waiver]
) -> readiness.Verdict:
    items: tuple[Item, ...] = desk.playbook.items_of(gate)
    asked = asked_by(gate, items, answers, pilot.stage_since, desk.at.now)
    return readiness.verdict(asked, answers, desk.at.now, waived=waivers)


def _verdict(gate: Gate, found: readiness.Verdict) -> Verdict:
    return Verdict(
        gate=Titled(id=gate.id, title=gate.title),
        ready=is_ready(gate, found),
        in_place=found.in_place,
        required=found.required,
        blocking=tuple(
            Gap(item=Titled(id=one.item.id, title=one.item.title), standing=one.standing)
            for one in found.blocking
        ),
    )


def _bar(metric: Metric) -> Bar:
    return Bar(name=metric.name, unit=metric.unit, baseline=number(metric.baseline), bar=number(metric.bar))


def _signal(desk: Desk, pilot: Pilot, signal: Signal) -> RaisedSignal:
    cause = signalled.cause_of(desk.library, signal)
    return RaisedSignal(
        cause=Titled(id=signal.cause, title=signalled.title_of(desk.library, signal)),
        severity=SEVERITIES[signal.severity],
        why=signalled.why_plain(desk.library, pilot, signal),
        next=cause.next if cause else "",
        since=signal.raised_at,
    )


def _waiver(desk: Desk, waiver: Waiver, names: Names) -> RunningWaiver:
    return RunningWaiver(
        item=titled(desk, waiver.item_id),
        until=waiver.until,
        reason=waiver.reason,
        decided_by=who(names, waiver.decided_by) if waiver.decided_by else None,
    )


def _hidden_cost(desk: Desk, pilot: Pilot, answers: Mapping[str, Answer]) -> HiddenCost | None:
    found = idling.idle(pilot, desk.playbook, answers, desk.at.now)
    if found is None:
        return None
    cost = found.cost
    amount = Amount(amount=number(cost.number or 0), currency=cost.unit) if cost else None
    return HiddenCost(weeks_idle=found.weeks, cost=amount)


def _stage_counts(desk: Desk, lines: Sequence[PilotLine]) -> tuple[StageCount, ...]:
    """Count the pilots of each stage of the way, and of stages that the playbook has lost."""
    by_stage: dict[str, list[PilotLine]] = {stage.id: [] for stage in desk.playbook.stages}
    for line in lines:
        by_stage.setdefault(line.stage.id, []).append(line)
    return tuple(
        StageCount(
            stage=stage_titled(desk, stage),
            pilots=len(some),
            ready=sum(one.verdict is not None and one.verdict.ready for one in some),
            stalled=sum(one.severity == "stalled" for one in some),
            at_risk=sum(one.severity == "at_risk" for one in some),
            held=sum(one.on_hold_until is not None for one in some),
        )
        for stage, some in by_stage.items()
    )


def _tallies(desk: Desk, lines: Sequence[PilotLine]) -> Mapping[Cell, int]:
    """Count as the counters do, which leave out what is only announced."""
    today = desk.at.now.date()
    items = {item.id: item for gate in desk.playbook.gates for item in desk.playbook.items_of(gate)}
    return Counter(
        Cell(stage=line.stage.id, subject=item_id, standing=standing)
        for line in lines
        for item_id, standing in line.items.items()
        if items[item_id].counts_on(today)
    )


def _item_counts(desk: Desk, lines: Sequence[PilotLine]) -> tuple[ItemCount, ...]:
    """Count how each item stands in the pilots that are asked for it, in the order in which the gates ask."""
    counted: Counter[tuple[str, Standing]] = Counter(
        (item_id, standing) for line in lines for item_id, standing in line.items.items()
    )
    asked = {item_id for item_id, _ in counted}
    in_order = {item.id: item for gate in desk.playbook.gates for item in desk.playbook.items_of(gate)}
    return tuple(
        ItemCount(
            item=Titled(id=item.id, title=item.title),
            in_place=counted[item.id, Standing.IN_PLACE],
            open=sum(counted[item.id, one] for one in OPEN),
            waived=counted[item.id, Standing.WAIVED],
            not_applicable=counted[item.id, Standing.NOT_APPLICABLE],
        )
        for item in in_order.values()
        if item.id in asked
    )
