"""How the portfolio fares over time: how long stages take, what stays open, what is waived again, which bars move.

The database counts and ranks, over all pilots; of them only those are read that are named. Changes nothing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.desk import Desk
from bot.domain.answers import SETTLED, Answer
from bot.domain.pilots import RETIRED, Pilot
from bot.domain.playbook import AnswerKind, Item
from bot.domain.readiness import Standing
from bot.domain.staleness import days_since
from bot.domain.tallies import Cell
from bot.exports.exported import (
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
from storage.longest_open import Asked, LongestOpen
from storage.trends import Stays, Trends as Counts

FIRST_LOOKED_AT: Final = 500
"""How many of the pilots that are in their stage longest are looked at before all others."""
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
    """Return the items that have been open longest, each with its pilots; none of those that wait on purpose.

    Nothing is open for longer than its pilot is in the stage. So those that are there longest are looked at first, and all
    others only where one of them could still come before what was found.
    """
    asked, rows = _asked(desk), LongestOpen(desk.tx)
    since = rows.in_stage_since(
        desk.at.workspace_id, [gate.from_stage for gate in desk.playbook.gates], FIRST_LOOKED_AT
    )
    if since is not None:
        found = _open_items(desk, counts, rows, asked, since)
        if len(found) == LISTED and all(_nobody_before(one, since) for one in found):
            return found
    return _open_items(desk, counts, rows, asked, desk.at.now)


def _nobody_before(one: OpenItem, since: datetime) -> bool:
    """Whether no pilot that came to its stage later can have the item open for longer than those that are named."""
    return len(one.pilots) == PILOTS_NAMED and one.pilots[-1].since <= since


def _open_items(
    desk: Desk, counts: Counts, rows: LongestOpen, asked: Sequence[Asked], since: datetime
) -> tuple[OpenItem, ...]:
    """Return the items that have been open longest in the pilots that are in their stage since then or longer."""
    workspace_id, now = desk.at.workspace_id, desk.at.now
    ranked = rows.items(workspace_id, asked, now, pilots=PILOTS_NAMED, since=since)
    first = list(dict.fromkeys(one.item_id for one in ranked))[:LISTED]
    items = {item_id: item for item_id in first if (item := desk.playbook.item(item_id))}
    shown = [one for one in ranked if one.item_id in items]
    ids = {one.pilot_id for one in shown}
    pilots, fell = desk.tx.pilots.some(workspace_id, ids), counts.fell(ids)
    answers = desk.tx.answers.current_of_pilots(ids)
    by_item: dict[str, list[OpenIn]] = {}
    for item_id, pilot_id in shown:
        pilot, answer = pilots[pilot_id], answers.get(pilot_id, {}).get(item_id)
        open_since = _open_since(pilot, items[item_id], answer, fell.get((pilot_id, item_id)))
        place = OpenIn(pilot=_named(pilot), since=open_since, days=days_since(open_since, now))
        by_item.setdefault(item_id, []).append(place)
    return tuple(OpenItem(item=titled(desk, one), pilots=tuple(some)) for one, some in by_item.items())


def _asked(desk: Desk) -> list[Asked]:
    """Return what pilots are asked for today, stage by stage; what is only announced is not asked for yet."""
    return [
        Asked(gate.from_stage, item.id, item.freshness_days, gate.every_days)
        for gate in desk.playbook.gates
        for item in desk.playbook.items_of(gate)
        if item.counts_on(desk.at.now.date())
    ]


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
