"""How many minutes are left: measured where people's times are known, and honest where they are not."""

import pytest

from bot.domain.answers import Status
from bot.domain.conversations import Interview
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind
from bot.interview import shown, workflow as interviews

from .books import asks_only, item, of_kind
from .conftest import MAYA, WORKSPACE, House
from .test_interview import CHECKABLE, interview, question_shown, say

__all__ = ["interview"]  # a fixture


def pace(house: House) -> dict[str, float]:
    return house.store.read_sync(lambda tx: tx.pace.of(WORKSPACE))


def test_the_time_of_an_answer_is_noted_follow_up_included(house: House, interview: Interview) -> None:
    first = question_shown(house, interview, "1001.000000")
    house.later(seconds=20)
    say(house, "the team", "1002.000000")
    assert pace(house) == {}
    house.deliver(shown.follow_up_key(interview.id, first), "1003.000000")
    house.later(seconds=25)
    say(house, CHECKABLE, "1004.000000")
    assert pace(house) == {first: pytest.approx(45)}


def test_each_question_counts_from_the_one_before(house: House, interview: Interview) -> None:
    first, second = interview.asked[:2]
    house.later(seconds=30)
    house.do(interviews.answer_by_button, MAYA, interview.id, first, Status.NOT_YET)
    house.later(seconds=10)
    house.do(interviews.answer_by_button, MAYA, interview.id, second, Status.NOT_YET)
    assert pace(house) == {first: pytest.approx(30), second: pytest.approx(10)}


def test_a_pause_does_not_count_and_nobody_takes_longer_than_ten_minutes(
    house: House, interview: Interview
) -> None:
    first, second, third = interview.asked[:3]
    house.do(interviews.pause, MAYA, interview.id)
    house.later(days=2)
    house.do(interviews.answer_by_button, MAYA, interview.id, first, Status.NOT_YET)
    assert pace(house) == {}
    house.do(interviews.pause, MAYA, interview.id)
    house.later(days=1)
    house.do(interviews.resume, MAYA, interview.id)
    house.later(seconds=40)
    house.do(interviews.answer_by_button, MAYA, interview.id, second, Status.NOT_YET)
    house.later(hours=9)
    house.do(interviews.answer_by_button, MAYA, interview.id, third, Status.NOT_YET)
    assert pace(house) == {second: pytest.approx(40), third: pytest.approx(600)}


def test_a_skip_says_nothing_about_the_time_that_an_answer_takes(house: House, interview: Interview) -> None:
    house.later(seconds=3)
    house.do(interviews.skip, MAYA, interview.id, interview.asked[0])
    assert pace(house) == {}


def test_measured_times_make_the_estimate_of_the_next_pilot(house: House, pilot: Pilot) -> None:
    asks_only(house, item("one"), item("two"), of_kind(AnswerKind.DATE))
    started = house.do(interviews.start, MAYA, pilot.id)
    assert "about 2 minutes left" in house.words(shown.root_key(started.id))  # 45 + 45 + 20 seconds
    house.later(minutes=5)
    house.do(interviews.answer_by_button, MAYA, started.id, "one", Status.NOT_YET)
    assert "about 2 minutes left" in house.words(shown.root_key(started.id))
    house.do(interviews.stop, MAYA, started.id)
    again = house.do(interviews.start, MAYA, pilot.id)
    assert "about 7 minutes left" in house.words(shown.root_key(again.id))  # 300 + 45 + 20 seconds


def test_less_than_a_minute_is_called_that(house: House, pilot: Pilot) -> None:
    asks_only(house, of_kind(AnswerKind.DATE))
    started = house.do(interviews.start, MAYA, pilot.id)
    assert "under a minute left" in house.words(shown.root_key(started.id))
