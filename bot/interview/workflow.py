"""The conversation: start it, take an answer, ask once more, settle, go on, pause, stop, and sum up.

One turn states at most two messages for now (the settled line and the next question); the root card and the pilot's
card may lag for some seconds, so that a quick person is not slowed down and Slack is not flooded.
"""

from datetime import timedelta

from bot.desk import Desk
from bot.domain import coaching, interview as rules
from bot.domain.answers import Answer, Reading, Status
from bot.domain.conversations import Interview, InterviewState
from bot.domain.messages import Body, OutboundMessage
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.interview import errors, messages
from bot.pilots import workflow as pilots
from bot.slack.payloads import ThreadMessage
from storage.ids import new_id

ROOT_MAY_WAIT = timedelta(seconds=10)
"""How long the root card may lag behind the answers."""


def start(desk: Desk, pilot_id: str) -> Interview:
    """Open a thread and ask the first question; a paused interview goes on where it was."""
    pilots.check_member(desk)
    pilot = pilots.get_active(desk, pilot_id)
    running = _running(desk, pilot.id)
    if running and running.state is InterviewState.PAUSED:
        return resume(desk, running.id)
    if running:
        raise errors.AlreadyOpen(
            name=pilot.name, link=desk.link_to(root_of(desk, running)) or "see its thread"
        )
    gate = desk.playbook.gate_from(pilot.stage)
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
        pilot.workspace_id, root_key(interview.id), pilot.channel_id, _root_body(desk, pilot, interview)
    )
    desk.tx.interviews.start(interview, root_message_id=root.id)
    pilots.changed(
        desk, pilot.id, "interview.started", after={"interview": interview.id, "asked": list(interview.asked)}
    )
    _ask_next(desk, interview)
    return interview


def go_on(desk: Desk, pilot_id: str) -> Interview:
    """Start, resume, or leave an interview that is under way as it is."""
    running = _running(desk, pilots.get_active(desk, pilot_id).id)
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
    interview = _locked(desk, found.id)
    pilot = pilots.get(desk, interview.pilot_id)
    if not _reads_as_answer(desk, pilot, interview, said):
        return None
    pilots.check_member(desk, errors.MayNotAnswer)
    pilots.get_active(desk, pilot.id)  # a retired one is refused
    late_for = _answers_the_question_before(desk, interview, said)
    if late_for is not None:
        return _add_to(desk, pilot, interview, late_for, said)
    item = _open_item(desk, interview)
    if item is None or not _is_going_on(interview) or _was_lost(desk, found):
        return None
    if interview.state is InterviewState.PAUSED:
        interview = _save(desk, interview, rules.turn_to(interview, InterviewState.OPEN, desk.at.now))
    return _take(desk, pilot, interview, item, _read(desk, said, item), message_ts=said.ts, in_thread=True)


def revise_in_thread(desk: Desk, said: ThreadMessage) -> Answer | None:
    """Let an edited message revise the answer that it gave; other edits are left alone."""
    found = desk.tx.interviews.in_thread(desk.at.workspace_id, said.channel_id, said.thread_ts or "")
    given = desk.tx.answers.by_message(found.id, said.ts) if found else None
    if found and given is None and _came_after_the_open_question(desk, found, said):
        return answer_in_thread(
            desk, said
        )  # the edit has overtaken its message, or made an answer of chatter
    item = desk.playbook.item(given.item_id) if given else None
    if found is None or given is None or item is None:
        return None
    current = desk.tx.answers.current(given.pilot_id).get(item.id)
    if current is None or current.message_ts != said.ts:
        return None  # a later answer stands; what was said before it is history
    pilot, interview = pilots.get_active(desk, given.pilot_id), _locked(desk, found.id)
    reading = _read(desk, said, item)
    completed = _completed_by(desk, given)
    if completed:
        reading = coaching.combine(_as_reading(completed), reading)
    revised = desk.tx.answers.revise(
        _answer(desk, pilot, item, reading, interview_id=interview.id, message_ts=said.ts)
    )
    if revised is None:
        return None
    if interview.followed_up and _open_item(desk, interview) == item and _is_going_on(interview):
        _ask_again_or_settle(desk, pilot, interview, item, revised)
        return revised
    pilots.changed(
        desk, pilot.id, "answer.edited", before=_facts(current), after=_facts(revised), card_may_wait=True
    )
    _show_line(desk, pilot, item, revised)
    _refresh_summary(desk, pilot)
    return revised


