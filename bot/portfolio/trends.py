"""How the portfolio fares over time: how long stages take, what stays open, what is waived again, which bars move.

The database counts; of the pilots themselves only those are judged that have been in their stage longest. Changes nothing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.desk import Desk
from bot.domain.answers import SETTLED, Answer
from bot.domain.pilots import RETIRED, Pilot
from bot.domain.playbook import AnswerKind, Item
from bot.domain.readiness import Standing, asked_by, stands
from bot.domain.staleness import days_since
from bot.domain.tallies import Cell
from bot.domain.waivers import Waiver, day_of
from bot.portfolio.exported import (
    BarMoved,
    FailingItem,
    OpenIn,
    OpenItem,
    StageStays,
    Titled,
    Trends,
    WaivedAgain,
    WaivedMost,
)
from storage.trends import Stays, Trends as Counts

JUDGED: Final = 150
"""How many pilots are looked at for what is open longest: those that have been in their stage longest."""
LISTED: Final = 10
PILOTS_NAMED: Final = 3
OPEN: Final = (Standing.MISSING, Standing.PARTLY, Standing.STALE)
_FIGURE: Final = re.compile(r"\d+(?:[.,]\d+)*")


def trends(desk: Desk, tallies: Mapping[Cell, int] | None = None) -> Trends:
    """Return what shows over all pilots of the workspace; by the counters that are kept, where none are handed in."""
    counts, workspace_id = Counts(desk.tx), desk.at.workspace_id
    again, most = counts.waived_again(workspace_id, LISTED), counts.waived_most(workspace_id, LISTED)
    names = desk.tx.pilots.some(workspace_id, {one.pilot_id for one in again})
    return Trends(
        stays=_stays(desk, counts),
        longest_open=_longest_open(desk, counts),
        failing=failing(desk, desk.tx.tallies.of(workspace_id) if tallies is None else tallies),
        waived_again=tuple(
            WaivedAgain(pilot=_named(names[one.pilot_id]), item=titled(desk, one.item_id), times=one.times)
            for one in again
        ),
        waived_most=tuple(
            WaivedMost(item=titled(desk, one.item_id), times=one.times, pilots=one.pilots) for one in most
        ),
        bar_moves=_bar_moves(desk, counts),
    )


def titled(desk: Desk, item_id: str) -> Titled:
    """Return how an item is called; one that the playbook lost keeps its id."""
    item = desk.playbook.item(item_id)
    return Titled(id=item_id, title=item.title if item else item_id)


def failing(desk: Desk, tallies: Mapping[Cell, int]) -> tuple[FailingItem, ...]:
    """Return the items that are open in most of the pilots that are asked for them, by share and then by number."""
    by_item: dict[str, dict[str, int]] = {}
    for cell, count in tallies.items():
        if cell.subject and count > 0:
            counted = by_item.setdefault(cell.subject, {})
            counted[cell.standing] = counted.get(cell.standing, 0) + count
    found = [_failing(desk, item_id, counted) for item_id, counted in by_item.items()]
    found = [one for one in found if one.open + one.waived]
    found.sort(key=lambda one: (-(one.open + one.waived) / one.asked, -one.asked, one.item.id))
    return tuple(found[:LISTED])


def _failing(desk: Desk, item_id: str, counted: Mapping[str, int]) -> FailingItem:
    return FailingItem(
        item=titled(desk, item_id),
        asked=sum(n for standing, n in counted.items() if standing != Standing.NOT_APPLICABLE),
        open=sum(counted.get(standing, 0) for standing in OPEN),
        waived=counted.get(Standing.WAIVED, 0),
    )


def _stays(desk: Desk, counts: Counts) -> tuple[StageStays, ...]:
    """Return every stage of the way in order, then stages that the playbook has lost and pilots have been in."""
    workspace_id = desk.at.workspace_id
    finished = {one.stage: one for one in counts.finished_stays(workspace_id)}
    present = {one.stage: one for one in counts.present_stays(workspace_id, desk.at.now)}
    titles = {stage.id: stage.title for stage in desk.playbook.stages}
    lost = sorted({*finished, *present} - {*titles, RETIRED})
    return tuple(
        _stay(Titled(id=stage, title=titles.get(stage, stage)), finished.get(stage), present.get(stage))
        for stage in (*titles, *lost)
    )


def _stay(stage: Titled, finished: Stays | None, present: Stays | None) -> StageStays:
    return StageStays(
        stage=stage,
        finished=finished.many if finished else 0,
        median_days=round(finished.median, 1) if finished else None,
        present=present.many if present else 0,
        present_median_days=round(present.median, 1) if present else None,
        present_longest_days=round(present.longest, 1) if present else None,
    )


def _longest_open(desk: Desk, counts: Counts) -> tuple[OpenItem, ...]:
    """Return the items that have been open longest, each with its pilots; none of those that wait on purpose."""
    gates = [gate.from_stage for gate in desk.playbook.gates]
    ids = counts.longest_in_stage(desk.at.workspace_id, gates, JUDGED)
    pilots = desk.tx.pilots.some(desk.at.workspace_id, ids)
    fell = counts.fell(ids)
    answers = desk.tx.answers.current_of_pilots(ids)
    waivers = desk.tx.waivers.of_pilots(ids, day_of(desk.at.now))
    by_item: dict[str, list[OpenIn]] = {}
    for pilot in (pilots[one] for one in ids):
        given = answers.get(pilot.id, {})
        for item in _open_in(desk, pilot, given, waivers.get(pilot.id, {})):
            since = _open_since(pilot, item, given.get(item.id), fell.get((pilot.id, item.id)))
            days = days_since(since, desk.at.now)
            by_item.setdefault(item.id, []).append(OpenIn(pilot=_named(pilot), since=since, days=days))
    found = [
        OpenItem(item=titled(desk, item_id), pilots=tuple(sorted(some, key=_longest)[:PILOTS_NAMED]))
        for item_id, some in by_item.items()
    ]
    found.sort(key=lambda one: (_longest(one.pilots[0]), one.item.id))
    return tuple(found[:LISTED])


def _open_in(
    desk: Desk, pilot: Pilot, given: Mapping[str, Answer], waived: Mapping[str, Waiver]
) -> list[Item]:
    """Return what is asked of a pilot, counts already, and is open without being waived; as a verdict has it, and sooner."""
    gate, now = desk.playbook.gate_from(pilot.stage), desk.at.now
    items = asked_by(gate, desk.playbook.items_of(gate), given, pilot.stage_since, now) if gate else ()
    return [
        item
        for item in items
        if item.id not in waived
        and item.counts_on(now.date())
        and stands(item, given.get(item.id), now) in OPEN
    ]


def _longest(one: OpenIn) -> tuple[datetime, str]:
    return one.since, one.pilot.title


def _open_since(pilot: Pilot, item: Item, answer: Answer | None, fell: datetime | None) -> datetime:
    """Return since when an item is open: since its stage asks for it, or since it no longer was in place there."""
    ended = fell
    if answer and answer.status in SETTLED:  # in place, and grown old
        ended = answer.answered_at + timedelta(days=item.freshness_days)
    return max(pilot.stage_since, ended) if ended else pilot.stage_since


def _bar_moves(desk: Desk, counts: Counts) -> tuple[BarMoved, ...]:
    """Return how often the figures of the bar changed once a pilot had passed its first gate, most often first."""
    item_id = desk.playbook.nudges.knows.bar
    if item_id is None:
        return ()
    item = desk.playbook.item(item_id)
    approved: dict[str, datetime] = {}
    answers: dict[str, list[Answer]] = {}
    for answer, at in counts.answered_after_approval(desk.at.workspace_id, item_id):
        approved[answer.pilot_id] = at
        answers.setdefault(answer.pilot_id, []).append(answer)
    pilots = desk.tx.pilots.some(desk.at.workspace_id, answers)
    found = [
        moved
        for pilot_id, some in answers.items()
        if not pilots[pilot_id].retired
        and (moved := _bar_moved(pilots[pilot_id], some, approved[pilot_id], item))
    ]
    found.sort(key=lambda one: (-one.times, one.pilot.title))
    return tuple(found[:LISTED])


def _bar_moved(
    pilot: Pilot, answers: Sequence[Answer], approved_at: datetime, item: Item | None
) -> BarMoved | None:
    """Return how a pilot's bar moved; words that change and figures that stay are no move."""
    before: Answer | None = None
    moves: list[tuple[Answer, Answer]] = []
    for answer in (one for one in answers if figures(one, item)):
        if before and answer.answered_at > approved_at and figures(answer, item) != figures(before, item):
            moves.append((before, answer))
        before = answer
    if not moves:
        return None
    (first, _), (_, last) = moves[0], moves[-1]
    return BarMoved(
        pilot=_named(pilot),
        times=len(moves),
        was=" → ".join(figures(first, item)),
        now=" → ".join(figures(last, item)),
        last_at=last.answered_at,
    )


def figures(answer: Answer, item: Item | None) -> tuple[str, ...]:
    """Return the figures of an answer: the one that was understood, or all in its words where the item asks for words."""
    if answer.value and answer.value.number is not None:
        return (f"{answer.value.number.normalize():f} {answer.value.unit}".strip(),)
    if item and item.kind is not AnswerKind.TEXT and item.kind is not AnswerKind.STATUS:
        return ()
    return tuple(_FIGURE.findall(answer.detail))


def _named(pilot: Pilot) -> Titled:
    return Titled(id=pilot.id, title=pilot.name)


def none_at_all(found: Trends) -> bool:
    """Whether there is nothing to show yet."""
    lists: Iterable[Sequence[object]] = (
        found.longest_open, found.failing, found.waived_again, found.waived_most, found.bar_moves,
    )  # fmt: skip
    return not any(one.finished or one.present for one in found.stays) and not any(lists)
