"""When a pilot has gone quiet, and when its owner may be told: in their working hours, on a weekday, once."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.calendar import Calendar
from bot.domain.pilots import Pilot
from bot.domain.playbook import NudgeRhythm, Stage


def office(zone: ZoneInfo, rhythm: NudgeRhythm) -> Calendar:
    """Return when somebody in a zone may be told, by the playbook's hours."""
    return Calendar(zone=zone.key, from_hour=rhythm.from_hour, until_hour=rhythm.until_hour)


def quiet_from(stage: Stage, last_change_at: datetime) -> datetime | None:
    """Return when a pilot counts as quiet; None in a stage where nothing is expected to move."""
    if stage.quiet_after_days is None:
        return None
    return last_change_at + timedelta(days=stage.quiet_after_days)


def within_hours(now: datetime, zone: ZoneInfo, rhythm: NudgeRhythm) -> bool:
    """Whether it is a weekday and inside the hours, on the person's own clock."""
    return office(zone, rhythm).is_good(now)


def next_good_hour(now: datetime, zone: ZoneInfo, rhythm: NudgeRhythm) -> datetime:
    """Return `now` if it is a good time, else the start of the next working day's hours."""
    return office(zone, rhythm).next_good(now)


def next_nudge(
    stage: Stage | None, last_change_at: datetime, zone: ZoneInfo, rhythm: NudgeRhythm
) -> datetime | None:
    """Return when the owner should first hear of a pilot that does not move from now on."""
    quiet = quiet_from(stage, last_change_at) if stage else None
    return next_good_hour(quiet, zone, rhythm) if quiet else None


def nudge_again(now: datetime, zone: ZoneInfo, rhythm: NudgeRhythm) -> datetime:
    """Return when the owner hears again if still nothing moves."""
    return next_good_hour(now + timedelta(days=21), zone, rhythm)


def snooze_until(now: datetime, zone: ZoneInfo, rhythm: NudgeRhythm) -> datetime:
    """Return the good hour at which a snooze ends."""
    return next_good_hour(now + timedelta(days=rhythm.snooze_days), zone, rhythm)


def quiet_days(pilot: Pilot, now: datetime) -> int:
    """Count whole days since the last change; never negative."""
    return days_since(pilot.last_change_at, now)


def days_since(then: datetime, now: datetime) -> int:
    """Count whole days from an instant until now; never negative."""
    return max(0, (now - then).days)


def slot_of(now: datetime, zone: ZoneInfo) -> date:
    """Return the person's calendar day: one nudge a day at most."""
    return now.astimezone(zone).date()