def _ask_again_or_settle(desk: Desk, pilot: Pilot, interview: Interview, item: Item, edited: Answer) -> None:
    """Somebody edits the very answer that was asked about once more: mended, it settles; else the question stays."""
    question = coaching.follow_up_for(_as_reading(edited), item, desk.playbook.coaching)
    if question is None:
        _settle(desk, pilot, interview, item, edited)
    else:
        _ask_once_more(desk, pilot, interview, item, edited, question, in_thread=True)


def open_question(desk: Desk, interview_id: str, item_id: str) -> Item:
    """Return the item of a question that may be answered now, for the form that asks more about it."""
    interview = desk.tx.interviews.get(desk.at.workspace_id, interview_id)
    if interview is None:
        raise errors.QuestionGone
    pilots.get_running(desk, interview.pilot_id)
    return _check_open(desk, interview, item_id)


def answer_by_button(desk: Desk, interview_id: str, item_id: str, status: Status) -> Answer | None:
    """Take a click on one of a question's buttons; a second click, from an old screen, is no second answer."""
    pilot, interview, item = _question(desk, interview_id, item_id)
    if interview.followed_up:
        raise errors.AskedOnceMore
    reading = coaching.read_button(status, item, desk.playbook.coaching)
    return _take(desk, pilot, interview, item, reading, message_ts=None, in_thread=False)


def answer_with_reason(desk: Desk, interview_id: str, item_id: str, reason: str) -> Answer | None:
    """Take "does not apply" together with its reason."""
    if not reason.strip():
        raise errors.ReasonForNotApplicable
    pilot, interview, item = _question(desk, interview_id, item_id)
    reading = Reading(status=Status.NOT_APPLICABLE, detail=reason.strip())
    return _take(desk, pilot, interview, item, reading, message_ts=None, in_thread=False)


def leave_as_it_is(desk: Desk, interview_id: str, item_id: str) -> None:
    """Accept the answer that was asked about once more, marked as not checkable, and go on."""
    pilot, interview, item = _question(desk, interview_id, item_id)
    answer = desk.tx.answers.current(pilot.id).get(item.id)
    if not interview.followed_up or answer is None:
        raise errors.QuestionSettled
    _settle(desk, pilot, interview, item, answer)


def change_answer(desk: Desk, pilot_id: str, item_id: str, reading: Reading) -> Answer:
    """Put a new revision over an answer, during an interview or long after; the old one stays in the history."""
    pilots.check_member(desk, errors.MayNotAnswer)
    pilot = pilots.get_active(desk, pilot_id)
    item = desk.playbook.item(item_id)
    if item is None:
        raise errors.ItemGone
    if reading.status is Status.NOT_APPLICABLE and not reading.detail.strip():
        raise errors.ReasonForNotApplicable
    running = desk.tx.interviews.open_of(pilot.id)
    if running and running.open_item_id == item_id:
        interview = _locked(desk, running.id)
        answer = _record(desk, pilot, item, reading, interview_id=interview.id, message_ts=None)
        if answer:
            _settle(desk, pilot, interview, item, answer)
            return answer
    before = desk.tx.answers.current(pilot.id).get(item_id)
    answer = _record(
        desk, pilot, item, reading, interview_id=before.interview_id if before else None, message_ts=None
    )
    if answer is None:  # pragma: no cover - only a thread message can be a repeat
        raise errors.QuestionSettled
    pilots.changed(desk, pilot.id, "answer.changed", before=_facts(before), after=_facts(answer))
    _show_line(desk, pilot, item, answer)
    _refresh_summary(desk, pilot)
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
    pilot, item = pilots.get(desk, interview.pilot_id), _open_item(desk, interview)
    if item:
        _close_question(desk, pilot, interview, item)
    show_summary(desk, pilot, interview)


