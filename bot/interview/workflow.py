"""What people do in a conversation by its controls: answer, confirm, skip, go back, pause, resume, stop.

Each function is one transaction's work. How it begins is in `starting`, what is done in words in `replies`, how a turn goes
in `turns`, who is listened to in `listening`, what Slack is to show in `shown`.
"""

from typing import NamedTuple

from bot.desk import Desk
from bot.domain import coaching, interview as rules
from bot.domain.answers import Answer, Reading, Status
from bot.domain.conversations import Interview, InterviewState
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item, Playbook
from bot.domain.readiness import Standing, stands
from bot.interview import errors, listening, recording, shown, turns
from bot.interview.handing import take_answer
from bot.interview.recording import Where, as_reading
from bot.interview.replies import answer_in_thread, is_listening, revise_in_thread
from bot.interview.restoring import restore
from bot.interview.starting import confirm_all, go_on, start, start_named, switch
from bot.pilots import workflow as pilots

__all__ = [
    "answer_by_button",
    "answer_in_thread",
    "answer_with_reason",
    "back",
    "change_answer",
    "choose",
    "confirm_all",
    "end_open",
    "go_on",
    "is_listening",
    "leave_as_it_is",
    "open_question",
    "pause",
    "pick",
    "restore",
    "resume",
    "revise_in_thread",
    "skip",
    "start",
    "start_named",
    "still_true",
    "stop",
    "switch",
    "take_answer",
    "why",
]
# Features reach the whole conversation through this module; the others are apart only to keep each file readable.


class Asked(NamedTuple):
    """A click's question: the pilot, the interview, locked and open, and the item."""

    pilot: Pilot
    interview: Interview
    item: Item


def open_question(desk: Desk, interview_id: str, item_id: str) -> Item:
    """Return the item of a question that may be answered now, for the form that asks more about it."""
    interview = desk.tx.interviews.get(desk.at.workspace_id, interview_id)
    if interview is None:
        raise errors.QuestionGone
    pilots.get_running(desk, interview.pilot_id)
    return listening.check_open(desk, interview, item_id)


def why(desk: Desk, interview_id: str, item_id: str) -> tuple[Item, Playbook]:
    """Return the item that somebody wonders about, and the playbook that asks it; whether it is open does not matter."""
    interview = desk.tx.interviews.get(desk.at.workspace_id, interview_id)
    book = desk.book_of(interview) if interview else desk.playbook
    item = book.item(item_id) or desk.playbook.item(item_id)
    if item is None:
        raise errors.ItemGone
    return item, book


def answer_by_button(desk: Desk, interview_id: str, item_id: str, status: Status) -> Answer | None:
    """Take a click on one of a question's buttons; a second click, from an old screen, is no second answer."""
    asked = _first_asked(desk, interview_id, item_id)
    if asked is None:
        return None
    book = desk.book_of(asked.interview)
    return turns.take(desk, *asked, coaching.read_button(status, asked.item, book.coaching))


def skip(desk: Desk, interview_id: str, item_id: str) -> Answer | None:
    """Go on without an answer; a follow-up that is skipped leaves the answer as it is."""
    asked = _question(desk, interview_id, item_id)
    if asked is None:
        return None
    return turns.take(desk, *asked, Reading(status=Status.SKIPPED, detail=""))


def pick(desk: Desk, interview_id: str, item_id: str, chosen: str) -> Answer | None:
    """Take what was picked: an option's id, a day or a person."""
    asked = _first_asked(desk, interview_id, item_id)
    if asked is None:
        return None
    book = desk.book_of(asked.interview)
    return turns.take(desk, *asked, listening.reading_of_pick(desk, asked.pilot, asked.item, book, chosen))


choose = pick


def still_true(desk: Desk, interview_id: str, item_id: str) -> Answer | None:
    """Confirm the known answer that a question shows: the same words again, as of now."""
    asked = _first_asked(desk, interview_id, item_id)
    known = desk.tx.answers.current(asked.pilot.id).get(item_id) if asked else None
    if asked is None:
        return None
    if known is None or known.status is Status.SKIPPED:
        raise errors.QuestionSettled
    if asked.item.asked_anew and known.status is Status.IN_PLACE:
        if stands(asked.item, known, desk.at.now) is Standing.STALE:
            raise errors.AskedAnew
        return turns.pass_over(desk, *asked, known)
    return turns.confirm(desk, *asked, as_reading(known))


