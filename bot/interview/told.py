"""What those who were asked somebody else's question read once it is settled, and the keys of these messages.

It stands here, below the feature that asks, because a question is settled from many places: in its direct message, in the
thread, in a form, by a promotion. Whoever settles one calls this; nothing here decides anything.
"""

from enum import StrEnum

from bot.desk import Desk
from bot.domain.answers import Answer
from bot.domain.asks import Ask, AskState
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.interview import lines, shown
from bot.pilots import workflow as pilots
from bot.slack import blocks
from prompts.library import Library


class Why(StrEnum):
    """Why somebody hears of a question no more."""

    ANSWERED = "answered"
    TAKEN_BACK = "taken_back"
    EXCUSED = "excused"
    NOT_NEEDED = "not_needed"


def key(ask_id: str, user_id: str) -> str:
    """Return the key of the direct message that puts a question to a person."""
    return f"ask:{ask_id}:{user_id}"


def ask_of(message_key: str) -> str:
    """Return the id of the question that a direct message with this key is about; empty for any other message."""
    kind, _, rest = message_key.partition(":")
    return rest.partition(":")[0] if kind == "ask" else ""


def once_more_key(ask_id: str, user_id: str) -> str:
    """Return the key of the one follow-up in the direct message."""
    return f"ask:{ask_id}:{user_id}:once-more"


def handed_back_key(ask_id: str, user_id: str) -> str:
    """Return the key of the word in the thread that a person handed the question back."""
    return f"ask:{ask_id}:{user_id}:handed-back"


def line_key(ask_id: str) -> str:
    """Return the key of a question's line under the card, where no interview holds one."""
    return f"ask:{ask_id}:line"


def once_more_is_over(desk: Desk, item: Item, ask: Ask) -> None:
    """Be done with the one follow-up: it was answered, or left."""
    desk.tx.asks.turn(ask.id, AskState.ONCE_MORE, AskState.ANSWERED)
    user_id = ask.closed_by or ""
    if desk.tx.messages.by_key(ask.workspace_id, once_more_key(ask.id, user_id)):
        body = followed_up_message(desk.library, item)
        desk.tx.messages.show(ask.workspace_id, once_more_key(ask.id, user_id), user_id, body)


def show_given(desk: Desk, pilot: Pilot, item: Item, given: Answer) -> None:
    """Let whoever was asked about an item read what stands there now; call it whenever an answer is put on record.

    Whoever answered reads the answer, the others that it was given. What somebody else makes of it later changes nothing
    in their direct messages, unless they were still asked for one thing more.
    """
    ask = desk.tx.asks.latest_of_item(pilot.id, item.id)
    if ask is not None and ask.state is AskState.WITHDRAWN:
        end_handed_back(desk, ask)
        return
    if ask is None or ask.state is AskState.OPEN:
        return
    is_own = given.answered_by == ask.closed_by
    if ask.state is AskState.ONCE_MORE:
        once_more_is_over(desk, item, ask)
        if not is_own:
            body = changed_message(desk.library, pilot, item, given, thread_of(desk, pilot, ask))
            _show(desk, ask, ask.closed_by or "", body)
    if is_own:
        show_answered(desk, pilot, item, ask, given)


def end_handed_back(desk: Desk, ask: Ask) -> None:
    """Take the ways on from the word that somebody handed a question back: one of them was taken."""
    said = desk.tx.messages.by_key(ask.workspace_id, handed_back_key(ask.id, ask.closed_by or ""))
    if said:
        body: Body = {**said.body, "blocks": said.body["blocks"][:1]}
        desk.tx.messages.show(ask.workspace_id, said.key, said.channel_id, body, under=said.under)


def show_answered(
    desk: Desk, pilot: Pilot, item: Item, ask: Ask, answer: Answer, *, more: bool = False
) -> None:
    """State an answered question everywhere it was asked; `more` where its one follow-up stands below."""
    link = thread_of(desk, pilot, ask)
    for user_id in desk.tx.asks.still_asked(ask.id):
        if user_id == answer.answered_by:
            body = answered_message(desk.library, pilot, item, answer, link, more=more)
        else:
            body = closed_message(desk.library, pilot, item.title, Why.ANSWERED, answer.answered_by, link)
        _show(desk, ask, user_id, body)
    _settle_its_line(desk, pilot, item, ask, answer)


