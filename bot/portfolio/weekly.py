"""What the portfolio channel hears once a week: what has moved, what stands still, what is to be decided. Silent when nothing is new.

Whoever finds the week due takes it on in the same transaction that states the message, so that of several processes one
tells it. After an outage there is one digest about everything since the last, at the next good hour. What was told last stands
on the record, which is how the next one knows what is new.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from bot.desk import Desk
from bot.domain import idling
from bot.domain.answers import Value
from bot.domain.calendar import Calendar
from bot.domain.moves import MoveKind, StageMove
from bot.domain.pilots import Pilot
from bot.domain.playbook import NudgeRhythm
from bot.domain.seeking import Shown, Sought
from bot.domain.signals import Severity
from bot.pilots import signalled, workflow as pilots
from bot.pilots.calendars import calendar_from
from bot.pilots.messages import stage_title
from bot.portfolio import weekly_messages
from bot.portfolio.counts import Figures, figures
from storage.trends import Trends as Counts

ON_TIME: Final = timedelta(hours=1)
"""After this a digest is late, and waits for a good hour."""
A_MINUTE: Final = timedelta(minutes=1)
"""What happened in the last minute is for the next digest: a change that is being committed is not seen yet."""
COMPARED: Final = 2_000
"""Of how many pilots that are stalled, or at risk, the record keeps that they were told."""


class Heading(StrEnum):
    """What kind of news, the most urgent first; each is a block of the template."""

    TO_DECIDE = "to_decide"
    STALLED = "stalled"
    AT_RISK = "at_risk"
    WENT_BACK = "went_back"
    PROMOTED = "promoted"
    MOVING = "moving"
    REVIVED = "revived"
    REGISTERED = "registered"
    RETIRED = "retired"


OF_A_MOVE: Final[Mapping[MoveKind, Heading]] = {
    MoveKind.REGISTERED: Heading.REGISTERED,
    MoveKind.PROMOTED: Heading.PROMOTED,
    MoveKind.BREAK_GLASS: Heading.PROMOTED,
    MoveKind.ROLLED_BACK: Heading.WENT_BACK,
    MoveKind.RETIRED: Heading.RETIRED,
    MoveKind.REVIVED: Heading.REVIVED,
}


@dataclass(frozen=True)
class News:
    """One pilot under a heading."""

    pilot: Pilot
    link: str | None
    """Where its card is; None where Slack shows none."""
    from_stage: str = ""
    to_stage: str = ""
    cause: str = ""


@dataclass(frozen=True)
class Week:
    """What is told of a week, or of a longer time after an outage."""

    since: datetime
    until: datetime
    news: Mapping[Heading, Sequence[News]]
    """The first few under each heading that has any."""
    counts: Mapping[Heading, int]
    """How many there are in all."""
    figures: Figures
    weeks_idle: int
    costs: Sequence[Value]
    """What standing still costs, by currency."""

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing new."""
        return not self.counts


@dataclass(frozen=True)
class Before:
    """What was told last."""

    until: datetime | None
    stalled: frozenset[str] = frozenset()
    at_risk: frozenset[str] = frozenset()


def tell_if_due(desk: Desk) -> int:
    """Tell the week if it is due; return 1 where it was, told or silent, so that the chore looks once more."""
    if desk.rooms.digest is None:
        return 0
    here, now = desk.at.workspace_id, desk.at.now
    expected, following = desk.tx.workspaces.next_digest_at(here), next_slot(desk.playbook.nudges, now)
    if expected is None:
        desk.tx.workspaces.claim_digest(here, None, following)
        return 0
    if not is_due(desk.playbook.nudges, expected, now):
        return 0
    if not desk.tx.workspaces.claim_digest(here, expected, following):
        return 0  # another process tells it
    _tell(desk, desk.rooms.digest, expected)
    return 1


