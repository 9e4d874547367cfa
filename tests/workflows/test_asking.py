"""Asking somebody else, without Slack: who is told what, whose answer counts, and what every place says afterwards."""

from typing import Any

import pytest

from bot.asking import answering, errors, replying, workflow as asking
from bot.asking.workflow import Chosen
from bot.desk import Desk
from bot.domain.answers import Answer, Reading, Status
from bot.domain.asks import Ask, AskState
from bot.domain.conversations import Interview
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.reviews import Choice
from bot.interview import shown, told, workflow as interviews
from bot.interview.errors import MayNotAnswer
from bot.pilots.errors import PilotRetired
from bot.review import deciding, requesting
from bot.slack.payloads import SharedFile, ThreadMessage
from bot.stages import workflow as stages
from storage.transaction import Tx

from .conftest import BOARD, GONE, GUEST, JONAS, MAYA, PRIYA, SAM, WORKSPACE, House

CHECKABLE = "Yes, live since March: https://grafana.northwind.example/d/42 alerts Payments Operations within 5 minutes"
GROUP = "S0PAYMENTS"
DIRECT = {JONAS: "D0JONAS", PRIYA: "D0PRIYA", SAM: "D0SAM", MAYA: "D0MAYA"}


@pytest.fixture
def interview(house: House, pilot: Pilot) -> Interview:
    started = house.do(interviews.start, MAYA, pilot.id)
    house.deliver(shown.root_key(started.id), "1000.000000")
    return started


def now_held(house: House, interview: Interview) -> Interview:
    found = house.store.read_sync(lambda tx: tx.interviews.get(WORKSPACE, interview.id))
    assert found
    return found


def ask(house: House, interview: Interview, whom: Chosen | str, note: str = "", **who: str) -> Ask:
    """Ask about the open question, and pretend that everybody who was asked has got the message."""
    item_id = who.get("item_id") or now_held(house, interview).open_item_id or ""
    chosen = Chosen(whom) if isinstance(whom, str) else whom
    by = who.get("by", MAYA)
    asked = house.do(asking.ask, by, interview.pilot_id, item_id, interview.id, chosen, note)
    for user_id in asked.people:
        deliver(house, asked, user_id)
    return asked


def deliver(house: House, asked: Ask, user_id: str, ts: str = "2000.000000") -> None:
    """Pretend that Slack shows the direct message."""
    key = told.key(asked.id, user_id)
    message = house.message(key)
    assert message

    def posted(tx: Tx) -> None:
        assert tx.messages.claim(message.id, "test", house.now.replace(year=2027), house.now)
        tx.messages.delivered(message.id, "test", message.version, DIRECT[user_id], ts)
        tx.messages.release(message.id, "test")

    house.store.write_sync(posted, now=house.now)


def say(house: House, by: str, text: str, ts: str, **where: Any) -> None:
    """Write to Preflight, under the question unless it says otherwise; or edit what was written."""
    thread_ts, edited_at = where.get("thread_ts", "2000.000000"), where.get("edited_at")
    said = ThreadMessage(
        workspace_id=WORKSPACE,
        user_id=by,
        delivery=f"message:{DIRECT[by]}:{ts}:{edited_at}",
        channel_id=DIRECT[by],
        channel_type="im",
        ts=ts,
        thread_ts=thread_ts,
        text=text,
        edited_at=edited_at,
        files=where.get("files", ()),
    )
    house.do(answering.revise if edited_at else answering.hear, by, said)


def now(house: House, asked: Ask) -> Ask:
    found = house.store.read_sync(lambda tx: tx.asks.get(WORKSPACE, asked.id))
    assert found
    return found


def answer_to(house: House, asked: Ask) -> Answer | None:
    return house.store.read_sync(lambda tx: tx.answers.current(asked.pilot_id)).get(asked.item_id)


def direct(house: House, asked: Ask, user_id: str) -> str:
    return house.words(told.key(asked.id, user_id))


def line(house: House, asked: Ask) -> str:
    assert asked.interview_id
    return house.words(shown.question_key(asked.interview_id, asked.item_id))


