"""What the conversation shows: its root card, a line for each answer, the summary; and the keys of these messages."""

from datetime import timedelta

from bot.desk import Desk
from bot.domain import interview as rules
from bot.domain.answers import Answer
from bot.domain.conversations import Interview
from bot.domain.messages import Body, OutboundMessage
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.interview import messages, summary
from bot.interview.summary_facts import summary_of

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
    """Return the key of the one follow-up, which then carries the answer's line."""
    return f"interview:{interview_id}:follow-up:{item_id}"


def root_of(desk: Desk, interview: Interview) -> OutboundMessage | None:
    """Return the message that the interview's thread hangs from."""
    return desk.tx.messages.by_key(interview.workspace_id, root_key(interview.id))


def show_summary(desk: Desk, pilot: Pilot, interview: Interview) -> None:
    """State the readiness summary in the channel: the verdict, what is in place, what is missing."""
    gate = desk.playbook.gate(interview.gate_id) or desk.playbook.gate_from(pilot.stage)
    if gate is None:
        return
    desk.tx.messages.show(
        pilot.workspace_id,
        summary_key(interview.id),
        pilot.channel_id,
        summary.summary_message(desk.library, summary_of(desk, pilot, gate)),
    )


def refresh_summary(desk: Desk, pilot: Pilot) -> None:
    """Let the latest summary say what is true now, when there is one."""
    latest = desk.tx.interviews.latest_of(pilot.id)
    if latest is None or desk.tx.messages.by_key(pilot.workspace_id, summary_key(latest.id)) is None:
        return
    gate = desk.playbook.gate_from(pilot.stage)
    if gate and gate.id == latest.gate_id:
        show_summary(desk, pilot, latest)


def close_summary(desk: Desk, pilot: Pilot, interview_id: str) -> None:
    """Let a summary say how it went on after the promotion that it led to was asked for or decided."""
    interview = desk.tx.interviews.get(pilot.workspace_id, interview_id)
    if interview and desk.tx.messages.by_key(pilot.workspace_id, summary_key(interview_id)):
        show_summary(desk, pilot, interview)


def show_line(desk: Desk, pilot: Pilot, item: Item, answer: Answer, held: Interview | None = None) -> None:
    """Show the answer where its question stood, in the interview held now or else its own; without one there is no line."""
    interview = held
    if interview is None and answer.interview_id:
        interview = desk.tx.interviews.get(pilot.workspace_id, answer.interview_id)
    if interview is None:
        return
    follow_up = desk.tx.messages.by_key(pilot.workspace_id, follow_up_key(interview.id, item.id))
    key = follow_up_key(interview.id, item.id) if follow_up else question_key(interview.id, item.id)
    show_in_thread(desk, interview, key, messages.settled_message(desk.library, pilot, item, answer))


def close_question(desk: Desk, pilot: Pilot, interview: Interview, item: Item) -> None:
    answer = desk.tx.answers.current(pilot.id).get(item.id)
    key = question_key(interview.id, item.id)
    if answer and interview.followed_up:
        show_line(desk, pilot, item, answer)
    else:
        show_in_thread(desk, interview, key, messages.unanswered_message(desk.library, pilot, item))


def show_in_thread(desk: Desk, interview: Interview, key: str, body: Body) -> None:
    root = root_of(desk, interview)
    desk.tx.messages.show(
        interview.workspace_id, key, interview.channel_id, body, under=root.id if root else None
    )


def show_root(desk: Desk, pilot: Pilot, interview: Interview, *, may_wait: bool) -> None:
    desk.tx.messages.show(
        interview.workspace_id,
        root_key(interview.id),
        interview.channel_id,
        root_body(desk, pilot, interview),
        not_before=desk.may_lag(root_key(interview.id), ROOT_MAY_WAIT) if may_wait else None,
    )


def root_body(desk: Desk, pilot: Pilot, interview: Interview) -> Body:
    gate = desk.playbook.gate(interview.gate_id)
    to_stage = gate.to_stage if gate else None
    return messages.root_message(desk.library, pilot, to_stage, interview, rules.progress(interview))
