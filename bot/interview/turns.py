"""One turn of the conversation: take an answer, ask once more or settle it, and go on.

A turn states at most two messages for now (the settled line and the next question); the cards may lag for some seconds,
so that a quick person is not slowed down and Slack is not flooded.
"""

from bot.desk import Desk
from bot.domain import coaching, interview as rules
from bot.domain.answers import Answer, Reading, Status
from bot.domain.conversations import Interview, InterviewState
from bot.domain.interview import AnswersById
from bot.domain.pilots import Pilot
from bot.domain.playbook import Detector, Item, Playbook
from bot.interview import errors, lines, question, recording, shown
from bot.interview.recording import NOWHERE, Where, as_reading, facts
from bot.pilots import workflow as pilots


def take(
    desk: Desk,
    pilot: Pilot,
    interview: Interview,
    item: Item,
    reading: Reading,
    *,
    where: Where = NOWHERE,
    in_thread: bool = False,
) -> Answer | None:
    """Take what somebody says about the open question; ask about it once more, or go on."""
    before = desk.tx.answers.current(pilot.id).get(item.id)
    if reading.status is Status.SKIPPED and before and before.status is not Status.SKIPPED:
        settle(desk, pilot, interview, item, before)  # to skip is not to take back what was said before
        return before
    if interview.followed_up and before:
        reading = coaching.combine(as_reading(before), reading)
    answer = recording.record(desk, pilot, item, reading, interview_id=interview.id, where=where)
    if answer is None:
        return None
    sentence = coaching.follow_up_for(reading, item, desk.book_of(interview).coaching)
    if sentence and not interview.followed_up and not was_asked_once_more(desk, interview, answer):
        ask_once_more(desk, pilot, interview, item, answer, sentence, in_thread=in_thread)
        return answer
    if reading.status is not Status.SKIPPED:
        recording.note_pace(desk, interview, item)
    settle(desk, pilot, interview, item, answer)
    return answer


def confirm(
    desk: Desk, pilot: Pilot, interview: Interview, item: Item, known: Reading, *, where: Where = NOWHERE
) -> Answer | None:
    """Put the known words on record again, as of now, without asking anything about them."""
    answer = recording.record(desk, pilot, item, known, interview_id=interview.id, where=where)
    if answer:
        settle(desk, pilot, interview, item, answer)
    return answer


def pass_over(desk: Desk, pilot: Pilot, interview: Interview, item: Item, known: Answer) -> Answer:
    """Leave a known answer as it is, with the day on which it was given, and go on."""
    settle(desk, pilot, interview, item, known)
    return known


def was_asked_once_more(desk: Desk, interview: Interview, answer: Answer) -> bool:
    """Whether an earlier answer of this interview led to the one follow-up already: going back earns no second one."""
    if answer.revision == 1:
        return False
    book = desk.book_of(interview)
    return any(
        earlier.interview_id == interview.id
        and earlier.revision < answer.revision
        and earlier.concern is not None
        and book.coaching.ask(earlier.concern) is not None
        for earlier in desk.tx.answers.history(answer.pilot_id, answer.item_id)
    )


def ask_once_more(
    desk: Desk,
    pilot: Pilot,
    interview: Interview,
    item: Item,
    answer: Answer,
    sentence: str,
    *,
    in_thread: bool,
) -> None:
    """Ask in the same message after a button, and below the reply after words."""
    save(desk, interview, rules.follow_up(interview))
    pilots.changed(desk, pilot.id, "answer.given", after=facts(answer), card_may_wait=True)
    planless = is_about_a_plan(desk.book_of(interview), answer)
    body = question.follow_up_message(desk.library, interview, item, answer, sentence, asks_for_plan=planless)
    if in_thread:
        below = lines.asked_below_message(desk.library, item, answer)
        shown.show_in_thread(desk, interview, shown.question_key(interview.id, item.id), below)
        shown.show_in_thread(desk, interview, shown.follow_up_key(interview.id, item.id), body)
    else:
        shown.show_at_its_place(desk, interview, item, body)


def is_about_a_plan(book: Playbook, answer: Answer) -> bool:
    """Whether what is missing of an answer is who does what by when."""
    return any(
        concern.id == answer.concern and concern.detect is Detector.NO_PLAN
        for concern in book.coaching.concerns
    )


def ask_again_or_settle(desk: Desk, pilot: Pilot, interview: Interview, item: Item, edited: Answer) -> None:
    """Somebody edits the answer to the open question: checkable, it settles; else the one follow-up stays, or is asked."""
    sentence = coaching.follow_up_for(as_reading(edited), item, desk.book_of(interview).coaching)
    was_asked = not interview.followed_up and was_asked_once_more(desk, interview, edited)
    if sentence is None or was_asked:
        settle(desk, pilot, interview, item, edited)
    else:
        ask_once_more(desk, pilot, interview, item, edited, sentence, in_thread=True)


