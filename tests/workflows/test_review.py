"""Asking for a promotion and deciding it, without Slack."""

from datetime import timedelta

import pytest

from bot.domain import review as rules
from bot.domain.actions import ActionState
from bot.domain.answers import Plan, Reading, Status
from bot.domain.pilots import Pilot
from bot.domain.reviews import Choice, Review, ReviewState
from bot.domain.snapshots import hash_of
from bot.interview import shown, workflow as interviews
from bot.pilots import workflow as pilots
from bot.pilots.errors import PilotGone
from bot.review import deciding, errors, requesting, workflow as reviews
from bot.stages import workflow as stages

from . import gates
from .conftest import BOARD, GONE, GUEST, JONAS, MAYA, PILOTS, PRIYA, REVIEWS, SAM, House
from .gates import IN_PLACE


@pytest.fixture
def ready(house: House, pilot: Pilot) -> Pilot:
    return gates.ready(house, pilot)


@pytest.fixture
def review(house: House, ready: Pilot) -> Review:
    return house.do(requesting.request, MAYA, ready.id, BOARD)


def get(house: House, review: Review) -> Review:
    return house.do(reviews.get, MAYA, review.id)


def test_with_anything_missing_the_request_is_refused_and_says_what(house: House, pilot: Pilot) -> None:
    with pytest.raises(rules.NotReady) as refused:
        house.do(requesting.request, MAYA, pilot.id, BOARD)
    assert "integration, monitoring" in refused.value.sentence


def test_a_request_puts_one_card_into_the_gate_channel_and_a_word_into_the_thread(
    house: House, review: Review
) -> None:
    card = house.message(reviews.card_key(review.id))
    assert card
    assert card.channel_id == REVIEWS
    said = house.words(card.key)
    assert "Refund triage" in said
    assert "/archives/C0PILOTS/p1000000000" in said
    assert review.snapshot_hash[:8] in said
    told = house.message(f"review:{review.id}:requested")
    assert told
    assert told.under is not None


def test_a_second_request_is_refused_while_one_is_open(house: House, review: Review) -> None:
    with pytest.raises(rules.AlreadyRequested):
        house.do(requesting.request, JONAS, review.pilot_id, BOARD)


def test_an_approval_moves_the_stage_edits_the_card_and_tells_the_thread(
    house: House, review: Review
) -> None:
    house.do(deciding.vote, PRIYA, review.id, "", Choice.APPROVE, BOARD)
    assert house.pilot(review.pilot_id).stage == "shadow"
    assert get(house, review).state is ReviewState.APPROVED
    card = house.words(reviews.card_key(review.id))
    assert f"<@{PRIYA}>" in card
    assert "review.approve" not in card
    assert f"<@{MAYA}>" in house.words(f"review:{review.id}:outcome")
    assert "review.approved" in house.audited(review.pilot_id)


def test_an_approval_is_said_in_a_line_of_the_pilots_own_channel(house: House, review: Review) -> None:
    house.deliver(reviews.card_key(review.id), "1764000000.000100")
    house.do(deciding.vote, PRIYA, review.id, "", Choice.APPROVE, BOARD)
    told = house.message(f"review:{review.id}:promoted")
    assert told
    assert (told.channel_id, told.under) == (PILOTS, None)
    said = house.words(told.key)
    assert "is now in shadow" in said
    assert "/archives/C0REVIEWS/p1764000000000100" in said
    assert "<@" not in said


def test_where_the_review_stands_in_the_pilots_channel_nothing_is_said_beside_it(
    house: House, ready: Pilot
) -> None:
    moved = house.pilot(ready.id).model_copy(update={"channel_id": REVIEWS})
    house.store.write_sync(lambda tx: tx.pilots.record(moved))
    review = house.do(requesting.request, MAYA, ready.id, BOARD)
    house.do(deciding.vote, PRIYA, review.id, "", Choice.APPROVE, BOARD)
    assert house.pilot(ready.id).stage == "shadow"
    assert house.message(f"review:{review.id}:promoted") is None


def test_a_decline_is_not_said_in_the_channel(house: House, review: Review) -> None:
    house.do(
        deciding.vote, PRIYA, review.id, "", Choice.DECLINE, BOARD, reason="The runbook has no rollback."
    )
    assert house.message(f"review:{review.id}:promoted") is None


def test_declining_needs_a_reason_and_leaves_the_stage(house: House, review: Review) -> None:
    with pytest.raises(rules.ReasonNeeded):
        house.do(deciding.vote, PRIYA, review.id, "", Choice.DECLINE, BOARD, reason="  ")
    house.do(
        deciding.vote, PRIYA, review.id, "", Choice.DECLINE, BOARD, reason="The runbook has no rollback step."
    )
    assert house.pilot(review.pilot_id).stage == "pilot"
    assert "The runbook has no rollback step." in house.words(f"review:{review.id}:outcome")
    assert house.do(requesting.request, MAYA, review.pilot_id, BOARD).id != review.id


