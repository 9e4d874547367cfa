"""The conversation, turn by turn, without Slack."""

import pytest

from bot.domain.answers import Answer, Reading, Status
from bot.domain.conversations import Interview, InterviewState
from bot.domain.interview import NothingToAsk
from bot.domain.pilots import Pilot
from bot.interview import errors, shown, workflow as interviews
from bot.pilots import workflow as pilots
from bot.slack.payloads import SharedFile, ThreadMessage

from .conftest import GUEST, JONAS, MAYA, PILOTS, SAM, WORKSPACE, House, registration

CHECKABLE = "Yes, live since March: https://grafana.northwind.example/d/42 alerts Payments Operations within 5 minutes"


@pytest.fixture
def interview(house: House, pilot: Pilot) -> Interview:
    started = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(started.id), "1000.000000")
    return started


def current(house: House, interview: Interview) -> Interview:
    found = house.store.read_sync(lambda tx: tx.interviews.get(WORKSPACE, interview.id))
    assert found
    return found


def answers(house: House, interview: Interview) -> dict[str, Answer]:
    return house.store.read_sync(lambda tx: tx.answers.current(interview.pilot_id))


def say(
    house: House,
    text: str,
    ts: str,
    by: str = MAYA,
    edited_at: str | None = None,
    files: tuple[SharedFile, ...] = (),
) -> Answer | None:
    """Say something in the thread, or edit what was said."""
    said = ThreadMessage(
        workspace_id=WORKSPACE,
        user_id=by,
        delivery=f"message:{PILOTS}:{ts}:{edited_at}",
        channel_id=PILOTS,
        channel_type="channel",
        ts=ts,
        thread_ts="1000.000000",
        text=text,
        edited_at=edited_at,
        files=files,
    )
    return house.do(interviews.revise_in_thread if edited_at else interviews.answer_in_thread, by, said)


def question_shown(house: House, interview: Interview, ts: str) -> str:
    item_id = current(house, interview).open_item_id
    assert item_id
    house.deliver(shown.question_key(interview.id, item_id), ts)
    return item_id


def answer_all(house: House, interview: Interview, status: Status = Status.NOT_YET) -> None:
    while item_id := current(house, interview).open_item_id:
        house.do(interviews.answer_by_button, MAYA, interview.id, item_id, status)


def test_starting_shows_a_root_card_and_the_first_question_only(house: House, interview: Interview) -> None:
    assert "0 of 7" in house.words(shown.root_key(interview.id))
    assert len(interview.asked) == 7
    assert house.message(shown.question_key(interview.id, interview.asked[0]))
    assert house.message(shown.question_key(interview.id, interview.asked[1])) is None


def test_a_second_start_points_to_the_thread(house: House, interview: Interview) -> None:
    with pytest.raises(errors.AlreadyOpen, match=r"/archives/C0PILOTS/p1000000000"):
        house.do(interviews.start, JONAS, interview.pilot_id)


def test_a_checkable_answer_settles_and_the_next_question_follows(house: House, interview: Interview) -> None:
    first = question_shown(house, interview, "1001.000000")
    answer = say(house, CHECKABLE, "1002.000000")
    assert answer
    assert answer.status is Status.IN_PLACE
    assert answer.evidence == ("https://grafana.northwind.example/d/42",)
    assert current(house, interview).passed == (first,)
    line = house.words(shown.question_key(interview.id, first))
    assert "✅" in line
    assert "live since March" in line
    assert house.message(shown.question_key(interview.id, interview.asked[1]))


def test_one_turn_states_two_messages_for_now_and_lets_the_cards_wait(
    house: House, interview: Interview
) -> None:
    first = question_shown(house, interview, "1001.000000")
    house.do(interviews.answer_by_button, MAYA, interview.id, first, Status.NOT_YET)
    at_once = [message for message in house.touched if message.not_before is None]
    assert len(at_once) == 2
    assert {m.key for m in house.touched} - {m.key for m in at_once} <= {
        shown.root_key(interview.id),
        pilots.card_key(interview.pilot_id),
    }


