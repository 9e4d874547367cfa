"""A question of a running interview that somebody else is asked: the interview goes on, and the answer comes when it comes.

Who is asked, and the direct message that asks, are `bot.asking`'s; here is what the interview makes of it. Whoever
answers, and wherever, `recording` closes the question, and `told` lets those who were asked read it.
"""

from collections.abc import Iterable

from bot.desk import Desk
from bot.domain import interview as rules
from bot.domain.answers import Answer, Reading, Status
from bot.domain.asks import Ask, AskState
from bot.domain.conversations import Interview
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.interview import errors, listening, once_more, recording, shown, told, turns
from bot.interview.recording import NOWHERE, Where, facts
from bot.pilots import workflow as pilots
from bot.slack.payloads import ThreadMessage


def hand_over(desk: Desk, interview_id: str | None, item_id: str) -> Interview | None:
    """Let the interview go on without this item, with the next question.

    Call it in the transaction that opens the ask, and state the item's line, which says who was asked. None where no
    interview that goes on asks the item.
    """
    found = desk.tx.interviews.get(desk.at.workspace_id, interview_id) if interview_id else None
    interview = listening.running_of(desk, found)
    if interview is None or item_id not in interview.asked:
        return None
    pilot = pilots.get_active(desk, interview.pilot_id)
    was_open = interview.open_item_id == item_id
    answers = desk.tx.answers.current(pilot.id)
    after = rules.hand_over(interview, item_id, desk.at.now)
    if was_open:
        after = turns.past_what_is_known(desk, after, answers)
    turns.save(desk, interview, after)
    if was_open:
        turns.go_on(desk, pilot, after, answers)
    else:
        shown.show_root(desk, pilot, after, may_wait=True)
    return after


def answer_handed(
    desk: Desk,
    ask: Ask,
    reading: Reading,
    *,
    message_ts: str | None = None,
    message_channel_id: str | None = None,
) -> Answer | None:
    """Take the answer of somebody who was asked, and close the question.

    Its line settles where it stands in the thread, root card and summary follow. None for a message that was taken
    before. The answer may be asked about once more by whoever calls; here it is accepted as it is.
    """
    where = Where(message_channel_id, message_ts)
    return take_answer(desk, ask.pilot_id, ask.item_id, reading, where=where, interview_id=ask.interview_id)


def answer_in_thread(
    desk: Desk, pilot: Pilot, interview: Interview, ask: Ask, said: ThreadMessage
) -> Answer | None:
    """Take a reply in the interview's thread as the answer to what its author was asked there.

    One thing more is asked in their direct message: the thread has gone on.
    """
    book = desk.book_of(interview)
    item = listening.item_of(desk, pilot.id, ask.item_id, interview)
    if item is None:
        return None
    reading = listening.reading_of(desk, pilot, said, item, book)
    answer = answer_handed(desk, ask, reading, message_ts=said.ts, message_channel_id=said.channel_id)
    if answer:
        once_more.ask(desk, pilot, item, ask, answer, book, in_thread=False)
    return answer


def take_answer(
    desk: Desk,
    pilot_id: str,
    item_id: str,
    reading: Reading,
    *,
    where: Where = NOWHERE,
    interview_id: str | None = None,
) -> Answer | None:
    """Put an answer on record that came by another way than the open question, and let everything that shows it follow.

    None for a message that was taken before.
    """
    pilots.check_member(desk, errors.MayNotAnswer)
    pilot = pilots.get_active(desk, pilot_id)
    running = listening.running_of(desk, desk.tx.interviews.open_of(pilot.id))
    item = listening.item_of(desk, pilot.id, item_id, running)
    if item is None:
        raise errors.ItemGone
    if reading.status is Status.NOT_APPLICABLE:
        listening.check_reason(item, reading.detail, listening.book_for(desk, running))
    if running and running.open_item_id == item_id:
        answer = recording.record(desk, pilot, item, reading, interview_id=running.id, where=where)
        if answer:
            recording.note_pace(desk, running, item)
            turns.settle(desk, pilot, running, item, answer)
        return answer
    return _record_beside(desk, pilot, running, item, reading, where=where, interview_id=interview_id)


