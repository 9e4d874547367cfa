"""What a readiness summary states, read from the record: the verdict, who is on it by when, what has changed since.

Reads through the desk and decides nothing; `summary` makes the blocks of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.desk import Desk
from bot.domain.actions import Action
from bot.domain.asks import Ask
from bot.domain.calendar import zone_of
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate, Item
from bot.domain.readiness import ItemStanding, Move, Verdict, moves_since
from bot.domain.steps import StepTaken, steps_taken
from bot.domain.unreached import unreached
from bot.domain.waivers import WaiverState, day_of
from bot.pilots import flagged, workflow as pilots
from bot.pilots.situation import is_asked


class Request(StrEnum):
    """How far the promotion is that a summary leads to."""

    NOT_MADE = "not_made"
    OPEN = "open"
    PASSED = "passed"
    """The pilot has left the stage that the summary is about."""


@dataclass(frozen=True)
class SummaryFacts:
    """A pilot before one gate, with everything that the summary says about it."""

    pilot: Pilot
    gate: Gate
    verdict: Verdict
    request: Request
    actions: Mapping[str, Action]
    """What somebody undertook to do, by item."""
    asks: Mapping[str, Ask]
    """The questions that somebody else was asked, by item."""
    moves: tuple[Move, ...]
    """What stands differently than before the latest conversation; empty where it was the first at this gate."""
    steps: tuple[StepTaken, ...]
    now: datetime
    today: date
    """The day where the pilot's people are: it says what is overdue."""
    waivers_asked: frozenset[str] = frozenset()
    """The open items for which a waiver is asked and not decided."""
    open_again: tuple[str, ...] = ()
    """What no longer holds of what the last approval stood on, by title."""
    unreached: tuple[Item, ...] = ()
    """What should say who decides, or who sponsors it, and is answered with a name that reaches nobody."""

    def is_overdue(self, gap: ItemStanding) -> bool:
        """Whether somebody's step for an open item should have been taken by now."""
        action = self.actions.get(gap.item.id)
        return action is not None and action.due_on is not None and action.due_on < self.today


def summary_of(desk: Desk, pilot: Pilot, gate: Gate) -> SummaryFacts:
    """Read what a summary says about a pilot before a gate, today."""
    verdict = pilots.verdict_before(desk, pilot, gate)
    answers = desk.tx.answers.current(pilot.id)
    zone = zone_of(pilots.time_zone_of(desk, pilots.nudged_person(pilot)))
    return SummaryFacts(
        pilot=pilot,
        gate=gate,
        verdict=verdict,
        request=_request(desk, pilot, gate),
        actions=desk.tx.actions.open_of_pilot(pilot.id),
        asks=desk.tx.asks.open_of_pilot(pilot.id),
        moves=_moves(desk, pilot, gate, verdict),
        steps=steps_taken(desk.playbook, pilot.stage, answers, desk.at.now),
        now=desk.at.now,
        today=desk.at.now.astimezone(zone).date(),
        waivers_asked=frozenset(
            one.item_id
            for one in desk.tx.waivers.running_of_pilot(pilot.id)
            if one.state is WaiverState.ASKED and one.until > day_of(desk.at.now)
        ),
        open_again=flagged.titles_of(desk, pilot),
        unreached=unreached(desk.playbook, desk.playbook.procedure(gate, pilot.tier), answers),
    )


def _request(desk: Desk, pilot: Pilot, gate: Gate) -> Request:
    if pilot.stage != gate.from_stage:
        return Request.PASSED
    return Request.OPEN if is_asked(desk, pilot, gate) else Request.NOT_MADE


def _moves(desk: Desk, pilot: Pilot, gate: Gate, verdict: Verdict) -> tuple[Move, ...]:
    """Return what has changed since the summary before this one.

    That one was kept true until the latest conversation began, so what it said last is what was so then. There is none
    where no earlier conversation was about this gate.
    """
    latest = desk.tx.interviews.latest_of(pilot.id)
    if latest is None or latest.gate_id != gate.id:
        return ()
    history = desk.tx.answers.history(pilot.id)
    held_before = {
        answer.interview_id: None
        for answer in sorted(history, key=lambda one: one.answered_at, reverse=True)
        if answer.answered_at < latest.started_at and answer.interview_id not in {None, latest.id}
    }
    earlier = next(iter(held_before), None)
    held = desk.tx.interviews.get(pilot.workspace_id, earlier) if earlier else None
    if held is None or held.gate_id != gate.id:
        return ()
    return moves_since(verdict, history, latest.started_at)
