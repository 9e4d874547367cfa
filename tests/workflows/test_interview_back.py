"""Going back, skipping, asking why: nobody is held up, and nothing that was said is lost."""

import pytest

from bot.domain.answers import Reading, Status
from bot.domain.conversations import Interview
from bot.domain.framework import StallCause
from bot.domain.pilots import Pilot
from bot.interview import errors, question, shown, workflow as interviews

from .books import STALLS, asks_only, item
from .conftest import GUEST, JONAS, MAYA, House, words_of
from .test_interview import CHECKABLE, answers, current, interview, question_shown, say

__all__ = ["interview"]  # a fixture


def line(house: House, interview: Interview, item_id: str) -> str:
    return house.words(shown.question_key(interview.id, item_id))


def answered(house: House, interview: Interview, count: int) -> tuple[str, ...]:
    """Answer the first questions in words; return the ids asked so far, the open one last."""
    for number in range(count):
        question_shown(house, interview, f"{1001 + 2 * number}.000000")
        say(house, f"{CHECKABLE} number {number}", f"{1002 + 2 * number}.000000")
    question_shown(house, interview, f"{1001 + 2 * count}.000000")
    return interview.asked[: count + 1]


def test_back_asks_the_question_before_again_with_what_was_answered(
    house: House, interview: Interview
) -> None:
    first, second = answered(house, interview, 1)
    house.do(interviews.back, MAYA, interview.id, second)
    now = current(house, interview)
    assert now.open_item_id == first
    assert now.passed == ()
    assert "Does live data flow in" in line(house, interview, first)
    assert "number 0" in line(house, interview, first)
    assert "comes again further down" in line(house, interview, second)
    assert len(house.touched) <= 3
    assert len([m for m in house.touched if m.not_before is None]) == 2


def test_after_the_new_answer_the_question_that_waited_is_asked_again_where_it_stood(
    house: House, interview: Interview
) -> None:
    first, second = answered(house, interview, 1)
    house.do(interviews.back, MAYA, interview.id, second)
    say(house, "Not yet, the orders are typed in by hand", "1010.000000")
    assert answers(house, interview)[first].status is Status.NOT_YET
    assert current(house, interview).open_item_id == second
    assert "Who is told" in line(house, interview, second)
    assert house.message(shown.follow_up_key(interview.id, second)) is None
    say(house, CHECKABLE, "1011.000000")
    assert current(house, interview).passed == (first, second)


def test_two_steps_back_ask_only_what_has_no_answer(house: House, interview: Interview) -> None:
    first, second, third = answered(house, interview, 2)
    house.do(interviews.back, MAYA, interview.id, third)
    house.do(interviews.back, MAYA, interview.id, second)
    assert current(house, interview).open_item_id == first
    house.do(interviews.still_true, MAYA, interview.id, first)
    now = current(house, interview)
    assert now.open_item_id == third, "the second was answered and is not asked again"
    assert "number 1" in line(house, interview, second)
    assert "What happens to the customer" in line(house, interview, third)


def test_a_skipped_question_is_reached_by_going_back(house: House, interview: Interview) -> None:
    first, second = interview.asked[:2]
    house.do(interviews.skip, MAYA, interview.id, first)
    house.do(interviews.back, MAYA, interview.id, second)
    assert current(house, interview).open_item_id == first
    house.do(interviews.answer_by_button, MAYA, interview.id, first, Status.NOT_YET)
    assert answers(house, interview)[first].status is Status.NOT_YET
    assert current(house, interview).open_item_id == second


def test_there_is_nothing_before_the_first_question(house: House, interview: Interview) -> None:
    with pytest.raises(errors.NothingBefore):
        house.do(interviews.back, MAYA, interview.id, interview.asked[0])


def test_an_old_back_changes_nothing(house: House, interview: Interview) -> None:
    first, second = answered(house, interview, 1)
    with pytest.raises(errors.QuestionSettled):
        house.do(interviews.back, JONAS, interview.id, first)
    with pytest.raises(errors.MayNotAnswer):
        house.do(interviews.back, GUEST, interview.id, second)
    house.do(interviews.back, MAYA, interview.id, second)
    with pytest.raises(errors.QuestionWaits):
        house.do(interviews.back, JONAS, interview.id, second)


