"""What people do in a conversation: start it, answer, change an answer, pause, resume, stop.

Each function is one transaction's work. How a turn goes is in `turns`, who is listened to in `listening`, what Slack is
to show in `shown`.
"""

from bot.desk import Desk
from bot.domain import coaching, interview as rules
from bot.domain.answers import Answer, Reading, Status
from bot.domain.conversations import Interview, InterviewState
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.review import StageGone
from bot.interview import errors, listening, shown, turns
from bot.pilots import workflow as pilots
from bot.slack.payloads import ThreadMessage
from storage.ids import new_id


def start(desk: Desk, pilot_id: str) -> Interview:
    """Open a thread and ask the first question; a paused interview goes on where it was."""
    pilots.check_member(desk)
    pilot = pilots.get_active(desk, pilot_id)
    found = desk.tx.interviews.open_of(pilot.id)
    running = listening.running_of(desk, found)
    if running and found and running.passed != found.passed:
        return (
            running  # its open question was no longer in the playbook, and the next one has just been asked
        )
    if running and running.state is InterviewState.PAUSED:
        return resume(desk, running.id)
    if running:
        raise errors.AlreadyOpen(
            name=pilot.name, link=desk.link_to(shown.root_of(desk, running)) or "see its thread"
        )
    gate = desk.playbook.gate_from(pilot.stage)
    if gate is None and desk.playbook.stage(pilot.stage) is None:
        raise StageGone(name=pilot.name, stage=pilot.stage)
    if gate is None:
        raise errors.NothingAtThisGate(name=pilot.name, stage=pilot.stage)
    now = desk.at.now
    interview = Interview(
        id=new_id(),
        workspace_id=pilot.workspace_id,
        pilot_id=pilot.id,
        gate_id=gate.id,
        channel_id=pilot.channel_id,
        state=InterviewState.OPEN,
        started_by=desk.at.actor_id,
        started_at=now,
        last_turn_at=now,
        playbook_version=desk.playbook.version,
        asked=rules.to_ask(desk.playbook.items_of(gate), desk.tx.answers.current(pilot.id), now),
    )
    root = desk.tx.messages.show(
        pilot.workspace_id,
        shown.root_key(interview.id),
        pilot.channel_id,
        shown.root_body(desk, pilot, interview),
    )
    desk.tx.interviews.start(interview, root_message_id=root.id)
    pilots.changed(
        desk, pilot.id, "interview.started", after={"interview": interview.id, "asked": list(interview.asked)}
    )
    turns.ask_next(desk, interview)
    return interview


def go_on(desk: Desk, pilot_id: str) -> Interview:
    """Start, resume, or leave an interview that is under way as it is."""
    pilot = pilots.get_active(desk, pilot_id)
    running = listening.running_of(desk, desk.tx.interviews.open_of(pilot.id))
    return running if running and running.state is InterviewState.OPEN else start(desk, pilot_id)


def is_listening(desk: Desk, said: ThreadMessage) -> bool:
    """Whether a thread is one of our interviews; everything else is left alone."""
    thread_ts = said.thread_ts or ""
    return desk.tx.interviews.in_thread(desk.at.workspace_id, said.channel_id, thread_ts) is not None


def answer_in_thread(desk: Desk, said: ThreadMessage) -> Answer | None:
    """Take a reply as the answer to the open question, or leave it alone when it is not one."""
    if said.thread_ts is None:
        return None
    found = desk.tx.interviews.in_thread(desk.at.workspace_id, said.channel_id, said.thread_ts)
    if found is None:
        return None
    interview = listening.locked(desk, found.id)
    pilot = pilots.get(desk, interview.pilot_id)
    if not listening.reads_as_answer(desk, pilot, interview, said):
        return None
    pilots.check_member(desk, errors.MayNotAnswer)
    pilots.get_active(desk, pilot.id)  # a retired one is refused
    late_for = listening.answers_the_question_before(desk, interview, said)
    if late_for is not None:
        reading = listening.reading_of(desk, said, late_for)
        return turns.add_to(desk, pilot, interview, late_for, reading, message_ts=said.ts)
    item = turns.open_item(desk, interview)
    if item is None or not turns.is_going_on(interview) or turns.was_lost(desk, found):
        return None
    if interview.state is InterviewState.PAUSED:
        interview = turns.save(desk, interview, rules.turn_to(interview, InterviewState.OPEN, desk.at.now))
    reading = listening.reading_of(desk, said, item)
    return turns.take(desk, pilot, interview, item, reading, message_ts=said.ts, in_thread=True)


def revise_in_thread(desk: Desk, said: ThreadMessage) -> Answer | None:
    """Let an edited message revise the answer that it gave; other edits are left alone."""
    found = desk.tx.interviews.in_thread(desk.at.workspace_id, said.channel_id, said.thread_ts or "")
    given = desk.tx.answers.by_message(found.id, said.ts) if found else None
    if found and given is None and listening.came_after_the_open_question(desk, found, said):
        # the edit has overtaken its message, or made an answer of chatter
        return answer_in_thread(desk, said)
    item = desk.playbook.item(given.item_id) if given else None
    if found is None or given is None or item is None:
        return None
    current = desk.tx.answers.current(given.pilot_id).get(item.id)
    if current is None or current.message_ts != said.ts:
        return None  # a later answer stands; what was said before it is history
    pilot, interview = pilots.get_active(desk, given.pilot_id), listening.locked(desk, found.id)
    reading = listening.reading_of(desk, said, item)
    completed = listening.completed_by(desk, given)
    if completed:
        reading = coaching.combine(turns.as_reading(completed), reading)
    revised = desk.tx.answers.revise(
        turns.answer_of(desk, pilot, item, reading, interview_id=interview.id, message_ts=said.ts)
    )
    if revised is None:
        return None
    if interview.followed_up and turns.open_item(desk, interview) == item and turns.is_going_on(interview):
        turns.ask_again_or_settle(desk, pilot, interview, item, revised)
        return revised
    pilots.changed(
        desk,
        pilot.id,
        "answer.edited",
        before=turns.facts(current),
        after=turns.facts(revised),
        card_may_wait=True,
    )
    shown.show_line(desk, pilot, item, revised)
    shown.refresh_summary(desk, pilot)
    return revised