def test_a_champion_cannot_approve_their_own_gate(house: House, review: Review) -> None:
    everybody = gates.board(MAYA, JONAS, PRIYA)
    with pytest.raises(rules.SelfApproval):
        house.do(deciding.vote, MAYA, review.id, "", Choice.APPROVE, everybody)


def test_a_champion_cannot_approve_what_somebody_else_requested(house: House, ready: Pilot) -> None:
    everybody = gates.board(MAYA, JONAS, PRIYA)
    review = house.do(requesting.request, JONAS, ready.id, everybody)
    with pytest.raises(rules.ChampionApproval):
        house.do(deciding.vote, MAYA, review.id, "", Choice.APPROVE, everybody)


@pytest.mark.parametrize(
    ("who", "refusal"), [(JONAS, rules.NotAnApprover), (GUEST, rules.NotAMember), (GONE, rules.NotAMember)]
)
def test_who_may_not_decide_is_refused_and_nothing_moves(
    house: House, review: Review, who: str, refusal: type[Exception]
) -> None:
    anybody_listed = gates.board(PRIYA, GUEST, GONE)
    with pytest.raises(refusal):
        house.do(deciding.vote, who, review.id, "", Choice.APPROVE, anybody_listed)
    assert house.pilot(review.pilot_id).stage == "pilot"


def test_the_second_decision_is_told_who_made_the_first(house: House, review: Review) -> None:
    house.do(deciding.vote, PRIYA, review.id, "", Choice.APPROVE, BOARD)
    with pytest.raises(rules.AlreadyDecided) as late:
        house.do(deciding.vote, SAM, review.id, "", Choice.DECLINE, BOARD, reason="No")
    assert f"<@{PRIYA}>" in late.value.sentence
    assert house.pilot(review.pilot_id).stage == "shadow"


def test_an_answer_taken_back_meanwhile_stops_the_approval(house: House, review: Review) -> None:
    gone = Reading(status=Status.NOT_YET, detail="The alert was switched off")
    house.do(interviews.change_answer, MAYA, review.pilot_id, "monitoring", gone)
    with pytest.raises(errors.ChangedSince, match="monitoring"):
        house.do(deciding.vote, PRIYA, review.id, "", Choice.APPROVE, BOARD)
    with pytest.raises(errors.NotReadyNow, match="monitoring"):
        gates.approves(house, PRIYA, review, BOARD)
    assert get(house, review).state is ReviewState.OPEN


def test_nobody_who_could_decide_is_said_at_once(house: House, ready: Pilot) -> None:
    with pytest.raises(rules.NobodyMayApprove):
        house.do(
            requesting.request,
            MAYA,
            ready.id,
            gates.board(MAYA),
        )


def test_an_overdue_review_expires_and_can_be_requested_again(house: House, review: Review) -> None:
    assert house.do(requesting.expire, "preflight") == 0
    house.now = review.expires_at + timedelta(minutes=1)
    assert house.do(requesting.expire, "preflight") == 1
    assert get(house, review).state is ReviewState.EXPIRED
    assert "review.approve" not in house.words(reviews.card_key(review.id))
    with pytest.raises(rules.AlreadyDecided):
        house.do(deciding.vote, PRIYA, review.id, "", Choice.APPROVE, BOARD)
    assert house.do(requesting.request, MAYA, review.pilot_id, BOARD).id != review.id


def test_retiring_withdraws_the_promotion_and_ends_the_interview(house: House, review: Review) -> None:
    house.do(
        interviews.change_answer,
        MAYA,
        review.pilot_id,
        "rollback",
        Reading(status=Status.NOT_YET, detail="No"),
    )
    running = house.do(interviews.start, MAYA, review.pilot_id)
    house.do(stages.retire, MAYA, review.pilot_id, "The vendor stopped", "Ask earlier.")
    assert house.pilot(review.pilot_id).retired
    assert get(house, review).state is ReviewState.WITHDRAWN
    assert "review.approve" not in house.words(reviews.card_key(review.id))
    assert "interview.pause" not in house.words(shown.root_key(running.id))
    with pytest.raises(rules.AlreadyDecided):
        house.do(deciding.vote, PRIYA, review.id, "", Choice.APPROVE, BOARD)


