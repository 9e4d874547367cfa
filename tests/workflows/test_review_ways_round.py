"""Ways round a review that look harmless one by one: each is tried here, and leads nowhere."""

from datetime import date
from typing import Any

import pytest

from bot.domain import review as rules
from bot.domain.answers import Reading, Value
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind
from bot.domain.policies import ApproverRole, Material, PolicyStep, Seat, Tier, TierPolicy
from bot.domain.reviews import Board, Review, ReviewKind, ReviewState
from bot.interview import workflow as interviews
from bot.review import conditions, deciding, looking, reminding, requesting
from bot.review.errors import MayNotDrop
from bot.review.forms import Entered
from bot.stages import emergency, workflow as stages
from bot.stages.errors import NotForBreakGlass
from bot.tiers import workflow as tiers
from prompts.library import Library

from .conftest import JONAS, MAYA, PRIYA, SAM, WORKSPACE, House
from .gates import (
    GATE,
    IN_PLACE,
    LENA,
    NOT_YET,
    RAJ,
    TOMAS,
    approves,
    board,
    changes,
    decided_by,
    declines,
    now,
    ready,
    request,
    seen,
)
from .staged import WITH_EMERGENCY, with_emergency_role

BOTH = board(risk=[PRIYA, SAM], security=[LENA, TOMAS])
WITHOUT_PRIYA = board(risk=[SAM], security=[LENA, TOMAS])
DUE = date(2026, 12, 11)


class TestWhoComesBackIntoARole:
    """Priya agreed, left the role, others agreed meanwhile, and she is in it again: one click settles it."""

    @pytest.fixture
    def review(self, house: House, pilot: Pilot) -> Review:
        decided_by(house, {"risk": 1, "security": 1})
        review = request(house, ready(house, pilot), BOTH)
        approves(house, PRIYA, review, BOTH)
        assert approves(house, LENA, review, WITHOUT_PRIYA).state is ReviewState.OPEN
        return review

    def test_declining_is_never_taken_for_the_approval_that_stands(
        self, house: House, pilot: Pilot, review: Review
    ) -> None:
        with pytest.raises(rules.VotedAlready, match="take it back first"):
            declines(house, PRIYA, review, BOTH)
        assert now(house, review).state is ReviewState.OPEN
        assert house.pilot(pilot.id).stage == "pilot"

    def test_conditions_are_never_left_out_of_the_approval_that_stands(
        self, house: House, review: Review
    ) -> None:
        row = Entered("Tell the works council", JONAS, DUE)
        with pytest.raises(rules.VotedAlready):
            house.do(deciding.approve_with, PRIYA, review.id, seen(review), {1: row}, BOTH)

    def test_agreeing_again_settles_it(self, house: House, review: Review) -> None:
        assert approves(house, PRIYA, review, BOTH).state is ReviewState.APPROVED

    def test_who_declines_first_is_heard(self, house: House, review: Review) -> None:
        ended = declines(house, SAM, review, BOTH)
        assert (ended.state, ended.decided_by) == (ReviewState.DECLINED, SAM)


class TestAnswersOfOnesOwn:
    def test_whoever_alone_says_that_it_is_in_place_answered_it_alone(
        self, house: House, pilot: Pilot
    ) -> None:
        decided_by(house, {"risk": 1})
        those = board(risk=[PRIYA, SAM])
        item = house.library.playbook.items_of(_gate(house))[0]
        interview = house.do(interviews.start, MAYA, pilot.id)
        for one in interview.asked:
            house.do(interviews.change_answer, MAYA, pilot.id, one, NOT_YET if one == item.id else IN_PLACE)
        house.do(interviews.change_answer, PRIYA, pilot.id, item.id, IN_PLACE)
        review = request(house, house.pilot(pilot.id), those)
        with pytest.raises(rules.AnsweredItAlone):
            approves(house, PRIYA, review, those)
        assert approves(house, SAM, review, those).state is ReviewState.APPROVED

    def test_nobody_makes_themselves_a_decider_by_an_answer(self, house: House, pilot: Pilot) -> None:
        item_id = _named_by_an_answer(house)
        those = board(sponsor=[PRIYA, RAJ])
        review = request(house, ready(house, pilot), those)
        changes(house, review, item_id, _somebody(RAJ, PRIYA), by=MAYA)
        assert approves(house, RAJ, review, those).state is ReviewState.APPROVED

    def test_who_alone_named_themselves_does_not_decide(self, house: House, pilot: Pilot) -> None:
        item_id = _named_by_an_answer(house)
        those = board(sponsor=[PRIYA, RAJ])
        ready(house, pilot)
        house.do(interviews.change_answer, PRIYA, pilot.id, item_id, _somebody(PRIYA, RAJ))
        review = request(house, house.pilot(pilot.id), those)
        with pytest.raises(rules.AnsweredItAlone):
            approves(house, PRIYA, review, those)

    @pytest.mark.parametrize("material", [(), (Material.EVIDENCE,)])
    def test_other_deciders_are_news_whatever_the_policy_finds_material(
        self, house: House, pilot: Pilot, material: tuple[Material, ...]
    ) -> None:
        item_id = _named_by_an_answer(house, material=material)
        review = request(house, ready(house, pilot), board(sponsor=[PRIYA]))
        changes(house, review, item_id, _somebody(RAJ))
        assert now(house, review).snapshot_hash != review.snapshot_hash
        again = now(house, review)
        changes(house, review, item_id, _somebody(RAJ))
        assert now(house, review).snapshot_hash == again.snapshot_hash