def due(desk: Desk, limit: int) -> list[str]:
    """Return the workspace where its week is due."""
    expected = desk.tx.workspaces.next_digest_at(desk.at.workspace_id)
    found = expected is not None and is_due(desk.playbook.nudges, expected, desk.at.now)
    return [desk.at.workspace_id][:limit] if found and desk.rooms.digest else []


def tell(desk: Desk, _: str) -> int:
    """Tell the week of a workspace if it is still due."""
    return tell_if_due(desk)


def _slots(rhythm: NudgeRhythm) -> Calendar:
    """Return the calendar whose days begin when the week is told; it knows no days off."""
    return Calendar(
        zone=rhythm.weekly.zone, from_hour=rhythm.weekly.hour, until_hour=24, days=(rhythm.weekly.weekday,)
    )


def next_slot(rhythm: NudgeRhythm, now: datetime) -> datetime:
    """Return the first time after an instant at which the week is told; where the clocks skip its hour, the instant after."""
    slots = _slots(rhythm)
    day = slots.shifted(slots.day_of(now), 0)
    start = slots.start_of(day)
    return start if start > now else slots.start_of(slots.shifted(day, 1))


def is_due(rhythm: NudgeRhythm, expected: datetime, now: datetime) -> bool:
    """Whether the week is told now: at its hour, or, on a day off and when that was missed, in the company's next good hour."""
    if now < expected:
        return False
    company = calendar_from(rhythm, None, rhythm.weekly.zone)
    is_its_hour = now < expected + ON_TIME and company.day_of(expected) not in company.closed
    return is_its_hour or company.is_good(now)


def _tell(desk: Desk, channel_id: str, expected: datetime) -> None:
    before = _before(desk)
    troubled = _troubled(desk)
    week = look_back(desk, before, before.until or expected - timedelta(weeks=1), troubled)
    if week.is_silent:
        return
    here = desk.at.workspace_id
    key = f"weekly:{here}:{expected.isoformat()}"
    body = weekly_messages.weekly_message(desk.library, week)
    desk.tx.messages.show(here, key, channel_id, body, paced=True)
    facts = {
        "since": week.since.isoformat(),
        "until": week.until.isoformat(),
        "stalled": [one.id for one in troubled if one.severity >= Severity.STALLED],
        "at_risk": [one.id for one in troubled if one.severity == Severity.AT_RISK],
    }
    desk.tx.audit.append(desk.at, "portfolio.week_told", "portfolio", here, None, facts)


def _before(desk: Desk) -> Before:
    """Return what was told last, as the record has it; its words may have been erased, its day stays."""
    entries = desk.tx.audit.newest_of(desk.at.workspace_id, "portfolio", desk.at.workspace_id, 1)
    if not entries:
        return Before(None)
    said: dict[str, Any] = entries[0].after or {}
    until = said.get("until")
    return Before(
        until=datetime.fromisoformat(until) if isinstance(until, str) else entries[0].at - A_MINUTE,
        stalled=frozenset(said.get("stalled") or ()),
        at_risk=frozenset(said.get("at_risk") or ()),
    )


def _troubled(desk: Desk) -> list[Pilot]:
    order = [stage.id for stage in reversed(desk.playbook.stages)]
    return desk.tx.pilots.page(desk.at.workspace_id, Sought(shown=Shown.AT_RISK), order, 0, COMPARED)