def test_back_from_a_follow_up_keeps_the_answer_on_its_line(house: House, interview: Interview) -> None:
    first, second = answered(house, interview, 1)
    say(house, "the team", "1004.000000")
    assert current(house, interview).followed_up
    house.deliver(shown.follow_up_key(interview.id, second), "1005.000000")
    house.do(interviews.back, MAYA, interview.id, second)
    assert not current(house, interview).followed_up
    assert "the team" in house.words(shown.follow_up_key(interview.id, second))
    house.do(interviews.still_true, MAYA, interview.id, first)
    assert second in current(house, interview).passed, "it has an answer, and one follow-up is enough"


def test_going_back_earns_no_second_follow_up(house: House, interview: Interview) -> None:
    first = question_shown(house, interview, "1001.000000")
    say(house, "the team", "1002.000000")
    house.deliver(shown.follow_up_key(interview.id, first), "1003.000000")
    house.do(interviews.leave_as_it_is, MAYA, interview.id, first)
    second = question_shown(house, interview, "1004.000000")
    house.do(interviews.back, MAYA, interview.id, second)
    say(house, "somebody", "1005.000000")
    now = current(house, interview)
    assert (now.open_item_id, now.followed_up) == (second, False)


def test_a_follow_up_can_be_skipped_and_the_answer_stays(house: House, interview: Interview) -> None:
    first = question_shown(house, interview, "1001.000000")
    say(house, "the team", "1002.000000")
    house.do(interviews.skip, MAYA, interview.id, first)
    assert answers(house, interview)[first].detail == "the team"
    assert current(house, interview).passed == (first,)


def test_a_skipped_question_has_a_way_to_answer_it_later(house: House, interview: Interview) -> None:
    first = interview.asked[0]
    house.do(interviews.skip, MAYA, interview.id, first)
    message = house.message(shown.question_key(interview.id, first))
    assert message
    button = message.body["blocks"][0]["accessory"]
    assert (button["action_id"], button["value"]) == ("answers.write", f"{interview.pilot_id}:{first}")
    reading = Reading(status=Status.IN_PLACE, detail="Since March", evidence=("https://a.example",))
    house.do(interviews.change_answer, JONAS, interview.pilot_id, first, reading)
    assert "✅" in line(house, interview, first)


def test_why_tells_what_it_prevents_and_what_good_and_weak_answers_are(house: House, pilot: Pilot) -> None:
    asks_only(house, item("ownership", guards_against=("no-owner",), weak="The team looks after it."))
    interview = house.do(interviews.start, MAYA, pilot.id)
    asked, book = house.do(interviews.why, JONAS, interview.id, "ownership")
    view = question.why_view(house.library, book, asked)
    words = str(view)
    for said in (
        "It matters.",
        "Tried on 3 March",
        "The team looks after it.",
        "No production owner",
        "90 days",
    ):
        assert said in words
    assert house.do(interviews.why, JONAS, "forged", "ownership")[0] == asked
    with pytest.raises(errors.ItemGone):
        house.do(interviews.why, JONAS, interview.id, "forged")


def test_causes_stand_in_lower_case_inside_their_sentence(house: House, pilot: Pilot) -> None:
    asked = item("owner", guards_against=("no-owner", "no-end"))
    stalls = (*STALLS, StallCause(id="no-end", title="A trial without an end", next="Name a day."))
    asks_only(house, asked)
    book = house.library.playbook
    framework = book.framework.model_copy(update={"stalls": stalls})
    view = question.why_view(house.library, book.model_copy(update={"framework": framework}), asked)
    assert "No production owner and a trial without an end" in words_of(view)


@pytest.mark.parametrize("said", ["https://wiki.example/soon", "soon, see https://wiki.example/soon"])
def test_a_link_at_the_end_of_quoted_words_does_not_take_the_quotation_mark_with_it(
    house: House, pilot: Pilot, said: str
) -> None:
    asked = item("owner")
    asks_only(house, asked)
    started = house.do(interviews.start, MAYA, pilot.id)
    answer = house.do(
        interviews.change_answer, MAYA, pilot.id, "owner", Reading(status=Status.PARTLY, detail=said)
    )
    body = question.follow_up_message(
        house.library, started, asked, answer, "Who does it?", asks_for_plan=False
    )
    assert "<https://wiki.example/soon|wiki.example/soon>”" in words_of(body)
