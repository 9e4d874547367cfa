"""What somebody saw when a form was opened, as it travels with it: a step that was taken meanwhile is noticed by it."""

from bot.domain.pilots import Pilot


def seen_hold(pilot: Pilot) -> str:
    """Return which hold a pilot is on; empty where it is on none."""
    return pilot.hold.since.isoformat() if pilot.hold else ""
