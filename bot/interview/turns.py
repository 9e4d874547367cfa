"""One turn of the conversation: take an answer, ask once more or settle it, and go on.

A turn states at most two messages for now (the settled line and the next question); the cards may lag for some seconds,
so that a quick person is not slowed down and Slack is not flooded.
"""

from bot.desk import Desk
from bot.domain import coaching, interview as rules
from bot.domain.answers import Answer, Reading, Status
from bot.domain.conversations import Interview, InterviewState
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.interview import errors, messages, shown
from bot.pilots import workflow as pilots


def take(
    desk: Desk,
    pilot: Pilot,
    interview: Interview,
    item: Item,
    reading: Reading,
    *,
    message_ts: str | None,
    in_thread: bool,
) -> Answer | None:
    before = desk.tx.answers.current(pilot.id).get(item.id)
    if reading.status is Status.SKIPPED and before and before.status is not Status.SKIPPED:
        settle(desk, pilot, interview, item, before)  # to skip is not to take back what was said before
        return before
    if interview.followed_up and before:
        reading = coaching.combine(as_reading(before), reading)
    answer = record(desk, pilot, item, reading, interview_id=interview.id, message_ts=message_ts)
    if answer is None:
        return None
    question = coaching.follow_up_for(reading, item, desk.playbook.coaching)
    if question and not interview.followed_up:
        ask_once_more(desk, pilot, interview, item, answer, question, in_thread=in_thread)
    else:
        settle(desk, pilot, interview, item, answer)
    return answer


def ask_once_more(
    desk: Desk,
    pilot: Pilot,
    interview: Interview,
    item: Item,
    answer: Answer,
    question: str,
    *,
    in_thread: bool,
) -> None:
    """Ask in the same message after a button, and below the reply after words."""
    save(desk, interview, rules.follow_up(interview, desk.at.now))
    pilots.changed(desk, pilot.id, "answer.given", after=facts(answer), card_may_wait=True)
    body = messages.follow_up_message(desk.library, interview, item, answer, question)
    if in_thread:
        shown.show_in_thread(
            desk,
            interview,
            shown.question_key(interview.id, item.id),
            messages.asked_below(desk.library, item, answer),
        )
        shown.show_in_thread(desk, interview, shown.follow_up_key(interview.id, item.id), body)
    else:
        shown.show_in_thread(desk, interview, shown.question_key(interview.id, item.id), body)


def ask_again_or_settle(desk: Desk, pilot: Pilot, interview: Interview, item: Item, edited: Answer) -> None:
    """Somebody edits the very answer that was asked about once more: mended, it settles; else the question stays."""
    question = coaching.follow_up_for(as_reading(edited), item, desk.playbook.coaching)
    if question is None:
        settle(desk, pilot, interview, item, edited)
    else:
        ask_once_more(desk, pilot, interview, item, edited, question, in_thread=True)


def add_to(
    desk: Desk, pilot: Pilot, interview: Interview, item: Item, reading: Reading, *, message_ts: str
) -> Answer | None:
    """Add a message that was written before the next question was there to the answer it belongs to."""
    current = desk.tx.answers.current(pilot.id).get(item.id)
    combined = coaching.combine(as_reading(current), reading) if current else reading
    answer = record(desk, pilot, item, combined, interview_id=interview.id, message_ts=message_ts)
    if answer:
        pilots.changed(
            desk,
            pilot.id,
            "answer.added_to",
            before=facts(current),
            after=facts(answer),
            card_may_wait=True,
        )
        shown.show_line(desk, pilot, item, answer, interview)
        shown.refresh_summary(desk, pilot)
    return answer


def settle(desk: Desk, pilot: Pilot, interview: Interview, item: Item, answer: Answer) -> None:
    """Reduce the question to a line and go on to the next, or sum up."""
    passed = rules.pass_item(interview, item.id, desk.at.now)
    after = save(desk, interview, past_what_is_known(desk, passed))
    shown.show_line(desk, pilot, item, answer, interview)
    over = after.state is InterviewState.DONE
    pilot = pilots.changed(desk, pilot.id, "answer.settled", after=facts(answer), card_may_wait=not over)
    go_on(desk, pilot, after)