def back(desk: Desk, interview_id: str, item_id: str) -> Item | None:
    """Ask the question before this one again, with what was answered; this one comes again after it."""
    asked = _question(desk, interview_id, item_id)
    if asked is None:
        return None
    pilot, interview, item = asked
    book = desk.book_of(interview)
    known = {one for one in interview.asked if book.item(one)}
    before = book.item(rules.item_before(interview, known) or "")
    if before is None:
        raise errors.NothingBefore
    after = turns.save(desk, interview, rules.reopen(interview, before.id, desk.at.now))
    desk.tx.audit.append(desk.at, "interview.back", "pilot", pilot.id, None, {"item": before.id})
    turns.set_aside(desk, pilot, interview, item)
    given = desk.tx.answers.current(pilot.id).get(before.id)
    shown.show_question(desk, after, before, given)
    shown.show_root(desk, pilot, after, may_wait=True)
    return before


def answer_with_reason(desk: Desk, interview_id: str, item_id: str, reason: str) -> Answer | None:
    """Take "does not apply" together with its reason."""
    asked = _question(desk, interview_id, item_id)
    if asked is None:
        return None
    listening.check_reason(asked.item, reason, desk.book_of(asked.interview))
    return turns.take(desk, *asked, Reading(status=Status.NOT_APPLICABLE, detail=reason.strip()))


def leave_as_it_is(desk: Desk, interview_id: str, item_id: str) -> None:
    """Accept the answer that was asked about once more, marked as not checkable, and go on."""
    asked = _question(desk, interview_id, item_id)
    if asked is None:
        return
    pilot, interview, item = asked
    answer = desk.tx.answers.current(pilot.id).get(item.id)
    if not interview.followed_up or answer is None:
        raise errors.QuestionSettled
    recording.note_pace(desk, interview, item)
    turns.settle(desk, pilot, interview, item, answer)


def change_answer(
    desk: Desk,
    pilot_id: str,
    item_id: str,
    reading: Reading,
    *,
    message_ts: str | None = None,
    message_channel_id: str | None = None,
) -> Answer:
    """Put a new revision over an answer, during an interview or long after; the old one stays in the history.

    It settles the open question if it is that one, and closes what somebody else was asked about it. The Slack message
    that holds the words is told where there is one.
    """
    where = Where(message_channel_id, message_ts)
    answer = take_answer(desk, pilot_id, item_id, reading, where=where)
    if answer is None:
        raise errors.QuestionSettled  # this very message was taken before
    return answer


def pause(desk: Desk, interview_id: str) -> None:
    """Stop asking until somebody resumes or answers."""
    _turn_to(desk, interview_id, InterviewState.PAUSED, "interview.paused")


def resume(desk: Desk, interview_id: str) -> Interview:
    """Go on where it was; the open question still stands in the thread."""
    return _turn_to(desk, interview_id, InterviewState.OPEN, "interview.resumed")


def stop(desk: Desk, interview_id: str) -> None:
    """End early and sum up what is known."""
    interview = _turn_to(desk, interview_id, InterviewState.STOPPED, "interview.stopped")
    pilot, item = pilots.get(desk, interview.pilot_id), turns.open_item(desk, interview)
    if item:
        shown.close_question(desk, pilot, interview, item)
    shown.show_summary(desk, pilot, interview)


def end_open(desk: Desk, pilot_id: str) -> None:
    """End an interview that the pilot's move has overtaken; what was answered stays, and nothing is summed up."""
    running = desk.tx.interviews.open_of(pilot_id)
    if running is None:
        return
    pilot = pilots.get(desk, pilot_id)
    after = turns.save(desk, running, rules.turn_to(running, InterviewState.STOPPED, desk.at.now))
    desk.tx.audit.append(desk.at, "interview.ended", "pilot", pilot_id, {"interview": running.id}, None)
    item = turns.open_item(desk, after)
    if item:
        shown.close_question(desk, pilot, after, item)
    shown.show_root(desk, pilot, after, may_wait=False)


def _turn_to(desk: Desk, interview_id: str, state: InterviewState, what: str) -> Interview:
    interview = listening.locked(desk, interview_id)
    pilots.check_member(desk, errors.MayNotAnswer)
    pilot = pilots.get(desk, interview.pilot_id)
    return turns.turn_to(desk, pilot, interview, state, what)


def _first_asked(desk: Desk, interview_id: str, item_id: str) -> Asked | None:
    """Return what a click on the question itself is about; refused while one thing more is asked about its answer."""
    asked = _question(desk, interview_id, item_id)
    if asked and asked.interview.followed_up:
        raise errors.AskedOnceMore
    return asked


def _question(desk: Desk, interview_id: str, item_id: str) -> Asked | None:
    """Return what a click on a question is about; old, forged and settled ones are refused.

    None where the playbook asks it no more: the next question has just been asked instead.
    """
    interview = listening.locked(desk, interview_id)
    pilot = pilots.get_active(desk, interview.pilot_id)
    if item_id in interview.passed and desk.book_of(interview).item(item_id) is None:
        return None
    item = listening.check_open(desk, interview, item_id)
    return Asked(pilot, turns.wake(desk, interview), item)
