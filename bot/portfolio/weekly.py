"""When the portfolio channel hears of the week, and that it does so once. Silent when nothing is new.

Whoever finds the week due takes it on in the same transaction that states the message, so that of several processes one
tells it. After an outage there is one digest about everything since the last, at the next good hour. What was told last stands
on the record, which is how the next one knows what is new. A digest that Slack has not taken when the next one is due becomes
that one: the same message, about both weeks.
"""

from datetime import datetime, timedelta
from typing import Final

from bot.desk import Desk
from bot.domain.calendar import Calendar
from bot.domain.rhythm import NudgeRhythm
from bot.domain.signals import Severity
from bot.pilots.calendars import calendar_from
from bot.portfolio.week import look_back, told_last, troubled_now
from bot.portfolio.weekly_messages import weekly_message

ON_TIME: Final = timedelta(hours=1)
"""After this a digest is late, and waits for a good hour."""


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
    before = told_last(desk)
    troubled = troubled_now(desk)
    week = look_back(desk, before, before.until or expected - timedelta(weeks=1), troubled)
    if week.is_silent:
        return
    here = desk.at.workspace_id
    key = before.waiting or f"weekly:{here}:{expected.isoformat()}"
    body = weekly_message(desk.library, week)
    desk.tx.messages.show(here, key, channel_id, body, paced=True)
    facts = {
        "message": key,
        "since": week.since.isoformat(),
        "until": week.until.isoformat(),
        "stalled": [one.id for one in troubled if one.severity >= Severity.STALLED],
        "at_risk": [one.id for one in troubled if one.severity == Severity.AT_RISK],
    }
    desk.tx.audit.append(desk.at, "portfolio.week_told", "portfolio", here, None, facts)
