"""Going ahead: which promotion a command means, and the one that cannot wait for its review."""

from datetime import timedelta
from typing import Any

import pytest

from bot.desk import Desk
from bot.domain.answers import Reading, Status
from bot.domain.errors import Refusal
from bot.domain.moves import MoveKind
from bot.domain.pilots import Pilot
from bot.domain.review import NoNextStage, Panel
from bot.domain.reviews import Board, Choice, Review, ReviewKind, ReviewState
from bot.domain.values import PREFLIGHT
from bot.domain.waivers import day_of
from bot.interview import workflow as interviews
from bot.nudges import awaited, digest
from bot.pilots import workflow as pilots
from bot.pilots.errors import FieldsRefused, NoSuchPilot, OnlyMembers, StageMoved
from bot.review import deciding, requesting, workflow as reviews
from bot.stages import emergency, errors, finding, workflow as stages
from bot.waivers import workflow as waivers
from bot.waivers.workflow import Entered

from .conftest import BOARD, GUEST, JONAS, MAYA, PILOTS, PRIYA, REVIEWS, SAM, House, registration
from .staged import WITH_EMERGENCY, moves_of, promoted, said, with_emergency_role

IN_PLACE = Reading(status=Status.IN_PLACE, detail="Live since 3 March", evidence=("https://a.example/proof",))
WHY = "The old system is down until Monday, and 400 refunds a day wait."


# Which promotion is meant


@pytest.mark.parametrize(
    "words",
    [
        "Refund triage", "refund triage to shadow", "Refund triage  TO  Shadow", "to shadow", "", "into shadow",
    ],
)  # fmt: skip
def test_the_next_stage_may_be_named_or_left_out(house: House, pilot: Pilot, words: str) -> None:
    assert house.do(finding.promotion_meant, MAYA, words, PILOTS).id == pilot.id


def test_a_jump_over_stages_is_refused_with_the_next_one(house: House, pilot: Pilot) -> None:
    for words in ("Refund triage to production", "to Limited release", "to limited"):
        with pytest.raises(errors.BigJump) as refused:
            house.do(finding.promotion_meant, MAYA, words, PILOTS)
        assert refused.value.sentence == (
            "Refund triage goes one stage at a time, and after pilot comes shadow: "
            "`/pilot promote Refund triage to shadow` asks for it."
        )


def test_a_stage_that_it_is_in_or_has_left_is_no_promotion(house: House, pilot: Pilot) -> None:
    promoted(house, pilot.id, "shadow")
    with pytest.raises(errors.AlreadyThere, match="is in shadow already"):
        house.do(finding.promotion_meant, MAYA, "to shadow", PILOTS)
    with pytest.raises(errors.FurtherAlready, match="/pilot rollback Refund triage"):
        house.do(finding.promotion_meant, MAYA, "to pilot", PILOTS)


def test_a_stage_that_is_spelt_wrongly_gets_the_nearest_one(house: House, pilot: Pilot) -> None:
    for words in ("Refund triage to shdow", "to shadwo"):
        with pytest.raises(errors.NoSuchStage) as refused:
            house.do(finding.promotion_meant, MAYA, words, PILOTS)
        assert "Did you mean `/pilot promote Refund triage to shadow`?" in refused.value.sentence
    with pytest.raises(errors.NoSuchStage, match="to shadow"):
        house.do(finding.promotion_meant, MAYA, "Refund triage to zzz", PILOTS)


def test_a_name_with_to_in_it_is_a_name(house: House) -> None:
    named = house.do(pilots.register, MAYA, registration(name="Route to shadow"))
    for words in ("Route to shadow", "route to shadow to shadow"):
        assert house.do(finding.promotion_meant, MAYA, words, PILOTS).id == named.id
    with pytest.raises(NoSuchPilot, match="Did you mean"):
        house.do(finding.promotion_meant, MAYA, "Rout to shado", "C0ELSEWHERE")


def test_at_the_end_of_the_way_nothing_comes_next(house: House, pilot: Pilot) -> None:
    promoted(house, pilot.id, "shadow", "limited", "expansion", "production")
    with pytest.raises(errors.AlreadyThere):
        house.do(finding.promotion_meant, MAYA, "to production", PILOTS)
    with pytest.raises(NoNextStage):
        house.do(finding.promotion_meant, MAYA, "to shadow", PILOTS)
    with pytest.raises(errors.NoSuchStage, match="Did you mean production"):
        house.do(finding.promotion_meant, MAYA, "to productoin", PILOTS)


# Break-glass


@pytest.fixture
def strict(house: House, pilot: Pilot) -> Pilot:
    with_emergency_role(house)
    house.deliver(pilots.card_key(pilot.id), "900.000000")
    return pilot


def at_once(house: House, pilot: Pilot, by: str = SAM, **changed: Any) -> Pilot:
    facts: dict[str, Any] = {"name": pilot.name, "reason": WHY, "board": WITH_EMERGENCY}
    return house.do(emergency.break_glass, by, pilot.id, pilot.stage, **(facts | changed))


