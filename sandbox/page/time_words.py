"""The workspace's clock in words, and how far the page's buttons push it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

LEAPS = (
    ("+1 hour", timedelta(hours=1)),
    ("+1 day", timedelta(days=1)),
    ("+3 days", timedelta(days=3)),
    ("+2 weeks", timedelta(weeks=2)),
)
_MORNING = time(9, 30)
_SATURDAY = 5


def next_working_morning(now: datetime) -> datetime:
    """Half past nine on the next weekday: when reminders that keep to working hours have gone out."""
    day = now.date()
    if now.time() >= _MORNING:
        day += timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, _MORNING, now.tzinfo)


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
