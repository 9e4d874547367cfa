"""What the portfolio counts of each pilot, and how the counters change when a pilot does. Pure arithmetic.

What was counted of a pilot is kept beside it, so that a change is the difference to what was counted before, whatever
happened in between; and the counters can always be added up again from it.
"""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from bot.domain.pilots import Pilot
from bot.domain.readiness import Standing, Verdict
from bot.domain.signals import Severity
from bot.domain.values import Frozen


class Measure(StrEnum):
    """What is counted of a pilot as a whole, in the stage that it is in."""

    PILOTS = "pilots"
    READY = "ready"
    """Nothing required is missing for the next gate."""
    STALLED = "stalled"
    AT_RISK = "at_risk"
    """At risk and not stalled yet: each pilot counts once."""
    HELD = "held"
    OPEN_AGAIN = "open_again"


class Counted(Frozen):
    """What is counted of one pilot."""

    stage: str
    measures: frozenset[Measure]
    items: Mapping[str, Standing]
    """How each item stands that its next gate asks for; one that is only announced is not counted yet."""


class Cell(Frozen):
    """One counter: in a stage, of the pilots by a measure, or of an item by how it stands."""

    stage: str
    subject: str
    """The item's id; empty for measures."""
    standing: str
    """A Standing, or a Measure."""


def count(pilot: Pilot, verdict: Verdict) -> Counted | None:
    """Return what is counted of a pilot, by the verdict before its next gate; a retired one is not counted."""
    if pilot.retired:
        return None
    holds = {
        Measure.PILOTS: True,
        Measure.READY: pilot.ready,
        Measure.STALLED: pilot.severity >= Severity.STALLED,
        Measure.AT_RISK: pilot.severity == Severity.AT_RISK,
        Measure.HELD: pilot.hold is not None,
        Measure.OPEN_AGAIN: pilot.flags > 0,
    }
    return Counted(
        stage=pilot.stage,
        measures=frozenset(measure for measure, held in holds.items() if held),
        items={one.item.id: one.standing for one in verdict.items if one.counts},
    )


def cells(counted: Counted | None) -> Counter[Cell]:
    """Return all counters to which a pilot adds one; none for a pilot that is not counted (any more)."""
    if counted is None:
        return Counter()
    found = Counter(Cell(stage=counted.stage, subject="", standing=one.value) for one in counted.measures)
    found.update(
        Cell(stage=counted.stage, subject=item_id, standing=standing.value)
        for item_id, standing in counted.items.items()
    )
    return found


def difference(before: Counted | None, now: Counted | None) -> dict[Cell, int]:
    """Return by how much each counter changes; counters that stay the same are left out."""
    changed = cells(now)
    changed.subtract(cells(before))
    return {cell: by for cell, by in changed.items() if by}
