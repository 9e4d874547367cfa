"""How an interview starts: everything, only what is missing, or one item; and how it changes its mind on the way."""

import pytest

from bot.domain.answers import Reading, Status
from bot.domain.conversations import Interview, InterviewState, Scope
from bot.domain.interview import InterviewClosed, NothingToAsk
from bot.domain.pilots import Pilot
from bot.interview import errors, shown, workflow as interviews
from bot.pilots import errors as pilot_errors, workflow as pilots

from .conftest import GUEST, JONAS, MAYA, PILOTS, House, registration
from .test_interview import CHECKABLE, answer_all, answers, current, interview, question_shown, say

__all__ = ["interview"]  # a fixture

DONE = Reading(status=Status.IN_PLACE, detail="Tried on 3 March", evidence=("https://a.example",))


def asked_by(house: House, pilot: Pilot, words: str) -> Interview:
    """Say `/pilot coach ...` and return what it started."""
    house.do(interviews.start_named, MAYA, words, PILOTS)
    found = house.store.read_sync(lambda tx: tx.interviews.open_of(pilot.id))
    assert found
    return found


def test_missing_leaves_out_what_is_settled_and_full_does_not(house: House, pilot: Pilot) -> None:
    house.do(interviews.change_answer, MAYA, pilot.id, "monitoring", DONE)
    missing = house.do(interviews.start, MAYA, pilot.id)
    assert len(missing.asked) == 6
    assert "monitoring" not in missing.asked
    house.do(interviews.stop, MAYA, missing.id)
    full = house.do(interviews.start, MAYA, pilot.id, Scope.FULL)
    assert len(full.asked) == 7
    assert full.scope is Scope.FULL
    assert full.asked[-1] == "monitoring", "what blocks comes first"


def test_a_single_item_is_asked_alone_even_when_it_is_settled(house: House, pilot: Pilot) -> None:
    house.do(interviews.change_answer, MAYA, pilot.id, "monitoring", DONE)
    one = house.do(interviews.start, MAYA, pilot.id, Scope.ONE, "monitoring")
    assert one.asked == ("monitoring",)
    assert "*Monitoring* · Refund triage" in house.words(shown.root_key(one.id))
    question = house.words(shown.question_key(one.id, "monitoring"))
    assert "Tried on 3 March" in question
    assert "Still true" in question
    house.do(interviews.still_true, MAYA, one.id, "monitoring")
    assert current(house, one).state is InterviewState.DONE


def test_an_item_that_nobody_asks_is_refused(house: House, pilot: Pilot) -> None:
    with pytest.raises(errors.ItemGone):
        house.do(interviews.start, MAYA, pilot.id, Scope.ONE, "nowhere")


@pytest.mark.parametrize(
    ("words", "scope", "item_id"),
    [
        ("Refund triage", Scope.MISSING, None),
        ("refund TRIAGE", Scope.MISSING, None),
        ("Refund triage full", Scope.FULL, None),
        ("Refund triage everything", Scope.FULL, None),
        ("Refund triage missing", Scope.MISSING, None),
        ("Refund triage Only what is missing", Scope.MISSING, None),
        ("Refund triage cost-model", Scope.ONE, "cost-model"),
        ("Refund triage Cost Model", Scope.ONE, "cost-model"),
        ("Refund triage monit", Scope.ONE, "monitoring"),
        ("Refund triage monitorign", Scope.ONE, "monitoring"),
        ("full", Scope.FULL, None),
        ("rollback", Scope.ONE, "rollback"),
        ("", Scope.MISSING, None),
    ],
)
def test_the_last_words_of_the_command_say_what_to_ask(
    house: House, pilot: Pilot, words: str, scope: Scope, item_id: str | None
) -> None:
    started = asked_by(house, pilot, words)
    assert started.scope is scope
    assert item_id is None or started.asked == (item_id,)


def test_the_longest_name_of_a_pilot_wins(house: House, pilot: Pilot) -> None:
    longer = house.do(pilots.register, MAYA, registration(name="Refund triage full"))
    assert asked_by(house, longer, "Refund triage full").scope is Scope.MISSING
    assert asked_by(house, pilot, "Refund triage").pilot_id == pilot.id
    both = house.do(pilots.register, MAYA, registration(name="Missing"))
    assert asked_by(house, both, "missing").pilot_id == both.id


def test_words_that_name_no_item_say_what_can_be_asked(house: House, pilot: Pilot) -> None:
    with pytest.raises(errors.NotAsked, match=r"`the weather`.*Integration, Monitoring"):
        house.do(interviews.start_named, MAYA, "Refund triage the weather", PILOTS)
    assert house.store.read_sync(lambda tx: tx.interviews.open_of(pilot.id)) is None


def test_a_slip_in_the_name_is_answered_with_the_nearest_one(house: House, pilot: Pilot) -> None:
    with pytest.raises(pilot_errors.NoSuchPilot, match=r"`refnd triage`.*Refund triage|Refund triage"):
        house.do(interviews.start_named, MAYA, "refnd triage full", PILOTS)