def open_question(desk: Desk, interview_id: str, item_id: str) -> Item:
    """Return the item of a question that may be answered now, for the form that asks more about it."""
    interview = desk.tx.interviews.get(desk.at.workspace_id, interview_id)
    if interview is None:
        raise errors.QuestionGone
    pilots.get_running(desk, interview.pilot_id)
    return listening.check_open(desk, interview, item_id)


def answer_by_button(desk: Desk, interview_id: str, item_id: str, status: Status) -> Answer | None:
    """Take a click on one of a question's buttons; a second click, from an old screen, is no second answer."""
    asked = _question(desk, interview_id, item_id)
    if asked is None:
        return None
    pilot, interview, item = asked
    if interview.followed_up:
        raise errors.AskedOnceMore
    reading = coaching.read_button(status, item, desk.playbook.coaching)
    return turns.take(desk, pilot, interview, item, reading, message_ts=None, in_thread=False)


def answer_with_reason(desk: Desk, interview_id: str, item_id: str, reason: str) -> Answer | None:
    """Take "does not apply" together with its reason."""
    asked = _question(desk, interview_id, item_id)
    if asked is None:
        return None
    pilot, interview, item = asked
    listening.check_reason(desk, item, reason)
    reading = Reading(status=Status.NOT_APPLICABLE, detail=reason.strip())
    return turns.take(desk, pilot, interview, item, reading, message_ts=None, in_thread=False)


def leave_as_it_is(desk: Desk, interview_id: str, item_id: str) -> None:
    """Accept the answer that was asked about once more, marked as not checkable, and go on."""
    asked = _question(desk, interview_id, item_id)
    if asked is None:
        return
    pilot, interview, item = asked
    answer = desk.tx.answers.current(pilot.id).get(item.id)
    if not interview.followed_up or answer is None:
        raise errors.QuestionSettled
    turns.settle(desk, pilot, interview, item, answer)


def change_answer(desk: Desk, pilot_id: str, item_id: str, reading: Reading) -> Answer:
    """Put a new revision over an answer, during an interview or long after; the old one stays in the history."""
    pilots.check_member(desk, errors.MayNotAnswer)
    pilot = pilots.get_active(desk, pilot_id)
    item = desk.playbook.item(item_id)
    if item is None:
        raise errors.ItemGone
    if reading.status is Status.NOT_APPLICABLE:
        listening.check_reason(desk, item, reading.detail)
    running = desk.tx.interviews.open_of(pilot.id)
    if running and running.open_item_id == item_id:
        interview = listening.locked(desk, running.id)
        answer = turns.record(desk, pilot, item, reading, interview_id=interview.id, message_ts=None)
        if answer:
            turns.settle(desk, pilot, interview, item, answer)
            return answer
    before = desk.tx.answers.current(pilot.id).get(item_id)
    answer = turns.record(
        desk, pilot, item, reading, interview_id=before.interview_id if before else None, message_ts=None
    )
    if answer is None:  # pragma: no cover - only a thread message can be a repeat
        raise errors.QuestionSettled
    pilots.changed(desk, pilot.id, "answer.changed", before=turns.facts(before), after=turns.facts(answer))
    shown.show_line(desk, pilot, item, answer)
    shown.refresh_summary(desk, pilot)
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
    if interview.state is state and state is not InterviewState.STOPPED:
        return interview
    pilot = pilots.get(desk, interview.pilot_id)
    try:
        turned = rules.turn_to(interview, state, desk.at.now)
    except rules.InterviewClosed as closed:
        raise rules.InterviewClosed(name=pilot.name) from closed
    after = turns.save(desk, interview, turned)
    pilots.changed(desk, pilot.id, what, before={"state": interview.state}, after={"state": state})
    if state is InterviewState.OPEN:
        turns.ask_next(desk, after)
    shown.show_root(desk, pilot, after, may_wait=False)
    return after


def _question(desk: Desk, interview_id: str, item_id: str) -> tuple[Pilot, Interview, Item] | None:
    """Return what a click on a question is about; old, forged and settled ones are refused.

    None where the playbook asks it no more: the next question has just been asked instead.
    """
    interview = listening.locked(desk, interview_id)
    pilot = pilots.get_active(desk, interview.pilot_id)
    if item_id in interview.passed and desk.playbook.item(item_id) is None:
        return None
    item = listening.check_open(desk, interview, item_id)
    if interview.state is InterviewState.PAUSED:
        interview = turns.save(desk, interview, rules.turn_to(interview, InterviewState.OPEN, desk.at.now))
    return pilot, interview, item
