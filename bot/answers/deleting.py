"""When the message behind an answer is deleted: the answer's line asks whether it still holds, and links to it are marked.

Nothing is taken back by itself: whoever deletes a message may only have tidied up. An answer that was changed since is left
alone. Each function is one transaction's work.
"""

from bot.answers import errors, messages
from bot.answers.reading import Said
from bot.answers.workflow import item_of, judged
from bot.desk import Desk
from bot.domain.answers import GONE, Answer, Reading, Status
from bot.domain.conversations import Interview, Scope
from bot.domain.errors import Refusal
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.interview import errors as interview_errors, lines, restoring, shown, turns, workflow as interviews
from bot.interview.elsewhere import leads_to, path_of
from bot.pilots import workflow as pilots
from bot.slack.payloads import MessageRemoved

TAKEN_BACK = "taken back"


def concerns_us(desk: Desk, removed: MessageRemoved) -> bool:
    """Whether an answer stands on a message that is gone, or links to it; or could be about to, where we listen."""
    return bool(
        _is_heard_there(desk, removed)
        or desk.tx.answers.standing_on(removed.workspace_id, removed.channel_id, removed.ts)
        or desk.tx.answers.linking_to(removed.workspace_id, path_of(removed.channel_id, removed.ts))
    )


def ask_about(desk: Desk, removed: MessageRemoved) -> None:
    """Ask about the answers that the message gave, and mark the links to it in all others.

    Slack may deliver a message after the word that it is gone: then it is not heard any more.
    """
    if _is_heard_there(desk, removed):
        desk.tx.deliveries.claim(removed.workspace_id, removed.still_to_come, desk.at.now)
    standing = desk.tx.answers.standing_on(removed.workspace_id, removed.channel_id, removed.ts)
    for answer in standing:
        found = _still_asked(desk, answer)
        if found:
            pilot, item = found
            body = messages.deleted_message(desk.library, pilot, item, answer)
            _show_at_its_line(desk, pilot, item, answer, body)
            desk.tx.audit.append(
                desk.at, "answer.message_deleted", "pilot", pilot.id, None, {"item": item.id}
            )
    asked = {(answer.pilot_id, answer.item_id) for answer in standing}
    path = path_of(removed.channel_id, removed.ts)
    for answer in desk.tx.answers.linking_to(removed.workspace_id, path):
        if (answer.pilot_id, answer.item_id) not in asked:
            _mark_links(desk, answer, path)


def keep(desk: Desk, pilot_id: str, item_id: str, revision: int) -> None:
    """Let the answer stand without its message: its line says what it said, and the link to the message is marked."""
    pilot, item, answer = _asked_about(desk, pilot_id, item_id, revision)
    channel_id, ts = answer.message_channel_id, answer.message_ts
    marked = _mark_links(desk, answer, path_of(channel_id, ts)) if channel_id and ts else None
    desk.tx.audit.append(desk.at, "answer.kept", "pilot", pilot.id, None, {"item": item.id})
    _show_again(desk, pilot, item, marked or answer)


def take_back(desk: Desk, pilot_id: str, item_id: str, revision: int) -> None:
    """Put "not yet" over the answer; an interview that goes on asks it again at once."""
    pilot, item, answer = _asked_about(desk, pilot_id, item_id, revision)
    _show_again(desk, pilot, item, answer)
    taken_back = Reading(status=Status.NOT_YET, detail=TAKEN_BACK)
    _show_again(desk, pilot, item, interviews.change_answer(desk, pilot.id, item.id, taken_back))
    running = desk.tx.interviews.open_of(pilot.id)
    if running and item.id in running.asked and turns.is_going_on(running):
        interviews.start(desk, pilot.id, Scope.ONE, item.id)


def _is_heard_there(desk: Desk, removed: MessageRemoved) -> bool:
    """Whether words at this place can be an answer: in a thread of ours, or in a direct message."""
    in_thread = removed.thread_ts and restoring.of_thread(desk, removed.channel_id, removed.thread_ts)
    return bool(in_thread) or removed.channel_id.startswith("D")


