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
    reviewed: bool = False
    """Whether approvers saw exactly this answer when they let the pilot pass; otherwise it is self-stated."""
    counts: bool = True
    """Whether the item counts already; before that it is only announced."""

    @property
    def settled(self) -> bool:
        """Whether there is nothing left to do about it."""
        return self.standing in {Standing.IN_PLACE, Standing.NOT_APPLICABLE}

    @property
    def skipped(self) -> bool:
        """Whether somebody passed it over on purpose."""
        return self.answer is not None and self.answer.status is Status.SKIPPED

    @property
    def blocks(self) -> bool:
        """Whether this item alone keeps the pilot from the next stage."""
        return self.item.critical and self.counts and not self.settled


class Verdict(Frozen):
    """Where a pilot stands before one gate."""

    items: tuple[ItemStanding, ...]

    def of(self, *standings: Standing) -> tuple[ItemStanding, ...]:
        """Return the items of these standings, in the checklist's order."""
        return tuple(item for item in self.items if item.standing in standings)

    @property
    def required(self) -> int:
        """How many items apply and count."""
        return sum(item.counts and item.standing is not Standing.NOT_APPLICABLE for item in self.items)

    @property
    def in_place(self) -> int:
        """How many of them are in place, with fresh evidence."""
        return sum(item.counts for item in self.of(Standing.IN_PLACE))

    @property
    def announced(self) -> tuple[ItemStanding, ...]:
        """The open items that will count from a later day."""
        return tuple(item for item in self.items if not item.counts and not item.settled)

    @property
    def blocking(self) -> tuple[ItemStanding, ...]:
        """The items that keep the pilot where it is."""
        return tuple(item for item in self.items if item.blocks)

    @property
    def can_follow(self) -> tuple[ItemStanding, ...]:
        """The open items that keep the pilot nowhere, announced ones included."""
        return tuple(item for item in self.items if not item.settled and not item.blocks)

    @property
    def settled(self) -> bool:
        """Whether every item is in place or does not apply, so that there is nothing left to ask."""
        return all(item.settled for item in self.items)

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


def verdict(
    items: Sequence[Item],
    answers: Mapping[str, Answer],
    now: datetime,
    *,
    reviewed: Mapping[str, int] | None = None,
) -> Verdict:
    """Judge a pilot against what a gate asks for; `reviewed` are the revisions that approvers saw, by item."""

    def standing(item: Item) -> ItemStanding:
        answer = answers.get(item.id)
        return ItemStanding(
            item=item,
            standing=stands(item, answer, now),
            answer=answer,
            reviewed=answer is not None and (reviewed or {}).get(item.id) == answer.revision,
            counts=item.counts_on(now.date()),
        )

    return Verdict(items=tuple(standing(item) for item in items))


class Move(Frozen):
    """An item that stands differently than it did."""

    item: Item
    before: Standing
    now: Standing


def moves_since(verdict: Verdict, history: Sequence[Answer], since: datetime) -> tuple[Move, ...]:
    """Return what has changed about the items of a verdict since an earlier day, in the checklist's order.

    `history` holds every revision; evidence that has grown too old since then is a change as well.
    """
    then: dict[str, Answer] = {}
    for answer in history:
        newest = then.get(answer.item_id)
        if answer.answered_at < since and (newest is None or answer.revision > newest.revision):
            then[answer.item_id] = answer
    was = ((one, stands(one.item, then.get(one.item.id), since)) for one in verdict.items)
    return tuple(
        Move(item=one.item, before=before, now=one.standing)
        for one, before in was
        if before is not one.standing
    )
