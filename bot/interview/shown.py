"""What the conversation shows: its root card, a line for each answer, the summary; and the keys of these messages."""

from collections.abc import Mapping
from datetime import timedelta

from bot.desk import Desk
from bot.domain import interview as rules
from bot.domain.answers import Answer, Status
from bot.domain.conversations import Interview, Scope
from bot.domain.interview import AnswersById
from bot.domain.messages import Body, OutboundMessage
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.domain.readiness import ItemStanding, stands
from bot.interview import lines, messages, question, summary
from bot.interview.summary_facts import summary_of
from bot.pilots import workflow as pilots

ROOT_MAY_WAIT = timedelta(seconds=30)
"""How long the root card may lag behind the answers."""


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
    """Return the key of an item's second message: the one follow-up, or the question where it is asked again below."""
    return f"interview:{interview_id}:follow-up:{item_id}"


def end_key(interview_id: str) -> str:
    """Return the key of the last word in an interview's thread."""
    return f"interview:{interview_id}:end"


def show_end(desk: Desk, interview: Interview) -> None:
    """Say at the end of the thread, where people are, that nothing more is asked; one question needs no such word."""
    if len(interview.asked) > 1:
        show_in_thread(desk, interview, end_key(interview.id), messages.end_message(desk.library, interview))


def carried_key(interview_id: str) -> str:
    """Return the key of the message that lists what is known from before."""
    return f"interview:{interview_id}:carried"


def place_of(desk: Desk, interview: Interview, item_id: str) -> OutboundMessage | None:
    """Return the message that is the item's question or line: its second one where it has two."""
    second, first = follow_up_key(interview.id, item_id), question_key(interview.id, item_id)
    # the root as well: what is shown there hangs from it, and is hardly ever shown alone
    found = desk.tx.messages.by_keys(interview.workspace_id, second, first, root_key(interview.id))
    return found.get(second) or found.get(first)


def root_of(desk: Desk, interview: Interview) -> OutboundMessage | None:
    """Return the message that the interview's thread hangs from."""
    return desk.tx.messages.by_key(interview.workspace_id, root_key(interview.id))


def thread_of(desk: Desk, pilot: Pilot) -> OutboundMessage | None:
    """Return what a pilot's words hang from: its latest conversation, or its card where there was none."""
    latest = desk.tx.interviews.latest_of(pilot.id)
    root = root_of(desk, latest) if latest else None
    return root or desk.tx.messages.by_key(pilot.workspace_id, pilots.card_key(pilot.id))


def tell(desk: Desk, pilot: Pilot, key: str, body: Body) -> None:
    """Say something in the pilot's thread."""
    above = thread_of(desk, pilot)
    under = above.id if above else None
    desk.tx.messages.show(pilot.workspace_id, key, pilot.channel_id, body, under=under)


def show_summary(desk: Desk, pilot: Pilot, interview: Interview) -> None:
    """State the readiness summary in the channel: the verdict, what is in place, what is missing.

    A conversation about one item posts none where there is one already: that one then says what is true now.
    """
    gate = desk.playbook.gate(interview.gate_id) or desk.playbook.gate_from(pilot.stage)
    if gate is None:
        return
    about_one = interview.scope is Scope.ONE
    holder = (_holder_of_summary(desk, pilot, interview.gate_id) if about_one else None) or interview
    desk.tx.messages.show(
        pilot.workspace_id,
        summary_key(holder.id),
        pilot.channel_id,
        summary.summary_message(desk.library, summary_of(desk, pilot, gate)),
    )


def refresh_summary(desk: Desk, pilot: Pilot) -> None:
    """Let the latest summary say what is true now, when there is one."""
    gate = desk.playbook.gate_from(pilot.stage)
    holder = _holder_of_summary(desk, pilot, gate.id) if gate else None
    if holder:
        show_summary(desk, pilot, holder)


def _holder_of_summary(desk: Desk, pilot: Pilot, gate_id: str) -> Interview | None:
    """Return the conversation whose summary stands for the pilot: the latest one, those about one item aside."""
    held = desk.tx.interviews.of_pilot(pilot.id)
    there = desk.tx.messages.by_keys(pilot.workspace_id, *(summary_key(one.id) for one in held))
    for one in held:
        if one.gate_id != gate_id or summary_key(one.id) in there:
            return one if one.gate_id == gate_id else None
        if one.scope is not Scope.ONE:
            return None
    return None


def close_summary(desk: Desk, pilot: Pilot, interview_id: str) -> None:
    """Let a summary say how it went on after the promotion that it led to was asked for or decided."""
    interview = desk.tx.interviews.get(pilot.workspace_id, interview_id)
    if interview is None:
        return
    is_there = desk.tx.messages.by_key(pilot.workspace_id, summary_key(interview_id))
    holder = interview if is_there else _holder_of_summary(desk, pilot, interview.gate_id)
    if holder:
        show_summary(desk, pilot, holder)


def card_line_key(pilot_id: str, item_id: str) -> str:
    """Return the key of a line under the card, of an answer that was given in no interview and had to be asked about."""
    return f"answer:{pilot_id}:{item_id}:deleted"


