"""The verdict: what stands between a pilot and its next stage, item by item and never as a percentage.

An item counts as in place while its evidence is fresh. "Does not apply" takes it out of the count. Everything else on a
critical item keeps the pilot where it is, however good the demo.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.answers import Answer, Status
from bot.domain.playbook import Item
from bot.domain.values import Frozen


class Standing(StrEnum):
    """How one item stands today."""

    IN_PLACE = "in_place"
    STALE = "stale"
    PARTLY = "partly"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


class ItemStanding(Frozen):
    """An item with its current answer, if any, and what that means today."""

    item: Item
    standing: Standing
    answer: Answer | None

    @property
    def blocks(self) -> bool:
        """Whether this item alone keeps the pilot from the next stage."""
        return self.item.critical and self.standing not in {Standing.IN_PLACE, Standing.NOT_APPLICABLE}


class Verdict(Frozen):
    """Where a pilot stands before one gate."""

    items: tuple[ItemStanding, ...]

    def of(self, *standings: Standing) -> tuple[ItemStanding, ...]:
        """Return the items of these standings, in the checklist's order."""
        return tuple(item for item in self.items if item.standing in standings)

    @property
    def required(self) -> int:
        """How many items apply."""
        return len(self.items) - len(self.of(Standing.NOT_APPLICABLE))

    @property
    def in_place(self) -> int:
        """How many of them are in place, with fresh evidence."""
        return len(self.of(Standing.IN_PLACE))

    @property
    def blocking(self) -> tuple[ItemStanding, ...]:
        """The items that keep the pilot where it is."""
        return tuple(item for item in self.items if item.blocks)

    @property
    def settled(self) -> bool:
        """Whether every item is in place or does not apply, so that there is nothing left to ask."""
        return len(self.of(Standing.IN_PLACE, Standing.NOT_APPLICABLE)) == len(self.items)

    @property
    def ready(self) -> bool:
        """Whether nothing required is missing."""
        return not self.blocking


def stands(item: Item, answer: Answer | None, now: datetime) -> Standing:
    """Say how an item stands; an answer older than the item's freshness has to be confirmed."""
    if answer is None:
        return Standing.MISSING
    match answer.status:
        case Status.IN_PLACE:
            fresh_until = answer.answered_at + timedelta(days=item.freshness_days)
            return Standing.IN_PLACE if now < fresh_until else Standing.STALE
        case Status.PARTLY:
            return Standing.PARTLY
        case Status.NOT_APPLICABLE:
            return Standing.NOT_APPLICABLE
        case Status.NOT_YET | Status.SKIPPED:
            return Standing.MISSING


def verdict(items: Sequence[Item], answers: Mapping[str, Answer], now: datetime) -> Verdict:
    """Judge a pilot against what a gate asks for."""
    return Verdict(
        items=tuple(
            ItemStanding(
                item=item, standing=stands(item, answers.get(item.id), now), answer=answers.get(item.id)
            )
            for item in items
        )
    )
