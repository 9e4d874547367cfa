"""The workspace's clock in words, and how far the page's buttons push it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(10)
MORNING_ZONE = "Europe/Berlin"
"""Where most people of the seeded workspace live; ten o'clock there is within working hours all over Europe."""
_SATURDAY = 5
_LEAPS = (("+1 day", 1), ("+3 days", 3), ("+2 weeks", 14))


def leaps(now: datetime) -> list[tuple[str, float]]:
    """What the clock's buttons say, and by how many seconds each pushes it.

    Days end on a working morning, because that is when people are told of what fell due meanwhile.
    """
    days = [(words, _until(working_morning(now + timedelta(days=count)), now)) for words, count in _LEAPS]
    return [("+1 hour", 3600.0), ("Next morning", _until(next_working_morning(now), now)), *days]


def working_morning(at: datetime) -> datetime:
    """Ten o'clock on that day, or on the Monday after a weekend."""
    here = at.astimezone(ZoneInfo(MORNING_ZONE))
    day = here.date()
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, MORNING, here.tzinfo)


def next_working_morning(now: datetime) -> datetime:
    """The next of these mornings that is still to come."""
    today = working_morning(now)
    return today if today > now else working_morning(now + timedelta(days=1))


def _until(then: datetime, now: datetime) -> float:
    # In UTC: two moments of one zone would be subtracted as clocks read, an hour off when summer time ends between.
    return max(60.0, (then.astimezone(UTC) - now.astimezone(UTC)).total_seconds())


def spoken_lead(seconds: float) -> str:
    """How far the clock is ahead of the real one; empty for not at all."""
    if abs(seconds) < 60:
        return ""
    hours = round(seconds / 3600)
    days, rest = divmod(hours, 24)
    parts = [f"{days} day{'s' if days != 1 else ''}"] if days else []
    if rest or not days:
        parts.append(f"{rest} h" if rest else f"{round(seconds / 60)} min")
    return " ".join(parts)


def day_words(day: date, today: date) -> str:
    """How a timeline names a day."""
    near = {0: "Today", -1: "Yesterday", 1: "Tomorrow"}.get((day - today).days)
    return near or f"{day:%A}, {day.day} {day:%B %Y}"
