"""A question that somebody else is asked: the interview goes on, and the answer finds its line, whoever gives it."""

import pytest

from bot.desk import Desk
from bot.domain.answers import Answer, Reading, Status
from bot.domain.asks import Ask, AskState
from bot.domain.conversations import Interview, InterviewState
from bot.interview import errors, handing, shown, workflow as interviews

from .conftest import JONAS, MAYA, PRIYA, SAM, WORKSPACE, House
from .test_interview import CHECKABLE, answer_all, answers, current, interview, question_shown, say

__all__ = ["interview"]  # a fixture

IN_PLACE = Reading(
    status=Status.IN_PLACE, detail="Payments Operations, on call", evidence=("https://a.example",)
)


def hand(house: House, interview: Interview, item_id: str, to: str = SAM, ask_id: str = "a1") -> Ask:
    """Put a question to somebody, as *Ask somebody* does."""
    ask = Ask(
        id=ask_id,
        workspace_id=WORKSPACE,
        pilot_id=interview.pilot_id,
        item_id=item_id,
        interview_id=interview.id,
        asked_id=to,
        people=(to,),
        asked_by=MAYA,
        asked_at=house.now,
    )

    def work(desk: Desk) -> None:
        desk.tx.asks.open(ask)
        handing.hand_over(desk, interview.id, item_id)

    house.do(work, MAYA)
    return ask


def state(house: House, ask: Ask) -> AskState:
    found = house.store.read_sync(lambda tx: tx.asks.get(WORKSPACE, ask.id))
    assert found
    return found.state


def line(house: House, interview: Interview, item_id: str) -> str:
    return house.words(shown.question_key(interview.id, item_id))


def test_the_next_question_follows_at_once(house: House, interview: Interview) -> None:
    first, second = interview.asked[:2]
    hand(house, interview, first)
    now = current(house, interview)
    assert (now.handed, now.passed, now.open_item_id) == ((first,), (first,), second)
    assert house.message(shown.question_key(interview.id, second))
    assert [m.key for m in house.touched if m.not_before is None] == [
        shown.question_key(interview.id, second)
    ]


def test_the_answer_settles_the_line_closes_the_question_and_leaves_the_open_one_alone(
    house: House, interview: Interview
) -> None:
    first, second = interview.asked[:2]
    ask = hand(house, interview, first)
    assert "asked <@U0SAM>" in house.words(shown.root_key(interview.id))
    answer = house.do(handing.answer_handed, SAM, ask, IN_PLACE, message_ts="9.9", message_channel_id="D1")
    assert answer
    assert (answer.answered_by, answer.message_channel_id) == (SAM, "D1")
    now = current(house, interview)
    assert (now.handed, now.open_item_id) == ((), second)
    assert "✅" in line(house, interview, first)
    assert state(house, ask) is AskState.ANSWERED
    assert "asked <@U0SAM>" not in house.words(shown.root_key(interview.id))
    assert (
        house.do(handing.answer_handed, SAM, ask, IN_PLACE, message_ts="9.9", message_channel_id="D1") is None
    )


def test_the_one_who_was_asked_may_reply_in_the_thread(house: House, interview: Interview) -> None:
    first, second = interview.asked[:2]
    ask = hand(house, interview, first)
    house.deliver(shown.question_key(interview.id, second), "1001.000000")
    answer = say(house, CHECKABLE, "1002.000000", by=SAM)
    assert answer
    assert (answer.item_id, answer.answered_by) == (first, SAM)
    assert state(house, ask) is AskState.ANSWERED
    assert current(house, interview).open_item_id == second
    assert say(house, CHECKABLE, "1003.000000", by=PRIYA) is None, "nobody asked her"


def test_talk_of_the_one_who_was_asked_is_no_answer(house: House, interview: Interview) -> None:
    first = interview.asked[0]
    ask = hand(house, interview, first)
    assert say(house, "thanks!", "1002.000000", by=SAM) is None
    assert state(house, ask) is AskState.OPEN


def test_one_of_the_pilots_people_answers_the_open_question_even_when_asked_about_another(
    house: House, interview: Interview
) -> None:
    first, second = interview.asked[:2]
    ask = hand(house, interview, first, to=JONAS)
    house.deliver(shown.question_key(interview.id, second), "1001.000000")
    answer = say(house, CHECKABLE, "1002.000000", by=JONAS)
    assert answer
    assert answer.item_id == second
    assert state(house, ask) is AskState.OPEN


def test_two_questions_to_one_person_are_answered_in_their_order(house: House, interview: Interview) -> None:
    first, second = interview.asked[:2]
    hand(house, interview, first)
    house.later(seconds=5)
    hand(house, interview, second, ask_id="a2")
    one = say(house, CHECKABLE, "1002.000000", by=SAM)
    two = say(house, CHECKABLE, "1003.000000", by=SAM)
    assert [given.item_id for given in (one, two) if given] == [first, second]
    assert current(house, interview).handed == ()