def replies(house: House, user_id: str) -> list[str]:
    slot = int(house.now.timestamp() // replying.ONE_IN.total_seconds())
    keys = [f"reply:{user_id}:{n}" for n in (slot - 1, slot)]
    return [house.words(key) for key in keys if house.message(key)]


def test_a_question_that_is_handed_over_arrives_whole_and_the_interview_goes_on(
    house: House, interview: Interview
) -> None:
    first, second = interview.asked[:2]
    item = house.library.playbook.item(first)
    assert item
    asked = ask(house, interview, JONAS, "You set this up in spring.")
    assert asked.people == (JONAS,)
    said = direct(house, asked, JONAS)
    for part in ("Refund triage", "Sorts refund requests", item.question, item.why, item.good, "in spring"):
        assert part in said
    assert "https://northwind.example/archives/C0PILOTS/p1000000000" in said
    held = now_held(house, interview)
    assert held.open_item_id == second
    assert first in held.handed
    assert f"<@{JONAS}>" in line(house, asked)
    assert "ask.sent" in house.audited(interview.pilot_id)


def test_an_answer_in_the_direct_message_stands_in_both_places(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, CHECKABLE, "2001.000000")
    answer = answer_to(house, asked)
    assert answer
    assert (answer.status, answer.answered_by) == (Status.IN_PLACE, JONAS)
    assert answer.evidence == ("https://grafana.northwind.example/d/42",)
    assert (answer.message_channel_id, answer.message_ts) == (DIRECT[JONAS], "2001.000000")
    assert now(house, asked).state is AskState.ANSWERED
    for place in (direct(house, asked, JONAS), line(house, asked)):
        assert "✅" in place
        assert "live since March" in place
    assert "Thank you" in direct(house, asked, JONAS)
    assert "/archives/C0PILOTS/p1000000000" in direct(house, asked, JONAS)
    assert now_held(house, interview).handed == ()
    assert "ask.answered" in house.audited(interview.pilot_id)


def test_the_only_open_question_is_answered_without_its_thread(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, CHECKABLE, "2001.000000", thread_ts=None)
    assert answer_to(house, asked)


def test_with_two_open_questions_nobody_guesses_which_one_is_meant(
    house: House, interview: Interview
) -> None:
    first = ask(house, interview, JONAS)
    second = ask(house, interview, JONAS)
    say(house, JONAS, CHECKABLE, "2001.000000", thread_ts=None)
    assert answer_to(house, first) is None
    assert answer_to(house, second) is None
    (reply,) = replies(house, JONAS)
    assert "Which question" in reply
    for asked in (first, second):
        item = house.library.playbook.item(asked.item_id)
        assert item
        assert item.title in reply
        assert f"{asked.pilot_id}:{asked.item_id}" in reply


def test_a_button_answers_and_is_asked_about_once_more(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    house.do(answering.press, JONAS, asked.id, Status.IN_PLACE)
    answer = answer_to(house, asked)
    assert answer
    assert answer.concern
    assert now(house, asked).state is AskState.ONCE_MORE
    assert "One thing more" in direct(house, asked, JONAS)
    follow_up = house.message(told.once_more_key(asked.id, JONAS))
    assert follow_up
    assert follow_up.under is None
    assert follow_up.channel_id == JONAS


def test_the_second_reply_is_joined_with_the_first_and_accepted(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, "We will monitor it", "2001.000000")
    follow_up = house.message(told.once_more_key(asked.id, JONAS))
    own = house.message(told.key(asked.id, JONAS))
    assert follow_up
    assert own
    assert follow_up.under == own.id
    say(house, JONAS, "soon", "2002.000000")
    answer = answer_to(house, asked)
    assert answer
    assert answer.revision == 2
    assert answer.concern
    assert now(house, asked).state is AskState.ANSWERED
    assert "Thank you" in direct(house, asked, JONAS)
    assert "that is all" in house.words(told.once_more_key(asked.id, JONAS))


def test_a_fresh_follow_up_is_answered_without_its_thread(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, "We will monitor it", "2001.000000", thread_ts=None)
    say(house, JONAS, CHECKABLE, "2002.000000", thread_ts=None)
    answer = answer_to(house, asked)
    assert answer
    assert answer.revision == 2
    assert "Grafana" in answer.detail or "grafana" in answer.detail


def test_words_long_after_the_follow_up_are_not_taken_for_its_answer(
    house: House, interview: Interview
) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, "We will monitor it", "2001.000000", thread_ts=None)
    house.later(days=2)
    say(house, JONAS, CHECKABLE, "2002.000000", thread_ts=None)
    answer = answer_to(house, asked)
    assert answer
    assert answer.revision == 1
    assert "Nothing waits" in replies(house, JONAS)[-1]


def test_the_follow_up_may_be_left_as_it_is(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, "We will monitor it", "2001.000000")
    house.do(answering.leave, JONAS, asked.id)
    assert now(house, asked).state is AskState.ANSWERED
    assert "Thank you" in direct(house, asked, JONAS)
    with pytest.raises(errors.AnsweredAlready):
        house.do(answering.leave, JONAS, asked.id)


def test_skipping_the_follow_up_leaves_the_answer_as_it_is(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, "We will monitor it", "2001.000000")
    say(house, JONAS, "skip", "2002.000000")
    answer = answer_to(house, asked)
    assert answer
    assert answer.revision == 1
    assert now(house, asked).state is AskState.ANSWERED
    assert replies(house, JONAS) == []


def test_a_fresh_follow_up_and_an_open_question_are_both_listed(house: House, interview: Interview) -> None:
    first = ask(house, interview, JONAS)
    say(house, JONAS, "We will monitor it", "2001.000000")
    second = ask(house, interview, JONAS)
    say(house, JONAS, CHECKABLE, "2002.000000", thread_ts=None)
    (reply,) = replies(house, JONAS)
    for asked in (first, second):
        assert f"{asked.pilot_id}:{asked.item_id}" in reply


def test_somebody_elses_follow_up_cannot_be_left(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, "We will monitor it", "2001.000000")
    with pytest.raises(errors.NotAsked):
        house.do(answering.leave, SAM, asked.id)


def test_editing_the_words_edits_the_answer_in_both_places(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, CHECKABLE, "2001.000000")
    say(house, JONAS, CHECKABLE.replace("March", "April"), "2001.000000", edited_at="2003.0")
    answer = answer_to(house, asked)
    assert answer
    assert "April" in answer.detail
    assert "April" in direct(house, asked, JONAS)
    assert "April" in line(house, asked)
    assert "answer.edited" in house.audited(interview.pilot_id)


def test_an_edit_that_mends_the_answer_ends_the_follow_up(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, "We will monitor it", "2001.000000")
    say(house, JONAS, CHECKABLE, "2001.000000", edited_at="2003.0")
    assert now(house, asked).state is AskState.ANSWERED
    assert "that is all" in house.words(told.once_more_key(asked.id, JONAS))


def test_an_edit_that_mends_nothing_leaves_the_follow_up_open(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, "We will monitor it", "2001.000000")
    say(house, JONAS, "We will monitor it soon", "2001.000000", edited_at="2003.0")
    assert now(house, asked).state is AskState.ONCE_MORE
    assert "One thing more" in direct(house, asked, JONAS)


def test_an_edit_makes_an_answer_of_words_that_were_none(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, "Hm, let me check", "2001.000000")
    assert answer_to(house, asked) is None
    say(house, JONAS, CHECKABLE, "2001.000000", edited_at="2003.0")
    assert answer_to(house, asked)


def test_an_edit_of_something_older_than_the_question_is_left_alone(
    house: House, interview: Interview
) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, CHECKABLE, "1999.000000", thread_ts=None, edited_at="2003.0")
    assert answer_to(house, asked) is None


