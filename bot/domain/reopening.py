"""Whether an approval still stands on what it stood on, and when time alone will change that.

An approval covers what its snapshot shows as settled or waived: what the playbook asks newly since then does not count
against it. Days are days in UTC, as for waivers. Nothing here reads, and nothing here moves a pilot.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from bot.domain.actions import Action
from bot.domain.answers import Answer
from bot.domain.flags import Flag, FlagKind
from bot.domain.people import Person
from bot.domain.pilots import Hold
from bot.domain.playbook import Item
from bot.domain.readiness import ItemStanding, Standing, Verdict, verdict
from bot.domain.review import is_overdue
from bot.domain.values import Frozen
from bot.domain.waivers import Waiver, day_of

HELD = frozenset({Standing.IN_PLACE, Standing.NOT_APPLICABLE, Standing.WAIVED})
"""How an item stands that an approval rests on."""
NOTHING_HELD: Mapping[str, Standing] = MappingProxyType({})


class Cause(Frozen):
    """One thing that re-opens a gate: its kind, and the id of the item, person, action or review that it is about."""

    kind: FlagKind
    subject: str


@dataclass(frozen=True)
class Ground:
    """All that decides whether the gate that a pilot passed last is open again."""

    items: Sequence[Item] = ()
    """What that gate asks for today."""
    held: Mapping[str, Standing] | None = None
    """How each item stood that the approval rests on; None where nobody approved that the pilot is where it is."""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    waivers: Mapping[str, Waiver] = field(default_factory=dict)
    """The granted waivers, by item."""
    conditions: Sequence[Action] = ()
    """The open conditions of the approvals that led where the pilot is."""
    owner: Person | None = None
    """None for a user group, and for somebody whom nobody has seen yet."""
    unconfirmed: str | None = None
    """The review of an emergency promotion that ended without a yes."""
    hold: Hold | None = None


@dataclass(frozen=True)
class Finding:
    """What a look at a pilot finds."""

    causes: tuple[Cause, ...]
    """What re-opens the gate, items first in the checklist's order."""
    verdict: Verdict
    """The verdict of today about the items that the approval rests on."""
    next_at: datetime | None
    """When time alone will change something of it; always later than the look."""

    def standing(self, item_id: str) -> ItemStanding | None:
        """Return how an item stands that the approval rests on."""
        return next((one for one in self.verdict.items if one.item.id == item_id), None)


def held_in(snapshot: Mapping[str, Any]) -> dict[str, Standing]:
    """Return what an approval rests on, by item, from the snapshot that was approved."""
    stood = {one["item_id"]: Standing(one["standing"]) for one in snapshot.get("items", ())}
    return {item_id: standing for item_id, standing in stood.items() if standing in HELD}


def has_left(person: Person | None) -> bool:
    """Whether somebody can own nothing any more. Of somebody unknown nothing is held to be known."""
    return person is not None and person.cannot_act


def find(ground: Ground, now: datetime) -> Finding:
    """Say what re-opens the gate at an instant, and when to look again."""
    rests_on = ground.held if ground.held is not None else NOTHING_HELD
    items = tuple(item for item in ground.items if item.id in rests_on)
    today = verdict(items, ground.answers, now, waived=ground.waivers)
    return Finding(
        causes=tuple(_causes(ground, today, now)),
        verdict=today,
        next_at=min((at for at in _turns(ground, today) if at > now), default=None),
    )


def _causes(ground: Ground, today: Verdict, now: datetime) -> Iterator[Cause]:
    if ground.held is not None:
        for one in today.blocking:
            yield Cause(kind=_kind_of(one, ground.held[one.item.id]), subject=one.item.id)
        for action in ground.conditions:
            if is_overdue(action, day_of(now)):
                yield Cause(kind=FlagKind.CONDITION, subject=action.id)
        if ground.owner and has_left(ground.owner):
            yield Cause(kind=FlagKind.OWNER, subject=ground.owner.user_id)
    if ground.unconfirmed:
        yield Cause(kind=FlagKind.BREAK_GLASS, subject=ground.unconfirmed)


def _kind_of(one: ItemStanding, stood: Standing) -> FlagKind:
    """What was accepted as a risk and never put in place is the waiver's matter; everything else the evidence's."""
    never_in_place = stood is Standing.WAIVED and one.standing is not Standing.STALE
    return FlagKind.WAIVER if never_in_place else FlagKind.EVIDENCE


def _turns(ground: Ground, today: Verdict) -> Iterator[datetime]:
    """Yield every instant at which time alone changes how something stands; some of them may be over."""
    if ground.hold:
        yield midnight(ground.hold.until)
    if ground.held is None:
        return
    for one in today.items:
        if not one.item.critical:
            continue
        if one.standing is Standing.IN_PLACE and one.answer:
            yield one.answer.answered_at + timedelta(days=one.item.freshness_days)
        if one.waiver:
            yield midnight(one.waiver.until)
        if one.item.enforce_from:
            yield midnight(one.item.enforce_from)
    for action in ground.conditions:
        if action.due_on and action.due_on < date.max:
            yield midnight(action.due_on + timedelta(days=1))


def midnight(day: date) -> datetime:
    """Return when a day begins in UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)


def latest_opening(flags: Iterable[Flag], gate_id: str) -> tuple[Flag, ...]:
    """Return the flags of the latest time that a gate was open again, oldest first: from the first one until all were down.

    What went down at the very moment when another went up did not close it.
    """
    opening: list[Flag] = []
    closed_at: datetime | None = None
    for flag in sorted((one for one in flags if one.gate_id == gate_id), key=lambda one: one.raised_at):
        if opening and closed_at is not None and flag.raised_at > closed_at:
            opening = []
        opening.append(flag)
        ends = [one.cleared_at for one in opening if one.cleared_at is not None]
        closed_at = max(ends) if len(ends) == len(opening) else None
    return tuple(opening)
