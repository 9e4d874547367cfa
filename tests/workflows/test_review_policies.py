"""Gates that several people decide: roles, quorum, order, vetoes, and who never may."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain import review as rules
from bot.domain.actions import Action, condition_item
from bot.domain.messages import OutboundMessage
from bot.domain.pilots import Hold, Pilot
from bot.domain.policies import Tier, TierPolicy
from bot.domain.reviews import Board, Choice, Review, ReviewState
from bot.interview import workflow as interviews
from bot.pilots.errors import OnlyMembers
from bot.review import deciding, errors, requesting, workflow as reviews
from prompts.library import Library
from storage.ids import new_id

from .conftest import GONE, GUEST, JONAS, MAYA, PRIYA, SAM, WORKSPACE, House
from .gates import (
    IN_PLACE,
    LENA,
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

BOTH = board(risk=[PRIYA, SAM], security=[LENA, TOMAS])


def under_review(house: House, pilot: Pilot, those: Board = BOTH, by: str = MAYA) -> Review:
    return request(house, ready(house, pilot), those, by)


def card(house: House, review: Review) -> str:
    return house.words(reviews.card_key(review.id))


class TestRoles:
    def test_every_role_has_to_agree_and_the_card_says_how_far_it_is(
        self, house: House, pilot: Pilot
    ) -> None:
        decided_by(house, {"risk": 1, "security": 1})
        review = under_review(house, pilot)
        assert approves(house, PRIYA, review, BOTH).state is ReviewState.OPEN
        assert house.pilot(pilot.id).stage == "pilot"
        assert f"<@{PRIYA}>" in card(house, review)
        assert "review.voted" in house.audited(pilot.id)
        assert "review.approved" not in house.audited(pilot.id)
        assert approves(house, LENA, review, BOTH).state is ReviewState.APPROVED
        assert house.pilot(pilot.id).stage == "shadow"

    def test_a_role_that_has_agreed_needs_no_second_approval(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1, "security": 1})
        review = under_review(house, pilot)
        approves(house, PRIYA, review, BOTH)
        with pytest.raises(rules.RoleHasDecided, match="S0SECURITY"):
            approves(house, SAM, review, BOTH)

    def test_nobody_votes_twice_about_the_same(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 2})
        review = under_review(house, pilot)
        approves(house, PRIYA, review, BOTH)
        with pytest.raises(rules.VotedAlready, match="approved"):
            approves(house, PRIYA, review, BOTH)
        with pytest.raises(rules.VotedAlready):
            declines(house, PRIYA, review, BOTH)

    def test_a_quorum_takes_as_many_people_and_somebody_in_two_roles_is_one(
        self, house: House, pilot: Pilot
    ) -> None:
        decided_by(house, {"risk": 1, "security": 1})
        those = board(risk=[PRIYA], security=[PRIYA, LENA])
        review = under_review(house, pilot, those)
        assert approves(house, PRIYA, review, those).state is ReviewState.OPEN
        assert approves(house, LENA, review, those).state is ReviewState.APPROVED

    def test_who_has_left_the_role_since_does_not_decide_with_it(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 2})
        review = under_review(house, pilot)
        approves(house, PRIYA, review, BOTH)
        left = board(risk=[SAM, RAJ])
        assert approves(house, SAM, review, left).state is ReviewState.OPEN
        assert approves(house, RAJ, review, left).state is ReviewState.APPROVED

    def test_who_was_deactivated_since_does_not_decide_either(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 2})
        review = under_review(house, pilot)
        approves(house, PRIYA, review, BOTH)
        gone = house.store.read_sync(lambda tx: tx.people.get(WORKSPACE, PRIYA))
        assert gone
        house.store.write_sync(lambda tx: tx.people.remember(gone.model_copy(update={"deactivated": True})))
        assert approves(house, SAM, review, BOTH).state is ReviewState.OPEN

    def test_who_comes_back_into_the_role_is_counted_at_the_next_click(
        self, house: House, pilot: Pilot
    ) -> None:
        decided_by(house, {"risk": 2})
        review = under_review(house, pilot)
        approves(house, PRIYA, review, BOTH)
        assert approves(house, SAM, review, board(risk=[SAM, RAJ])).state is ReviewState.OPEN
        assert approves(house, SAM, review, BOTH).state is ReviewState.APPROVED
        assert house.pilot(pilot.id).stage == "shadow"

    def test_a_group_that_holds_nobody_now_refuses_everybody(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1})
        review = under_review(house, pilot)
        for nobody in (Board(), board(risk=[])):
            with pytest.raises(rules.NotAnApprover):
                approves(house, PRIYA, review, nobody)

    def test_the_tier_of_a_pilot_picks_its_policy(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1})
        book = house.library.playbook
        high = book.policies[0].model_copy(update={"id": "strict", "steps": book.policies[0].steps * 2})
        gates = [
            gate.model_copy(update={"by_tier": (TierPolicy(tier="high", policy="strict"),)})
            for gate in book.gates[:1]
        ]
        tiers = (Tier(id="low", title="Low"), Tier(id="high", title="High"))
        changed = book.model_copy(
            update={"gates": (*gates, *book.gates[1:]), "policies": (*book.policies, high), "tiers": tiers}
        )
        house.library = Library(changed, house.library.templates, house.library.earlier)
        house.store.write_sync(lambda tx: tx.pilots.set_tier(pilot.id, "high"))
        review = under_review(house, pilot)
        assert approves(house, PRIYA, review, BOTH).state is ReviewState.OPEN
        assert approves(house, SAM, review, BOTH).state is ReviewState.APPROVED


class TestOrder:
    IN_ORDER = board(security=[LENA], risk=[PRIYA], sponsor=[TOMAS])

    @pytest.fixture
    def review(self, house: House, pilot: Pilot) -> Review:
        decided_by(house, {"security": 1}, {"risk": 1}, {"sponsor": 1})
        return under_review(house, pilot, self.IN_ORDER)

    def test_a_later_step_waits_for_the_earlier_ones(self, house: House, review: Review) -> None:
        for early in (approves, declines):
            with pytest.raises(rules.NotYourTurn, match="S0SECURITY"):
                early(house, TOMAS, review, self.IN_ORDER)
        approves(house, LENA, review, self.IN_ORDER)
        with pytest.raises(rules.NotYourTurn, match="S0RISK"):
            approves(house, TOMAS, review, self.IN_ORDER)
        approves(house, PRIYA, review, self.IN_ORDER)
        assert approves(house, TOMAS, review, self.IN_ORDER).state is ReviewState.APPROVED

    def test_those_whose_turn_it_is_are_called_under_the_card(self, house: House, review: Review) -> None:
        house.deliver(reviews.card_key(review.id), "2000.000000")
        approves(house, LENA, review, self.IN_ORDER)
        (called,) = self.calls(house, review)
        assert "S0RISK" in house.words(called.key)
        assert called.under == (house.message(reviews.card_key(review.id)) or called).id

    def test_those_whose_turn_comes_anew_are_called_anew(self, house: House, review: Review) -> None:
        house.deliver(reviews.card_key(review.id), "2000.000000")
        approves(house, LENA, review, self.IN_ORDER)
        house.do(deciding.take_back, LENA, review.id, self.IN_ORDER)
        approves(house, LENA, review, self.IN_ORDER)
        assert len(self.calls(house, review)) == 2

    def calls(self, house: House, review: Review) -> list[OutboundMessage]:
        unsent = house.store.read_sync(lambda tx: tx.messages.unsent(house.now, 1000))
        return [one for one in unsent if one.key.startswith(f"review:{review.id}:your-turn:")]

    def test_somebody_of_an_earlier_step_can_still_decline(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"security": 1}, {"risk": 1})
        two = board(security=[LENA, RAJ], risk=[PRIYA])
        review = under_review(house, pilot, two)
        approves(house, LENA, review, two)
        assert declines(house, RAJ, review, two).state is ReviewState.DECLINED

    def test_a_vote_of_the_first_step_taken_back_calls_for_it_again(
        self, house: House, review: Review
    ) -> None:
        approves(house, LENA, review, self.IN_ORDER)
        approves(house, PRIYA, review, self.IN_ORDER)
        house.do(deciding.take_back, LENA, review.id, self.IN_ORDER)
        with pytest.raises(rules.NotYourTurn):
            approves(house, TOMAS, review, self.IN_ORDER)
        approves(house, LENA, review, self.IN_ORDER)
        assert approves(house, TOMAS, review, self.IN_ORDER).state is ReviewState.APPROVED


class TestDeclining:
    def test_one_decline_ends_it_whoever_agreed(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1, "security": 1})
        review = under_review(house, pilot)
        approves(house, PRIYA, review, BOTH)
        assert declines(house, LENA, review, BOTH, "No rollback step.").state is ReviewState.DECLINED
        assert house.pilot(pilot.id).stage == "pilot"
        assert "No rollback step." in house.words(f"review:{review.id}:outcome")

    def test_without_a_veto_it_ends_when_too_few_are_left(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1}, decline_ends=False)
        review = under_review(house, pilot)
        assert declines(house, PRIYA, review, BOTH).state is ReviewState.OPEN
        assert f"<@{PRIYA}>" in card(house, review)
        assert declines(house, SAM, review, BOTH, "Nor I.").state is ReviewState.DECLINED

    def test_without_a_veto_another_of_the_role_can_agree(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1}, decline_ends=False)
        review = under_review(house, pilot)
        declines(house, PRIYA, review, BOTH)
        assert approves(house, SAM, review, BOTH).state is ReviewState.APPROVED

    def test_a_decline_can_be_taken_back_and_turned_round(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1}, decline_ends=False)
        review = under_review(house, pilot)
        declines(house, PRIYA, review, BOTH)
        house.do(deciding.take_back, PRIYA, review.id, BOTH)
        assert approves(house, PRIYA, review, BOTH).state is ReviewState.APPROVED


class TestTakingBack:
    def test_a_vote_is_taken_back_until_it_is_decided(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1, "security": 1})
        review = under_review(house, pilot)
        approves(house, PRIYA, review, BOTH)
        house.do(deciding.take_back, PRIYA, review.id, BOTH)
        assert "review.vote_withdrawn" in house.audited(pilot.id)
        assert approves(house, LENA, review, BOTH).state is ReviewState.OPEN
        approves(house, SAM, review, BOTH)
        with pytest.raises(rules.AlreadyDecided):
            house.do(deciding.take_back, SAM, review.id, BOTH)

    def test_who_has_not_voted_has_nothing_to_take_back(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 2})
        review = under_review(house, pilot)
        approves(house, PRIYA, review, BOTH)
        for nobody in (SAM, MAYA, GUEST):
            with pytest.raises(rules.NothingToTakeBack):
                house.do(deciding.take_back, nobody, review.id, BOTH)


class TestWhoNever:
    def test_who_alone_answered_a_critical_item_does_not_decide(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1})
        ready(house, pilot)
        interview = house.store.read_sync(lambda tx: tx.interviews.latest_of(pilot.id))
        assert interview
        review = request(house, pilot, BOTH)
        only = house.store.read_sync(lambda tx: tx.answers.history(pilot.id))
        assert {one.answered_by for one in only} == {MAYA}
        with pytest.raises(rules.SelfApproval):
            approves(house, MAYA, review, board(risk=[MAYA, PRIYA]))

    def test_who_alone_answered_is_told_what_and_a_second_voice_lifts_it(
        self, house: House, pilot: Pilot
    ) -> None:
        decided_by(house, {"risk": 1}, {"security": 1})
        interview = house.do(interviews.start, MAYA, pilot.id)
        for item_id in interview.asked:
            by = PRIYA if item_id == "rollback" else MAYA
            house.do(interviews.change_answer, by, pilot.id, item_id, IN_PLACE)
        review = request(house, pilot, BOTH)
        with pytest.raises(rules.AnsweredItAlone, match="rollback"):
            approves(house, PRIYA, review, BOTH)
        changes(house, review, "rollback", IN_PLACE, by=JONAS)
        assert approves(house, PRIYA, review, BOTH).state is ReviewState.OPEN

    def test_a_policy_may_let_small_teams_approve_their_own(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1}, self_approval=True)
        those = board(risk=[MAYA])
        review = under_review(house, pilot, those)
        assert approves(house, MAYA, review, those).state is ReviewState.APPROVED

    def test_who_is_listed_as_never_deciding_does_not_even_then(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1}, self_approval=True, never=(PRIYA,))
        review = under_review(house, pilot)
        with pytest.raises(rules.NeverDecides):
            approves(house, PRIYA, review, BOTH)
        assert approves(house, SAM, review, BOTH).state is ReviewState.APPROVED

    @pytest.mark.parametrize("who", [GUEST, GONE, "U0UNKNOWN"])
    def test_guests_who_has_left_and_strangers_do_not_decide_even_from_the_group(
        self, house: House, pilot: Pilot, who: str
    ) -> None:
        decided_by(house, {"risk": 1})
        review = under_review(house, pilot)
        for say in (approves, declines):
            with pytest.raises(rules.NotAMember):
                say(house, who, review, board(risk=[PRIYA, who]))
        assert now(house, review).is_open

    def test_the_right_is_asked_before_anything_else_of_a_vote(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1}, {"security": 1})
        review = under_review(house, pilot)
        with pytest.raises(rules.NotAnApprover):
            house.do(deciding.vote, JONAS, review.id, "forged", Choice.APPROVE, BOTH)

    def test_refusals_go_on_record_with_why_and_a_forged_review_is_the_workspaces(
        self, house: House, pilot: Pilot
    ) -> None:
        decided_by(house, {"risk": 1})
        review = under_review(house, pilot)
        before = house.pilot(pilot.id)
        house.do(
            deciding.note_refusal, JONAS, f"{review.id}:{seen(review)}", rules.NotAnApprover(awaited="x")
        )
        entry = house.store.read_sync(lambda tx: tx.audit.of(WORKSPACE, "pilot", pilot.id))[-1]
        assert (entry.what, entry.actor_id) == ("review.refused", JONAS)
        assert entry.after == {"why": "NotAnApprover", "review": review.id}
        assert house.pilot(pilot.id) == before
        house.do(deciding.note_refusal, JONAS, "x" * 500, errors.ReviewGone())
        (forged,) = house.store.read_sync(lambda tx: tx.audit.of(WORKSPACE, "workspace", WORKSPACE))
        assert forged.after == {"why": "ReviewGone", "review": None, "value": "x" * 100}


class TestFallback:
    STOOD_IN = board(risk=[PRIYA, SAM], spare=[RAJ])

    def test_the_fallback_decides_only_once_it_was_called(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 2}, fallback="spare", escalate_after_working_days=2)
        review = under_review(house, pilot, self.STOOD_IN)
        with pytest.raises(rules.NotYourTurn, match="S0RISK"):
            approves(house, RAJ, review, self.STOOD_IN)
        house.store.write_sync(lambda tx: tx.reviews.escalate_if_open(review.id, house.now))
        approves(house, RAJ, review, self.STOOD_IN)
        (said,) = house.store.read_sync(lambda tx: tx.votes.of_review(review.id))
        assert said.as_fallback
        assert approves(house, PRIYA, review, self.STOOD_IN).state is ReviewState.APPROVED


class TestConfirming:
    def test_an_approval_takes_the_name_where_the_policy_wants_it(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1}, confirm_again=True)
        review = under_review(house, pilot)
        for typed in (None, "", "Refund", "Refund triage 2"):
            with pytest.raises(errors.OtherName):
                approves(house, PRIYA, review, BOTH, typed=typed)
        assert approves(house, PRIYA, review, BOTH, typed="  refund  TRIAGE ").state is ReviewState.APPROVED

    def test_a_decline_takes_no_name(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1}, confirm_again=True)
        review = under_review(house, pilot)
        assert declines(house, PRIYA, review, BOTH).state is ReviewState.DECLINED


class TestAsking:
    def test_a_policy_that_nobody_could_meet_names_whom_to_add(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1}, {"security": 2})
        ready(house, pilot)
        short = board(risk=[PRIYA], security=[PRIYA, LENA, GONE])
        with pytest.raises(rules.NobodyMayApprove, match="user group @security") as no:
            request(house, pilot, short)
        assert "risk" not in no.value.sentence

    def test_who_asks_cannot_be_one_of_those_who_decide(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1})
        ready(house, pilot)
        with pytest.raises(rules.NobodyMayApprove, match="nobody who may decide"):
            request(house, pilot, board(risk=[PRIYA, MAYA]), by=PRIYA)

    def test_a_pilot_on_hold_is_resumed_first(self, house: House, pilot: Pilot) -> None:
        ready(house, pilot)
        day = house.now.date() + timedelta(days=3)
        hold = Hold(since=house.now, until=day, reason="Freeze", by=MAYA)
        house.store.write_sync(lambda tx: tx.pilots.set_hold(pilot.id, hold))
        with pytest.raises(rules.OnHold, match="lets it go on; then request its promotion"):
            request(house, pilot, BOTH)

    def test_a_stage_takes_its_time(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1}, minimum_days_in_stage=14)
        ready(house, pilot)
        house.later(days=13)
        with pytest.raises(rules.TooSoon, match="from 7 Dec on"):
            request(house, pilot, BOTH)
        house.later(days=1)
        assert request(house, pilot, BOTH).is_open

    def test_a_policy_may_want_an_owner_who_has_accepted(self, house: House, pilot: Pilot) -> None:
        decided_by(house, {"risk": 1}, accepted_owner=True)
        ready(house, pilot)
        with pytest.raises(rules.OwnerNotAccepted, match=JONAS):
            request(house, pilot, BOTH)
        house.store.write_sync(lambda tx: tx.pilots.set_owner(pilot.id, JONAS, house.now))
        review = request(house, pilot, BOTH)
        assert review.snapshot["pilot"]["owner_accepted_at"]

    def test_an_overdue_condition_of_an_earlier_approval_is_in_the_way(
        self, house: House, pilot: Pilot
    ) -> None:
        ready(house, pilot)
        review = request(house, pilot, board(PRIYA))
        one = Action(
            id=new_id(),
            workspace_id=WORKSPACE,
            pilot_id=pilot.id,
            item_id=condition_item("x"),
            what="Tell the works council",
            owner_id=JONAS,
            due_on=house.now.date(),
            created_by=PRIYA,
            created_at=house.now,
            review_id=review.id,
        )
        house.store.write_sync(lambda tx: tx.actions.put(one))
        house.do(requesting.withdraw, MAYA, review.id)
        assert (
            request(house, pilot, board(PRIYA)).snapshot["conditions"][0]["what"] == "Tell the works council"
        )
        house.do(requesting.close_all_of, MAYA, pilot.id, "Later")
        house.later(days=1)
        with pytest.raises(rules.ConditionOverdue, match="works council"):
            request(house, pilot, board(PRIYA))

    @pytest.mark.parametrize("who", [GUEST, GONE])
    def test_guests_and_who_has_left_ask_for_nothing(self, house: House, pilot: Pilot, who: str) -> None:
        ready(house, pilot)
        with pytest.raises(OnlyMembers):
            request(house, pilot, board(PRIYA), by=who)

    def test_what_is_frozen_holds_the_policy_and_the_roles_that_decide(
        self, house: House, pilot: Pilot
    ) -> None:
        decided_by(house, {"risk": 1}, fallback="spare", escalate_after_working_days=2)
        review = under_review(house, pilot, board(risk=[PRIYA], spare=[RAJ]))
        frozen: dict[str, Any] = review.snapshot
        assert frozen["procedure"]["policy"]["id"] == "tested"
        assert [role["id"] for role in frozen["procedure"]["roles"]] == ["risk", "spare"]
        assert frozen["pilot"]["stage_since"]
        assert (frozen["ready"], frozen["ready_without_waivers"]) == (True, True)
