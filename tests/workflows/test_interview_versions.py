"""A running interview keeps the playbook that it began with, item by item; verdicts and summaries follow the one in force."""

import pytest

from bot.domain.answers import Reading, Status
from bot.domain.conversations import Interview, InterviewState
from bot.domain.pilots import Pilot
from bot.domain.playbook import Playbook
from bot.interview import errors, shown, workflow as interviews
from prompts.library import Library

from .books import asks_only, item
from .conftest import JONAS, MAYA, House
from .test_interview import CHECKABLE, answers, current, say

DONE = Reading(status=Status.IN_PLACE, detail="Tried on 3 March", evidence=("https://a.example",))


@pytest.fixture
def interview(house: House, pilot: Pilot) -> Interview:
    """An interview about two items, begun with an earlier playbook; the one in force asks a third instead of the second."""
    old = asks_only(house, item("kept"), item("dropped", question="Is it still asked?"), version="old")
    started = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(started.id), "1000.000000")
    house.deliver(shown.question_key(started.id, "kept"), "1001.000000")
    replace(house, old, asks_only(house, item("kept", question="How now?"), item("new"), version="new"))
    return started


def replace(house: House, old: Playbook, new: Playbook) -> None:
    house.library = Library(new, house.library.templates).knowing([old])


def test_an_item_that_was_removed_is_still_asked_and_its_answer_stays(
    house: House, interview: Interview
) -> None:
    say(house, CHECKABLE, "1002.000000")
    question = shown.question_key(interview.id, "dropped")
    assert "Is it still asked?" in house.words(question)
    house.deliver(question, "1003.000000")
    say(house, CHECKABLE, "1004.000000")
    assert current(house, interview).state is InterviewState.DONE
    assert set(answers(house, interview)) == {"kept", "dropped"}
    assert "✅" in house.words(question)


def test_the_summary_is_about_the_playbook_in_force(house: House, interview: Interview) -> None:
    for item_id in interview.asked:
        house.do(interviews.change_answer, MAYA, interview.pilot_id, item_id, DONE)
    summary = house.words(shown.summary_key(interview.id))
    assert "New" in summary
    assert "Dropped" not in summary
    assert (house.pilot(interview.pilot_id).in_place, house.pilot(interview.pilot_id).required) == (1, 2)


def test_a_removed_item_is_answered_by_a_form_while_the_interview_runs_and_is_history_afterwards(
    house: House, interview: Interview
) -> None:
    house.later(minutes=1)
    house.do(interviews.change_answer, JONAS, interview.pilot_id, "dropped", DONE)
    say(house, CHECKABLE, "1002.000000")
    assert current(house, interview).state is InterviewState.DONE
    assert answers(house, interview)["dropped"].detail == DONE.detail
    with pytest.raises(errors.ItemGone):
        house.do(interviews.change_answer, JONAS, interview.pilot_id, "dropped", DONE)


def test_going_back_reaches_what_was_removed(house: House, interview: Interview) -> None:
    say(house, CHECKABLE, "1002.000000")
    house.do(interviews.back, MAYA, interview.id, "dropped")
    assert current(house, interview).open_item_id == "kept"
    assert "How is it with the kept?" in house.words(shown.question_key(interview.id, "kept"))


def test_a_new_interview_follows_the_playbook_in_force(house: House, interview: Interview) -> None:
    house.do(interviews.stop, MAYA, interview.id)
    again = house.do(interviews.start, MAYA, interview.pilot_id)
    assert set(again.asked) == {"kept", "new"}
    assert again.playbook_version == "new"


def test_a_version_that_nobody_knows_any_more_falls_back_to_the_one_in_force(
    house: House, interview: Interview
) -> None:
    house.library = Library(house.library.playbook, house.library.templates)
    say(house, CHECKABLE, "1002.000000")
    assert current(house, interview).state is InterviewState.DONE, "the second item is asked no more"