class TestRetiringAndReviving:
    def test_a_condition_outlives_them(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1})
        those = board(risk=[PRIYA, SAM])
        review = request(house, ready(house, pilot), those)
        row = Entered("Tell the works council", JONAS, DUE)
        house.do(deciding.approve_with, PRIYA, review.id, seen(review), {1: row}, those)
        house.do(stages.retire, MAYA, pilot.id, "Budget", "Ask sooner")
        house.do(stages.revive, MAYA, pilot.id, "Budget is back")
        left = house.store.read_sync(lambda tx: tx.actions.conditions_of_pilot(pilot.id))
        assert [one.what for one in left] == ["Tell the works council"]
        house.later(days=60)
        with pytest.raises(rules.ConditionOverdue, match="works council"):
            house.do(requesting.may_request, SAM, pilot.id)


def in_an_emergency(house: House, pilot: Pilot) -> Review:
    """Let Sam promote the pilot before anybody reviewed it; return the review that was opened."""
    with_emergency_role(house)
    house.do(
        emergency.break_glass, SAM, pilot.id, "pilot", pilot.name, "The old one is down.", WITH_EMERGENCY
    )
    (review,) = house.store.read_sync(lambda tx: tx.reviews.all_open_of(pilot.id))
    return review


class TestGoingOnAfterAnEmergency:
    def test_nothing_more_is_requested_while_it_is_under_review(self, house: House, pilot: Pilot) -> None:
        review = in_an_emergency(house, pilot)
        with pytest.raises(rules.EmergencyUnderReview, match="still under review"):
            house.do(requesting.may_request, MAYA, pilot.id)
        approves(house, PRIYA, review, WITH_EMERGENCY)
        with pytest.raises(rules.NotReady):
            house.do(requesting.may_request, MAYA, pilot.id)

    def test_nor_when_it_was_declined_or_nobody_spoke(self, house: House, pilot: Pilot) -> None:
        review = in_an_emergency(house, pilot)
        declines(house, PRIYA, review, WITH_EMERGENCY)
        with pytest.raises(rules.EmergencyNotConfirmed, match="/pilot rollback Refund triage"):
            house.do(requesting.may_request, MAYA, pilot.id)
        house.do(stages.roll_back, MAYA, pilot.id, "shadow", "pilot", "Not confirmed", frozenset())
        with pytest.raises(rules.NotReady):
            house.do(requesting.may_request, MAYA, pilot.id)

    def test_who_never_decides_breaks_no_glass_either(self, house: House, pilot: Pilot) -> None:
        with_emergency_role(house)
        book = house.library.playbook
        never = tuple(one.model_copy(update={"never": (SAM,)}) for one in book.policies)
        house.library = Library(
            book.model_copy(update={"policies": never}), house.library.templates, house.library.earlier
        )
        with pytest.raises(NotForBreakGlass):
            house.do(emergency.may_break_glass, SAM, pilot.id, WITH_EMERGENCY)