@pytest.mark.parametrize("vague", ["soon", "the team", "We will monitor it"])
def test_a_vague_answer_is_asked_about_once_more_and_the_second_reply_is_accepted(
    house: House, interview: Interview, vague: str
) -> None:
    first = question_shown(house, interview, "1001.000000")
    say(house, vague, "1002.000000")
    assert current(house, interview).followed_up
    assert current(house, interview).open_item_id == first
    follow_up = shown.follow_up_key(interview.id, first)
    assert vague in house.words(follow_up)
    house.deliver(follow_up, "1003.000000")
    second = say(house, "no idea really", "1004.000000")
    assert second
    assert current(house, interview).passed == (first,)
    assert not current(house, interview).followed_up
    history = house.store.read_sync(lambda tx: tx.answers.history(interview.pilot_id, first))
    assert history[0].detail == vague


def test_an_answer_may_be_left_as_it_is(house: House, interview: Interview) -> None:
    first = question_shown(house, interview, "1001.000000")
    say(house, "the team", "1002.000000")
    house.do(interviews.leave_as_it_is, MAYA, interview.id, first)
    assert current(house, interview).passed == (first,)
    assert answers(house, interview)[first].concern is not None
    with pytest.raises(errors.QuestionSettled):
        house.do(interviews.leave_as_it_is, MAYA, interview.id, first)


def test_in_place_by_a_button_asks_what_shows_it_in_the_same_message(
    house: House, interview: Interview
) -> None:
    first = question_shown(house, interview, "1001.000000")
    house.do(interviews.answer_by_button, MAYA, interview.id, first, Status.IN_PLACE)
    assert current(house, interview).open_item_id == first
    assert house.message(shown.follow_up_key(interview.id, first)) is None
    say(house, "https://wiki.northwind.example/integration", "1005.000000")
    answer = answers(house, interview)[first]
    assert answer.status is Status.IN_PLACE
    assert answer.evidence == ("https://wiki.northwind.example/integration",)
    assert answer.checkable


def test_does_not_apply_needs_a_reason(house: House, interview: Interview) -> None:
    first = question_shown(house, interview, "1001.000000")
    with pytest.raises(errors.ReasonForNotApplicable):
        house.do(interviews.answer_with_reason, MAYA, interview.id, first, " ")
    with pytest.raises(errors.ReasonForNotApplicable):
        house.do(interviews.answer_with_reason, MAYA, interview.id, first, "no")
    house.do(interviews.answer_with_reason, MAYA, interview.id, first, "It is a batch job without users.")
    assert answers(house, interview)[first].status is Status.NOT_APPLICABLE


def test_the_same_message_delivered_again_changes_nothing(house: House, interview: Interview) -> None:
    question_shown(house, interview, "1001.000000")
    say(house, CHECKABLE, "1002.000000")
    before = current(house, interview)
    assert say(house, CHECKABLE, "1002.000000") is None
    assert current(house, interview) == before


def test_a_second_line_written_before_the_next_question_came_adds_to_the_first_answer(
    house: House, interview: Interview
) -> None:
    first = question_shown(house, interview, "1001.000000")
    say(house, "Yes, orders flow in from the queue every minute since 3 March", "1002.000000")
    say(house, "https://wiki.northwind.example/flow", "1003.000000")
    assert current(house, interview).passed == (first,)
    assert answers(house, interview)[first].evidence == ("https://wiki.northwind.example/flow",)


def test_chatter_guests_and_bystanders_are_not_taken_for_answers(house: House, interview: Interview) -> None:
    question_shown(house, interview, "1001.000000")
    assert say(house, "thanks!", "1002.000000") is None
    assert say(house, CHECKABLE, "1003.000000", by=SAM) is None
    assert say(house, CHECKABLE, "1004.000000", by=GUEST) is None
    assert current(house, interview).passed == ()
    assert say(house, f"<@U0BOT> {CHECKABLE}", "1005.000000", by=SAM)


def test_a_thread_without_an_interview_is_left_alone(house: House) -> None:
    assert say(house, CHECKABLE, "1002.000000") is None