def show_line(desk: Desk, pilot: Pilot, item: Item, answer: Answer, held: Interview | None = None) -> None:
    """Show the answer where its question stood, in the interview held now or else its own.

    An answer of no interview has a line only where something about it stands already.
    """
    interview = held
    if interview is None and answer.interview_id:
        interview = desk.tx.interviews.get(pilot.workspace_id, answer.interview_id)
    body = lines.settled_message(desk.library, pilot, item, answer)
    if interview is not None:
        show_at_its_place(desk, interview, item, body)
        return
    latest = desk.tx.interviews.latest_of(pilot.id)
    there = place_of(desk, latest, item.id) if latest else None
    there = there or desk.tx.messages.by_key(pilot.workspace_id, card_line_key(pilot.id, item.id))
    if there:
        desk.tx.messages.show(pilot.workspace_id, there.key, there.channel_id, body, under=there.under)


def show_question(
    desk: Desk, interview: Interview, item: Item, given: Answer | None, *, after: str | None = None
) -> None:
    """Ask an item where it stands already, or in a new message: also where it stands above the item that it comes `after`."""
    known = ItemStanding(item=item, standing=stands(item, given, desk.at.now), answer=given)
    body = question.question_message(desk.library, interview, known)
    here = place_of(desk, interview, item.id)
    other = place_of(desk, interview, after) if here and after else None
    if here is None or other is None or not _is_above(here, other):
        key = here.key if here else question_key(interview.id, item.id)
        show_in_thread(desk, interview, key, body, here)
        return
    later = lines.asked_later_message(desk.library, item)
    if here.key == question_key(interview.id, item.id) and here.body["text"] != later["text"]:
        show_in_thread(desk, interview, here.key, lines.asked_below_message(desk.library, item), here)
    show_in_thread(desk, interview, follow_up_key(interview.id, item.id), body, here)


def _is_above(one: OutboundMessage, other: OutboundMessage) -> bool:
    """Whether Slack shows one message further up than another; not while it is not known where they stand."""
    return bool(one.slack_ts and other.slack_ts and float(one.slack_ts) < float(other.slack_ts))


def show_unanswered(desk: Desk, pilot: Pilot, interview: Interview, item: Item) -> None:
    """Let an item's line say that it was not answered, with the way to do so."""
    show_at_its_place(desk, interview, item, lines.unanswered_message(desk.library, pilot, item))


def show_asked_later(desk: Desk, interview: Interview, item: Item) -> None:
    """Let an item's line say that its question comes again in this interview."""
    show_at_its_place(desk, interview, item, lines.asked_later_message(desk.library, item))


def close_question(desk: Desk, pilot: Pilot, interview: Interview, item: Item) -> None:
    """Let an open question that is asked no more be a line: of its answer, where there is one."""
    answer = desk.tx.answers.current(pilot.id).get(item.id)
    if answer and answer.status is not Status.SKIPPED:
        show_line(desk, pilot, item, answer, interview)
    else:
        show_unanswered(desk, pilot, interview, item)


def show_at_its_place(desk: Desk, interview: Interview, item: Item, body: Body) -> None:
    """Show what is there about an item where its question stands."""
    here = place_of(desk, interview, item.id)
    show_in_thread(desk, interview, here.key if here else question_key(interview.id, item.id), body, here)


def show_in_thread(
    desk: Desk, interview: Interview, key: str, body: Body, beside: OutboundMessage | None = None
) -> None:
    """Show a message in the interview's thread; `beside` is one that is known to be there."""
    under = beside.under if beside else None
    if under is None:
        root = root_of(desk, interview)
        under = root.id if root else None
    desk.tx.messages.show(interview.workspace_id, key, interview.channel_id, body, under=under)


def show_root(
    desk: Desk, pilot: Pilot, interview: Interview, *, may_wait: bool, answers: AnswersById | None = None
) -> None:
    """State the root card; `answers` are the pilot's where they are at hand."""
    desk.tx.messages.show(
        interview.workspace_id,
        root_key(interview.id),
        interview.channel_id,
        root_body(desk, pilot, interview, answers),
        not_before=desk.may_lag(root_key(interview.id), ROOT_MAY_WAIT) if may_wait else None,
    )


def root_body(desk: Desk, pilot: Pilot, interview: Interview, answers: AnswersById | None = None) -> Body:
    """Return the root card: how far it is, how long the rest takes, and at the end what was left out."""
    book = desk.book_of(interview)
    items = {item.id: item for checklist in book.checklists for item in checklist.items}
    answers = desk.tx.answers.current(pilot.id) if answers is None else answers
    known = {
        item_id
        for item_id in interview.asked
        if item_id in items
        and rules.is_confirmed(items[item_id], stands(items[item_id], answers.get(item_id), desk.at.now))
    }
    asks = desk.tx.asks.open_of_pilot(pilot.id) if interview.handed else {}
    facts = messages.RootFacts(
        gate=desk.playbook.gate(interview.gate_id) or book.gate(interview.gate_id),
        progress=rules.progress(interview, items, desk.tx.pace.of(interview.workspace_id), known),
        only=items[interview.asked[0]].title if _asks_one_only(interview, items) else None,
        skipped=tuple(items[one].title for one in rules.skipped(interview, answers) if one in items),
        handed=tuple(
            messages.Handed(items[one].title, asks[one].asked_id)
            for one in interview.handed
            if one in items and one in asks
        ),
    )
    return messages.root_message(desk.library, pilot, interview, facts)


def _asks_one_only(interview: Interview, items: Mapping[str, Item]) -> bool:
    return interview.scope is Scope.ONE and len(interview.asked) == 1 and interview.asked[0] in items