def go_on(desk: Desk, pilot: Pilot, interview: Interview) -> None:
    """Ask what comes next, or sum up when nothing does."""
    over = interview.state is InterviewState.DONE
    if over:
        desk.tx.audit.append(desk.at, "interview.done", "pilot", pilot.id, None, {"interview": interview.id})
        shown.show_summary(desk, pilot, interview)
    elif interview.state is InterviewState.OPEN:
        ask_next(desk, interview)
    shown.show_root(desk, pilot, interview, may_wait=not over)


def ask_next(desk: Desk, interview: Interview) -> None:
    """Ask the open question, unless it was asked already: before a pause, say."""
    item = open_item(desk, interview)
    if item is None or desk.tx.messages.by_key(
        interview.workspace_id, shown.question_key(interview.id, item.id)
    ):
        return
    body = messages.question_message(desk.library, interview, item)
    shown.show_in_thread(desk, interview, shown.question_key(interview.id, item.id), body)


def record(
    desk: Desk,
    pilot: Pilot,
    item: Item,
    reading: Reading,
    *,
    interview_id: str | None,
    message_ts: str | None,
) -> Answer | None:
    """Append a revision; None where this very message was recorded before."""
    answer = answer_of(desk, pilot, item, reading, interview_id=interview_id, message_ts=message_ts)
    return desk.tx.answers.record(answer)


def answer_of(
    desk: Desk,
    pilot: Pilot,
    item: Item,
    reading: Reading,
    *,
    interview_id: str | None,
    message_ts: str | None,
) -> Answer:
    return Answer(
        pilot_id=pilot.id,
        item_id=item.id,
        revision=0,  # the store counts
        status=reading.status,
        detail=reading.detail,
        evidence=reading.evidence,
        concern=reading.concern,
        answered_by=desk.at.actor_id,
        answered_at=desk.at.now,
        interview_id=interview_id,
        message_ts=message_ts,
    )


def save(desk: Desk, old: Interview, new: Interview) -> Interview:
    if old != new and not desk.tx.interviews.save_if_unchanged(old, new):
        raise errors.QuestionSettled
    return new


def open_item(desk: Desk, interview: Interview) -> Item | None:
    return desk.playbook.item(interview.open_item_id) if interview.open_item_id else None


def was_lost(desk: Desk, interview: Interview) -> bool:
    """Whether the open question is about an item that the playbook has no more."""
    return interview.open_item_id is not None and desk.playbook.item(interview.open_item_id) is None


def without_lost(desk: Desk, interview: Interview) -> Interview:
    """Return the interview past every question that the playbook asks no more."""
    while is_going_on(interview) and was_lost(desk, interview):
        interview = rules.pass_item(interview, interview.open_item_id or "", desk.at.now)
    return interview


def past_what_is_known(desk: Desk, interview: Interview) -> Interview:
    """Return the interview past every question that is gone, or that somebody answered by the way since it began."""
    answers = desk.tx.answers.current(interview.pilot_id)
    while is_going_on(interview) and (item_id := interview.open_item_id):
        given = answers.get(item_id)
        answered = given and given.answered_at > interview.started_at and given.status is not Status.SKIPPED
        if not answered and not was_lost(desk, interview):
            break
        interview = rules.pass_item(interview, item_id, desk.at.now)
    return interview


def is_going_on(interview: Interview) -> bool:
    return interview.state in {InterviewState.OPEN, InterviewState.PAUSED}


def as_reading(answer: Answer) -> Reading:
    return Reading(
        status=answer.status, detail=answer.detail, evidence=answer.evidence, concern=answer.concern
    )


def facts(answer: Answer | None) -> dict[str, object] | None:
    return answer.model_dump(mode="json", exclude={"pilot_id"}) if answer else None
