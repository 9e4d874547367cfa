"""Answers to a handed question: by button, in words under its direct message, by an edit; and the one follow-up.

The answer counts at once and closes the question; the follow-up only asks for what would make it checkable. Whoever
answers first answers for all who were asked.
"""

from dataclasses import replace
from datetime import timedelta

from bot.asking import errors, handed, messages, replying
from bot.desk import Desk
from bot.domain import coaching, confirming
from bot.domain.answers import Answer, Reading, Status
from bot.domain.asks import Ask, AskState
from bot.domain.messages import OutboundMessage
from bot.domain.people import mention
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind, Item, Playbook
from bot.interview import handing, listening, once_more, recording, told, workflow as interviews
from bot.interview.errors import MayNotAnswer
from bot.interview.recording import Where
from bot.pilots import workflow as pilots
from bot.slack.payloads import ThreadMessage

FOLLOW_UP_WAITS = timedelta(days=1)
"""How long words without a thread may still be meant for a follow-up, which nobody has to answer."""


def press(desk: Desk, ask_id: str, status: Status) -> Answer | None:
    """Take a click on one of the quick buttons of a direct message."""
    found, pilot, item = _to_answer(desk, ask_id)
    handed.check_asked(desk, pilot, found)
    reading = coaching.read_button(status, item, _book_of(desk, found).coaching)
    return _take(desk, found, pilot, item, reading, None)


def leave(desk: Desk, ask_id: str) -> None:
    """Accept the answer that was asked about once more, marked as not checkable."""
    found, pilot, item = _to_answer(desk, ask_id)
    if not _is_mine_once_more(desk, found):
        handed.check_asked(desk, pilot, found)
        raise errors.NothingToLeave
    told.once_more_is_over(desk, item, found)
    answer = desk.tx.answers.current(pilot.id).get(item.id)
    if answer:
        told.show_given(desk, pilot, item, answer)


def hear(desk: Desk, said: ThreadMessage) -> None:
    """Take words in a direct message as the answer to the question that they are meant for, or say what waits for one."""
    if desk.tx.answers.by_slack_message(desk.at.workspace_id, said.channel_id, said.ts):
        return  # its edit came first and was taken
    meant = _meant(desk, said)
    if not _reads_as_answer(desk, meant, said):
        replying.reply(desk, messages.Reply.NO_ANSWER)
    elif len(meant) == 1:
        _hear(desk, meant[0], said)
    elif meant:
        replying.reply(desk, messages.Reply.WHICH, meant)
    else:
        replying.reply(desk, messages.Reply.NOTHING)


def revise(desk: Desk, said: ThreadMessage) -> None:
    """Let an edited message revise the answer that it gave; the edit of other words may be the answer itself."""
    given = desk.tx.answers.by_slack_message(desk.at.workspace_id, said.channel_id, said.ts)
    if given is not None:
        _revise(desk, given, said)
    elif len(meant := _meant(desk, said)) == 1 and _reads_as_answer(desk, meant, said):
        question = desk.tx.messages.by_key(said.workspace_id, told.key(meant[0].id, said.user_id))
        if _came_before(question, said):
            _hear(desk, meant[0], said)


def _meant(desk: Desk, said: ThreadMessage) -> list[Ask]:
    """Return the question in whose thread the words stand; without a thread, all that wait for this person."""
    if said.thread_ts:
        above = desk.tx.messages.at(said.workspace_id, said.channel_id, said.thread_ts)
        found = desk.tx.asks.get(said.workspace_id, told.ask_of(above.key)) if above else None
        if found:
            return [found]
    return replying.waiting(desk, desk.at.now - FOLLOW_UP_WAITS)


def _hear(desk: Desk, meant: Ask, said: ThreadMessage) -> None:
    found, pilot, item = _to_answer(desk, meant.id)
    reading = _reading_of(desk, found, pilot, item, said)
    skipped = reading.status is Status.SKIPPED
    if _is_mine_once_more(desk, found) and skipped:
        leave(desk, found.id)
    elif _is_mine_once_more(desk, found):
        _complete(desk, pilot, item, reading, said)
    elif skipped:
        replying.reply(desk, messages.Reply.NO_ANSWER)
    else:
        handed.check_asked(desk, pilot, found)
        _take(desk, found, pilot, item, reading, said)