def _settle_its_line(desk: Desk, pilot: Pilot, item: Item, ask: Ask, answer: Answer) -> None:
    """Let the line that says who was asked say the answer, under the card or in an earlier conversation's thread.

    The conversation that holds the answer shows it by itself.
    """
    if desk.tx.messages.by_key(ask.workspace_id, line_key(ask.id)):
        body = lines.settled_message(desk.library, pilot, item, answer)
        desk.tx.messages.show(ask.workspace_id, line_key(ask.id), pilot.channel_id, body)
    if ask.interview_id in {None, answer.interview_id}:
        return
    interview = desk.tx.interviews.get(ask.workspace_id, ask.interview_id or "")
    if interview and shown.place_of(desk, interview, item.id):
        shown.show_line(desk, pilot, item, answer, interview)


def show_closed(desk: Desk, pilot: Pilot, ask: Ask) -> None:
    """Let everybody who was asked read that the question is not theirs any more; `ask` as it is now."""
    why = Why.TAKEN_BACK if ask.closed_by else Why.NOT_NEEDED
    for user_id in desk.tx.asks.still_asked(ask.id):
        show_closed_to(desk, pilot, ask, user_id, why)


def show_closed_to(desk: Desk, pilot: Pilot, ask: Ask, user_id: str, why: Why) -> None:
    """Let one of those who were asked read that the question is not theirs any more."""
    item = desk.playbook.item(ask.item_id)
    title = item.title if item else ask.item_id
    link = thread_of(desk, pilot, ask)
    _show(desk, ask, user_id, closed_message(desk.library, pilot, title, why, ask.closed_by, link))


def thread_of(desk: Desk, pilot: Pilot, ask: Ask) -> str | None:
    """Return the address of a question's line in its interview's thread, or in the one under the pilot's card."""
    interview = desk.tx.interviews.get(ask.workspace_id, ask.interview_id) if ask.interview_id else None
    if interview:
        root, line = shown.root_of(desk, interview), shown.place_of(desk, interview, ask.item_id)
    else:
        root = desk.tx.messages.by_key(ask.workspace_id, pilots.card_key(pilot.id))
        line = desk.tx.messages.by_key(ask.workspace_id, line_key(ask.id))
    top = root.slack_ts if root else None
    return (desk.link_to(line, thread_ts=top) if top else None) or desk.link_to(root)


def answered_message(
    library: Library, pilot: Pilot, item: Item, answer: Answer, link: str | None, *, more: bool = False
) -> Body:
    """Return what the question becomes for whoever answered it: the answer's line, as the thread has it, and thanks."""
    words = library.words("asking/answered", pilot=pilot, item=item, answer=answer, link=link, more=more)
    line = lines.settled_message(library, pilot, item, answer)["blocks"]
    return blocks.message(words.mrkdwn("text"), [*line, blocks.context(words.mrkdwn("thanks"), "thanks")])


def followed_up_message(library: Library, item: Item) -> Body:
    """Return the line that the follow-up becomes once it is answered or left."""
    words = library.words("asking/followed_up", item=item)
    return blocks.message(words.mrkdwn("text"), [blocks.context(words.mrkdwn("line"), "line")])


def changed_message(library: Library, pilot: Pilot, item: Item, answer: Answer, link: str | None) -> Body:
    """Return what the question becomes for whoever was asked for one thing more when somebody else changed the answer."""
    words = library.words("asking/changed", pilot=pilot, item=item, answer=answer, link=link)
    return blocks.message(words.mrkdwn("text"), [blocks.context(words.mrkdwn("line"), "line")])


def closed_message(
    library: Library, pilot: Pilot, title: str, why: Why, by: str | None, link: str | None
) -> Body:
    """Return the line that the question becomes for everybody else."""
    words = library.words("asking/closed", pilot=pilot, title=title, why=why.value, by=by, link=link)
    return blocks.message(words.mrkdwn("text"), [blocks.context(words.mrkdwn("line"), "line")])


def _show(desk: Desk, ask: Ask, user_id: str, body: Body) -> None:
    """Change a direct message that was asked for; who was not told of the question is not told of its end."""
    if desk.tx.messages.by_key(ask.workspace_id, key(ask.id, user_id)):
        desk.tx.messages.show(ask.workspace_id, key(ask.id, user_id), user_id, body)
