"""What comes at once, twice or in another order than it was done: nothing is lost, and nothing counts for something else."""

import pytest

from bot.answers import deleting, shortcuts, workflow as forms
from bot.answers.filled import Filled
from bot.answers.names import About, Shortcut
from bot.answers.picked import Picked
from bot.asking import workflow as asking
from bot.domain.answers import Answer, Reading, Status
from bot.domain.conversations import Interview, Scope
from bot.domain.errors import AlreadySeen
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind
from bot.interview import errors, shown, workflow as interviews
from bot.slack.events import MessageRemoved
from bot.slack.payloads import ThreadMessage

from . import test_asking as asked_elsewhere
from .books import asks_only, of_kind
from .conftest import GONE, JONAS, MAYA, PILOTS, PRIYA, SAM, WORKSPACE, House
from .test_interview import CHECKABLE, answers, current, interview, question_shown, say
from .test_interview_back import answered
from .test_interview_handed import hand, line, state

__all__ = ["interview"]  # a fixture

ELSEWHERE, TS = "C0ELSEWHERE", "1766000000.000100"
SURE = Reading(status=Status.IN_PLACE, detail="Tried on 3 March", evidence=("https://wiki.example/tried",))


def pick(house: House, pilot: Pilot, item_id: str, by: str = MAYA) -> Answer:
    picked = Picked(ELSEWHERE, TS, None, PRIYA, CHECKABLE, ())
    return house.do(shortcuts.use, by, Shortcut.ANSWER, picked, About(pilot.id, item_id), "item").answer


def edit_picked(house: House, text: str, edited_at: str = "1766000100.000000") -> Answer | None:
    said = ThreadMessage(
        workspace_id=WORKSPACE, user_id=PRIYA, delivery=f"edit:{edited_at}", channel_id=ELSEWHERE,
        channel_type="channel", ts=TS, thread_ts=None, text=text, edited_at=edited_at,
    )  # fmt: skip
    return house.do(interviews.revise_in_thread, PRIYA, said)


def history(house: House, pilot_id: str, item_id: str) -> list[Answer]:
    return house.store.read_sync(lambda tx: tx.answers.history(pilot_id, item_id))


def test_still_true_on_an_old_screen_does_not_confirm_what_is_asked_about_once_more(
    house: House, interview: Interview
) -> None:
    first = question_shown(house, interview, "1001.000000")
    say(house, "soon", "1002.000000")
    assert current(house, interview).followed_up
    with pytest.raises(errors.AskedOnceMore):
        house.do(interviews.still_true, JONAS, interview.id, first)
    assert len(history(house, interview.pilot_id, first)) == 1


def test_handing_over_another_question_leaves_the_one_that_is_open_again(
    house: House, interview: Interview
) -> None:
    first, second, third = answered(house, interview, 2)
    house.do(interviews.back, MAYA, interview.id, third)
    assert current(house, interview).open_item_id == second
    hand(house, interview, interview.asked[4])
    assert current(house, interview).open_item_id == second
    assert first in current(house, interview).passed


def test_a_second_line_belongs_to_what_was_asked_last_and_not_to_what_a_form_had_answered(
    house: House, interview: Interview
) -> None:
    first, second, third = interview.asked[:3]
    question_shown(house, interview, "1001.000000")
    house.do(interviews.change_answer, JONAS, interview.pilot_id, second, SURE)
    say(house, CHECKABLE, "1002.000000")
    assert current(house, interview).open_item_id == third
    house.deliver(shown.question_key(interview.id, third), "1004.000000")
    added = say(house, "and the rota is in the wiki since 5 May", "1003.000000")
    assert added
    assert added.item_id == first
    assert answers(house, interview)[second].detail == SURE.detail


def test_words_for_a_question_that_was_just_handed_over_answer_that_one(
    house: House, interview: Interview
) -> None:
    first, second = interview.asked[:2]
    question_shown(house, interview, "1001.000000")
    ask = hand(house, interview, first)
    house.deliver(shown.question_key(interview.id, second), "1004.000000")
    given = say(house, CHECKABLE, "1003.000000")
    assert given
    assert given.item_id == first
    assert state(house, ask).value == "answered"
    assert current(house, interview).open_item_id == second