def open_reviews(house: House, pilot: Pilot) -> list[Review]:
    return house.store.read_sync(lambda tx: tx.reviews.all_open_of(pilot.id))


def test_without_such_a_role_nobody_promotes_in_an_emergency(house: House, pilot: Pilot) -> None:
    with pytest.raises(errors.NoBreakGlass, match="/pilot promote Refund triage"):
        house.do(emergency.procedure_of, SAM, pilot.id)
    with pytest.raises(errors.NoBreakGlass):
        at_once(house, pilot)


def test_the_emergency_role_promotes_one_stage_at_once_and_loudly(house: House, strict: Pilot) -> None:
    moved = at_once(house, strict)
    assert moved.stage == "shadow"
    loud = said(house, PILOTS)
    assert "*Refund triage was promoted in an emergency* from pilot to shadow" in loud
    assert f"<@{SAM}>" in loud
    assert WHY in loud
    assert "*Not in place*: integration, monitoring" in loud
    card = said(house, REVIEWS)  # of the review, and nothing beside it that says the same
    assert card.count(WHY) == 1
    assert "*Was that right?*" in card
    last = moves_of(house, strict.id)[-1]
    assert (last.kind, last.by, last.reason) == (MoveKind.BREAK_GLASS, SAM, WHY)
    assert "pilot.break_glass" in house.audited(strict.id)


def test_those_who_decide_the_gate_review_it_afterwards(house: House, strict: Pilot) -> None:
    at_once(house, strict)
    (review,) = open_reviews(house, strict)
    assert (review.kind, review.gate_id, review.to_stage) == (ReviewKind.BREAK_GLASS, "readiness", "shadow")
    assert moves_of(house, strict.id)[-1].review_id == review.id
    card = house.words(pilots.card_key(strict.id))
    assert "*Promoted in an emergency* from pilot" in card
    assert "to be reviewed until" in card
    house.do(deciding.vote, PRIYA, review.id, review.snapshot_hash[:12], Choice.APPROVE, WITH_EMERGENCY)
    assert house.pilot(strict.id).stage == "shadow"
    assert "in an emergency" not in house.words(pilots.card_key(strict.id))


def test_an_emergency_that_was_declined_moves_nothing_by_itself(house: House, strict: Pilot) -> None:
    at_once(house, strict)
    (review,) = open_reviews(house, strict)
    house.do(
        deciding.vote,
        PRIYA,
        review.id,
        review.snapshot_hash[:12],
        Choice.DECLINE,
        WITH_EMERGENCY,
        reason="No",
    )
    assert house.pilot(strict.id).stage == "shadow"
    assert "pilot.roll_back" in house.words(pilots.card_key(strict.id))


def test_only_the_role_may_and_the_refusal_names_it(house: House, strict: Pilot) -> None:
    for who in (MAYA, JONAS, PRIYA):
        with pytest.raises(errors.NotForBreakGlass, match=f"Only <@{SAM}> can promote Refund triage"):
            at_once(house, strict, by=who)
    with pytest.raises(OnlyMembers):
        at_once(house, strict, by=GUEST)
    with pytest.raises(errors.NotForBreakGlass):
        at_once(house, strict, board=Board())
    assert house.pilot(strict.id).stage == "pilot"


def test_nobody_is_barred_from_an_emergency(house: House) -> None:
    with_emergency_role(house)
    own = house.do(pilots.register, SAM, registration(champion_id=SAM))
    assert at_once(house, own).stage == "shadow"


def test_the_name_is_typed_and_the_reason_given(house: House, strict: Pilot) -> None:
    with pytest.raises(FieldsRefused) as refused:
        at_once(house, strict, name="Refund", reason=" ")
    assert {one.field: type(one) for one in refused.value.fields} == {
        "reason": errors.WhyEmpty,
        "name": errors.NameNotTyped,
    }
    assert at_once(house, strict, name="  refund TRIAGE ").stage == "shadow"


def test_the_request_that_is_open_gives_way(house: House, strict: Pilot) -> None:
    interview = house.do(interviews.start, MAYA, strict.id)
    for item_id in interview.asked:
        house.do(interviews.change_answer, MAYA, strict.id, item_id, IN_PLACE)
    asked = house.do(requesting.request, MAYA, strict.id, WITH_EMERGENCY)
    at_once(house, strict)
    loud = said(house, PILOTS)
    closed = house.do(reviews.get, MAYA, asked.id)
    assert (closed.state, closed.reason) == (ReviewState.WITHDRAWN, f"promoted in an emergency: {WHY}")
    assert [one.kind for one in open_reviews(house, strict)] == [ReviewKind.BREAK_GLASS]
    assert "Everything that the gate asks for was in place." in loud


