"""How long a pilot, or an answer, has been as it is. When anybody hears of that is the calendar's and the ladder's business."""

from datetime import datetime

from bot.domain.pilots import Pilot


def quiet_days(pilot: Pilot, now: datetime) -> int:
    """Count whole days since the last change; never negative."""
    return days_since(pilot.last_change_at, now)


def days_since(then: datetime, now: datetime) -> int:
    """Count whole days from an instant until now; never negative."""
    return max(0, (now - then).days)