class TestLoweringTheTier:
    """The team says how much can go wrong, but not after the fact."""

    @pytest.fixture
    def high(self, house: House, pilot: Pilot) -> Pilot:
        with_emergency_role(house)
        book = house.library.playbook
        roles = (*book.roles, ApproverRole(id="desk", title="The desk", people=(RAJ,)))
        steps = (PolicyStep(seats=(Seat(role="desk"),)),)
        light = book.policies[0].model_copy(update={"id": "light", "steps": steps})
        exception = (TierPolicy(tier="low", policy="light"),)
        changed = book.model_copy(
            update={
                "roles": roles,
                "policies": (*book.policies, light),
                "gates": tuple(gate.model_copy(update={"by_tier": exception}) for gate in book.gates),
                "tiers": (Tier(id="low", title="Low"), Tier(id="high", title="High")),
            }
        )
        house.library = Library(changed, house.library.templates, house.library.earlier)
        house.store.write_sync(lambda tx: tx.people.remember(_full_member(RAJ)))
        house.store.write_sync(lambda tx: tx.pilots.set_tier(pilot.id, "high"))
        return house.pilot(pilot.id)

    def test_an_emergency_is_reviewed_by_those_who_would_have_decided_it(
        self, house: House, high: Pilot
    ) -> None:
        house.do(
            emergency.break_glass, SAM, high.id, "pilot", high.name, "The old one is down.", WITH_EMERGENCY
        )
        (review,) = house.store.read_sync(lambda tx: tx.reviews.all_open_of(high.id))
        house.do(tiers.change, MAYA, high.id, "low", "It is harmless after all")
        both = Board(roles=(*WITH_EMERGENCY.roles, *board(desk=[RAJ]).roles))
        with pytest.raises(rules.NotAnApprover):
            approves(house, RAJ, review, both)
        assert house.do(reminding.voters, MAYA, review) == {PRIYA}
        assert approves(house, PRIYA, review, both).state is ReviewState.APPROVED

    def test_a_condition_is_dropped_by_those_who_could_have_set_it(self, house: House, high: Pilot) -> None:
        both = Board(roles=(*WITH_EMERGENCY.roles, *board(desk=[RAJ]).roles))
        review = request(house, ready(house, high), both)
        row = Entered("Tell the works council", JONAS, DUE)
        house.do(deciding.approve_with, PRIYA, review.id, seen(review), {1: row}, both)
        (condition,) = house.store.read_sync(lambda tx: tx.actions.conditions_of_pilot(high.id))
        house.do(tiers.change, MAYA, high.id, "low", "It is harmless after all")
        with pytest.raises(MayNotDrop):
            house.do(conditions.may_drop, RAJ, condition.id, both)
        house.do(conditions.may_drop, PRIYA, condition.id, both)


def _full_member(user_id: str) -> Person:
    return Person(workspace_id=WORKSPACE, user_id=user_id, name=user_id, time_zone="Europe/Berlin")


class TestTwoEmergencies:
    def test_going_back_one_stage_leaves_the_review_of_the_stage_that_is_kept(
        self, house: House, pilot: Pilot
    ) -> None:
        with_emergency_role(house)
        for stage in ("pilot", "shadow"):
            house.do(
                emergency.break_glass, SAM, pilot.id, stage, "Refund triage", "It is urgent.", WITH_EMERGENCY
            )
            house.later(hours=1)
        house.do(stages.roll_back, MAYA, pilot.id, "limited", "shadow", "Too early", frozenset())
        still_open = house.store.read_sync(lambda tx: tx.reviews.all_open_of(pilot.id))
        assert [(one.kind, one.to_stage) for one in still_open] == [(ReviewKind.BREAK_GLASS, "shadow")]
        house.do(stages.roll_back, MAYA, pilot.id, "shadow", "pilot", "Too early as well", frozenset())
        assert house.store.read_sync(lambda tx: tx.reviews.all_open_of(pilot.id)) == []


class TestLookingAtWhatWasShown:
    def test_pages_stay_with_the_version_that_was_opened(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1})
        review = request(house, ready(house, pilot), board(risk=[PRIYA, SAM]))
        item = review.snapshot["items"][0]["item_id"]
        changes(house, review, item, IN_PLACE.model_copy(update={"detail": "Something else entirely"}))
        facts = house.do(looking.facts_of, PRIYA, review.id)
        assert facts.review.snapshot_hash != review.snapshot_hash
        assert house.do(looking.snapshot_by, PRIYA, facts, seen(review)) == review.snapshot
        assert house.do(looking.snapshot_by, PRIYA, facts, "") == facts.review.snapshot
        assert house.do(looking.snapshot_by, PRIYA, facts, "%") == facts.review.snapshot


def _gate(house: House) -> Any:
    gate = house.library.playbook.gate(GATE)
    assert gate
    return gate


def _somebody(*ids: str) -> Reading:
    named = Value(kind=AnswerKind.PERSON, ids=ids)
    return IN_PLACE.model_copy(update={"value": named})


def _named_by_an_answer(house: House, **said: Any) -> str:
    """Let whoever an answer names decide the first gate; the item itself keeps nobody from anything."""
    decided_by(house, {"sponsor": 1}, **said)
    book = house.library.playbook
    item_id = book.items_of(_gate(house))[-1].id
    kind = {"kind": AnswerKind.PERSON, "critical": False}
    lists = tuple(
        one.model_copy(
            update={
                "items": tuple(
                    item.model_copy(update=kind) if item.id == item_id else item for item in one.items
                )
            }
        )
        for one in book.checklists
    )
    roles = tuple(role.model_copy(update={"group": None, "item": item_id}) for role in book.roles)
    changed = book.model_copy(update={"checklists": lists, "roles": roles})
    house.library = Library(changed, house.library.templates, house.library.earlier)
    return item_id
