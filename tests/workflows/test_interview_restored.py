"""What somebody deletes in Slack and the conversation needs comes again; nothing else does."""

from bot.domain.answers import Status
from bot.domain.conversations import Interview
from bot.interview import shown, workflow as interviews

from .conftest import MAYA, PILOTS, House
from .test_interview import CHECKABLE, answer_all, current, interview, question_shown, say

__all__ = ["interview"]  # a fixture


def due(house: House, key: str) -> bool:
    message = house.message(key)
    assert message
    return message.due and message.slack_ts is None


def test_a_deleted_card_comes_again_with_the_open_question(house: House, interview: Interview) -> None:
    first = question_shown(house, interview, "1001.000000")
    say(house, CHECKABLE, "1002.000000")
    second = question_shown(house, interview, "1003.000000")
    assert house.do(interviews.restore, "preflight", PILOTS, "1000.000000")
    assert due(house, shown.root_key(interview.id))
    assert due(house, shown.question_key(interview.id, second))
    assert not due(house, shown.question_key(interview.id, first))
    assert not house.do(interviews.restore, "preflight", PILOTS, "1000.000000"), "once is enough"


def test_the_old_thread_is_still_heard_and_so_is_the_new_one(house: House, interview: Interview) -> None:
    first = question_shown(house, interview, "1001.000000")
    house.do(interviews.restore, "preflight", PILOTS, "1000.000000")
    house.deliver(shown.root_key(interview.id), "2000.000000")
    house.deliver(shown.question_key(interview.id, first), "2001.000000")
    assert say(house, CHECKABLE, "2002.000000"), "said in the old thread"
    assert current(house, interview).passed == (first,)
    house.deliver(
        shown.question_key(interview.id, current(house, interview).open_item_id or ""), "2003.000000"
    )
    assert say(house, CHECKABLE, "2004.000000")
    assert len(current(house, interview).passed) == 2


def test_a_deleted_question_comes_again_only_while_it_is_open(house: House, interview: Interview) -> None:
    first = question_shown(house, interview, "1001.000000")
    assert house.do(interviews.restore, "preflight", PILOTS, "1001.000000")
    house.deliver(shown.question_key(interview.id, first), "1005.000000")
    house.do(interviews.answer_by_button, MAYA, interview.id, first, Status.NOT_YET)
    assert not house.do(interviews.restore, "preflight", PILOTS, "1005.000000")


def test_what_is_not_ours_or_over_stays_deleted(house: House, interview: Interview) -> None:
    assert not house.do(interviews.restore, "preflight", PILOTS, "77.000000")
    answer_all(house, interview)
    assert not house.do(interviews.restore, "preflight", PILOTS, "1000.000000")


def test_coaching_again_posts_a_question_that_was_left_in_the_old_thread(
    house: House, interview: Interview
) -> None:
    """The card came back without our hearing of its deletion: the question follows when somebody asks for it."""
    first = question_shown(house, interview, "1001.000000")
    root = house.message(shown.root_key(interview.id))
    assert root
    house.store.write_sync(lambda tx: tx.messages.forget_delivery(root.id), now=house.now)
    house.deliver(shown.root_key(interview.id), "2000.000000")
    assert house.do(interviews.start, MAYA, interview.pilot_id).id == interview.id
    assert due(house, shown.question_key(interview.id, first))