@pytest.mark.parametrize("who", [GONE, "U0ROBOT", "U0FORGED"])
def test_who_cannot_act_cannot_be_picked(house: House, pilot: Pilot, who: str) -> None:
    robot = Person(workspace_id=WORKSPACE, user_id="U0ROBOT", name="Robot", bot=True)
    house.store.write_sync(lambda tx: tx.people.remember(robot))
    asked = of_kind(AnswerKind.PERSON)
    asks_only(house, asked)
    started = house.do(interviews.start, MAYA, pilot.id)
    with pytest.raises(errors.PersonCannotAct):
        house.do(interviews.pick, MAYA, started.id, asked.id, who)
    assert current(house, started).open_item_id == asked.id


def test_an_edit_of_a_picked_message_edits_every_answer_that_it_gave(house: House, pilot: Pilot) -> None:
    for item_id in ("integration", "rollback"):
        pick(house, pilot, item_id)
    edit_picked(house, "Yes, live since 4 April, see https://wiki.northwind.example/new")
    current = house.store.read_sync(lambda tx: tx.answers.current(pilot.id))
    for item_id in ("integration", "rollback"):
        assert "4 April" in current[item_id].detail
        assert "https://wiki.northwind.example/new" in current[item_id].evidence


def test_an_edited_message_still_says_who_said_it_and_where(house: House, pilot: Pilot) -> None:
    pick(house, pilot, "integration")
    edited = edit_picked(house, "Yes, live since 4 April, see https://wiki.northwind.example/new")
    assert edited
    assert "said by Priya" in edited.detail
    assert f"https://northwind.example/archives/{ELSEWHERE}/p1766000000000100" in edited.evidence


def test_an_edit_that_changes_no_word_adds_nothing_to_the_history(house: House, pilot: Pilot) -> None:
    pick(house, pilot, "integration")
    assert edit_picked(house, CHECKABLE) is None
    assert len(history(house, pilot.id, "integration")) == 1


def removed() -> MessageRemoved:
    return MessageRemoved(
        workspace_id=WORKSPACE, user_id=PRIYA, delivery="removed", channel_id=ELSEWHERE, ts=TS, thread_ts=None
    )


@pytest.mark.parametrize("with_interview", [False, True])
def test_a_question_about_a_deleted_message_goes_when_the_answer_is_changed(
    house: House, pilot: Pilot, *, with_interview: bool
) -> None:
    pick(house, pilot, "integration")
    started = None
    if with_interview:
        started = house.do(interviews.start, MAYA, pilot.id, Scope.ONE, "rollback")
        house.do(interviews.stop, MAYA, started.id)
    house.do(deleting.ask_about, PRIYA, removed())
    key = (
        shown.question_key(started.id, "integration") if started else f"answer:{pilot.id}:integration:deleted"
    )
    assert "Keep the answer?" in house.words(key)
    filled = Filled(
        status="partly", typed="", chosen=(), unit="", words="Half of it", links="", who=None, by=None
    )
    house.do(forms.write, MAYA, About(pilot.id, "integration"), filled)
    assert "Keep the answer?" not in house.words(key)


def test_what_a_form_answers_before_it_is_asked_has_its_line_in_the_thread(
    house: House, interview: Interview
) -> None:
    second = interview.asked[1]
    house.do(interviews.change_answer, JONAS, interview.pilot_id, second, SURE)
    assert "✅" in line(house, interview, second)
    assert answers(house, interview)[second].interview_id == interview.id


def test_words_that_overtake_their_own_edit_are_taken_once(house: House, interview: Interview) -> None:
    asked = asked_elsewhere.ask(house, interview, SAM)
    asked_elsewhere.say(house, SAM, CHECKABLE, "2001.000000", edited_at="2002.000000")
    asked_elsewhere.say(house, SAM, "Yes", "2001.000000")
    given = asked_elsewhere.answer_to(house, asked)
    assert given
    assert given.revision == 1