def look_back(desk: Desk, before: Before, since: datetime, troubled: Sequence[Pilot]) -> Week:
    """Return what is new since an instant; `troubled` are the pilots that are stalled or at risk now."""
    here, until = desk.at.workspace_id, desk.at.now - A_MINUTE
    moves = [one for one in desk.tx.moves.since(here, since) if one.at < until]
    by_pilot: dict[str, list[StageMove]] = {}
    for move in moves:
        by_pilot.setdefault(move.pilot_id, []).append(move)
    stalled = {one.id: one for one in troubled if one.severity >= Severity.STALLED}
    moving = before.stalled - stalled.keys() - by_pilot.keys() if len(troubled) < COMPARED else frozenset()
    pilots_told = desk.tx.pilots.some(here, {*by_pilot, *moving})
    found: dict[Heading, list[tuple[Pilot, Sequence[StageMove]]]] = {}
    for pilot_id, some in by_pilot.items():
        found.setdefault(OF_A_MOVE[some[-1].kind], []).append((pilots_told[pilot_id], some))
    found[Heading.MOVING] = [
        (one, ())
        for one in (pilots_told[pilot_id] for pilot_id in moving if pilot_id in pilots_told)
        if not one.retired and one.hold is None and one.last_change_at >= since
    ]
    found[Heading.STALLED] = [(one, ()) for one in stalled.values() if one.id not in before.stalled]
    at_risk = [one for one in troubled if one.id not in stalled]
    known = before.at_risk | before.stalled
    found[Heading.AT_RISK] = [(one, ()) for one in at_risk if one.id not in known]
    found[Heading.TO_DECIDE] = [(one, ()) for one in _to_decide(desk)]
    weeks, costs = _standing_still(desk)
    return Week(
        since=since,
        until=until,
        news={
            heading: [_news(desk, *one) for one in _first(found[heading])]
            for heading in Heading
            if found.get(heading)
        },
        counts={heading: len(found[heading]) for heading in Heading if found.get(heading)},
        figures=figures(desk.playbook, desk.tx.tallies.of(here)),
        weeks_idle=weeks,
        costs=costs,
    )


def _first(some: Iterable[tuple[Pilot, Sequence[StageMove]]]) -> list[tuple[Pilot, Sequence[StageMove]]]:
    in_order = sorted(some, key=lambda one: (one[0].decide_on or date.max, one[0].name.casefold()))
    return in_order[: weekly_messages.NAMED]


def _to_decide(desk: Desk) -> list[Pilot]:
    """Return the pilots about which is to be decided in the seven days from now on."""
    today = _slots(desk.playbook.nudges).day_of(desk.at.now)
    some = desk.tx.pilots.decided_between(desk.at.workspace_id, today, today + timedelta(days=6))
    return [one for one in some if one.hold is None and not one.retired]


def _news(desk: Desk, pilot: Pilot, moves: Sequence[StageMove]) -> News:
    card = desk.tx.messages.by_key(pilot.workspace_id, pilots.card_key(pilot.id))
    worst = max(
        desk.tx.signals.raised_of(pilot.id) if pilot.severity else (),
        key=lambda one: (one.severity, one.id),
        default=None,
    )
    first, last = (moves[0].from_stage, moves[-1].to_stage) if moves else (None, pilot.stage)
    return News(
        pilot=pilot,
        link=desk.link_to(card),
        from_stage=stage_title(desk.library, first) if first else "",
        to_stage=stage_title(desk.library, last),
        cause=signalled.title_of(desk.library, worst) if worst else "",
    )


def _standing_still(desk: Desk) -> tuple[int, list[Value]]:
    """Return for how many weeks all pilots together have stood still, and what that cost, by currency."""
    counts, now = Counts(desk.tx), desk.at.now
    item_id = desk.playbook.nudges.knows.team_cost
    weeks, sums = 0, dict[str, Value]()
    for stage in desk.playbook.stages:
        if stage.quiet_after_days is None:
            continue
        before = now - timedelta(days=stage.quiet_after_days) - idling.A_WEEK
        some = counts.standing_still(desk.at.workspace_id, stage.id, before)
        costs = counts.answers_to(item_id, (pilot_id for pilot_id, _ in some)) if item_id else {}
        for pilot_id, changed_at in some:
            idle = idling.idle_since(stage, changed_at, costs.get(pilot_id), now)
            weeks += idle.weeks if idle else 0
            if idle and idle.cost and idle.cost.number is not None:
                known = sums.get(idle.cost.unit)
                so_far = (known.number if known else None) or Decimal(0)
                sums[idle.cost.unit] = idle.cost.model_copy(update={"number": so_far + idle.cost.number})
    return weeks, [sums[unit] for unit in sorted(sums)]