def end_open(desk: Desk, pilot_id: str) -> None:
    """End an interview that the pilot's move has overtaken; what was answered stays, and nothing is summed up."""
    running = desk.tx.interviews.open_of(pilot_id)
    if running is None:
        return
    pilot = pilots.get(desk, pilot_id)
    after = _save(desk, running, rules.turn_to(running, InterviewState.STOPPED, desk.at.now))
    desk.tx.audit.append(desk.at, "interview.ended", "pilot", pilot_id, {"interview": running.id}, None)
    item = _open_item(desk, after)
    if item:
        _close_question(desk, pilot, after, item)
    _show_root(desk, pilot, after, may_wait=False)


def show_summary(desk: Desk, pilot: Pilot, interview: Interview) -> None:
    """State the readiness summary in the channel: the verdict, what is in place, what is missing."""
    standing = pilots.standing_of(desk, pilot)
    if standing.gate is None:
        return
    desk.tx.messages.show(
        pilot.workspace_id,
        summary_key(interview.id),
        pilot.channel_id,
        messages.summary_message(desk.library, pilot, standing.gate, standing.verdict, desk.at.now),
    )


def root_of(desk: Desk, interview: Interview) -> OutboundMessage | None:
    """Return the message that the interview's thread hangs from."""
    return desk.tx.messages.by_key(interview.workspace_id, root_key(interview.id))


def root_key(interview_id: str) -> str:
    """Return the key of an interview's root card."""
    return f"interview:{interview_id}:root"


def summary_key(interview_id: str) -> str:
    """Return the key of an interview's summary."""
    return f"interview:{interview_id}:summary"


def question_key(interview_id: str, item_id: str) -> str:
    """Return the key of a question, which later becomes its answer's line."""
    return f"interview:{interview_id}:item:{item_id}"


def follow_up_key(interview_id: str, item_id: str) -> str:
    """Return the key of the one follow-up, which then carries the answer's line."""
    return f"interview:{interview_id}:follow-up:{item_id}"


# One turn


def _take(
    desk: Desk,
    pilot: Pilot,
    interview: Interview,
    item: Item,
    reading: Reading,
    *,
    message_ts: str | None,
    in_thread: bool,
) -> Answer | None:
    if interview.followed_up:
        first = desk.tx.answers.current(pilot.id).get(item.id)
        if first and reading.status is not Status.SKIPPED:
            reading = coaching.combine(_as_reading(first), reading)
    answer = _record(desk, pilot, item, reading, interview_id=interview.id, message_ts=message_ts)
    if answer is None:
        return None
    question = coaching.follow_up_for(reading, item, desk.playbook.coaching)
    if question and not interview.followed_up:
        _ask_once_more(desk, pilot, interview, item, answer, question, in_thread=in_thread)
    else:
        _settle(desk, pilot, interview, item, answer)
    return answer


