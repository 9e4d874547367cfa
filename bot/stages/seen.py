"""What somebody saw when a form was opened, as it travels with it: a step that was taken meanwhile is noticed by it."""

from bot.domain.pilots import Pilot


def seen_hold(pilot: Pilot) -> str:
    """Return which hold a pilot is on; empty where it is on none."""
    return pilot.hold.since.isoformat() if pilot.hold else ""


def seen_decision(pilot: Pilot) -> str:
    """Return which day of decision a pilot has, and how often that was put off; empty where it has none."""
    return f"{pilot.decide_on.isoformat()}:{pilot.extended}" if pilot.decide_on else ""