def test_anybody_else_may_answer_it_from_its_line(house: House, interview: Interview) -> None:
    first = interview.asked[0]
    ask = hand(house, interview, first)
    house.do(interviews.change_answer, MAYA, interview.pilot_id, first, IN_PLACE)
    assert state(house, ask) is AskState.ANSWERED
    assert current(house, interview).handed == ()
    assert f"<@{MAYA}>" in line(house, interview, first)


def test_its_old_buttons_say_that_somebody_else_was_asked(house: House, interview: Interview) -> None:
    first = interview.asked[0]
    hand(house, interview, first)
    with pytest.raises(errors.QuestionHanded):
        house.do(interviews.answer_by_button, MAYA, interview.id, first, Status.NOT_YET)


def test_an_interview_ends_while_it_waits_and_the_answer_still_comes(
    house: House, interview: Interview
) -> None:
    first = interview.asked[0]
    ask = hand(house, interview, first)
    answer_all(house, interview)
    assert current(house, interview).state is InterviewState.DONE
    assert f"asked <@{SAM}>" in house.words(shown.root_key(interview.id))
    assert "Skipped" not in house.words(shown.root_key(interview.id))
    house.do(handing.answer_handed, SAM, ask, IN_PLACE)
    assert "✅" in line(house, interview, first)
    assert current(house, interview).handed == ()
    assert "⏳" not in house.words(shown.root_key(interview.id))


def test_the_last_question_that_is_handed_over_ends_the_interview(house: House, interview: Interview) -> None:
    for item_id in interview.asked[:-1]:
        house.do(interviews.answer_by_button, MAYA, interview.id, item_id, Status.NOT_YET)
    hand(house, interview, interview.asked[-1])
    assert current(house, interview).state is InterviewState.DONE
    assert house.message(shown.summary_key(interview.id))


def test_a_question_that_is_taken_back_is_asked_after_the_open_one(
    house: House, interview: Interview
) -> None:
    first, second, third = interview.asked[:3]
    ask = hand(house, interview, first)
    house.deliver(shown.question_key(interview.id, first), "1001.000000")
    house.deliver(shown.question_key(interview.id, second), "1002.000000")
    assert house.do(handing.take_back, MAYA, ask)
    assert state(house, ask) is AskState.WITHDRAWN
    now = current(house, interview)
    assert (now.open_item_id, now.handed, now.passed) == (second, (), ())
    assert "comes again further down" in line(house, interview, first)
    say(house, CHECKABLE, "1003.000000")
    assert current(house, interview).open_item_id == first
    assert "Does live data" in house.words(shown.follow_up_key(interview.id, first))
    at_once = {m.key for m in house.touched if m.not_before is None and m.key.startswith("interview")}
    assert at_once == {
        shown.question_key(interview.id, second),
        shown.follow_up_key(interview.id, first),
    }
    house.deliver(shown.follow_up_key(interview.id, first), "1004.000000")
    say(house, CHECKABLE, "1005.000000")
    assert current(house, interview).open_item_id == third
    assert not house.do(handing.take_back, MAYA, ask)


def test_taken_back_after_the_end_it_can_still_be_answered(house: House, interview: Interview) -> None:
    first = interview.asked[0]
    ask = hand(house, interview, first)
    answer_all(house, interview)
    assert house.do(handing.take_back, MAYA, ask)
    assert "not answered" in line(house, interview, first)
    assert current(house, interview).state is InterviewState.DONE


def test_back_passes_over_what_somebody_else_was_asked(house: House, interview: Interview) -> None:
    first, second, third = interview.asked[:3]
    house.do(interviews.answer_by_button, MAYA, interview.id, first, Status.NOT_YET)
    hand(house, interview, second)
    house.do(interviews.back, MAYA, interview.id, third)
    assert current(house, interview).open_item_id == first
    house.do(interviews.still_true, MAYA, interview.id, first)
    assert current(house, interview).open_item_id == third


def test_a_vague_answer_that_was_handed_on_stays_until_a_better_one_comes(
    house: House, interview: Interview
) -> None:
    first = question_shown(house, interview, "1001.000000")
    given = say(house, "the team", "1002.000000")
    assert isinstance(given, Answer)
    ask = hand(house, interview, first)
    now = current(house, interview)
    assert (now.followed_up, now.handed) == (False, (first,))
    house.do(handing.answer_handed, SAM, ask, IN_PLACE)
    assert answers(house, interview)[first].detail == IN_PLACE.detail
    assert "✅" in house.words(shown.follow_up_key(interview.id, first))


def test_the_root_card_counts_whom_it_does_not_name(house: House, interview: Interview) -> None:
    for number, item_id in enumerate(interview.asked):
        hand(house, interview, item_id, ask_id=f"a{number}")
    assert "and 1 more" in house.words(shown.root_key(interview.id))


def test_who_answered_what_they_were_asked_is_no_part_of_the_rest_of_the_conversation(
    house: House, interview: Interview
) -> None:
    first, second = interview.asked[:2]
    ask = hand(house, interview, first)
    question_shown(house, interview, "1003.000000")
    assert say(house, CHECKABLE, "1004.000000", by=SAM)
    assert state(house, ask) is AskState.ANSWERED
    assert say(house, "I think we have 4.5 stars in the shop", "1005.000000", by=SAM) is None
    assert current(house, interview).open_item_id == second