def test_a_running_interview_asks_everything_once_somebody_wants_that(
    house: House, interview: Interview
) -> None:
    first = interview.asked[0]
    house.do(interviews.change_answer, MAYA, interview.pilot_id, interview.asked[3], DONE)
    house.do(interviews.answer_by_button, MAYA, interview.id, first, Status.NOT_YET)
    house.do(interviews.stop, MAYA, interview.id)
    again = house.do(interviews.start, MAYA, interview.pilot_id)
    assert len(again.asked) == 6
    open_before = again.open_item_id
    house.do(interviews.switch, JONAS, again.id, Scope.FULL)
    full = current(house, again)
    assert len(full.asked) == 7
    assert full.open_item_id == open_before, "the question on the screen stays the open one"
    house.do(interviews.switch, JONAS, again.id, Scope.MISSING)
    assert len(current(house, again).asked) == 6
    assert house.do(interviews.switch, JONAS, again.id, Scope.MISSING).id == again.id


def test_an_open_question_that_the_new_scope_does_not_ask_becomes_a_line(house: House, pilot: Pilot) -> None:
    house.do(interviews.change_answer, MAYA, pilot.id, "monitoring", DONE)
    house.later(minutes=1)
    one = house.do(interviews.start, MAYA, pilot.id, Scope.ONE, "monitoring")
    house.do(interviews.switch, MAYA, one.id, Scope.MISSING)
    now = current(house, one)
    assert "monitoring" not in now.asked
    assert len(now.asked) == 6
    assert house.message(shown.question_key(one.id, now.asked[0]))
    assert "Still true" not in house.words(shown.question_key(one.id, "monitoring"))


def test_only_what_is_missing_ends_an_interview_of_what_is_settled(house: House, pilot: Pilot) -> None:
    for item in house.library.playbook.items_of(house.library.playbook.gates[0]):
        house.do(interviews.change_answer, MAYA, pilot.id, item.id, DONE)
    full = house.do(interviews.start, MAYA, pilot.id, Scope.FULL)
    house.do(interviews.switch, MAYA, full.id, Scope.MISSING)
    assert current(house, full).state is InterviewState.DONE
    assert house.message(shown.summary_key(full.id))
    with pytest.raises(InterviewClosed):
        house.do(interviews.switch, MAYA, full.id, Scope.FULL)
    with pytest.raises(NothingToAsk):
        house.do(interviews.start, MAYA, pilot.id)


def test_one_item_is_asked_at_once_in_an_interview_that_is_under_way(
    house: House, interview: Interview
) -> None:
    first = question_shown(house, interview, "1001.000000")
    again = house.do(interviews.start, JONAS, interview.pilot_id, Scope.ONE, "rollback")
    assert again.id == interview.id
    assert current(house, interview).open_item_id == "rollback"
    assert "comes again further down" in house.words(shown.question_key(interview.id, first))
    house.deliver(shown.question_key(interview.id, "rollback"), "1002.000000")
    say(house, CHECKABLE, "1003.000000")
    assert current(house, interview).open_item_id == first
    below = shown.follow_up_key(interview.id, first)
    assert "1 of" not in house.words(shown.question_key(interview.id, first))
    assert "comes again further down" in house.words(shown.question_key(interview.id, first))
    assert "Does live data flow in" in house.words(below), "asked again where people are"
    house.deliver(below, "1004.000000")
    say(house, CHECKABLE, "1005.000000")
    assert "✅" in house.words(below)


def test_the_open_item_is_pointed_to_when_it_is_wished_for(house: House, interview: Interview) -> None:
    question_shown(house, interview, "1001.000000")
    with pytest.raises(errors.AlreadyOpen):
        house.do(interviews.start, JONAS, interview.pilot_id, Scope.ONE, interview.asked[0])


def test_an_item_that_was_answered_is_asked_again_in_a_message_of_its_own(
    house: House, interview: Interview
) -> None:
    first = question_shown(house, interview, "1001.000000")
    say(house, CHECKABLE, "1002.000000")
    question_shown(house, interview, "1003.000000")
    house.do(interviews.start, JONAS, interview.pilot_id, Scope.ONE, first)
    assert current(house, interview).open_item_id == first
    assert "asked again below" in house.words(shown.question_key(interview.id, first))
    assert "live since March" in house.words(shown.follow_up_key(interview.id, first))


def test_who_may_not_answer_may_not_switch(house: House, interview: Interview) -> None:
    with pytest.raises(errors.MayNotAnswer):
        house.do(interviews.switch, GUEST, interview.id, Scope.FULL)


def test_the_root_says_what_was_skipped_at_the_end(house: House, interview: Interview) -> None:
    house.do(interviews.skip, MAYA, interview.id, interview.asked[0])
    assert "Skipped" not in house.words(shown.root_key(interview.id))
    answer_all(house, interview)
    root = house.words(shown.root_key(interview.id))
    assert "Skipped: integration" in root
    assert answers(house, interview)[interview.asked[0]].status is Status.SKIPPED