def test_an_edited_second_line_keeps_the_first(house: House, interview: Interview) -> None:
    first = question_shown(house, interview, "1001.000000")
    say(house, CHECKABLE, "1002.000000")
    house.deliver(shown.question_key(interview.id, interview.asked[1]), "1004.000000")
    say(house, "and the rota is in the wiki since 5 May", "1003.000000")
    say(house, "and the rota is in the wiki since 6 May", "1003.000000", edited_at="1010.000000")
    detail = answers(house, interview)[first].detail
    assert "live since March" in detail
    assert "6 May" in detail
    assert "5 May" not in detail


def test_a_new_conversation_does_not_ask_what_somebody_is_asked_already(house: House, pilot: Pilot) -> None:
    started = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(started.id), "1000.000000")
    first = started.asked[0]
    ask = asked_elsewhere.ask(house, started, SAM)
    house.do(interviews.stop, MAYA, started.id)
    house.later(minutes=5)
    again = house.do(interviews.start, MAYA, pilot.id)
    now = current(house, again)
    assert first in now.handed
    assert now.open_item_id != first
    assert "asked <@U0SAM>" in house.words(shown.root_key(again.id))
    house.do(asking.take_back, MAYA, ask.id)
    now = current(house, again)
    assert first not in now.handed
    assert now.asked[now.asked.index(now.open_item_id or "") + 1] == first


def test_the_answer_to_an_earlier_conversations_question_ends_the_waiting_of_the_new_one(
    house: House, pilot: Pilot
) -> None:
    started = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(started.id), "1000.000000")
    first = started.asked[0]
    ask = asked_elsewhere.ask(house, started, SAM)
    house.do(interviews.stop, MAYA, started.id)
    house.later(minutes=5)
    again = house.do(interviews.start, MAYA, pilot.id)
    asked_elsewhere.say(house, SAM, CHECKABLE, "2001.000000")
    assert current(house, again).handed == ()
    assert current(house, started).handed == ()
    assert "✅" in line(house, started, first)
    assert asked_elsewhere.now(house, ask).state.value == "answered"


def test_nothing_begins_where_all_that_is_missing_waits_for_others(house: House, pilot: Pilot) -> None:
    only = of_kind(AnswerKind.STATUS)
    asks_only(house, only)
    house.do(asking.ask, MAYA, pilot.id, only.id, "", asking.Chosen(SAM), "")
    with pytest.raises(errors.AllHanded, match="U0SAM"):
        house.do(interviews.start, MAYA, pilot.id)
    one = house.do(interviews.start, MAYA, pilot.id, Scope.ONE, only.id)
    assert current(house, one).open_item_id == only.id, "who wants to answer it is not kept from it"


def test_a_question_about_one_item_renews_the_summary_that_stands(house: House, interview: Interview) -> None:
    house.do(interviews.stop, MAYA, interview.id)
    house.later(minutes=5)
    one = house.do(interviews.start, MAYA, interview.pilot_id, Scope.ONE, interview.asked[0])
    house.deliver(shown.root_key(one.id), "1500.000000")
    given = Reading(status=Status.IN_PLACE, detail="Tried on 3 March", evidence=("https://wiki.example/x",))
    before = house.words(shown.summary_key(interview.id))
    house.do(interviews.change_answer, MAYA, interview.pilot_id, interview.asked[0], given)
    assert current(house, one).open_item_id is None
    assert house.message(shown.summary_key(one.id)) is None
    assert house.words(shown.summary_key(interview.id)) != before
    assert "One of seven is in place" in house.words(shown.summary_key(interview.id))


def test_without_a_summary_a_question_about_one_item_posts_one(house: House, pilot: Pilot) -> None:
    one = house.do(interviews.start, MAYA, pilot.id, Scope.ONE, "integration")
    house.do(interviews.change_answer, MAYA, pilot.id, "integration", SURE)
    assert house.message(shown.summary_key(one.id))


