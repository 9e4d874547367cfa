"""What awaits a person: votes, questions put to them, what they undertook, and pilots of theirs that stand still.

Read from current state, most urgent first. Only what is theirs is read, whatever else there is: a few questions to the
database find it. Nothing here changes anything.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, NamedTuple

from bot.desk import Desk
from bot.domain import interview as rules
from bot.domain.actions import Action
from bot.domain.asks import Ask
from bot.domain.calendar import zone_of
from bot.domain.handovers import Handover
from bot.domain.notices import Blocker
from bot.domain.pilots import Pilot
from bot.domain.review import is_overdue
from bot.domain.reviews import ChangeRequest, Review
from bot.domain.seeking import Shown, Sought
from bot.domain.waivers import Waiver, day_of
from bot.interview import listening, shown
from bot.pilots import flagged, workflow as pilots
from bot.portfolio import to_decide
from bot.portfolio.listing import furthest_first
from bot.portfolio.to_decide import Groups
from bot.portfolio.waiting import (
    Handed,
    HandedBack,
    InTheWay,
    OpenAgain,
    Owed,
    Proposed,
    Ready,
    ToDecide,
    Undertaken,
    Underway,
    Unfinished,
    Waiting,
)

LOOKED_AT: Final = 100
"""How many pilots of one person are looked through for what waits; of more, only those that something waits for."""
URGENT: Final = (Shown.OPEN_AGAIN, Shown.TO_DECIDE, Shown.READY)
URGENT_OF_A_KIND: Final = 20


class _About(NamedTuple):
    """What there is that may concern the person, before it is known whose pilots still run."""

    asks: list[Ask]
    actions: list[Action]
    handovers: list[Handover]
    blockers: list[Blocker]
    reviews: list[Review]
    waivers: list[Waiver]

    @property
    def pilot_ids(self) -> set[str]:
        return {one.pilot_id for some in self for one in some}


def of(desk: Desk, groups: Groups | None) -> Waiting:
    """Return what awaits the person whose occasion this is; `groups` are theirs, or None where Slack did not say."""
    mine, about, today = _mine(desk, groups), _about(desk, groups), _today(desk)
    by_id = {pilot.id: pilot for pilot in mine}
    others = desk.tx.pilots.some(desk.at.workspace_id, sorted(about.pilot_ids - set(by_id)))
    by_id |= {pilot.id: pilot for pilot in others.values() if not pilot.retired}
    under_review = [(review, pilot) for review in about.reviews if (pilot := by_id.get(review.pilot_id))]
    questions = desk.tx.changes.open_of_reviews(review.id for review, _ in under_review)
    asked_for = {review.pilot_id for review in about.reviews}
    underway = _underway(desk, mine)
    open_again = _open_again(desk, mine)
    decisions = _decisions(desk, mine, asked_for, today)
    ready = _ready(desk, mine, asked_for | {one.pilot.id for one in decisions})
    told = {one.pilot.id for some in (underway, open_again, decisions, ready) for one in some}
    conditions, steps = _promised(desk, about.actions, by_id, today)
    return Waiting(
        decisions=decisions,
        handed_back=_handed_back(desk, under_review, questions),
        reviews=to_decide.votes(desk, under_review, {one.review_id for one in questions}, groups),
        blockers=_in_the_way(about.blockers, by_id, today),
        handed=_handed(desk, about.asks, by_id),
        open_again=open_again,
        owed=conditions,
        undertaken=steps,
        proposed=[Proposed(one, pilot) for one in about.handovers if (pilot := by_id.get(one.pilot_id))],
        waivers=to_decide.waivers_asked(desk, about.waivers, by_id, groups),
        ready=ready,
        underway=underway,
        unfinished=_unfinished(mine, told),
    )


def answerable(desk: Desk, groups: Groups | None) -> frozenset[str]:
    """Return by whom pilots are the person's own: by themselves, and by the groups that they are in."""
    return frozenset({desk.at.actor_id, *(groups or {})})