def test_what_was_waived_is_not_said_to_have_been_in_place(house: House, strict: Pilot) -> None:
    interview = house.do(interviews.start, MAYA, strict.id)
    left, *settled = interview.asked
    for item_id in settled:
        house.do(interviews.change_answer, MAYA, strict.id, item_id, IN_PLACE)
    panel = Panel(title="Risk", people=frozenset({PRIYA}), shown=f"<@{PRIYA}>")
    entered = Entered((left,), day_of(house.now) + timedelta(days=30), "Two people look at each case.")
    request = house.do(waivers.ask, MAYA, strict.id, entered, panel)
    house.do(waivers.grant, PRIYA, request.id, panel)
    at_once(house, strict)
    loud = said(house, PILOTS)
    assert "Everything else that the gate asks for was in place." in loud
    assert "*Waived*" in loud


def test_the_review_of_an_emergency_cannot_be_got_round(house: House, strict: Pilot) -> None:
    """Neither a second emergency nor a hold takes the first one from those who review it."""
    at_once(house, strict)
    (first,) = open_reviews(house, strict)
    house.later(hours=1)
    at_once(house, house.pilot(strict.id))
    assert {one.gate_id for one in open_reviews(house, strict)} == {first.gate_id, "shadow-exit"}
    house.do(stages.hold, MAYA, strict.id, "", "It waits", house.now.date().replace(year=2027, month=1))
    assert len(open_reviews(house, strict)) == 2


def test_who_reviews_an_emergency_is_reminded_though_the_pilot_is_on_hold(
    house: House, strict: Pilot
) -> None:
    at_once(house, strict)
    house.do(stages.hold, MAYA, strict.id, "", "It waits", house.now.date() + timedelta(days=60))
    house.later(days=3)
    for review_id in house.do(awaited.due, PREFLIGHT, 10):
        house.do(awaited.remind, PREFLIGHT, review_id, WITH_EMERGENCY)
    house.do(digest.sweep, PREFLIGHT)
    assert "in an emergency" in house.words(f"nudge:{PRIYA}:{house.now.date().isoformat()}")


def test_ending_and_reviving_is_no_way_round_the_review_of_an_emergency(house: House, strict: Pilot) -> None:
    promoted(house, strict.id, "shadow")
    at_once(house, house.pilot(strict.id))
    house.later(hours=1)
    house.do(stages.retire, MAYA, strict.id, WHY, WHY)
    house.later(hours=1)
    assert house.do(stages.revive, MAYA, strict.id, WHY).stage == "shadow"


def test_an_emergency_that_was_right_counts_like_any_promotion(house: House, strict: Pilot) -> None:
    at_once(house, strict)
    (review,) = open_reviews(house, strict)
    house.do(deciding.vote, PRIYA, review.id, review.snapshot_hash[:12], Choice.APPROVE, WITH_EMERGENCY)
    house.do(stages.retire, MAYA, strict.id, WHY, WHY)
    assert house.do(stages.revive, MAYA, strict.id, WHY).stage == "shadow"


def test_on_hold_it_is_resumed_first(house: House, strict: Pilot) -> None:
    house.do(stages.hold, MAYA, strict.id, "", "It waits", house.now.date().replace(year=2027, month=1))
    with pytest.raises(errors.WaitsOnPurpose, match="/pilot resume Refund triage"):
        at_once(house, strict)


def test_of_two_emergencies_at_once_one_counts(house: House, strict: Pilot) -> None:
    at_once(house, strict)
    with pytest.raises(StageMoved, match="is in shadow now"):
        at_once(house, strict)
    assert house.pilot(strict.id).stage == "shadow"


def test_at_the_end_of_the_way_there_is_no_emergency(house: House, strict: Pilot) -> None:
    promoted(house, strict.id, "shadow", "limited", "expansion", "production")
    with pytest.raises(NoNextStage):
        at_once(house, house.pilot(strict.id))


# A rollback while somebody approves


@pytest.fixture
def asked(house: House, pilot: Pilot) -> Review:
    promoted(house, pilot.id, "shadow")
    promoted(house, pilot.id, "limited")

    def answered(desk: Desk) -> None:
        gate = desk.playbook.gate_from("limited")
        assert gate
        for item in desk.playbook.items_of(gate):
            interviews.change_answer(desk, pilot.id, item.id, IN_PLACE)

    house.do(answered, MAYA)
    return house.do(requesting.request, MAYA, pilot.id, BOARD)


def test_an_approval_after_a_rollback_is_told_that_it_is_over(house: House, asked: Review) -> None:
    house.do(stages.roll_back, MAYA, asked.pilot_id, "limited", "shadow", WHY, frozenset())
    with pytest.raises(Refusal) as refused:
        house.do(deciding.vote, PRIYA, asked.id, asked.snapshot_hash[:12], Choice.APPROVE, BOARD)
    assert f"withdrawn by <@{MAYA}>" in refused.value.sentence
    assert house.pilot(asked.pilot_id).stage == "shadow"


def test_a_rollback_after_the_approval_is_told_where_the_pilot_is(house: House, asked: Review) -> None:
    house.do(deciding.vote, PRIYA, asked.id, asked.snapshot_hash[:12], Choice.APPROVE, BOARD)
    with pytest.raises(StageMoved, match="is in expansion now"):
        house.do(stages.roll_back, MAYA, asked.pilot_id, "limited", "shadow", WHY, frozenset())
    assert house.pilot(asked.pilot_id).stage == "expansion"