def add_to(
    desk: Desk, pilot: Pilot, interview: Interview, item: Item, reading: Reading, *, where: Where
) -> Answer | None:
    """Add a message that was written before the next question was there to the answer it belongs to."""
    current = desk.tx.answers.current(pilot.id).get(item.id)
    combined = coaching.combine(as_reading(current), reading) if current else reading
    answer = recording.record(desk, pilot, item, combined, interview_id=interview.id, where=where)
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
    answers = desk.tx.answers.current(pilot.id)
    passed = rules.no_longer_handed(rules.pass_item(interview, item.id, desk.at.now), item.id)
    after = save(desk, interview, past_what_is_known(desk, passed, answers))
    shown.show_line(desk, pilot, item, answer, interview)
    over = after.state is InterviewState.DONE
    pilot = pilots.changed(desk, pilot.id, "answer.settled", after=facts(answer), card_may_wait=not over)
    go_on(desk, pilot, after, answers)


def go_on(desk: Desk, pilot: Pilot, interview: Interview, answers: AnswersById | None = None) -> None:
    """Ask what comes next, or sum up when nothing does."""
    answers = desk.tx.answers.current(pilot.id) if answers is None else answers
    over = interview.state is InterviewState.DONE
    if over:
        desk.tx.audit.append(desk.at, "interview.done", "pilot", pilot.id, None, {"interview": interview.id})
        shown.show_end(desk, interview)
        shown.show_summary(desk, pilot, interview)
    elif interview.state is InterviewState.OPEN:
        ask_next(desk, interview, answers)
    shown.show_root(desk, pilot, interview, may_wait=not over, answers=answers)


def ask_next(desk: Desk, interview: Interview, answers: AnswersById) -> None:
    """Ask the open question: in a new message, or where it stands already (before a pause, or waiting since a step back).

    A question that stands further up than the one just left is asked again below it, where people are.
    """
    item = open_item(desk, interview)
    if item is None or interview.followed_up:
        return
    left = interview.passed[-1] if interview.passed else None
    shown.show_question(desk, interview, item, answers.get(item.id), after=left)


def set_aside(desk: Desk, pilot: Pilot, interview: Interview, item: Item) -> None:
    """Reduce the open question to a line that says that it comes again; to its answer, where it has one by now."""
    answer = desk.tx.answers.current(pilot.id).get(item.id)
    if answer and is_answered_since(interview, answer):
        shown.show_line(desk, pilot, item, answer, interview)
    else:
        shown.show_asked_later(desk, interview, item)


def wake(desk: Desk, interview: Interview) -> Interview:
    """Let a paused interview go on because somebody answers it."""
    if interview.state is not InterviewState.PAUSED:
        return interview
    return save(desk, interview, rules.turn_to(interview, InterviewState.OPEN, desk.at.now))


def turn_to(desk: Desk, pilot: Pilot, interview: Interview, state: InterviewState, what: str) -> Interview:
    """Pause, resume or stop, and let the root card say so."""
    if interview.state is state and state is not InterviewState.STOPPED:
        return interview
    try:
        turned = rules.turn_to(interview, state, desk.at.now)
    except rules.InterviewClosed as closed:
        raise rules.InterviewClosed(name=pilot.name) from closed
    after = save(desk, interview, turned)
    pilot = pilots.changed(desk, pilot.id, what, before={"state": interview.state}, after={"state": state})
    if state is InterviewState.OPEN:
        ask_next(desk, after, desk.tx.answers.current(pilot.id))
    shown.show_root(desk, pilot, after, may_wait=False)
    return after


def save(desk: Desk, old: Interview, new: Interview) -> Interview:
    """Keep the next turn; refused where another turn came first."""
    if old != new and not desk.tx.interviews.save_if_unchanged(old, new):
        raise errors.QuestionSettled
    return new


def open_item(desk: Desk, interview: Interview) -> Item | None:
    """Return the item of the open question."""
    return desk.book_of(interview).item(interview.open_item_id) if interview.open_item_id else None


def was_lost(desk: Desk, interview: Interview) -> bool:
    """Whether the open question is about an item that the interview's playbook has no more."""
    return interview.open_item_id is not None and open_item(desk, interview) is None


def without_lost(desk: Desk, interview: Interview) -> Interview:
    """Return the interview past every question that its playbook asks no more."""
    while is_going_on(interview) and was_lost(desk, interview):
        interview = rules.pass_item(interview, interview.open_item_id or "", desk.at.now)
    return interview


def past_what_is_known(desk: Desk, interview: Interview, answers: AnswersById) -> Interview:
    """Return the interview past every question that is gone, or that somebody answered by the way since it began."""
    while is_going_on(interview) and (item_id := interview.open_item_id):
        if not is_answered_since(interview, answers.get(item_id)) and not was_lost(desk, interview):
            break
        interview = rules.pass_unasked(interview, item_id, desk.at.now)
    return interview


def is_answered_since(interview: Interview, given: Answer | None) -> bool:
    """Whether an item was answered in this interview, or elsewhere since it began; a skip is no answer."""
    if given is None or given.status is Status.SKIPPED:
        return False
    return given.interview_id == interview.id or given.answered_at > interview.started_at


def is_going_on(interview: Interview) -> bool:
    """Whether an interview asks, or waits to go on."""
    return interview.state in {InterviewState.OPEN, InterviewState.PAUSED}
