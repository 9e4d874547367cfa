"""A question about a period or a day is answered anew when the answer is too old: last quarter's figure cannot be confirmed."""

import pytest

from bot.domain.answers import Answer, Reading, Status
from bot.domain.conversations import Interview, InterviewState, Scope
from bot.domain.pilots import Pilot
from bot.interview import errors, shown, workflow as interviews

from .books import asks_only, item
from .conftest import MAYA, SAM, House
from .test_interview import current, say
from .test_interview_known import history, known, started

LAST_TIME = Reading(status=Status.IN_PLACE, detail="0.12 € a case in May, from the invoice")


@pytest.fixture
def asked(house: House, pilot: Pilot) -> Pilot:
    """A pilot that was asked what a case cost last month, and answered."""
    asks_only(house, item("last-month", asked_anew=True), item("rollback"))
    known(house, pilot, "last-month", "rollback", reading=LAST_TIME)
    return pilot


def opened(house: House, pilot: Pilot, days: int) -> Interview:
    """Ask about it some days later."""
    house.later(days=days)
    interview = started(house, pilot, Scope.ONE, "last-month")
    house.deliver(shown.question_key(interview.id, "last-month"), "1001.000000")
    return interview


def given(house: House, interview: Interview) -> list[Answer]:
    return history(house, interview, "last-month")


def test_still_true_is_not_offered_for_a_figure_that_is_too_old(house: House, asked: Pilot) -> None:
    question = house.words(shown.question_key(opened(house, asked, 91).id, "last-month"))
    assert "Last time, and too old to go on with:" in question
    assert "0.12 € a case in May" in question
    assert "A good answer" in question
    assert not {"Still true", "No change"} & set(question.splitlines())


def test_a_button_of_before_is_refused_kindly(house: House, asked: Pilot) -> None:
    interview = opened(house, asked, 91)
    with pytest.raises(errors.AskedAnew, match="how it is now"):
        house.do(interviews.still_true, SAM, interview.id, "last-month")
    assert len(given(house, interview)) == 1


def test_saying_so_does_not_make_it_fresh_either(house: House, asked: Pilot) -> None:
    interview = opened(house, asked, 91)
    with pytest.raises(errors.AskedAnew):
        say(house, "Still true", "1002.000000")
    assert len(given(house, interview)) == 1
    assert current(house, interview).state is InterviewState.OPEN


def test_a_figure_of_today_answers_it(house: House, asked: Pilot) -> None:
    opened(house, asked, 91)
    answer = say(house, "0.14 € a case in February, from the invoice of 3 March", "1002.000000")
    assert answer
    assert (answer.answered_by, answer.answered_at) == (MAYA, house.now)


def test_a_figure_that_is_not_too_old_stands_with_its_own_day(house: House, asked: Pilot) -> None:
    interview = opened(house, asked, 40)
    assert "Still true" in house.words(shown.question_key(interview.id, "last-month"))
    house.do(interviews.still_true, SAM, interview.id, "last-month")
    (only,) = given(house, interview)
    assert only.answered_at < house.now
    assert current(house, interview).state is InterviewState.DONE


@pytest.mark.parametrize("words", ["Still true", "yes"])
def test_saying_that_it_is_still_true_does_what_the_button_does(
    house: House, asked: Pilot, words: str
) -> None:
    interview = opened(house, asked, 40)
    assert say(house, words, "1002.000000")
    (only,) = given(house, interview)
    assert only.answered_at < house.now
    assert current(house, interview).state is InterviewState.DONE


def test_confirming_all_that_is_known_leaves_it_alone(house: House, pilot: Pilot) -> None:
    asks_only(house, item("last-month", asked_anew=True), item("rollback"), item("fallback"))
    known(house, pilot, "last-month", "rollback", reading=LAST_TIME)
    house.later(days=3)
    interview = started(house, pilot)
    assert house.do(interviews.confirm_all, MAYA, interview.id) == 1
    assert len(given(house, interview)) == 1