def _record_beside(
    desk: Desk,
    pilot: Pilot,
    running: Interview | None,
    item: Item,
    reading: Reading,
    *,
    where: Where,
    interview_id: str | None,
) -> Answer | None:
    """Record an answer to something else than the open question; its line stands in every thread that shows the item.

    The running conversation shows it even before it comes to the item, because it will not ask it any more.
    """
    before = desk.tx.answers.current(pilot.id).get(item.id)
    shows_it = running if running and item.id in running.asked else None
    earlier = {interview_id or "", (before.interview_id if before else None) or ""} - {""}
    held = shows_it.id if shows_it else interview_id or next(iter(earlier), None)
    answer = recording.record(desk, pilot, item, reading, interview_id=held, where=where)
    if answer is None:
        return None
    pilot = pilots.changed(desk, pilot.id, "answer.changed", before=facts(before), after=facts(answer))
    shown.show_line(desk, pilot, item, answer, shows_it)
    for one in _of_ids(desk, sorted(earlier - {held or ""})):
        if shown.place_of(desk, one, item.id):
            shown.show_line(desk, pilot, item, answer, one)
    for one in _of_ids(desk, sorted({*earlier, held or "", running.id if running else ""})):
        _no_longer_handed(desk, pilot, one, item)
    shown.refresh_summary(desk, pilot)
    return answer


def _of_ids(desk: Desk, interview_ids: Iterable[str]) -> list[Interview]:
    found = (desk.tx.interviews.get(desk.at.workspace_id, one) for one in interview_ids if one)
    return [one for one in found if one]


def _no_longer_handed(desk: Desk, pilot: Pilot, interview: Interview, item: Item) -> None:
    """Let an interview, even one that is over, wait for nobody else's answer about an item that was answered."""
    if item.id in interview.handed:
        after = turns.save(desk, interview, rules.no_longer_handed(interview, item.id))
        shown.show_root(desk, pilot, after, may_wait=True)


def take_back(desk: Desk, ask: Ask) -> bool:
    """Wait for nobody else any more and close the ask; the interview asks it after the open question.

    False when it was closed before. Where the interview is over, the line is one of a question without an answer.
    """
    pilot = pilots.get_active(desk, ask.pilot_id)
    found = desk.tx.interviews.get(desk.at.workspace_id, ask.interview_id) if ask.interview_id else None
    interview = listening.locked(desk, found.id) if found else None
    item = listening.item_of(desk, ask.pilot_id, ask.item_id, interview)
    closed = recording.close_ask(desk, ask, AskState.WITHDRAWN)
    if closed is None:
        return False
    told.show_closed(desk, pilot, closed)
    running = listening.running_of(desk, desk.tx.interviews.open_of(pilot.id))
    if running and (interview is None or running.id != interview.id):
        _ask_after_all(desk, pilot, running, ask.item_id)
    if item is None:
        return True
    if interview and item.id in interview.handed:
        given = desk.tx.answers.current(pilot.id).get(item.id)
        is_answered = given is not None and turns.is_answered_since(interview, given)
        rule = rules.no_longer_handed if is_answered else rules.take_back
        after = turns.save(desk, interview, rule(interview, item.id))
        if given and is_answered:
            shown.show_line(desk, pilot, item, given, after)
        elif item.id in after.passed:
            shown.show_unanswered(desk, pilot, after, item)
        else:
            shown.show_asked_later(desk, after, item)
        shown.show_root(desk, pilot, after, may_wait=True)
    return True


def _ask_after_all(desk: Desk, pilot: Pilot, running: Interview, item_id: str) -> None:
    """Let a later conversation, which did not ask because somebody was asked already, ask it after the open question."""
    if item_id in running.handed:
        after = turns.save(desk, running, rules.take_back(running, item_id))
        shown.show_root(desk, pilot, after, may_wait=True)
