"""What awaits a person: questions put to them, conversations of theirs that stand still, what they undertook, promotions.

Read from current state, most urgent first. Nothing here changes anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from bot.desk import Desk
from bot.domain import interview as rules
from bot.domain.actions import Action
from bot.domain.asks import Ask
from bot.domain.conversations import Interview
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.reviews import Review
from bot.domain.staleness import zone_of
from bot.interview import listening, shown
from bot.pilots import workflow as pilots
from bot.review import workflow as reviews


class Handed(NamedTuple):
    """A question that somebody put to the person."""

    ask: Ask
    pilot: Pilot
    item: Item


class Underway(NamedTuple):
    """A conversation about one of the person's pilots, with the address of its thread."""

    interview: Interview
    pilot: Pilot
    progress: rules.Progress
    link: str | None


class Unfinished(NamedTuple):
    """A pilot of the person's of which something is missing, and nobody is asked about it right now."""

    pilot: Pilot
    open: int


class Undertaken(NamedTuple):
    """A step that the person undertook."""

    action: Action
    pilot: Pilot
    title: str
    overdue: bool


class Awaited(NamedTuple):
    """A review that waits, with the address of its card."""

    review: Review
    pilot: Pilot
    link: str | None


@dataclass(frozen=True)
class Waiting:
    """All that awaits one person."""

    handed: list[Handed] = field(default_factory=list)
    undertaken: list[Undertaken] = field(default_factory=list)
    underway: list[Underway] = field(default_factory=list)
    reviews: list[Awaited] = field(default_factory=list)
    unfinished: list[Unfinished] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many things there are."""
        kinds = (self.handed, self.undertaken, self.underway, self.reviews, self.unfinished)
        return sum(len(some) for some in kinds)


Groups = Mapping[str, str]
"""The user groups that somebody is in: their handles by id."""


def of(desk: Desk, active: list[Pilot], groups: Groups | None) -> Waiting:
    """Return what awaits the person whose occasion this is, among the pilots that still run.

    `groups` are theirs, or None where Slack did not say. However many pilots there are, a few questions to the database
    find it.
    """
    by_id = {pilot.id: pilot for pilot in active}
    mine = [pilot for pilot in active if is_theirs(desk, pilot, groups)]
    underway = _underway(desk, mine)
    return Waiting(
        handed=_handed(desk, by_id),
        undertaken=_undertaken(desk, by_id, groups),
        underway=underway,
        reviews=_reviews(desk, by_id, groups),
        unfinished=_unfinished(mine, {one.pilot.id for one in underway}),
    )


def is_theirs(desk: Desk, pilot: Pilot, groups: Groups | None) -> bool:
    """Whether somebody answers for a pilot, alone or as one of the group that owns it."""
    return pilots.may_steer(pilot, desk.at.actor_id) or pilot.owner_id in (groups or {})


def _handed(desk: Desk, by_id: dict[str, Pilot]) -> list[Handed]:
    asks = desk.tx.asks.open_of_person(desk.at.workspace_id, desk.at.actor_id)
    return [
        Handed(ask, pilot, item)
        for ask in asks
        if (pilot := by_id.get(ask.pilot_id)) and (item := listening.item_of(desk, pilot.id, ask.item_id))
    ]


def _undertaken(desk: Desk, by_id: dict[str, Pilot], groups: Groups | None) -> list[Undertaken]:
    zone = zone_of(pilots.time_zone_of(desk, desk.at.actor_id))
    today = desk.at.now.astimezone(zone).date()
    actions = desk.tx.actions.open_of_owners(desk.at.workspace_id, [desk.at.actor_id, *(groups or {})])
    found = [
        Undertaken(action, pilot, item.title, overdue=action.due_on is not None and action.due_on < today)
        for action in actions
        if (pilot := by_id.get(action.pilot_id))
        and (item := listening.item_of(desk, pilot.id, action.item_id))
    ]
    return sorted(found, key=lambda one: (one.action.due_on or date.max, one.pilot.name.casefold()))


def _underway(desk: Desk, mine: list[Pilot]) -> list[Underway]:
    found = desk.tx.interviews.open_of_pilots(pilot.id for pilot in mine)
    roots = desk.tx.messages.by_keys(
        desk.at.workspace_id, *(shown.root_key(one.id) for one in found.values())
    )
    return [
        Underway(one, pilot, rules.progress(one), desk.link_to(roots.get(shown.root_key(one.id))))
        for pilot in mine
        if (one := found.get(pilot.id))
    ]


def _unfinished(mine: list[Pilot], asked: set[str]) -> list[Unfinished]:
    """Return the pilots of which something was missing when they last changed, and that no conversation is about."""
    return [
        Unfinished(pilot, pilot.required - pilot.in_place)
        for pilot in mine
        if pilot.id not in asked and pilot.required > pilot.in_place
    ]


def _reviews(desk: Desk, by_id: dict[str, Pilot], groups: Groups | None) -> list[Awaited]:
    """Return the reviews that the person may decide, those that expire first to begin with."""
    found = [
        (review, pilot)
        for review in desk.tx.reviews.all_open(desk.at.workspace_id)
        if (pilot := by_id.get(review.pilot_id)) and _may_decide(desk, pilot, review, groups)
    ]
    keys = (reviews.card_key(review.id) for review, _ in found)
    cards = desk.tx.messages.by_keys(desk.at.workspace_id, *keys)
    return [
        Awaited(review, pilot, desk.link_to(cards.get(reviews.card_key(review.id))))
        for review, pilot in found
    ]


def _may_decide(desk: Desk, pilot: Pilot, review: Review, groups: Groups | None) -> bool:
    """Whether the review is before this person, as far as is known here; who clicks is asked about anew.

    Where Slack did not say who is in a group, it is rather shown to too many than to nobody.
    """
    gate, me = desk.playbook.gate_from(pilot.stage), desk.at.actor_id
    if gate is None or gate.id != review.gate_id or gate.approvers is None:
        return False
    if me in {review.requested_by, pilot.champion_id}:
        return False
    board = gate.approvers
    owns = board.owner and me == pilot.owner_id
    if owns or me in board.people:
        return True
    if groups is None:
        return board.group is not None or (board.owner and is_group(pilot.owner_id))
    return board.group in groups.values() or (board.owner and pilot.owner_id in groups)