def _mine(desk: Desk, groups: Groups | None) -> list[Pilot]:
    """Return the person's pilots, the furthest first; of very many, those that something is to be done about come first."""
    own, order = answerable(desk, groups), furthest_first(desk.playbook)

    def found(shown: Shown, limit: int) -> list[Pilot]:
        sought = Sought(shown=shown, answerable=own)
        return desk.tx.pilots.page(desk.at.workspace_id, sought, order, 0, limit)

    mine = found(Shown.ALL, LOOKED_AT)
    if len(mine) < LOOKED_AT:
        return mine
    urgent = [pilot for shown in URGENT for pilot in found(shown, URGENT_OF_A_KIND)]
    return list({pilot.id: pilot for pilot in (*urgent, *mine)}.values())


def _about(desk: Desk, groups: Groups | None) -> _About:
    tx, workspace_id, me = desk.tx, desk.at.workspace_id, desk.at.actor_id
    own = [me, *(groups or {})]
    return _About(
        asks=tx.asks.open_of_person(workspace_id, me),
        actions=tx.actions.open_of_owners(workspace_id, own),
        handovers=tx.handovers.proposed_to(workspace_id, own),
        blockers=tx.blockers.open_by(workspace_id, me),
        reviews=tx.reviews.all_open(workspace_id),
        waivers=tx.waivers.asked(workspace_id, day_of(desk.at.now)),
    )


def _handed(desk: Desk, asks: Iterable[Ask], by_id: Mapping[str, Pilot]) -> list[Handed]:
    return [
        Handed(ask, pilot, item)
        for ask in asks
        if (pilot := by_id.get(ask.pilot_id)) and (item := listening.item_of(desk, pilot.id, ask.item_id))
    ]


def _promised(
    desk: Desk, actions: Iterable[Action], by_id: Mapping[str, Pilot], today: date
) -> tuple[list[Owed], list[Undertaken]]:
    """Return the conditions that the person sees to, and what else they undertook, each by its day."""
    today_in_utc = day_of(desk.at.now)
    owed: list[Owed] = []
    undertaken: list[Undertaken] = []
    for action in actions:
        pilot = by_id.get(action.pilot_id)
        if pilot and action.is_condition:
            owed.append(Owed(action, pilot, overdue=is_overdue(action, today_in_utc)))
        elif pilot and (item := listening.item_of(desk, pilot.id, action.item_id)):
            late = action.due_on is not None and action.due_on < today
            undertaken.append(Undertaken(action, pilot, item.title, overdue=late))
    return sorted(owed, key=_by_day), sorted(undertaken, key=_by_day)


def _today(desk: Desk) -> date:
    """Return the day that it is where the person is."""
    return desk.at.now.astimezone(zone_of(pilots.time_zone_of(desk, desk.at.actor_id))).date()


def _by_day(one: Owed | Undertaken) -> tuple[date, str]:
    return (one.action.due_on or date.max, one.pilot.name.casefold())


def _in_the_way(blockers: Iterable[Blocker], by_id: Mapping[str, Pilot], today: date) -> list[InTheWay]:
    found = [
        InTheWay(one, pilot, overdue=one.due_on < today)
        for one in blockers
        if (pilot := by_id.get(one.pilot_id))
    ]
    return sorted(found, key=lambda one: (one.blocker.due_on, one.pilot.name.casefold()))


def _decisions(desk: Desk, mine: Iterable[Pilot], asked_for: set[str], today: date) -> list[ToDecide]:
    """Return the pilots that a day of decision is set for, by that day; one on hold waits on purpose."""
    first = desk.playbook.first_stage
    found = [
        ToDecide(
            pilot,
            overdue=pilot.decide_on < today,
            may_be_asked=_may_be_asked(desk, pilot) and pilot.id not in asked_for,
            may_go_back=pilot.stage != first and pilot.stage_since > pilot.registered_at,
        )
        for pilot in mine
        if pilot.decide_on and pilot.hold is None
    ]
    return sorted(found, key=lambda one: (one.pilot.decide_on or date.max, one.pilot.name.casefold()))


def _ready(desk: Desk, mine: Iterable[Pilot], told: set[str]) -> list[Ready]:
    return [
        Ready(pilot)
        for pilot in mine
        if pilot.id not in told and pilot.hold is None and _may_be_asked(desk, pilot)
    ]


def _may_be_asked(desk: Desk, pilot: Pilot) -> bool:
    """Whether everything is in place for a gate that leads on."""
    gate = desk.playbook.gate_from(pilot.stage)
    return pilot.ready and gate is not None and gate.leads_on


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