def test_an_approval_ends_an_interview_about_the_gate_that_was_passed(house: House, ready: Pilot) -> None:
    house.do(
        interviews.change_answer, MAYA, ready.id, "rollback", Reading(status=Status.NOT_YET, detail="No")
    )
    running = house.do(interviews.start, MAYA, ready.id)
    house.do(interviews.pause, MAYA, running.id)
    house.do(interviews.change_answer, MAYA, ready.id, "rollback", IN_PLACE)
    review = house.do(requesting.request, MAYA, ready.id, BOARD)
    house.do(deciding.vote, PRIYA, review.id, "", Choice.APPROVE, BOARD)
    assert house.do(interviews.start, MAYA, ready.id).gate_id == "shadow-exit"


def test_forged_ids_are_refused(house: House) -> None:
    with pytest.raises(errors.ReviewGone):
        house.do(deciding.vote, PRIYA, "forged", "", Choice.APPROVE, BOARD)
    with pytest.raises(PilotGone):
        house.do(requesting.request, MAYA, "forged", BOARD)


def test_what_was_reviewed_stays_as_it_was(house: House, review: Review) -> None:
    house.do(deciding.vote, PRIYA, review.id, "", Choice.APPROVE, BOARD)
    house.do(
        interviews.change_answer,
        MAYA,
        review.pilot_id,
        "monitoring",
        Reading(status=Status.NOT_YET, detail="Gone"),
    )
    kept = get(house, review)
    assert kept.snapshot == review.snapshot
    assert hash_of(kept.snapshot) == review.snapshot_hash


def test_the_same_answer_given_again_changes_nothing_for_the_approvers(house: House, review: Review) -> None:
    house.later(days=1)
    house.do(interviews.change_answer, JONAS, review.pilot_id, "monitoring", IN_PLACE)
    house.do(deciding.vote, PRIYA, review.id, "", Choice.APPROVE, BOARD)
    assert house.pilot(review.pilot_id).stage == "shadow"


def test_what_is_overdue_cannot_be_approved_and_makes_way_for_a_new_request(
    house: House, review: Review
) -> None:
    house.now = review.expires_at
    with pytest.raises(rules.TimeIsOver):
        house.do(deciding.vote, PRIYA, review.id, "", Choice.APPROVE, BOARD)
    anew = house.do(requesting.request, MAYA, review.pilot_id, BOARD)
    assert get(house, review).state is ReviewState.EXPIRED
    house.do(deciding.vote, PRIYA, anew.id, "", Choice.APPROVE, BOARD)


def test_the_summary_and_the_card_say_how_it_went_on(house: House, ready: Pilot) -> None:
    interview = house.store.read_sync(lambda tx: tx.interviews.latest_of(ready.id))
    assert interview
    summary, card = shown.summary_key(interview.id), pilots.card_key(ready.id)
    assert "pilot.request" in house.words(summary)
    assert "pilot.request" in house.words(card)
    review = house.do(requesting.request, MAYA, ready.id, BOARD)
    assert "pilot.request" not in house.words(summary) + house.words(card)
    assert "asked for" in house.words(summary)
    assert "asked for" in house.words(card)
    house.do(
        deciding.vote, PRIYA, review.id, "", Choice.DECLINE, BOARD, reason="The runbook has no rollback step."
    )
    assert "pilot.request" in house.words(summary)
    again = house.do(requesting.request, MAYA, ready.id, BOARD)
    house.do(deciding.vote, PRIYA, again.id, "", Choice.APPROVE, BOARD)
    assert "pilot.request" not in house.words(summary)
    assert "in shadow now" in house.words(summary)


def test_a_later_card_spells_out_its_own_questions_and_counts_the_earlier_ones(
    house: House, review: Review
) -> None:
    house.do(deciding.vote, PRIYA, review.id, "", Choice.APPROVE, BOARD)
    shadow_exit = house.library.playbook.gate("shadow-exit")
    assert shadow_exit
    for item in house.library.playbook.items_of(shadow_exit):
        house.do(interviews.change_answer, MAYA, review.pilot_id, item.id, IN_PLACE)
    later = house.do(requesting.request, MAYA, review.pilot_id, BOARD)
    said = house.words(reviews.card_key(later.id))
    assert "7 from earlier gates still hold" in said
    assert "All 12 in place" in said
    assert "*Rollback*" not in said


def test_nobody_is_left_with_a_step_of_a_pilot_that_ended(house: House, pilot: Pilot) -> None:
    plan = Plan(what="Try the switch once", who=JONAS)
    house.do(
        interviews.change_answer,
        MAYA,
        pilot.id,
        "rollback",
        Reading(status=Status.NOT_YET, detail="Soon", plan=plan),
    )
    assert house.store.read_sync(lambda tx: tx.actions.open_of_pilot(pilot.id)).keys() == {"rollback"}
    house.do(stages.retire, MAYA, pilot.id, "The vendor stopped", "Ask earlier.")
    (left,) = house.store.read_sync(lambda tx: tx.actions.of_pilot(pilot.id))
    assert (left.state, left.closed_by) == (ActionState.DROPPED, MAYA)