def test_a_later_answer_stands_when_the_earlier_words_are_edited(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, CHECKABLE, "2001.000000")
    item = asked.item_id
    house.do(_change_to_partly, MAYA, interview.pilot_id, item)
    say(house, JONAS, CHECKABLE.replace("March", "April"), "2001.000000", edited_at="2003.0")
    answer = answer_to(house, asked)
    assert answer
    assert answer.answered_by == MAYA


def _change_to_partly(desk: Desk, pilot_id: str, item_id: str) -> Answer | None:
    return interviews.change_answer(
        desk, pilot_id, item_id, Reading(status=Status.PARTLY, detail="Only for card refunds")
    )


def test_everybody_in_a_group_is_asked_and_the_first_answer_counts(
    house: House, interview: Interview
) -> None:
    asked = ask(house, interview, Chosen(GROUP, (JONAS, PRIYA, SAM)))
    assert set(asked.people) == {JONAS, PRIYA, SAM}
    assert f"<!subteam^{GROUP}>" in direct(house, asked, PRIYA)
    assert f"<!subteam^{GROUP}>" in line(house, asked)
    say(house, PRIYA, CHECKABLE, "2001.000000")
    assert "Thank you" in direct(house, asked, PRIYA)
    for other in (JONAS, SAM):
        assert f"<@{PRIYA}> answered" in direct(house, asked, other)
        with pytest.raises(errors.AnsweredBy, match=PRIYA):
            house.do(answering.press, other, asked.id, Status.NOT_YET)
        with pytest.raises(errors.AnsweredBy):
            say(house, other, CHECKABLE, "2002.000000")
    answer = answer_to(house, asked)
    assert answer
    assert answer.revision == 1