def _ask_once_more(
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
    _save(desk, interview, rules.follow_up(interview, desk.at.now))
    pilots.changed(desk, pilot.id, "answer.given", after=_facts(answer), card_may_wait=True)
    body = messages.follow_up_message(desk.library, interview, item, answer, question)
    if in_thread:
        _show_in_thread(
            desk,
            interview,
            question_key(interview.id, item.id),
            messages.asked_below(desk.library, item, answer),
        )
        _show_in_thread(desk, interview, follow_up_key(interview.id, item.id), body)
    else:
        _show_in_thread(desk, interview, question_key(interview.id, item.id), body)


def _settle(desk: Desk, pilot: Pilot, interview: Interview, item: Item, answer: Answer) -> None:
    """Reduce the question to a line and go on to the next, or sum up."""
    after = _save(desk, interview, rules.pass_item(interview, item.id, desk.at.now))
    _show_line(desk, pilot, item, answer)
    over = after.state is InterviewState.DONE
    pilot = pilots.changed(desk, pilot.id, "answer.settled", after=_facts(answer), card_may_wait=not over)
    _go_on(desk, pilot, after)


def _go_on(desk: Desk, pilot: Pilot, interview: Interview) -> None:
    """Ask what comes next, or sum up when nothing does."""
    over = interview.state is InterviewState.DONE
    if over:
        desk.tx.audit.append(desk.at, "interview.done", "pilot", pilot.id, None, {"interview": interview.id})
        show_summary(desk, pilot, interview)
    elif interview.state is InterviewState.OPEN:
        _ask_next(desk, interview)
    _show_root(desk, pilot, interview, may_wait=not over)


def _ask_next(desk: Desk, interview: Interview) -> None:
    """Ask the open question, unless it was asked already: before a pause, say."""
    item = _open_item(desk, interview)
    if item is None or desk.tx.messages.by_key(interview.workspace_id, question_key(interview.id, item.id)):
        return
    body = messages.question_message(desk.library, interview, item)
    _show_in_thread(desk, interview, question_key(interview.id, item.id), body)


def _add_to(desk: Desk, pilot: Pilot, interview: Interview, item: Item, said: ThreadMessage) -> Answer | None:
    """Add a message that was written before the next question was there to the answer it belongs to."""
    current = desk.tx.answers.current(pilot.id).get(item.id)
    reading = _read(desk, said, item)
    combined = coaching.combine(_as_reading(current), reading) if current else reading
    answer = _record(desk, pilot, item, combined, interview_id=interview.id, message_ts=said.ts)
    if answer:
        pilots.changed(
            desk,
            pilot.id,
            "answer.added_to",
            before=_facts(current),
            after=_facts(answer),
            card_may_wait=True,
        )
        _show_line(desk, pilot, item, answer)
        _refresh_summary(desk, pilot)
    return answer


def _record(
    desk: Desk,
    pilot: Pilot,
    item: Item,
    reading: Reading,
    *,
    interview_id: str | None,
    message_ts: str | None,
) -> Answer | None:
    """Append a revision; None where this very message was recorded before."""
    answer = _answer(desk, pilot, item, reading, interview_id=interview_id, message_ts=message_ts)
    return desk.tx.answers.record(answer)


def _answer(
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


def _turn_to(desk: Desk, interview_id: str, state: InterviewState, what: str) -> Interview:
    interview = _locked(desk, interview_id)
    pilots.check_member(desk, errors.MayNotAnswer)
    if interview.state is state and state is not InterviewState.STOPPED:
        return interview
    pilot = pilots.get(desk, interview.pilot_id)
    try:
        turned = rules.turn_to(interview, state, desk.at.now)
    except rules.InterviewClosed as closed:
        raise rules.InterviewClosed(name=pilot.name) from closed
    after = _save(desk, interview, turned)
    pilots.changed(desk, pilot.id, what, before={"state": interview.state}, after={"state": state})
    if state is InterviewState.OPEN:
        _ask_next(desk, after)
    _show_root(desk, pilot, after, may_wait=False)
    return after


# What is shown


def _show_line(desk: Desk, pilot: Pilot, item: Item, answer: Answer) -> None:
    """Show the answer where its question stood; an answer without an interview has no line."""
    if answer.interview_id is None:
        return
    interview = desk.tx.interviews.get(pilot.workspace_id, answer.interview_id)
    if interview is None:
        return
    follow_up = desk.tx.messages.by_key(pilot.workspace_id, follow_up_key(interview.id, item.id))
    key = follow_up_key(interview.id, item.id) if follow_up else question_key(interview.id, item.id)
    _show_in_thread(desk, interview, key, messages.settled_message(desk.library, pilot, item, answer))


def _close_question(desk: Desk, pilot: Pilot, interview: Interview, item: Item) -> None:
    answer = desk.tx.answers.current(pilot.id).get(item.id)
    key = question_key(interview.id, item.id)
    if answer and interview.followed_up:
        _show_line(desk, pilot, item, answer)
    else:
        _show_in_thread(desk, interview, key, messages.unanswered_message(desk.library, pilot, item))


def _show_in_thread(desk: Desk, interview: Interview, key: str, body: Body) -> None:
    root = root_of(desk, interview)
    desk.tx.messages.show(
        interview.workspace_id, key, interview.channel_id, body, under=root.id if root else None
    )


def _show_root(desk: Desk, pilot: Pilot, interview: Interview, *, may_wait: bool) -> None:
    desk.tx.messages.show(
        interview.workspace_id,
        root_key(interview.id),
        interview.channel_id,
        _root_body(desk, pilot, interview),
        not_before=desk.may_lag(root_key(interview.id), ROOT_MAY_WAIT) if may_wait else None,
    )


def _root_body(desk: Desk, pilot: Pilot, interview: Interview) -> Body:
    gate = desk.playbook.gate(interview.gate_id)
    to_stage = gate.to_stage if gate else None
    return messages.root_message(desk.library, pilot, to_stage, interview, rules.progress(interview))


def _refresh_summary(desk: Desk, pilot: Pilot) -> None:
    """Let the latest summary say what is true now, when there is one."""
    latest = desk.tx.interviews.latest_of(pilot.id)
    if latest is None or desk.tx.messages.by_key(pilot.workspace_id, summary_key(latest.id)) is None:
        return
    gate = desk.playbook.gate_from(pilot.stage)
    if gate and gate.id == latest.gate_id:
        show_summary(desk, pilot, latest)


# Small questions


def _question(desk: Desk, interview_id: str, item_id: str) -> tuple[Pilot, Interview, Item]:
    """Return what a click on a question is about; old, forged and settled ones are refused."""
    interview = _locked(desk, interview_id)
    pilot = pilots.get_active(desk, interview.pilot_id)
    item = _check_open(desk, interview, item_id)
    if interview.state is InterviewState.PAUSED:
        interview = _save(desk, interview, rules.turn_to(interview, InterviewState.OPEN, desk.at.now))
    return pilot, interview, item


def _check_open(desk: Desk, interview: Interview, item_id: str) -> Item:
    """Return the item of the open question; the refusal that applies when it is not the open one, or not theirs."""
    pilots.check_member(desk, errors.MayNotAnswer)
    item = desk.playbook.item(item_id)
    if item is None or item_id not in interview.asked:
        raise errors.QuestionGone
    if item_id in interview.passed:
        raise errors.QuestionSettled
    if not _is_going_on(interview) or interview.open_item_id != item_id:
        raise errors.QuestionGone
    return item


def _reads_as_answer(desk: Desk, pilot: Pilot, interview: Interview, said: ThreadMessage) -> bool:
    """Only the pilot's people are listened to without being asked; anybody may answer by mentioning the bot."""
    if _bot_of(desk) in said.mentions:
        return coaching.looks_like_answer(said.text, mentions_bot=True)
    taking_part = {pilot.champion_id, interview.started_by, pilot.registered_by}
    if not is_group(pilot.owner_id):
        taking_part.add(pilot.owner_id)
    taking_part |= {
        a.answered_by for a in desk.tx.answers.current(pilot.id).values() if a.interview_id == interview.id
    }
    return desk.at.actor_id in taking_part and coaching.looks_like_answer(said.text, mentions_bot=False)


def _answers_the_question_before(desk: Desk, interview: Interview, said: ThreadMessage) -> Item | None:
    """Return the item that a message really answers when the open question was not on the screen yet.

    Two people answer at once, or one person sends a second line: by Slack's own clock the message is older than the
    open question, so it belongs to the one before.
    """
    if not interview.passed or interview.followed_up or interview.state is InterviewState.STOPPED:
        return None
    open_id = interview.open_item_id
    key = question_key(interview.id, open_id) if open_id else summary_key(interview.id)
    shown = desk.tx.messages.by_key(interview.workspace_id, key)
    if shown is None or (shown.slack_ts is None and shown.first_attempt_at is not None):
        return None
    if shown.slack_ts is not None and float(said.ts) > float(shown.slack_ts):
        return None
    return desk.playbook.item(interview.passed[-1])


def _came_after_the_open_question(desk: Desk, interview: Interview, said: ThreadMessage) -> bool:
    item_id = interview.open_item_id
    key = question_key(interview.id, item_id) if item_id else ""
    shown = desk.tx.messages.by_key(interview.workspace_id, key)
    return shown is not None and shown.slack_ts is not None and float(said.ts) > float(shown.slack_ts)


def _locked(desk: Desk, interview_id: str) -> Interview:
    """Return an interview of this workspace and keep others from turning it meanwhile; a forged id is refused.

    The pilot is locked first, here as everywhere, so that no two processes wait for each other.
    """
    found = desk.tx.interviews.get(desk.at.workspace_id, interview_id)
    if found is None:
        raise errors.QuestionGone
    desk.tx.pilots.lock(desk.at.workspace_id, found.pilot_id)
    interview = desk.tx.interviews.lock(interview_id) or found
    return _past_lost_items(desk, interview)


def _running(desk: Desk, pilot_id: str) -> Interview | None:
    """Return the pilot's interview that goes on or is paused, locked."""
    found = desk.tx.interviews.open_of(pilot_id)
    interview = _locked(desk, found.id) if found else None
    return interview if interview and _is_going_on(interview) else None


def _past_lost_items(desk: Desk, interview: Interview) -> Interview:
    """Pass what the playbook asks no more, so that nobody waits for a question that is gone."""
    after = interview
    while _is_going_on(after) and _was_lost(desk, after):
        after = rules.pass_item(after, after.open_item_id or "", desk.at.now)
    if after == interview:
        return interview
    pilot = pilots.get(desk, interview.pilot_id)
    lost = [item_id for item_id in after.passed if item_id not in interview.passed]
    desk.tx.audit.append(desk.at, "interview.items_gone", "pilot", pilot.id, None, {"items": lost})
    _go_on(desk, pilot, _save(desk, interview, after))
    return after


def _was_lost(desk: Desk, interview: Interview) -> bool:
    """Whether the open question is about an item that the playbook has no more."""
    return interview.open_item_id is not None and desk.playbook.item(interview.open_item_id) is None


def _completed_by(desk: Desk, given: Answer) -> Answer | None:
    """Return the earlier words that a reply completed when it came: both were taken together then, and still are."""
    history = desk.tx.answers.history(given.pilot_id, given.item_id)
    at = next((n for n, answer in enumerate(history) if answer.message_ts == given.message_ts), 0)
    earlier = history[at - 1] if at else None
    return earlier if earlier and earlier.interview_id == given.interview_id else None


def _is_going_on(interview: Interview) -> bool:
    return interview.state in {InterviewState.OPEN, InterviewState.PAUSED}


def _open_item(desk: Desk, interview: Interview) -> Item | None:
    return desk.playbook.item(interview.open_item_id) if interview.open_item_id else None


def _save(desk: Desk, old: Interview, new: Interview) -> Interview:
    if old != new and not desk.tx.interviews.save_if_unchanged(old, new):
        raise errors.QuestionSettled
    return new


def _bot_of(desk: Desk) -> str:
    workspace = desk.tx.workspaces.get(desk.at.workspace_id)
    return workspace.bot_user_id if workspace else ""


def _read(desk: Desk, said: ThreadMessage, item: Item) -> Reading:
    """Read a reply, without the mention of Preflight, and with people by their names."""
    people = (desk.tx.people.get(desk.at.workspace_id, user_id) for user_id in said.mentions)
    names = {person.user_id: person.name for person in people if person}
    text = said.text.replace(f"<@{_bot_of(desk)}>", "").strip()
    return coaching.read(text, item, desk.playbook.coaching, names=names)


def _as_reading(answer: Answer) -> Reading:
    return Reading(
        status=answer.status, detail=answer.detail, evidence=answer.evidence, concern=answer.concern
    )


def _facts(answer: Answer | None) -> dict[str, object] | None:
    return answer.model_dump(mode="json", exclude={"pilot_id"}) if answer else None