def test_old_clicks_say_that_they_changed_nothing(house: House, interview: Interview) -> None:
    first = question_shown(house, interview, "1001.000000")
    house.do(interviews.answer_by_button, MAYA, interview.id, first, Status.NOT_YET)
    with pytest.raises(errors.QuestionSettled):
        house.do(interviews.answer_by_button, JONAS, interview.id, first, Status.PARTLY)
    with pytest.raises(errors.QuestionGone):
        house.do(interviews.answer_by_button, MAYA, "forged", first, Status.PARTLY)
    with pytest.raises(errors.QuestionGone):
        house.do(interviews.answer_by_button, MAYA, interview.id, "forged", Status.PARTLY)
    with pytest.raises(errors.MayNotAnswer):
        house.do(interviews.answer_by_button, GUEST, interview.id, interview.asked[1], Status.PARTLY)


def test_the_last_answer_brings_the_summary_into_the_channel(house: House, interview: Interview) -> None:
    answer_all(house, interview)
    assert current(house, interview).state is InterviewState.DONE
    summary = house.message(shown.summary_key(interview.id))
    assert summary
    assert summary.under is None
    assert "still a pilot, not a production system" in house.words(summary.key)
    assert "7 of 7" in house.words(shown.root_key(interview.id))


def test_a_new_interview_asks_only_what_is_not_settled(house: House, interview: Interview) -> None:
    first = question_shown(house, interview, "1001.000000")
    say(house, CHECKABLE, "1002.000000")
    answer_all(house, interview)
    again = house.do(interviews.start, MAYA, interview.pilot_id)
    assert first not in again.asked
    assert len(again.asked) == 6


def test_when_everything_is_settled_there_is_nothing_to_ask(house: House, interview: Interview) -> None:
    for item_id in interview.asked:
        reading = Reading(status=Status.IN_PLACE, detail="Done on 3 March", evidence=("https://a.example",))
        house.do(interviews.change_answer, MAYA, interview.pilot_id, item_id, reading)
    assert current(house, interview).state is InterviewState.DONE
    with pytest.raises(NothingToAsk):
        house.do(interviews.start, MAYA, interview.pilot_id)


def test_pausing_stopping_and_going_on(house: House, interview: Interview) -> None:
    first = question_shown(house, interview, "1001.000000")
    house.do(interviews.pause, MAYA, interview.id)
    assert current(house, interview).state is InterviewState.PAUSED
    assert house.do(interviews.start, MAYA, interview.pilot_id).id == interview.id
    house.do(interviews.pause, MAYA, interview.id)
    say(house, CHECKABLE, "1002.000000")
    assert current(house, interview).state is InterviewState.OPEN
    assert current(house, interview).passed == (first,)
    house.do(interviews.stop, MAYA, interview.id)
    assert current(house, interview).state is InterviewState.STOPPED
    assert house.message(shown.summary_key(interview.id))


def test_a_changed_answer_updates_its_line_and_the_summary_and_keeps_the_old_one(
    house: House, interview: Interview
) -> None:
    answer_all(house, interview)
    item_id = interview.asked[0]
    reading = Reading(
        status=Status.IN_PLACE, detail="Orders flow in every minute", evidence=("https://a.example/x",)
    )
    house.do(interviews.change_answer, JONAS, interview.pilot_id, item_id, reading)
    assert "Orders flow in every minute" in house.words(shown.question_key(interview.id, item_id))
    assert "In place, self-stated:* Integration" in house.words(shown.summary_key(interview.id))
    history = house.store.read_sync(lambda tx: tx.answers.history(interview.pilot_id, item_id))
    assert [a.status for a in history] == [Status.NOT_YET, Status.IN_PLACE]
    assert [a.answered_by for a in history] == [MAYA, JONAS]


def test_an_answer_of_forty_thousand_characters_is_kept_whole_and_shown_short(
    house: House, interview: Interview
) -> None:
    first = question_shown(house, interview, "1001.000000")
    long = "Orders flow in from the queue. " * 1_300
    say(house, long, "1002.000000")
    assert len(answers(house, interview)[first].detail) > 40_000
    assert len(house.words(shown.question_key(interview.id, first))) < 3_000


