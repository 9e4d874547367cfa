"""How a matter is made of what is known of a pilot; each kind adds what its words may name."""

from datetime import date

from bot.domain.matters import Matter, MatterKind
from bot.domain.watched import Facts


def matter_of(facts: Facts, kind: MatterKind, subject: str, since: str, day: date) -> Matter:
    """Return a matter of a pilot; `since` tells it from the one before and after it."""
    return Matter(pilot_id=facts.pilot.id, kind=kind, subject=subject, thing=f"{kind.value}:{since}", day=day)
