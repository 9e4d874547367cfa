"""What awaits a person: questions put to them, conversations of theirs that stand still, what they undertook, promotions.

Read from current state, most urgent first. Nothing here changes anything.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from bot.desk import Desk
from bot.domain import interview as rules
from bot.domain.actions import Action
from bot.domain.asks import Ask
from bot.domain.conversations import Interview
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.reviews import Review
from bot.domain.staleness import zone_of
from bot.interview import shown
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

    @property
    def count(self) -> int:
        """How many things there are."""
        return len(self.handed) + len(self.undertaken) + len(self.underway) + len(self.reviews)


def of(desk: Desk, active: list[Pilot]) -> Waiting:
    """Return what awaits the person whose occasion this is, among the pilots that still run."""
    by_id = {pilot.id: pilot for pilot in active}
    mine = [pilot for pilot in active if pilots.may_steer(pilot, desk.at.actor_id)]
    return Waiting(
        handed=_handed(desk, by_id),
        undertaken=_undertaken(desk, by_id),
        underway=[one for one in (_underway(desk, pilot) for pilot in mine) if one],
        reviews=[one for one in (_awaited(desk, pilot) for pilot in active) if one],
    )


def _handed(desk: Desk, by_id: dict[str, Pilot]) -> list[Handed]:
    asks = desk.tx.asks.open_of_person(desk.at.workspace_id, desk.at.actor_id)
    found = ((ask, by_id.get(ask.pilot_id), desk.playbook.item(ask.item_id)) for ask in asks)
    return [Handed(ask, pilot, item) for ask, pilot, item in found if pilot and item]


def _undertaken(desk: Desk, by_id: dict[str, Pilot]) -> list[Undertaken]:
    zone = zone_of(pilots.time_zone_of(desk, desk.at.actor_id))
    today = desk.at.now.astimezone(zone).date()
    actions = desk.tx.actions.open_of_owners(desk.at.workspace_id, [desk.at.actor_id])
    found = [
        Undertaken(action, pilot, item.title, overdue=action.due_on is not None and action.due_on < today)
        for action in actions
        if (pilot := by_id.get(action.pilot_id)) and (item := desk.playbook.item(action.item_id))
    ]
    return sorted(found, key=lambda one: (one.action.due_on or date.max, one.pilot.name.casefold()))


def _underway(desk: Desk, pilot: Pilot) -> Underway | None:
    interview = desk.tx.interviews.open_of(pilot.id)
    if interview is None:
        return None
    link = desk.link_to(shown.root_of(desk, interview))
    return Underway(interview, pilot, rules.progress(interview), link)


def _awaited(desk: Desk, pilot: Pilot) -> Awaited | None:
    gate = desk.playbook.gate_from(pilot.stage)
    review = desk.tx.reviews.open_of(pilot.id, gate.id) if gate else None
    if review is None:
        return None
    card = desk.tx.messages.by_key(pilot.workspace_id, reviews.card_key(review.id))
    return Awaited(review, pilot, desk.link_to(card))