def test_interviews_of_one_pilot_do_not_hear_the_thread_of_another(
    house: House, interview: Interview
) -> None:
    other = house.do(pilots.register, MAYA, registration(name="Invoice matching"))
    second = house.do(interviews.start, MAYA, other.id)
    house.deliver(shown.root_key(second.id), "2000.000000")
    question_shown(house, interview, "1001.000000")
    say(house, CHECKABLE, "1002.000000")
    assert answers(house, second) == {}


def test_editing_a_second_reply_keeps_what_the_first_one_said(house: House, interview: Interview) -> None:
    first = question_shown(house, interview, "1001.000000")
    say(house, "We will do it soon", "1002.000000")
    house.deliver(shown.follow_up_key(interview.id, first), "1003.000000")
    say(house, "Jonas by 12 December 2026", "1004.000000")
    before = answers(house, interview)[first]
    say(house, "Jonas, by 12 December 2026", "1004.000000", edited_at="1005.000000")
    after = answers(house, interview)[first]
    assert after.status is before.status is Status.NOT_YET
    assert "Jonas, by 12" in after.detail


def test_an_edit_that_overtakes_its_message_is_the_answer(house: House, interview: Interview) -> None:
    first = question_shown(house, interview, "1001.000000")
    say(house, "Not yet, the orders are typed in by hand", "1002.000000", edited_at="1003.000000")
    assert say(house, CHECKABLE, "1002.000000") is None
    assert answers(house, interview)[first].status is Status.NOT_YET


def test_a_second_line_to_the_last_question_reaches_the_summary(house: House, interview: Interview) -> None:
    for item_id in interview.asked[:-1]:
        house.do(interviews.answer_by_button, MAYA, interview.id, item_id, Status.NOT_YET)
    question_shown(house, interview, "1001.000000")
    say(house, "Yes, tried on 3 March 2026", "1002.000000")
    assert "no evidence attached yet" in house.words(shown.summary_key(interview.id))
    say(house, "https://wiki.northwind.example/second-line", "1003.000000")
    assert "no evidence attached yet" not in house.words(shown.summary_key(interview.id))


def test_a_change_while_paused_asks_nothing_until_somebody_resumes(
    house: House, interview: Interview
) -> None:
    first, second = interview.asked[:2]
    house.do(interviews.pause, MAYA, interview.id)
    reading = Reading(status=Status.NOT_YET, detail="Typed in by hand")
    house.do(interviews.change_answer, MAYA, interview.pilot_id, first, reading)
    assert house.message(shown.question_key(interview.id, second)) is None
    house.do(interviews.resume, MAYA, interview.id)
    assert house.message(shown.question_key(interview.id, second))


def test_a_vague_answer_counts_as_a_sign_of_life(house: House, interview: Interview) -> None:
    question_shown(house, interview, "1001.000000")
    house.later(days=5)
    say(house, "the team", "1002.000000")
    assert house.pilot(interview.pilot_id).last_change_at == house.now


def test_to_skip_is_not_to_take_back(house: House, interview: Interview) -> None:
    first, second = interview.asked[:2]
    half = Reading(status=Status.PARTLY, detail="Half of it", evidence=("https://a.example/half",))
    house.do(interviews.change_answer, MAYA, interview.pilot_id, first, half)
    for item_id in interview.asked[1:]:
        house.do(interviews.answer_by_button, MAYA, interview.id, item_id, Status.NOT_YET)
    again = house.do(interviews.start, MAYA, interview.pilot_id)
    house.deliver(shown.root_key(again.id), "3000.000000")
    house.do(interviews.answer_by_button, MAYA, again.id, first, Status.SKIPPED)
    assert answers(house, again)[first].detail == "Half of it"
    assert "Half of it" in house.words(shown.question_key(again.id, first))
    assert current(house, again).open_item_id == second


def test_what_was_answered_by_the_way_is_not_asked_again(house: House, interview: Interview) -> None:
    first, second, third = interview.asked[:3]
    reading = Reading(status=Status.NOT_YET, detail="Typed in by hand")
    house.later(minutes=1)
    house.do(interviews.change_answer, MAYA, interview.pilot_id, second, reading)
    house.do(interviews.answer_by_button, MAYA, interview.id, first, Status.NOT_YET)
    assert current(house, interview).open_item_id == third
