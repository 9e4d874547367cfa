"""What is not there yet asks for a plan: who, what, by when. The plan is an action, and stays in step with the answer."""

from datetime import date

import pytest

from bot.domain.actions import Action, ActionState
from bot.domain.answers import Plan, Reading, Status
from bot.domain.conversations import Interview
from bot.domain.pilots import Pilot
from bot.interview import shown, workflow as interviews

from .books import NO_PLAN, asks_only, item, with_concern
from .conftest import JONAS, MAYA, House
from .test_interview import answers, current, say

PLAN = Plan(what="Connect the order system", who=JONAS, by=date(2026, 12, 12))
NOT_YET = Reading(status=Status.NOT_YET, detail="Jonas connects it by 12 December", plan=PLAN)
IN_PLACE = Reading(status=Status.IN_PLACE, detail="Connected on 3 March", evidence=("https://a.example",))


@pytest.fixture
def interview(house: House, pilot: Pilot) -> Interview:
    """A conversation that asks for plans, about two items."""
    coaching = with_concern(house.library.playbook, NO_PLAN)
    asks_only(house, item("integration"), item("rollback"), coaching=coaching)
    started = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(started.id), "1000.000000")
    house.deliver(shown.question_key(started.id, "integration"), "1001.000000")
    return started


def actions(house: House, interview: Interview) -> list[Action]:
    return house.store.read_sync(lambda tx: tx.actions.of_pilot(interview.pilot_id))


def follow_up_buttons(house: House, key: str) -> list[str]:
    message = house.message(key)
    assert message
    return [control["action_id"] for control in message.body["blocks"][-1]["elements"]]


def test_not_yet_without_a_plan_asks_who_and_when_once(house: House, interview: Interview) -> None:
    house.do(interviews.answer_by_button, MAYA, interview.id, "integration", Status.NOT_YET)
    assert current(house, interview).followed_up
    key = shown.question_key(interview.id, "integration")
    assert "and by when?" in house.words(key)
    assert follow_up_buttons(house, key) == ["answers.plan", "answer.leave"]
    (action,) = actions(house, interview)
    assert (action.what, action.owner_id, action.due_on) == ("settle the integration", None, None)


def test_the_reply_says_who_and_when_and_the_line_shows_it(house: House, interview: Interview) -> None:
    house.do(interviews.answer_by_button, MAYA, interview.id, "integration", Status.NOT_YET)
    say(house, f"<@{JONAS}> by 12 December 2026", "1002.000000")
    answer = answers(house, interview)["integration"]
    assert answer.status is Status.NOT_YET
    assert answer.plan
    (action,) = actions(house, interview)
    assert (action.owner_id, action.due_on) == (JONAS, date(2026, 12, 12))
    assert action.state is ActionState.OPEN
    line = house.words(shown.question_key(interview.id, "integration"))
    assert f"next: <@{JONAS}>" in line
    assert "by <!date^" in line


def test_left_as_it_is_the_item_itself_says_what_comes_next(house: House, interview: Interview) -> None:
    house.do(interviews.answer_by_button, MAYA, interview.id, "integration", Status.PARTLY)
    house.do(interviews.leave_as_it_is, MAYA, interview.id, "integration")
    (action,) = actions(house, interview)
    assert action.what == "settle the integration"
    assert current(house, interview).passed == ("integration",)


def test_an_answer_that_is_in_place_closes_its_action(house: House, interview: Interview) -> None:
    house.do(interviews.change_answer, MAYA, interview.pilot_id, "integration", NOT_YET)
    house.do(interviews.change_answer, JONAS, interview.pilot_id, "integration", IN_PLACE)
    (action,) = actions(house, interview)
    assert (action.state, action.closed_by) == (ActionState.DONE, JONAS)


def test_what_does_not_apply_drops_its_action(house: House, interview: Interview) -> None:
    house.do(interviews.change_answer, MAYA, interview.pilot_id, "integration", NOT_YET)
    reason = Reading(status=Status.NOT_APPLICABLE, detail="It is a batch job without users.")
    house.do(interviews.change_answer, MAYA, interview.pilot_id, "integration", reason)
    assert [action.state for action in actions(house, interview)] == [ActionState.DROPPED]


def test_a_new_plan_replaces_the_open_one_and_a_vaguer_word_does_not(
    house: House, interview: Interview
) -> None:
    house.do(interviews.change_answer, MAYA, interview.pilot_id, "integration", NOT_YET)
    (before,) = actions(house, interview)
    later = NOT_YET.model_copy(update={"plan": Plan(by=date(2027, 1, 15))})
    house.do(interviews.change_answer, MAYA, interview.pilot_id, "integration", later)
    (after,) = actions(house, interview)
    assert after.id == before.id
    assert (after.what, after.owner_id, after.due_on) == (PLAN.what, JONAS, date(2027, 1, 15))
    still = NOT_YET.model_copy(update={"plan": None, "status": Status.PARTLY})
    house.do(interviews.change_answer, MAYA, interview.pilot_id, "integration", still)
    assert actions(house, interview) == [after]


def test_a_skip_undertakes_nothing(house: House, interview: Interview) -> None:
    house.do(interviews.skip, MAYA, interview.id, "integration")
    assert actions(house, interview) == []


def test_an_edited_message_edits_the_plan(house: House, interview: Interview) -> None:
    say(house, "Not yet, Jonas connects it by 12 December 2026", "1002.000000")
    say(house, "Not yet, Jonas connects it by 14 December 2026", "1002.000000", edited_at="1003.000000")
    (action,) = actions(house, interview)
    assert action.due_on == date(2026, 12, 14)


def test_words_that_hold_the_whole_plan_are_not_asked_about(house: House, interview: Interview) -> None:
    say(house, f"Not yet, <@{JONAS}> connects the order system by 12 December 2026", "1002.000000")
    assert current(house, interview).passed == ("integration",)
