"""The verdict: what stands between a pilot and its next stage, item by item and never as a percentage.

An item counts as in place while its evidence is fresh. "Does not apply" takes it out of the count. Everything else on a
critical item keeps the pilot where it is, however good the demo, unless somebody who may has accepted the risk until a
day; then the verdict has two readings, with that waiver and without.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.answers import Answer, Status
from bot.domain.playbook import Gate, Item
from bot.domain.values import Frozen
from bot.domain.waivers import Waiver, day_of


class Standing(StrEnum):
    """How one item stands today."""

    IN_PLACE = "in_place"
    STALE = "stale"
    PARTLY = "partly"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"
    """Open, but accepted as a risk until a day."""


class ItemStanding(Frozen):
    """An item with its current answer, if any, and what that means today."""

    item: Item
    standing: Standing
    answer: Answer | None
    reviewed: bool = False
    """Whether approvers saw exactly this answer when they let the pilot pass; otherwise it is self-stated."""
    counts: bool = True
    """Whether the item counts already; before that it is only announced."""
    waiver: Waiver | None = None
    """Who accepted that it is open, and until when; only while it is open and the waiver holds."""

    @property
    def settled(self) -> bool:
        """Whether there is nothing left to do about it."""
        return self.standing in {Standing.IN_PLACE, Standing.NOT_APPLICABLE}

    @property
    def waived(self) -> bool:
        """Whether it is open and need not be in place for now."""
        return self.standing is Standing.WAIVED

    @property
    def skipped(self) -> bool:
        """Whether somebody passed it over on purpose."""
        return self.answer is not None and self.answer.status is Status.SKIPPED

    @property
    def blocks(self) -> bool:
        """Whether this item alone keeps the pilot from the next stage."""
        return self.blocks_without_waiver and not self.waived

    @property
    def blocks_without_waiver(self) -> bool:
        """Whether it would do so if nobody had accepted the risk."""
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
        return tuple(one for one in self.items if not (one.counts or one.settled or one.waived))

    @property
    def blocking(self) -> tuple[ItemStanding, ...]:
        """The items that keep the pilot where it is."""
        return tuple(item for item in self.items if item.blocks)

    @property
    def can_follow(self) -> tuple[ItemStanding, ...]:
        """The open items that keep the pilot nowhere, announced ones included; accepted risks are apart."""
        return tuple(one for one in self.items if not (one.settled or one.blocks or one.waived))

    @property
    def waived(self) -> tuple[ItemStanding, ...]:
        """The accepted risks: open items that a waiver lets pass for now."""
        return self.of(Standing.WAIVED)

    @property
    def settled(self) -> bool:
        """Whether every item is in place or does not apply, so that there is nothing left to ask."""
        return all(item.settled for item in self.items)

    @property
    def ready(self) -> bool:
        """Whether nothing required is missing, accepted risks aside."""
        return not self.blocking

    @property
    def ready_without_waivers(self) -> bool:
        """Whether it is ready even if no risk were accepted."""
        return not any(item.blocks_without_waiver for item in self.items)


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


def asked_by(
    gate: Gate, items: Sequence[Item], answers: Mapping[str, Answer], stage_since: datetime, now: datetime
) -> tuple[Item, ...]:
    """Return what a gate asks of a pilot today. What only upkeep asks is due when its first round is, not on the first day."""
    if gate.every_days is None or now >= stage_since + timedelta(days=gate.every_days):
        return tuple(items)
    return tuple(item for item in items if item.id in answers)


def verdict(
    items: Sequence[Item],
    answers: Mapping[str, Answer],
    now: datetime,
    *,
    reviewed: Mapping[str, int] | None = None,
    waived: Mapping[str, Waiver] | None = None,
) -> Verdict:
    """Judge a pilot against what a gate asks for.

    `reviewed` are the revisions that approvers saw, `waived` the granted waivers, both by item. An item in place needs
    no waiver, and one that is over lets nothing pass.
    """
    today = day_of(now)

    def standing(item: Item) -> ItemStanding:
        answer = answers.get(item.id)
        found = ItemStanding(
            item=item,
            standing=stands(item, answer, now),
            answer=answer,
            reviewed=answer is not None and (reviewed or {}).get(item.id) == answer.revision,
            counts=item.counts_on(now.date()),
        )
        waiver = (waived or {}).get(item.id)
        if found.settled or waiver is None or not waiver.holds_on(today):
            return found
        return found.model_copy(update={"standing": Standing.WAIVED, "waiver": waiver})

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
    was = ((one, _stood(one, then.get(one.item.id), since)) for one in verdict.items)
    return tuple(
        Move(item=one.item, before=before, now=one.standing)
        for one, before in was
        if before is not one.standing
    )


def _stood(one: ItemStanding, answer: Answer | None, since: datetime) -> Standing:
    """Return how an item stood; a waiver that holds now was there already if it was granted before."""
    then = stands(one.item, answer, since)
    granted_at = one.waiver.decided_at if one.waiver else None
    was_open = then not in {Standing.IN_PLACE, Standing.NOT_APPLICABLE}
    return Standing.WAIVED if granted_at and granted_at < since and was_open else then