def test_not_me_leaves_a_question_alone_that_was_brought_forward_and_is_open(
    house: House, interview: Interview
) -> None:
    first = interview.asked[0]
    asked = asked_elsewhere.ask(house, interview, SAM)
    house.do(interviews.start, MAYA, interview.pilot_id, Scope.ONE, first)
    assert current(house, interview).open_item_id == first
    question = house.message(shown.question_key(interview.id, first))
    house.do(asking.hand_back, SAM, asked.id, "")
    after = house.message(shown.question_key(interview.id, first))
    assert question
    assert after
    assert after.body == question.body


@pytest.mark.parametrize(
    ("channel_id", "thread_ts"), [(PILOTS, "1000.000000"), ("D0SAM", None), ("D0SAM", "2000.000000")]
)
def test_words_that_arrive_after_they_were_deleted_are_not_heard(
    house: House, interview: Interview, channel_id: str, thread_ts: str | None
) -> None:
    gone = MessageRemoved(
        workspace_id=WORKSPACE, user_id=SAM, delivery="removed", channel_id=channel_id, ts=TS, thread_ts=thread_ts
    )  # fmt: skip
    assert interview.asked
    assert house.do(deleting.concerns_us, SAM, gone)
    house.do(deleting.ask_about, SAM, gone)
    with pytest.raises(AlreadySeen):
        house.store.write_sync(lambda _: None, delivery=(WORKSPACE, gone.still_to_come), now=house.now)


def test_talk_that_is_deleted_elsewhere_is_none_of_ours(house: House, interview: Interview) -> None:
    assert interview.asked
    assert not house.do(deleting.concerns_us, PRIYA, removed())


def test_the_line_that_waits_in_an_earlier_thread_says_what_was_answered_in_a_later_one(
    house: House, interview: Interview
) -> None:
    first = interview.asked[0]
    asked = asked_elsewhere.ask(house, interview, SAM)
    house.do(interviews.stop, MAYA, interview.id)
    house.later(minutes=5)
    house.do(interviews.start, MAYA, interview.pilot_id, Scope.ONE, first)
    assert "waits for" in line(house, interview, first)
    house.do(interviews.change_answer, MAYA, interview.pilot_id, first, SURE)
    assert "✅" in line(house, interview, first)
    assert "answered" in asked_elsewhere.direct(house, asked, SAM)


def test_an_edit_answers_the_question_that_was_opened_again(house: House, interview: Interview) -> None:
    first, second = answered(house, interview, 1)
    house.do(interviews.back, MAYA, interview.id, second)
    say(house, f"{CHECKABLE}, and on the wiki", "1002.000000", edited_at="1010.000000")
    assert current(house, interview).open_item_id == second
    assert "and on the wiki" in answers(house, interview)[first].detail
    assert "✅" in line(house, interview, first)


def test_a_vague_edit_of_a_question_that_was_opened_again_is_asked_about_once(
    house: House, interview: Interview
) -> None:
    first, second = answered(house, interview, 1)
    house.do(interviews.back, MAYA, interview.id, second)
    say(house, "soon", "1002.000000", edited_at="1010.000000")
    assert current(house, interview).followed_up
    say(house, "the team", "1002.000000", edited_at="1011.000000")
    assert current(house, interview).followed_up
    house.do(interviews.leave_as_it_is, MAYA, interview.id, first)
    house.do(interviews.back, MAYA, interview.id, second)
    say(house, "soon", "1002.000000", edited_at="1012.000000")
    assert current(house, interview).open_item_id == second, "the one follow-up was asked before"


def test_a_deleted_message_leaves_the_question_alone_that_is_asked_again(
    house: House, interview: Interview
) -> None:
    first, second = answered(house, interview, 1)
    house.do(interviews.back, MAYA, interview.id, second)
    gone = MessageRemoved(
        workspace_id=WORKSPACE, user_id=MAYA, delivery="gone", channel_id=PILOTS, ts="1002.000000",
        thread_ts="1000.000000",
    )  # fmt: skip
    house.do(deleting.ask_about, MAYA, gone)
    assert "Keep the answer?" not in line(house, interview, first)
    assert "Does live data flow in" in line(house, interview, first)
