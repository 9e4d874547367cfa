"""What awaits a person: votes, questions put to them, what they undertook, and conversations of theirs that stand still.

Read from current state, most urgent first. Nothing here changes anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import NamedTuple

from bot.desk import Desk
from bot.domain import interview as rules
from bot.domain.actions import Action
from bot.domain.asks import Ask
from bot.domain.calendar import zone_of
from bot.domain.conversations import Interview
from bot.domain.flags import FlagKind
from bot.domain.handovers import Handover
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.review import is_overdue
from bot.domain.reviews import ChangeRequest, Review
from bot.domain.waivers import day_of
from bot.interview import listening, shown
from bot.pilots import flagged, workflow as pilots
from bot.portfolio import to_decide
from bot.portfolio.to_decide import Awaited, Groups, WaiverAsked


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


class Owed(NamedTuple):
    """A condition of an approval that the person sees to."""

    action: Action
    pilot: Pilot
    overdue: bool


class HandedBack(NamedTuple):
    """A question that an approver handed back, for who speaks for the pilot."""

    question: ChangeRequest
    review: Review
    pilot: Pilot


class Proposed(NamedTuple):
    """A pilot that the person, or a group of theirs, is to own in production."""

    handover: Handover
    pilot: Pilot


class OpenAgain(NamedTuple):
    """A pilot of the person's that no longer stands on what it was approved on."""

    pilot: Pilot
    titles: Sequence[str]
    kinds: frozenset[FlagKind]


@dataclass(frozen=True)
class Waiting:
    """All that awaits one person."""

    handed_back: list[HandedBack] = field(default_factory=list)
    reviews: list[Awaited] = field(default_factory=list)
    handed: list[Handed] = field(default_factory=list)
    open_again: list[OpenAgain] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)
    undertaken: list[Undertaken] = field(default_factory=list)
    proposed: list[Proposed] = field(default_factory=list)
    waivers: list[WaiverAsked] = field(default_factory=list)
    underway: list[Underway] = field(default_factory=list)
    unfinished: list[Unfinished] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many things there are."""
        return sum(len(getattr(self, one.name)) for one in fields(self))


def of(desk: Desk, active: list[Pilot], groups: Groups | None) -> Waiting:
    """Return what awaits the person whose occasion this is, among the pilots that still run.

    `groups` are theirs, or None where Slack did not say. However many pilots there are, a few questions to the database
    find it.
    """
    by_id = {pilot.id: pilot for pilot in active}
    mine = [pilot for pilot in active if is_theirs(desk, pilot, groups)]
    underway = _underway(desk, mine)
    open_again = _open_again(desk, mine)
    under_review = [
        (review, pilot)
        for review in desk.tx.reviews.all_open(desk.at.workspace_id)
        if (pilot := by_id.get(review.pilot_id))
    ]
    questions = desk.tx.changes.open_of_reviews(review.id for review, _ in under_review)
    conditions, steps = _promised(desk, by_id, groups)
    return Waiting(
        handed_back=_handed_back(desk, under_review, questions),
        reviews=to_decide.votes(desk, under_review, {one.review_id for one in questions}, groups),
        handed=_handed(desk, by_id),
        open_again=open_again,
        owed=conditions,
        undertaken=steps,
        proposed=_proposed(desk, by_id, groups),
        waivers=to_decide.waivers_asked(desk, by_id, groups),
        underway=underway,
        unfinished=_unfinished(
            mine, {one.pilot.id for one in underway} | {one.pilot.id for one in open_again}
        ),
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


def _promised(
    desk: Desk, by_id: dict[str, Pilot], groups: Groups | None
) -> tuple[list[Owed], list[Undertaken]]:
    """Return the conditions that the person sees to, and what else they undertook, each by its day."""
    zone = zone_of(pilots.time_zone_of(desk, desk.at.actor_id))
    today, today_in_utc = desk.at.now.astimezone(zone).date(), day_of(desk.at.now)
    owed: list[Owed] = []
    undertaken: list[Undertaken] = []
    for action in desk.tx.actions.open_of_owners(desk.at.workspace_id, [desk.at.actor_id, *(groups or {})]):
        pilot = by_id.get(action.pilot_id)
        if pilot and action.is_condition:
            owed.append(Owed(action, pilot, overdue=is_overdue(action, today_in_utc)))
        elif pilot and (item := listening.item_of(desk, pilot.id, action.item_id)):
            late = action.due_on is not None and action.due_on < today
            undertaken.append(Undertaken(action, pilot, item.title, overdue=late))
    return sorted(owed, key=_by_day), sorted(undertaken, key=_by_day)


def _by_day(one: Owed | Undertaken) -> tuple[date, str]:
    return (one.action.due_on or date.max, one.pilot.name.casefold())


def _handed_back(
    desk: Desk, under_review: list[tuple[Review, Pilot]], questions: list[ChangeRequest]
) -> list[HandedBack]:
    """Return the open questions that the person may answer: they asked for the promotion, or champion the pilot."""
    about = {review.id: (review, pilot) for review, pilot in under_review}
    return [
        HandedBack(question, review, pilot)
        for question in questions
        for review, pilot in [about[question.review_id]]
        if desk.at.actor_id in {review.requested_by, pilot.champion_id} and desk.at.now < review.expires_at
    ]


def _proposed(desk: Desk, by_id: dict[str, Pilot], groups: Groups | None) -> list[Proposed]:
    found = desk.tx.handovers.proposed_to(desk.at.workspace_id, [desk.at.actor_id, *(groups or {})])
    return [Proposed(one, pilot) for one in found if (pilot := by_id.get(one.pilot_id))]


def _open_again(desk: Desk, mine: list[Pilot]) -> list[OpenAgain]:
    raised = flagged.raised_by_pilot(desk, mine)
    return [
        OpenAgain(pilot, flagged.titles(desk.library, flags), frozenset(one.kind for one in flags))
        for pilot in mine
        if (flags := raised.get(pilot.id))
    ]


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
