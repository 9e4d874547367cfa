"""What people say in a conversation: a reply is an answer, or left alone; an edit revises the answer that its message gave.

Each function is one transaction's work.
"""

from bot.desk import Desk
from bot.domain import coaching
from bot.domain.answers import Answer, Reading
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item, Playbook
from bot.interview import elsewhere, errors, handing, listening, recording, restoring, shown, turns
from bot.interview.recording import Where, as_reading, facts
from bot.pilots import workflow as pilots
from bot.slack.payloads import ThreadMessage


def is_listening(desk: Desk, said: ThreadMessage) -> bool:
    """Whether a message can concern an answer: a reply in one of our threads, or an edit of words that are one."""
    found = restoring.of_thread(desk, said.channel_id, said.thread_ts) if said.thread_ts else None
    if found is not None or said.edited_at is None:
        return found is not None
    return desk.tx.answers.by_slack_message(desk.at.workspace_id, said.channel_id, said.ts) is not None


def answer_in_thread(desk: Desk, said: ThreadMessage) -> Answer | None:
    """Take a reply as the answer to the open question, or leave it alone when it is not one."""
    if said.thread_ts is None:
        return None
    found = restoring.of_thread(desk, said.channel_id, said.thread_ts)
    if found is None:
        return None
    interview = listening.locked(desk, found.id)
    pilot = pilots.get(desk, interview.pilot_id)
    handed = listening.asked_here(desk, pilot, interview, said)
    if handed is None and not listening.reads_as_answer(desk, pilot, interview, said):
        return None
    pilots.check_member(desk, errors.MayNotAnswer)
    pilots.get_active(desk, pilot.id)  # a retired one is refused
    where, book = Where(said.channel_id, said.ts), desk.book_of(interview)
    if handed is not None:
        return handing.answer_in_thread(desk, pilot, interview, handed, said)
    late_for = listening.answers_the_question_before(desk, interview, said)
    if late_for is not None:
        reading = listening.reading_of(desk, pilot, said, late_for, book)
        if late_for.id in interview.handed:
            return handing.take_answer(
                desk, pilot.id, late_for.id, reading, where=where, interview_id=interview.id
            )
        return turns.add_to(desk, pilot, interview, late_for, reading, where=where)
    item = turns.open_item(desk, interview)
    if item is None or not turns.is_going_on(interview) or turns.was_lost(desk, found):
        return None
    interview = turns.wake(desk, interview)
    left = None if interview.followed_up else listening.passes_over(desk, pilot, item, said)
    if left is not None:
        return turns.pass_over(desk, pilot, interview, item, left)
    known = None if interview.followed_up else listening.confirmed(desk, pilot, item, said)
    if known is not None:
        return turns.confirm(desk, pilot, interview, item, known, where=where)
    reading = listening.reading_of(desk, pilot, said, item, book)
    return turns.take(desk, pilot, interview, item, reading, where=where, in_thread=True)


def revise_in_thread(desk: Desk, said: ThreadMessage) -> Answer | None:
    """Let an edited message revise every answer that stands on it; other edits are left alone."""
    standing = desk.tx.answers.standing_on(desk.at.workspace_id, said.channel_id, said.ts)
    if standing:
        pilots.check_member(desk, errors.MayNotAnswer)
        running = [one for one in standing if not pilots.get(desk, one.pilot_id).retired]
        revised = [_revise(desk, one, said) for one in running or standing]
        return next((answer for answer in revised if answer), None)
    if desk.tx.answers.by_slack_message(desk.at.workspace_id, said.channel_id, said.ts):
        return None  # a later answer stands; what was said before it is history
    return _answer_by_edit(desk, said)


def _revise(desk: Desk, given: Answer, said: ThreadMessage) -> Answer | None:
    """Revise one answer; where its question is open, for one thing more or after a step back, the edit answers it."""
    pilot = pilots.get_active(desk, given.pilot_id)
    current = desk.tx.answers.current(pilot.id).get(given.item_id)
    interview = listening.locked(desk, given.interview_id) if given.interview_id else None
    item = listening.item_of(desk, pilot.id, given.item_id, interview)
    if item is None or current is None or current.revision != given.revision:
        return None
    reading = _edited_reading(desk, pilot, item, given, said, listening.book_for(desk, interview))
    if _says_the_same(as_reading(current), reading):
        return None
    where = Where(said.channel_id, said.ts)
    revised = recording.revise(desk, pilot, item, reading, interview_id=given.interview_id, where=where)
    if revised is None:
        return None
    if interview and turns.is_going_on(interview) and turns.open_item(desk, interview) == item:
        turns.ask_again_or_settle(desk, pilot, interview, item, revised)
        return revised
    before, after = facts(current), facts(revised)
    pilots.changed(desk, pilot.id, "answer.edited", before=before, after=after, card_may_wait=True)
    shown.show_line(desk, pilot, item, revised)
    shown.refresh_summary(desk, pilot)
    return revised


def _says_the_same(known: Reading, anew: Reading) -> bool:
    """Whether an edit changes nothing: Slack tells of one, too, when it only adds a preview of a link."""
    links = known.evidence if set(known.evidence) == set(anew.evidence) else anew.evidence
    return anew.model_copy(update={"evidence": links, "undertaking": known.undertaking}) == known


def _answer_by_edit(desk: Desk, said: ThreadMessage) -> Answer | None:
    """An edit has overtaken its message, or made an answer of chatter."""
    found = restoring.of_thread(desk, said.channel_id, said.thread_ts or "")
    if found and listening.came_after_the_open_question(desk, found, said):
        return answer_in_thread(desk, said)
    return None


def _edited_reading(
    desk: Desk, pilot: Pilot, item: Item, given: Answer, said: ThreadMessage, book: Playbook
) -> Reading:
    earlier = listening.answer_before(desk, given)
    if earlier and listening.only_confirms(desk, said):
        return as_reading(earlier)
    reading = listening.reading_of(desk, pilot, said, item, book)
    completed = listening.completed_by(given, earlier)
    if completed:
        reading = coaching.combine(as_reading(completed), reading)
    return elsewhere.keep_origin(desk, given, reading)
