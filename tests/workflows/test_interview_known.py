"""Nobody is asked twice: what is known is listed once, confirmed by a click or a word, and only re-asked when it is old."""

from datetime import timedelta

import pytest

from bot.domain.answers import Answer, Reading, Status
from bot.domain.conversations import Interview, InterviewState, Scope
from bot.domain.pilots import Pilot
from bot.interview import errors, shown, workflow as interviews

from .books import asks_only, item
from .conftest import GUEST, JONAS, MAYA, SAM, House
from .test_interview import answers, current, say

EVIDENCE = "https://wiki.northwind.example/monitoring"
KNOWN = Reading(status=Status.IN_PLACE, detail="Alerts reach Payments Operations", evidence=(EVIDENCE,))


def history(house: House, interview: Interview, item_id: str) -> list[Answer]:
    return house.store.read_sync(lambda tx: tx.answers.history(interview.pilot_id, item_id))


def known(house: House, pilot: Pilot, *item_ids: str, reading: Reading = KNOWN) -> None:
    """Answer items on the very day of the registration, as a registration or an earlier gate does."""
    for item_id in item_ids:
        house.do(interviews.change_answer, JONAS, pilot.id, item_id, reading)


def started(
    house: House, pilot: Pilot, scope: Scope = Scope.MISSING, item_id: str | None = None
) -> Interview:
    interview = house.do(interviews.start, MAYA, pilot.id, scope, item_id)
    house.deliver(shown.root_key(interview.id), "1000.000000")
    return interview


@pytest.fixture
def stale(house: House, pilot: Pilot) -> Interview:
    """The only question is about an answer that is too old to be trusted."""
    known(house, pilot, "monitoring")
    house.later(days=91)
    interview = started(house, pilot, Scope.ONE, "monitoring")
    house.deliver(shown.question_key(interview.id, "monitoring"), "1001.000000")
    return interview


def test_what_an_earlier_gate_settled_is_listed_once_and_not_asked(house: House, pilot: Pilot) -> None:
    known(house, pilot, "monitoring", "rollback")
    house.later(days=3)
    interview = started(house, pilot)
    assert set(interview.asked) & {"monitoring", "rollback"} == set()
    listed = house.words(shown.carried_key(interview.id))
    assert "Monitoring: Alerts reach Payments Operations" in listed
    assert "All still true" in listed
    assert [m.key for m in house.touched][-2:] == [
        shown.carried_key(interview.id),
        shown.question_key(interview.id, interview.asked[0]),
    ]


def test_all_still_true_confirms_every_one_in_the_same_words_as_of_today(house: House, pilot: Pilot) -> None:
    known(house, pilot, "monitoring", "rollback")
    house.later(days=3)
    interview = started(house, pilot)
    assert house.do(interviews.confirm_all, MAYA, interview.id) == 2
    for item_id in ("monitoring", "rollback"):
        first, second = history(house, interview, item_id)
        assert (second.detail, second.evidence) == (first.detail, first.evidence)
        assert (second.answered_by, second.answered_at) == (MAYA, house.now)
    message = house.words(shown.carried_key(interview.id))
    assert f"<@{MAYA}>" in message
    assert "All still true" not in message
    with pytest.raises(errors.AllConfirmed):
        house.do(interviews.confirm_all, JONAS, interview.id)


def test_what_was_changed_meanwhile_is_not_confirmed_over_it(house: House, pilot: Pilot) -> None:
    known(house, pilot, "monitoring", "rollback")
    house.later(days=3)
    interview = started(house, pilot)
    half = Reading(status=Status.PARTLY, detail="No alerts at night")
    house.do(interviews.change_answer, JONAS, pilot.id, "monitoring", half)
    assert house.do(interviews.confirm_all, MAYA, interview.id) == 1
    assert answers(house, interview)["monitoring"].status is Status.PARTLY


def test_a_second_interview_at_the_same_gate_does_not_list_it_again(house: House, pilot: Pilot) -> None:
    known(house, pilot, "monitoring")
    house.later(days=3)
    first = started(house, pilot)
    house.do(interviews.confirm_all, MAYA, first.id)
    house.do(interviews.stop, MAYA, first.id)
    house.later(minutes=1)
    again = house.do(interviews.start, MAYA, pilot.id)
    assert house.message(shown.carried_key(again.id)) is None


def test_a_guest_cannot_confirm(house: House, pilot: Pilot, stale: Interview) -> None:
    with pytest.raises(errors.MayNotAnswer):
        house.do(interviews.confirm_all, GUEST, stale.id)
    with pytest.raises(errors.MayNotAnswer):
        house.do(interviews.still_true, GUEST, stale.id, "monitoring")


def test_an_old_answer_is_shown_and_asked_to_be_confirmed(house: House, stale: Interview) -> None:
    question = house.words(shown.question_key(stale.id, "monitoring"))
    assert "Is this still true?" in question
    assert "Alerts reach Payments Operations" in question
    assert "Still true" in question
    assert "Change" in question
    assert "A good answer" not in question


