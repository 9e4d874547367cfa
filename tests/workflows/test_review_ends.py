"""How a review ends without a decision, and the review of an emergency, which moves nothing."""

from datetime import timedelta

import pytest

from bot.desk import Desk
from bot.domain import review as rules
from bot.domain.moves import MoveKind
from bot.domain.pilots import Pilot
from bot.domain.reviews import Board, Review, ReviewKind, ReviewState
from bot.pilots import workflow as pilots
from bot.review import errors, requesting, workflow as reviews

from .conftest import BOARD, JONAS, MAYA, PRIYA, SAM, House
from .gates import approves, board, decided_by, declines, now, ready, request

RISK = board(risk=[PRIYA, SAM])


@pytest.fixture
def review(house: House, pilot: Pilot) -> Review:
    decided_by(house, {"risk": 2}, expires_after_working_days=3)
    return request(house, ready(house, pilot), RISK, by=JONAS)


class TestWithdrawing:
    def test_only_who_asked_withdraws(self, house: House, review: Review) -> None:
        for who in (MAYA, PRIYA):
            with pytest.raises(errors.OnlyTheRequester, match=JONAS):
                house.do(requesting.withdraw, who, review.id)
        house.do(requesting.withdraw, JONAS, review.id)
        assert now(house, review).state is ReviewState.WITHDRAWN
        assert "review.approve" not in house.words(reviews.card_key(review.id))
        assert "review.withdrawn" in house.audited(review.pilot_id)
        assert "withdrawn" in house.words(f"review:{review.id}:outcome")
        assert request(house, house.pilot(review.pilot_id), RISK).id != review.id

    def test_what_was_decided_is_not_withdrawn_any_more(self, house: House, review: Review) -> None:
        declines(house, PRIYA, review, RISK)
        with pytest.raises(rules.AlreadyDecided):
            house.do(requesting.withdraw, JONAS, review.id)
        with pytest.raises(errors.ReviewGone):
            house.do(requesting.withdraw, JONAS, "forged")

    def test_a_pilot_that_goes_another_way_takes_its_requests_with_it(
        self, house: House, review: Review
    ) -> None:
        approves(house, PRIYA, review, RISK)
        house.do(requesting.close_all_of, MAYA, review.pilot_id, "It goes on hold")
        ended = now(house, review)
        assert (ended.state, ended.decided_by, ended.reason) == (
            ReviewState.WITHDRAWN,
            MAYA,
            "It goes on hold",
        )


class TestExpiring:
    def test_it_expires_after_its_policys_working_days_and_says_how_to_ask_again(
        self, house: House, review: Review
    ) -> None:
        assert review.expires_at.isoformat() == "2026-11-26T17:00:00+01:00"
        house.now = review.expires_at
        with pytest.raises(rules.TimeIsOver, match=JONAS):
            approves(house, PRIYA, review, RISK)
        assert house.do(requesting.expire, "preflight") == 1
        assert now(house, review).state is ReviewState.EXPIRED
        assert "request the promotion again" in house.words(f"review:{review.id}:outcome")
        assert house.do(requesting.expire, "preflight") == 0

    def test_one_that_nobody_has_closed_yet_makes_way(self, house: House, review: Review) -> None:
        house.now = review.expires_at + timedelta(seconds=1)
        assert request(house, house.pilot(review.pilot_id), RISK, by=MAYA).id != review.id
        assert now(house, review).state is ReviewState.EXPIRED

    def test_one_of_a_gate_that_the_playbook_has_lost_makes_way(self, house: House, review: Review) -> None:
        book = house.library.playbook
        renamed = tuple(
            gate.model_copy(update={"id": "renamed"}) if gate.id == review.gate_id else gate
            for gate in book.gates
        )
        house.library = house.library.__class__(
            book.model_copy(update={"gates": renamed}), house.library.templates, house.library.earlier
        )
        with pytest.raises(errors.GateGone):
            house.do(reviews.deciders_of, PRIYA, review.id)
        assert request(house, house.pilot(review.pilot_id), RISK, by=MAYA).gate_id == "renamed"
        assert now(house, review).state is ReviewState.WITHDRAWN
        assert "playbook" in house.words(f"review:{review.id}:outcome")


class TestAfterTheFact:
    @pytest.fixture
    def emergency(self, house: House, pilot: Pilot) -> Review:
        """Return the review of a pilot that was promoted with nothing in place."""
        decided_by(house, {"risk": 1}, break_glass_review_days=2)

        def work(desk: Desk) -> Review:
            _, gate = reviews.gate_before(desk, pilot.id)
            before = pilots.get_active(desk, pilot.id)
            review = requesting.open_after_the_fact(desk, before, gate, RISK, "Fraud wave")
            pilots.move(
                desk, before, gate.to_stage, MoveKind.BREAK_GLASS, "pilot.break_glass", review_id=review.id
            )
            return review

        return house.do(work, JONAS)

    def test_it_is_due_within_its_own_days_and_says_why_it_was_one(
        self, house: House, emergency: Review
    ) -> None:
        assert emergency.kind is ReviewKind.BREAK_GLASS
        assert emergency.expires_at.isoformat() == "2026-11-25T17:00:00+01:00"
        assert "Fraud wave" in house.words(reviews.card_key(emergency.id))
        assert emergency.snapshot["ready"] is False

    def test_approving_says_that_it_was_right_and_moves_nothing(
        self, house: House, emergency: Review
    ) -> None:
        before = house.pilot(emergency.pilot_id)
        assert approves(house, PRIYA, emergency, RISK).state is ReviewState.APPROVED
        after = house.pilot(emergency.pilot_id)
        assert (
            (after.stage, after.stage_since)
            == (before.stage, before.stage_since)
            == ("shadow", before.stage_since)
        )

    def test_declining_moves_nothing_either(self, house: House, emergency: Review) -> None:
        assert declines(house, SAM, emergency, RISK).state is ReviewState.DECLINED
        assert house.pilot(emergency.pilot_id).stage == "shadow"

    def test_who_broke_the_glass_does_not_confirm_it(self, house: House, emergency: Review) -> None:
        with pytest.raises(rules.OwnEmergency, match="promoted it in the emergency"):
            approves(house, JONAS, emergency, board(risk=[JONAS, PRIYA]))
        with pytest.raises(errors.OnlyTheRequester):
            house.do(requesting.withdraw, JONAS, emergency.id)

    def test_expiring_moves_nothing_and_the_next_promotion_is_not_in_its_way(
        self, house: House, emergency: Review
    ) -> None:
        house.now = emergency.expires_at
        assert house.do(requesting.expire, "preflight") == 1
        assert now(house, emergency).state is ReviewState.EXPIRED
        assert house.pilot(emergency.pilot_id).stage == "shadow"

    def test_what_changes_afterwards_asks_nobody_again(self, house: House, emergency: Review) -> None:
        from .gates import NOT_YET, changes

        changes(house, emergency, "monitoring", NOT_YET)
        assert now(house, emergency).snapshot_hash == emergency.snapshot_hash
        assert approves(house, PRIYA, emergency, RISK).state is ReviewState.APPROVED


def test_a_board_that_was_not_resolved_decides_nothing(house: House, pilot: Pilot) -> None:
    ready(house, pilot)
    with pytest.raises(rules.NobodyMayApprove):
        request(house, pilot, Board())
    review = request(house, pilot, BOARD)
    with pytest.raises(rules.NotAnApprover):
        approves(house, PRIYA, review, Board())
