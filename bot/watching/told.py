"""What a look leaves on the record, and in the thread of a pilot's card when a day of decision is set or gone."""

from bot.desk import Desk
from bot.domain.pilots import Pilot
from bot.domain.signals import Signal
from bot.stages import extending


def record(desk: Desk, what: str, signal: Signal) -> None:
    """Put on the record that a cause was seen, or is seen no more; that is nobody's doing on the pilot."""
    facts = {
        "cause": signal.cause,
        "severity": signal.severity.name.lower(),
        "why": signal.why,
        "evidence": list(signal.evidence),
    }
    cleared = what == "pilot.signal_cleared"
    before, after = (facts, {"cause": signal.cause}) if cleared else (None, facts)
    desk.tx.audit.append(desk.at, what, "pilot", signal.pilot_id, before, after)


def of_decision(desk: Desk, before: Pilot, now: Pilot, *, is_up: bool) -> None:
    """Say that a day of decision is set, and, once its time in its stage is up, how it can be decided; later, that it is decided.

    A day that the team named itself is spoken of when that time is up, or the day is over; not before.
    """
    anew = now.decide_on is not None and now.decide_on != before.decide_on
    if anew:
        was = {"decide_on": before.decide_on.isoformat()} if before.decide_on else None
        facts = {"decide_on": now.decide_on.isoformat() if now.decide_on else None}
        desk.tx.audit.append(desk.at, "pilot.decision_set", "pilot", now.id, was, facts)
    if now.decide_on is not None:
        extending.show(desk, now, is_up=is_up, anew=anew)
    elif before.decide_on:
        extending.settle(desk, now)