def _asked_about(desk: Desk, pilot_id: str, item_id: str, revision: int) -> tuple[Pilot, Item, Answer]:
    pilots.check_member(desk, interview_errors.MayNotAnswer)
    pilot = pilots.get_active(desk, pilot_id)
    item = item_of(desk, pilot, item_id)
    answer = desk.tx.answers.current(pilot.id).get(item.id)
    if answer is None or answer.revision != revision:
        raise errors.AnsweredSince
    return pilot, item, answer


def _still_asked(desk: Desk, answer: Answer) -> tuple[Pilot, Item] | None:
    """Return what an answer is about, unless its pilot is retired or its item gone."""
    try:
        pilot = pilots.get_active(desk, answer.pilot_id)
        return pilot, item_of(desk, pilot, answer.item_id)
    except Refusal:
        return None


def _mark_links(desk: Desk, answer: Answer, path: str) -> Answer | None:
    """Mark the links to a message that is gone. Who answered, and when, stays: nobody has looked at it anew."""
    found = _still_asked(desk, answer)
    links = tuple(_marked(link) if leads_to(link, path) else link for link in answer.evidence)
    if found is None or links == answer.evidence:
        return None
    pilot, item = found
    live = tuple(link for link in links if not link.endswith(GONE))
    anew = judged(desk, pilot, item, Said(answer.status, answer.detail, answer.value, live, answer.plan))
    now = desk.tx.answers.record_picked(
        answer.model_copy(update={"evidence": links, "concern": anew.concern})
    )
    pilots.changed(
        desk,
        pilot.id,
        "evidence.deleted",
        before={"item": item.id, "evidence": list(answer.evidence)},
        after={"item": item.id, "evidence": list(links)},
        card_may_wait=True,
    )
    _show_again(desk, pilot, item, now)
    shown.refresh_summary(desk, pilot)
    return now


def _marked(link: str) -> str:
    return link if link.endswith(GONE) else link.partition("#")[0] + GONE


def _show_again(desk: Desk, pilot: Pilot, item: Item, answer: Answer) -> None:
    """Show what was there before the line asked."""
    interview = _interview_of(desk, answer)
    if interview and _waits_below(interview, item):
        body = lines.asked_below_message(desk.library, item, answer)
    else:
        body = lines.settled_message(desk.library, pilot, item, answer)
    _show_at_its_line(desk, pilot, item, answer, body, only_if_there=True)


def _show_at_its_line(
    desk: Desk, pilot: Pilot, item: Item, answer: Answer, body: Body, *, only_if_there: bool = False
) -> None:
    """Show something where the answer's line stands; without an interview under the card, where it may not be yet."""
    interview = _interview_of(desk, answer)
    if interview is None:
        key = shown.card_line_key(pilot.id, item.id)
        card = desk.tx.messages.by_key(pilot.workspace_id, pilots.card_key(pilot.id))
        if not only_if_there or desk.tx.messages.by_key(pilot.workspace_id, key):
            under = card.id if card else None
            desk.tx.messages.show(pilot.workspace_id, key, pilot.channel_id, body, under=under)
    elif interview.open_item_id == item.id and turns.is_going_on(interview) and not interview.followed_up:
        return  # it is asked again just now, with what was answered
    elif _waits_below(interview, item):
        shown.show_in_thread(desk, interview, shown.question_key(interview.id, item.id), body)
    elif not only_if_there or shown.place_of(desk, interview, item.id):
        shown.show_at_its_place(desk, interview, item, body)


def _interview_of(desk: Desk, answer: Answer) -> Interview | None:
    found = desk.tx.interviews.get(desk.at.workspace_id, answer.interview_id) if answer.interview_id else None
    return found or desk.tx.interviews.latest_of(answer.pilot_id)


def _waits_below(interview: Interview, item: Item) -> bool:
    """Whether the item is asked about once more right now: then the question below its line stays."""
    return interview.followed_up and interview.open_item_id == item.id
