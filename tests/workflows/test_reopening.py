"""An approval that no longer stands on what it stood on: what goes up, what comes down, and what is said of it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.answers import Reading, Status
from bot.domain.pilots import Pilot
from bot.domain.reviews import Review
from bot.domain.values import PREFLIGHT
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots
from bot.portfolio import workflow as portfolio
from bot.reopening import workflow as reopening
from bot.review import workflow as reviews

from .conftest import JONAS, MAYA, PRIYA, SAM, House, registration, words_of
from .reopened import (
    IN_PLACE,
    NOT_YET,
    answer,
    approve,
    becomes,
    flags,
    put_in_place,
    readiness,
    said,
    subjects,
    sweep,
    with_playbook,
    with_readiness,
)

ROLLBACK = {("evidence", "rollback")}


@pytest.fixture
def review(house: House, pilot: Pilot) -> Review:
    """A pilot that was let into shadow with everything in place."""
    put_in_place(house, pilot)
    return approve(house, pilot)


def test_a_pilot_that_was_just_approved_stands(house: House, pilot: Pilot, review: Review) -> None:
    assert flags(house, pilot) == []
    assert said(house, pilot) == []
    assert house.pilot(pilot.id).next_look_at == house.now + timedelta(days=90)


def test_nothing_is_looked_for_before_anybody_was_promoted(house: House, pilot: Pilot) -> None:
    put_in_place(house, pilot)
    assert house.pilot(pilot.id).next_look_at is None
    assert sweep(house, days=400) == 0


def test_a_pilot_registered_in_a_later_stage_has_no_approval_to_open(house: House) -> None:
    with_playbook(house, may_start_in=("shadow",))
    pilot = house.do(pilots.register, MAYA, registration(stage="shadow"))
    answer(house, pilot, "rollback", NOT_YET)
    becomes(house, JONAS, deactivated=True)
    assert flags(house, pilot) == []
    assert house.pilot(pilot.id).next_look_at is None


def test_evidence_that_expires_opens_the_gate_and_the_stage_stays(
    house: House, pilot: Pilot, review: Review
) -> None:
    house.later(days=80)
    for item_id in ("integration", "monitoring", "fallback"):
        answer(house, pilot, item_id)
    assert sweep(house, days=10) == 1
    assert subjects(house, pilot) == ROLLBACK
    assert house.pilot(pilot.id).stage == "shadow"
    assert "pilot.reopened" in house.audited(pilot.id)
    (word,) = said(house, pilot)
    assert f"<@{JONAS}>" in word
    assert "*Rollback*: confirmed last" in word
    assert "90 days" in word
    assert "Continue readiness" in word


def test_the_card_the_review_and_the_board_say_so(house: House, pilot: Pilot, review: Review) -> None:
    answer(house, pilot, "rollback", NOT_YET)
    assert "Open again: rollback" in house.words(pilots.card_key(pilot.id))
    assert "Open again" in house.words(reviews.card_key(review.id))
    (told,) = said(house, pilot, ":board")
    assert f"<@{PRIYA}>" in told
    assert "rollback" in told
    assert f"<@{JONAS}> is asked" in told


def test_the_words_stand_under_the_cards(house: House, pilot: Pilot, review: Review) -> None:
    answer(house, pilot, "rollback", NOT_YET)
    rows = house.store.read_sync(lambda tx: tx.messages.unsent(house.now, 1000))
    words = {one.key: one for one in rows}
    (key,) = [one for one in words if one.startswith("reopening:") and not one.endswith(":board")]
    assert words[key].under == words[pilots.card_key(pilot.id)].id
    assert words[f"{key}:board"].under == words[reviews.card_key(review.id)].id
    assert words[f"{key}:board"].channel_id == words[reviews.card_key(review.id)].channel_id


def test_lists_home_and_status_say_so(house: House, pilot: Pilot, review: Review) -> None:
    answer(house, pilot, "rollback", NOT_YET)
    for view in (
        house.do(portfolio.list_all, JONAS),
        house.do(portfolio.home, JONAS),
        house.do(portfolio.status_of, JONAS, pilot.id),
    ):
        assert "open again: rollback" in words_of(view)
    answer(house, pilot, "rollback")
    assert "open again" not in words_of(house.do(portfolio.list_all, JONAS))


def test_an_answer_that_turned_bad_names_who_gave_it(house: House, pilot: Pilot, review: Review) -> None:
    answer(house, pilot, "rollback", NOT_YET)
    assert subjects(house, pilot) == ROLLBACK
    (word,) = said(house, pilot)
    assert "settled when it was approved" in word
    assert f"<@{MAYA}>" in word


def test_still_true_mends_it_and_the_same_word_says_so(house: House, pilot: Pilot, review: Review) -> None:
    answer(house, pilot, "rollback", NOT_YET)
    house.later(hours=1)
    answer(house, pilot, "rollback")
    assert flags(house, pilot) == []
    assert house.audited(pilot.id)[-1] == "pilot.mended"
    (word,) = said(house, pilot)
    assert "everything holds again" in word
    assert "Continue readiness" not in word
    (told,) = said(house, pilot, ":board")
    assert "everything holds again" in told
    assert "Open again" not in house.words(reviews.card_key(review.id))
    assert "Open again" not in house.words(pilots.card_key(pilot.id))


def test_what_is_mended_in_parts_is_told_in_parts(house: House, pilot: Pilot, review: Review) -> None:
    answer(house, pilot, "rollback", NOT_YET)
    house.later(hours=1)
    answer(house, pilot, "guardrails", NOT_YET)
    house.later(hours=1)
    answer(house, pilot, "rollback")
    (word,) = said(house, pilot)
    assert "holds again: rollback" in word
    assert "*Guardrails*: settled when it was approved" in word
    assert subjects(house, pilot) == {("evidence", "guardrails")}


def test_opening_again_after_all_was_mended_is_a_word_of_its_own(
    house: House, pilot: Pilot, review: Review
) -> None:
    answer(house, pilot, "rollback", NOT_YET)
    house.later(hours=1)
    answer(house, pilot, "rollback")
    first = said(house, pilot)
    house.later(hours=1)
    answer(house, pilot, "guardrails", NOT_YET)
    again = said(house, pilot)
    assert again[0] == first[0]
    assert len(again) == 2
    assert "*Guardrails*" in again[1]
    assert "ollback" not in again[1]


def test_looking_again_changes_nothing(house: House, pilot: Pilot, review: Review) -> None:
    answer(house, pilot, "rollback", NOT_YET)
    before, words, record = house.pilot(pilot.id), said(house, pilot), house.audited(pilot.id)
    for _ in range(3):
        house.later(minutes=1)
        house.do(reopening.look, PREFLIGHT, pilot.id)
        assert house.touched == []
    assert (house.pilot(pilot.id), said(house, pilot), house.audited(pilot.id)) == (before, words, record)


def test_a_look_is_no_sign_of_life(house: House, pilot: Pilot, review: Review) -> None:
    changed_at = house.pilot(pilot.id).last_change_at
    sweep(house, days=100)
    assert flags(house, pilot)
    assert house.pilot(pilot.id).last_change_at == changed_at


def test_after_weeks_in_which_nobody_looked_there_is_one_word(
    house: House, pilot: Pilot, review: Review
) -> None:
    """The clock skips over the days on which one after the other expires."""
    house.later(days=20)
    for item_id in ("integration", "monitoring"):
        answer(house, pilot, item_id)
        house.later(days=3)
    sweep(house, days=110)
    assert len(flags(house, pilot)) == 5
    (word,) = said(house, pilot)
    assert word.count(": confirmed last") == 5


def test_what_expires_day_after_day_updates_one_word(house: House, pilot: Pilot, review: Review) -> None:
    for item_id in ("integration", "monitoring", "fallback"):
        house.later(days=1)
        answer(house, pilot, item_id)
    sweep(house, days=87)
    assert subjects(house, pilot) == ROLLBACK
    for number in (2, 3, 4):
        sweep(house, days=1)
        assert len(flags(house, pilot)) == number
    assert len(said(house, pilot)) == 1
    assert house.audited(pilot.id).count("pilot.reopened") == 4


def test_an_answer_confirmed_in_the_second_in_which_it_expires_opens_nothing(
    house: House, pilot: Pilot, review: Review
) -> None:
    house.later(days=90)
    for item_id in ("integration", "monitoring", "fallback", "rollback"):
        answer(house, pilot, item_id)
    # the first of these confirmations was a change, too: by then the others had expired
    assert flags(house, pilot) == []
    assert house.audited(pilot.id).count("pilot.mended") <= 3


def test_all_that_expired_is_confirmed_in_one_go(house: House, pilot: Pilot, review: Review) -> None:
    house.later(days=89, hours=23)
    for item_id in ("integration", "monitoring", "fallback", "rollback"):
        answer(house, pilot, item_id)
    assert sweep(house, hours=1) == 0
    assert said(house, pilot) == []


def test_a_question_that_the_playbook_asks_newly_does_not_count_against_an_old_approval(
    house: House, pilot: Pilot, review: Review
) -> None:
    first, *others = readiness(house)
    new = first.model_copy(update={"id": "brand-new", "title": "Brand new"})
    with_readiness(house, first, *others, new)
    answer(house, pilot, "brand-new", NOT_YET)
    assert flags(house, pilot) == []


def test_a_shorter_freshness_in_the_playbook_counts_from_the_next_look(
    house: House, pilot: Pilot, review: Review
) -> None:
    with_readiness(house, *(one.model_copy(update={"freshness_days": 5}) for one in readiness(house)))
    house.later(days=6)
    house.do(reopening.look_at_all, PREFLIGHT)
    assert sweep(house) == 1
    assert len(flags(house, pilot)) == 7


def test_saying_that_something_does_not_apply_any_more_opens_nothing(
    house: House, pilot: Pilot, review: Review
) -> None:
    answer(
        house, pilot, "rollback", Reading(status=Status.NOT_APPLICABLE, detail="There is nothing to switch.")
    )
    assert flags(house, pilot) == []


def test_a_vote_against_the_next_gate_leaves_the_last_one_alone(
    house: House, pilot: Pilot, review: Review
) -> None:
    put_in_place(house, house.pilot(pilot.id), but=frozenset({"release-plan"}))
    assert flags(house, pilot) == []


def test_at_the_next_gate_what_was_approved_there_counts(house: House, pilot: Pilot, review: Review) -> None:
    put_in_place(house, house.pilot(pilot.id))
    second = approve(house, pilot)
    assert house.pilot(pilot.id).stage == "limited"
    answer(house, pilot, "edge-cases", NOT_YET)
    (flag,) = flags(house, pilot)
    assert flag.review_id == second.id
    assert flag.gate_id == "shadow-exit"
    assert "Open again" in house.words(reviews.card_key(second.id))
    assert "Open again" not in house.words(reviews.card_key(review.id))


def test_a_flag_of_the_gate_before_comes_down_when_the_pilot_goes_on(
    house: House, pilot: Pilot, review: Review
) -> None:
    becomes(house, JONAS, deactivated=True)
    house.later(hours=1)
    put_in_place(house, house.pilot(pilot.id))
    approve(house, pilot)
    (flag,) = flags(house, pilot)
    assert flag.gate_id == "shadow-exit"
    first, second = said(house, pilot)
    assert "is in limited release now" in first
    assert "has left" in second


def test_a_pilot_of_another_workspace_is_not_looked_at(house: House, pilot: Pilot, review: Review) -> None:
    house.do(reopening.look, PREFLIGHT, "no-such-pilot")
    assert house.touched == []


def test_the_clock_of_the_record_and_of_the_next_look_are_in_utc(
    house: House, pilot: Pilot, review: Review
) -> None:
    look_at = house.pilot(pilot.id).next_look_at
    assert look_at
    assert look_at.utcoffset() == timedelta()
    assert look_at > datetime(2026, 11, 23, tzinfo=UTC)


def test_who_looks_is_on_the_record(house: House, pilot: Pilot, review: Review) -> None:
    sweep(house, days=100)
    house.later(hours=1)
    house.do(interviews.change_answer, SAM, pilot.id, "rollback", IN_PLACE)
    record = house.store.read_sync(lambda tx: tx.audit.of(pilot.workspace_id, "pilot", pilot.id))
    opened = next(one for one in record if one.what == "pilot.reopened")
    mended = next(one for one in record if one.what == "pilot.mended")
    assert opened.actor_id == PREFLIGHT
    assert opened.after
    assert {"kind": "evidence", "subject": "rollback"} in opened.after["flags"]
    assert mended.actor_id == SAM
    assert mended.before
    assert mended.before["flags"] == [{"kind": "evidence", "subject": "rollback"}]