def _take(
    desk: Desk, found: Ask, pilot: Pilot, item: Item, reading: Reading, said: ThreadMessage | None
) -> Answer | None:
    answer = handing.answer_handed(
        desk,
        found,
        reading,
        message_ts=said.ts if said else None,
        message_channel_id=said.channel_id if said else None,
    )
    if answer is None:
        return None
    desk.tx.audit.append(desk.at, "ask.answered", "pilot", pilot.id, handed.facts(found), None)
    in_thread = said is not None and said.thread_ts is not None
    once_more.ask(desk, pilot, item, found, answer, _book_of(desk, found), in_thread=in_thread)
    return answer


def _complete(desk: Desk, pilot: Pilot, item: Item, reading: Reading, said: ThreadMessage) -> None:
    """Take the second reply: it is accepted as it is, joined with the first."""
    before = desk.tx.answers.current(pilot.id).get(item.id)
    if before is None or before.answered_by != desk.at.actor_id:
        who = mention(before.answered_by) if before else "Somebody"
        raise errors.ChangedSince(who=who, name=pilot.name)
    joined = coaching.combine(recording.as_reading(before), reading)
    where = Where(said.channel_id, said.ts)
    handing.take_answer(desk, pilot.id, item.id, joined, where=where, interview_id=before.interview_id)


def _revise(desk: Desk, given: Answer, said: ThreadMessage) -> None:
    """Revise as everywhere; where the answer still cannot be checked, its one follow-up stays open."""
    found = desk.tx.asks.latest_of_item(given.pilot_id, given.item_id)
    was_open = found is not None and _is_mine_once_more(desk, found)
    revised = interviews.revise_in_thread(desk, said)
    item = handed.item_of(desk, found) if found else None
    if revised and found and item and was_open:
        pilot, in_thread = pilots.get(desk, revised.pilot_id), said.thread_ts is not None
        once_more.ask(desk, pilot, item, found, revised, _book_of(desk, found), in_thread=in_thread)


def _to_answer(desk: Desk, ask_id: str) -> tuple[Ask, Pilot, Item]:
    """Return what an answer is about, once nobody else changes it; whoever may not answer is refused."""
    found, pilot = handed.locked(desk, ask_id)
    pilots.check_member(desk, MayNotAnswer)
    item = handed.item_of(desk, found)
    if item is None:
        raise errors.NoLongerAsked(name=pilot.name)
    return found, pilot, item


def _is_mine_once_more(desk: Desk, found: Ask) -> bool:
    return found.state is AskState.ONCE_MORE and found.closed_by == desk.at.actor_id


def _book_of(desk: Desk, found: Ask) -> Playbook:
    return listening.book_for(desk, handed.interview_of(desk, found))


def _reading_of(desk: Desk, found: Ask, pilot: Pilot, item: Item, said: ThreadMessage) -> Reading:
    confirmed = listening.confirmed(desk, pilot, item, said)
    if confirmed:
        return confirmed
    nods = _nods(desk, found, said)
    heard = replace(said, text="yes") if nods else said
    reading = listening.reading_of(desk, pilot, heard, item, _book_of(desk, found))
    return reading.model_copy(update={"detail": "👍"}) if nods and not said.files else reading


def _reads_as_answer(desk: Desk, meant: list[Ask], said: ThreadMessage) -> bool:
    """Whether words read as an answer: a file is one, a nod may be one, and "still true" where something is known."""
    if said.files or coaching.looks_like_answer(said.text, mentions_bot=False):
        return True
    if len(meant) != 1:
        return False
    return (confirming.confirms(said.words) and _is_known(desk, meant[0])) or _nods(desk, meant[0], said)


def _nods(desk: Desk, found: Ask, said: ThreadMessage) -> bool:
    """Whether a thumbs up answers a question that a yes answers; it says nothing to the one thing more that is asked."""
    item = handed.item_of(desk, found)
    asks_for_a_yes = item is not None and item.kind is AnswerKind.STATUS
    return asks_for_a_yes and found.state is AskState.OPEN and coaching.is_thumbs_up(said.text)


def _is_known(desk: Desk, found: Ask) -> bool:
    item = handed.item_of(desk, found)
    pilot = pilots.get(desk, found.pilot_id)
    return item is not None and listening.known_answer(desk, pilot, item) is not None


def _came_before(question: OutboundMessage | None, said: ThreadMessage) -> bool:
    return (
        question is not None and question.slack_ts is not None and float(question.slack_ts) < float(said.ts)
    )