def test_guests_bots_and_whoever_has_left_are_not_told(house: House, interview: Interview) -> None:
    asked = ask(house, interview, Chosen(GROUP, (GUEST, GONE, "U0STRANGER", JONAS)))
    assert asked.people == (JONAS,)


def test_at_most_twenty_of_a_group_are_told(house: House, interview: Interview) -> None:
    many = tuple(f"U0{n:04d}" for n in range(30))

    def arrive(tx: Tx) -> None:
        for user_id in many:
            tx.people.remember(Person(workspace_id=WORKSPACE, user_id=user_id, name=user_id))

    house.store.write_sync(arrive)
    asked = house.do(
        asking.ask, MAYA, interview.pilot_id, interview.asked[0], interview.id, Chosen(GROUP, many), ""
    )
    assert len(asked.people) == asking.TOLD


@pytest.mark.parametrize(
    ("whom", "refusal"),
    [
        (MAYA, errors.Yourself),
        (GUEST, errors.IsGuest),
        (GONE, errors.HasLeft),
        ("U0STRANGER", errors.NobodyKnown),
    ],
)
def test_who_cannot_answer_cannot_be_asked(
    house: House, interview: Interview, whom: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        ask(house, interview, whom)
    assert now_held(house, interview).handed == ()


def test_people_of_other_workspaces_and_bots_cannot_be_asked(house: House, interview: Interview) -> None:
    def arrive(tx: Tx) -> None:
        robot = Person(workspace_id=WORKSPACE, user_id="U0ROBOT", name="Robot", bot=True)
        partner = Person(
            workspace_id=WORKSPACE, user_id="U0PARTNER", name="Pat", home_workspace_id="T0PARTNER"
        )
        tx.people.remember(robot)
        tx.people.remember(partner)

    house.store.write_sync(arrive)
    with pytest.raises(errors.IsBot):
        ask(house, interview, "U0ROBOT")
    with pytest.raises(errors.IsGuest):
        ask(house, interview, "U0PARTNER")


def test_a_group_in_which_nobody_can_answer_is_refused(house: House, interview: Interview) -> None:
    with pytest.raises(errors.NobodyInGroup) as refused:
        ask(house, interview, Chosen(GROUP, (GUEST,)))
    assert refused.value.field == "group"


def test_a_question_is_put_to_one_at_a_time(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    with pytest.raises(errors.AskedAlready, match="Jonas was asked about this on 23 Nov"):
        ask(house, interview, SAM, item_id=asked.item_id)


def test_guests_cannot_ask_and_cannot_answer(house: House, interview: Interview) -> None:
    with pytest.raises(errors.MayNotAsk):
        ask(house, interview, JONAS, by=GUEST)
    asked = ask(house, interview, JONAS)
    house.store.write_sync(
        lambda tx: tx.people.remember(Person(workspace_id=WORKSPACE, user_id=JONAS, name="Jonas", guest=True))
    )
    with pytest.raises(MayNotAnswer):
        house.do(answering.press, JONAS, asked.id, Status.NOT_YET)


def test_only_those_who_were_asked_answer_by_its_buttons(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    with pytest.raises(errors.NotAsked):
        house.do(answering.press, SAM, asked.id, Status.NOT_YET)
    with pytest.raises(errors.AskGone):
        house.do(answering.press, SAM, "forged", Status.NOT_YET)


def test_not_me_hands_the_question_back_and_the_asker_is_told(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    house.do(asking.hand_back, JONAS, asked.id, "Priya keeps these figures.")
    assert now(house, asked).state is AskState.WITHDRAWN
    said = house.words(f"ask:{asked.id}:{JONAS}:handed-back")
    assert f"<@{MAYA}>" in said
    assert "Priya keeps these figures." in said
    assert "handed the question" in direct(house, asked, JONAS)
    assert now_held(house, interview).handed == ()
    assert asked.item_id not in now_held(house, interview).passed
    assert "ask.handed_back" in house.audited(interview.pilot_id)
    with pytest.raises(errors.NoLongerAsked):
        house.do(answering.press, JONAS, asked.id, Status.NOT_YET)


def test_not_me_of_one_in_a_group_leaves_the_question_with_the_others(
    house: House, interview: Interview
) -> None:
    asked = ask(house, interview, Chosen(GROUP, (JONAS, PRIYA)))
    house.do(asking.hand_back, JONAS, asked.id, "")
    assert now(house, asked).state is AskState.OPEN
    assert house.message(f"ask:{asked.id}:{JONAS}:handed-back") is None
    with pytest.raises(errors.HandedBack):
        house.do(answering.press, JONAS, asked.id, Status.NOT_YET)
    house.do(asking.hand_back, PRIYA, asked.id, "")
    assert now(house, asked).state is AskState.WITHDRAWN
    assert house.message(f"ask:{asked.id}:{PRIYA}:handed-back")


@pytest.mark.parametrize("by", [MAYA, JONAS])
def test_the_asker_the_champion_and_the_owner_take_a_question_back(
    house: House, interview: Interview, by: str
) -> None:
    asked = ask(house, interview, SAM)
    house.do(asking.take_back, by, asked.id)
    assert now(house, asked).state is AskState.WITHDRAWN
    assert f"<@{by}> took the question" in direct(house, asked, SAM)
    assert now_held(house, interview).handed == ()
    assert "ask.taken_back" in house.audited(interview.pilot_id)
    with pytest.raises(errors.TakenBack, match=by):
        house.do(answering.press, SAM, asked.id, Status.NOT_YET)
    with pytest.raises(errors.TakenBack):
        say(house, SAM, CHECKABLE, "2001.000000")


def test_somebody_of_the_group_that_owns_the_pilot_takes_a_question_back(
    house: House, interview: Interview
) -> None:
    asked = ask(house, interview, SAM)
    house.do(asking.take_back, PRIYA, asked.id, owner_group=frozenset({PRIYA}))
    assert now(house, asked).state is AskState.WITHDRAWN


def test_a_question_that_is_still_to_come_is_handed_over_before_it_is_asked(
    house: House, interview: Interview
) -> None:
    last = interview.asked[-1]
    asked = ask(house, interview, JONAS, item_id=last)
    assert last in now_held(house, interview).handed
    assert "waits for" in line(house, asked)
    say(house, JONAS, CHECKABLE, "2001.000000")
    assert "since March" in line(house, asked)
    assert last in now_held(house, interview).passed


def test_others_cannot_take_a_question_back(house: House, interview: Interview) -> None:
    asked = ask(house, interview, SAM)
    with pytest.raises(errors.NotYours):
        house.do(asking.take_back, PRIYA, asked.id)


def test_what_was_answered_cannot_be_taken_back(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, CHECKABLE, "2001.000000")
    with pytest.raises(errors.AnsweredBy):
        house.do(asking.take_back, MAYA, asked.id)


def test_somebody_elses_answer_in_the_thread_settles_the_direct_message(
    house: House, interview: Interview
) -> None:
    asked = ask(house, interview, JONAS)
    house.do(_change_to_partly, MAYA, interview.pilot_id, asked.item_id)
    assert now(house, asked).state is AskState.ANSWERED
    assert f"<@{MAYA}> answered" in direct(house, asked, JONAS)


def test_retiring_the_pilot_ends_its_questions(house: House, interview: Interview) -> None:
    asked = ask(house, interview, SAM)
    house.do(stages.retire, MAYA, interview.pilot_id, "It was not worth it.", "Ask earlier.")
    assert now(house, asked).state is AskState.WITHDRAWN
    assert "no longer asked" in direct(house, asked, SAM)
    assert "waits for" not in line(house, asked)
    with pytest.raises(PilotRetired):
        house.do(answering.press, SAM, asked.id, Status.NOT_YET)


def test_the_promotion_ends_its_questions(house: House, interview: Interview) -> None:
    for item_id in interview.asked:
        reading = Reading(status=Status.IN_PLACE, detail=CHECKABLE)
        house.do(interviews.change_answer, MAYA, interview.pilot_id, item_id, reading)
    asked = ask(house, interview, SAM, item_id="ownership")
    assert "waits for" in line(house, asked)
    review = house.do(requesting.request, MAYA, interview.pilot_id, BOARD)
    house.do(deciding.vote, PRIYA, review.id, "", Choice.APPROVE, BOARD)
    assert now(house, asked).state is AskState.WITHDRAWN
    assert "no longer asked" in direct(house, asked, SAM)
    assert "since March" in line(house, asked)
    with pytest.raises(errors.NoLongerAsked):
        house.do(answering.press, SAM, asked.id, Status.NOT_YET)


def test_who_is_asked_about_something_known_reads_what_is_known(house: House, interview: Interview) -> None:
    reading = Reading(status=Status.PARTLY, detail="Only for card refunds")
    house.do(interviews.change_answer, MAYA, interview.pilot_id, "ownership", reading)
    asked = ask(house, interview, JONAS, item_id="ownership")
    assert "Only for card refunds" in direct(house, asked, JONAS)


def test_taking_back_what_was_known_shows_it_again(house: House, interview: Interview) -> None:
    first = interview.asked[0]
    house.do(answer_words, MAYA, interview, first)
    asked = ask(house, interview, SAM, item_id=first)
    assert "waits for" in line(house, asked)
    house.do(asking.take_back, MAYA, asked.id)
    assert "since March" in line(house, asked)


def answer_words(desk: Desk, interview: Interview, item_id: str) -> None:
    interviews.change_answer(
        desk, interview.pilot_id, item_id, Reading(status=Status.IN_PLACE, detail=CHECKABLE)
    )


def test_the_ways_on_of_a_question_that_was_handed_back_go_when_one_is_taken(
    house: House, interview: Interview
) -> None:
    asked = ask(house, interview, JONAS)
    house.do(asking.hand_back, JONAS, asked.id, "Ask Priya.")
    back = told.handed_back_key(asked.id, JONAS)
    assert "Ask somebody else" in house.words(back)
    house.later(minutes=1)
    again = ask(house, interview, PRIYA, item_id=asked.item_id)
    assert "Ask somebody else" not in house.words(back)
    assert "Ask Priya." in house.words(back)
    house.do(asking.hand_back, PRIYA, again.id, "")
    house.do(answer_words, MAYA, interview, asked.item_id)
    assert "Ask somebody else" not in house.words(told.handed_back_key(again.id, PRIYA))


def test_an_edit_does_not_mix_in_what_somebody_else_had_said_before(
    house: House, interview: Interview
) -> None:
    first = interview.asked[0]
    house.do(_change_to_partly, MAYA, interview.pilot_id, first)
    asked = ask(house, interview, JONAS, item_id=first)
    say(house, JONAS, CHECKABLE, "2001.000000")
    say(house, JONAS, CHECKABLE.replace("March", "April"), "2001.000000", edited_at="2003.0")
    answer = answer_to(house, asked)
    assert answer
    assert "card refunds" not in answer.detail


def test_the_follow_up_ends_when_somebody_else_changes_the_answer(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, "We will monitor it", "2001.000000")
    house.do(_change_to_partly, MAYA, interview.pilot_id, asked.item_id)
    assert now(house, asked).state is AskState.ANSWERED
    assert "that is all" in house.words(told.once_more_key(asked.id, JONAS))
    assert f"<@{MAYA}>" in direct(house, asked, JONAS)
    with pytest.raises(errors.AnsweredAlready):
        say(house, JONAS, CHECKABLE, "2002.000000")


def test_a_form_that_names_the_next_step_ends_the_follow_up(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, "We will monitor it", "2001.000000")
    house.do(_change_to_partly, JONAS, interview.pilot_id, asked.item_id)
    assert now(house, asked).state is AskState.ANSWERED
    assert "card refunds" in direct(house, asked, JONAS)
    assert "Thank you" in direct(house, asked, JONAS)


def test_a_file_is_an_answer(house: House, interview: Interview) -> None:
    asked = ask(house, interview, JONAS)
    file = SharedFile(id="F0", name="rota.pdf", permalink="https://northwind.example/files/F0/rota.pdf")
    say(house, JONAS, "", "2001.000000", files=(file,))
    answer = answer_to(house, asked)
    assert answer
    assert answer.evidence == (file.permalink,)


def test_an_item_is_asked_about_without_an_interview(house: House, pilot: Pilot) -> None:
    item_id = "ownership"
    asked = house.do(asking.ask, MAYA, pilot.id, item_id, "", Chosen(JONAS), "")
    deliver(house, asked, JONAS)
    assert asked.interview_id is None
    assert f"<@{JONAS}>" in house.words(told.line_key(asked.id))
    say(house, JONAS, CHECKABLE, "2001.000000")
    assert "✅" in house.words(told.line_key(asked.id))
    assert answer_to(house, asked)


def test_a_question_without_an_interview_is_handed_back_under_the_card(house: House, pilot: Pilot) -> None:
    asked = house.do(asking.ask, MAYA, pilot.id, "ownership", "", Chosen(JONAS), "")
    house.do(asking.hand_back, JONAS, asked.id, "")
    assert "not answered" in house.words(told.line_key(asked.id))
    assert f"<@{MAYA}>" in house.words(f"ask:{asked.id}:{JONAS}:handed-back")


def test_words_when_nothing_waits_get_one_kind_reply_and_no_more_within_ten_minutes(
    house: House, pilot: Pilot
) -> None:
    for n in range(3):
        say(house, SAM, "The rota is in the wiki", f"200{n}.000000", thread_ts=None)
    assert len(replies(house, SAM)) == 1
    assert "Nothing waits" in replies(house, SAM)[0]
    assert "/pilot help" in replies(house, SAM)[0]
    house.later(minutes=21)
    say(house, SAM, "The rota is in the wiki", "2009.000000", thread_ts=None)
    assert len(replies(house, SAM)) == 1


@pytest.mark.parametrize(
    "words", ["thanks", "what do you mean?", "hm, let me ask around", "skip", "hello? who are you"]
)
def test_talk_is_not_taken_for_the_answer_and_the_question_still_waits(
    house: House, interview: Interview, words: str
) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, words, "2001.000000")
    assert answer_to(house, asked) is None
    assert now(house, asked).state is AskState.OPEN
    (reply,) = replies(house, JONAS)
    assert "waits for you" in reply


@pytest.mark.parametrize("words", ["👍", ":+1:"])
def test_a_thumbs_up_to_whoever_asked_is_a_yes_that_shows_nothing(
    house: House, interview: Interview, words: str
) -> None:
    asked = ask(house, interview, JONAS)
    say(house, JONAS, words, "2001.000000")
    answer = answer_to(house, asked)
    assert answer
    assert (answer.status, answer.concern, answer.detail) == (Status.IN_PLACE, "nothing_shown", "👍")
    assert now(house, asked).state is AskState.ONCE_MORE
