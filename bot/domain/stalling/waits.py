"""How long something has waited, in working days of whoever answers for the pilot, and how bad that is."""

from datetime import datetime

from bot.domain.signals import Severity
from bot.domain.watched import Facts


def how_bad(facts: Facts, since: datetime, days: tuple[int, int], now: datetime) -> Severity:
    """Return how bad a wait is: nothing at first, then a sign, then a bad one."""
    sign, bad = days
    if has_waited(facts, since, bad, now):
        return Severity.AT_RISK
    return Severity.WATCH if has_waited(facts, since, sign, now) else Severity.NONE


def has_waited(facts: Facts, since: datetime, days: int, now: datetime) -> bool:
    """Whether so many working days have passed."""
    return now >= waited(facts, since, days)


def waited(facts: Facts, since: datetime, days: int) -> datetime:
    """Return when so many working days will have passed."""
    return facts.begins(facts.calendar.shifted(facts.calendar.day_of(since), days))