def test_still_true_keeps_the_words_and_makes_them_fresh(house: House, stale: Interview) -> None:
    answer = house.do(interviews.still_true, SAM, stale.id, "monitoring")
    assert answer
    assert (answer.detail, answer.evidence, answer.answered_by) == (KNOWN.detail, KNOWN.evidence, SAM)
    assert answer.answered_at == house.now
    assert current(house, stale).state is InterviewState.DONE
    with pytest.raises(errors.QuestionSettled):
        house.do(interviews.still_true, SAM, stale.id, "monitoring")


@pytest.mark.parametrize(
    "words",
    [
        "Still true",
        "yes",
        "ja",
        "Yes, still the same.",
        "no change",
        "unchanged",
        "👍",
        "stimmt noch",
        "ok",
        "<@U0BOT> yes",
    ],
)
def test_a_word_confirms_as_well(house: House, stale: Interview, words: str) -> None:
    answer = say(house, words, "1002.000000")
    assert answer
    assert answer.detail == KNOWN.detail
    assert current(house, stale).state is InterviewState.DONE


def test_a_thumb_confirms_nothing_where_nothing_is_known(house: House, pilot: Pilot) -> None:
    interview = started(house, pilot)
    house.deliver(shown.question_key(interview.id, interview.asked[0]), "1001.000000")
    assert say(house, "👍", "1002.000000") is None
    assert current(house, interview).passed == ()


def test_other_words_are_the_new_answer_and_the_old_one_is_history(house: House, stale: Interview) -> None:
    answer = say(house, "Yes, since June Support Ops gets them: https://a.example/new", "1002.000000")
    assert answer
    assert "Support Ops" in answer.detail
    assert history(house, stale, "monitoring")[0].detail == KNOWN.detail


def test_a_confirmation_that_is_edited_is_read_as_what_it_says_now(house: House, stale: Interview) -> None:
    say(house, "yes", "1002.000000")
    house.later(seconds=5)
    say(house, "still true", "1002.000000", edited_at="1003.000000")
    assert answers(house, stale)["monitoring"].detail == KNOWN.detail
    house.later(seconds=5)
    say(house, "Not yet, the alerts were muted on Monday", "1002.000000", edited_at="1004.000000")
    assert answers(house, stale)["monitoring"].status is Status.NOT_YET


def test_in_scope_full_what_is_known_is_shown_in_its_question(house: House, pilot: Pilot) -> None:
    known(house, pilot, "integration")
    house.later(days=3)
    interview = started(house, pilot, Scope.FULL)
    assert house.message(shown.carried_key(interview.id)) is None
    assert interview.asked[-1] == "integration"
    house.do(interviews.switch, MAYA, interview.id, Scope.MISSING)
    house.do(interviews.stop, MAYA, interview.id)
    one = house.do(interviews.start, MAYA, pilot.id, Scope.ONE, "integration")
    assert "Already known. Still true?" in house.words(shown.question_key(one.id, "integration"))


def test_half_an_answer_is_shown_beside_the_ordinary_buttons(house: House, pilot: Pilot) -> None:
    known(house, pilot, "integration", reading=Reading(status=Status.PARTLY, detail="Only reads so far"))
    house.later(days=3)
    interview = started(house, pilot)
    question = house.words(shown.question_key(interview.id, "integration"))
    assert "So far: 🟡 partly: “Only reads so far”" in question
    assert {"No change", "In place", "Partly", "Not yet"} <= set(question.splitlines())
    answer = house.do(interviews.still_true, MAYA, interview.id, "integration")
    assert answer
    assert (answer.status, answer.detail) == (Status.PARTLY, "Only reads so far")
    assert current(house, interview).passed == ("integration",)


def test_freshness_is_counted_from_the_confirmation(house: House, pilot: Pilot) -> None:
    known(house, pilot, "monitoring")
    house.later(days=60)
    interview = started(house, pilot, Scope.ONE, "monitoring")
    house.do(interviews.still_true, MAYA, interview.id, "monitoring")
    house.later(days=60)
    again = house.do(interviews.start, MAYA, pilot.id)
    assert "monitoring" not in again.asked
    house.now += timedelta(days=31)
    house.do(interviews.stop, MAYA, again.id)
    assert "monitoring" in house.do(interviews.start, MAYA, pilot.id).asked


def test_a_long_list_that_is_confirmed_counts_the_rest_once(house: House, pilot: Pilot) -> None:
    parts = [item(f"part-{number}") for number in range(30)]
    asks_only(house, *parts, item("last"))
    known(house, pilot, *(one.id for one in parts))
    house.later(days=3)
    interview = started(house, pilot)
    listed = house.words(shown.carried_key(interview.id))
    assert all(part.title in listed for part in parts)
    assert "more" not in listed
    house.do(interviews.confirm_all, MAYA, interview.id)
    confirmed = house.words(shown.carried_key(interview.id))
    assert "and 18 more" in confirmed
    assert confirmed.count("more") == 1
