"""What the sender reads and writes, each in one short transaction: take a message up, settle it, give it back, fail it.

These run on the store's threads and return what is to be done next as a value; none of them waits or talks to Slack. The
lease on a row is the only thing that keeps two processes off one message, so every change here names its holder.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.delivery.ports import OnTerminal
from bot.domain.messages import OutboundMessage
from storage.transaction import Tx

log = logging.getLogger(__name__)

POST = "chat.postMessage"
UPDATE = "chat.update"
READ_THREAD = "conversations.replies"
READ_CHANNEL = "conversations.history"

LONGEST_PAUSE = timedelta(hours=1)
"""No pause of Slack's is longer; one that ends later was noted before a clock was set back, and is void."""


class Outcome(StrEnum):
    """How a delivery ended."""

    SHOWN = "shown"
    """Slack shows the newest version."""
    EARLY = "early"
    """Its time has not come."""
    BUSY = "busy"
    """Another process is working on it."""
    LATER = "later"
    """It did not work yet; the sweep takes it up again."""
    FAILED = "failed"
    """Slack refuses it until somebody mends the cause."""
    GONE = "gone"
    """There is no such message."""


@dataclass(frozen=True)
class Ready:
    """The message is due and nothing stands in its way."""

    message: OutboundMessage
    root: OutboundMessage | None


@dataclass(frozen=True)
class Paused:
    """Slack asked for a pause that is not over."""

    message: OutboundMessage
    until: datetime


@dataclass(frozen=True)
class RootFirst:
    """The root of the thread is not in Slack."""

    message: OutboundMessage
    root: OutboundMessage


@dataclass(frozen=True)
class Task:
    """What the holder of the lease does now."""

    message: OutboundMessage
    channel_id: str
    thread_ts: str | None
    look_first: bool
    """Whether an earlier try may have posted it already."""

    @property
    def first_post(self) -> bool:
        """Whether Slack has no such message yet, as far as is known."""
        return self.message.slack_ts is None


View = Ready | Paused | RootFirst | Outcome
Turn = Task | View


@dataclass(frozen=True)
class Terms:
    """On which terms a message is taken up."""

    by: str
    now: datetime
    until: datetime


def look(tx: Tx, message_id: str, now: datetime) -> View:
    """Return what stands between the message and Slack."""
    message = tx.messages.get(message_id)
    if message is None:
        return Outcome.GONE
    if not message.due:
        return Outcome.FAILED if message.failed else Outcome.SHOWN
    if message.not_before is not None and message.not_before > now:
        return Outcome.EARLY
    root = tx.messages.get(message.under) if message.under else None
    if root is not None and root.slack_ts is None:
        return RootFirst(message, root)
    until = _paused_until(tx, message)
    if until is not None and now < until <= now + LONGEST_PAUSE:
        return Paused(message, until)
    return Ready(message, root)


def _paused_until(tx: Tx, message: OutboundMessage) -> datetime | None:
    methods = [UPDATE if message.slack_ts else POST]
    if message.slack_ts is None and message.first_attempt_at is not None:
        methods.append(READ_THREAD if message.under else READ_CHANNEL)
    ends = [tx.pauses.paused_until(message.workspace_id, method) for method in methods]
    return max((end for end in ends if end is not None), default=None)


def take(tx: Tx, message_id: str, terms: Terms) -> Turn:
    """Take the message up if it is due and free; before a first post, put on record that it is begun."""
    view = look(tx, message_id, terms.now)
    if not isinstance(view, Ready):
        return view
    message = tx.messages.claim(message_id, terms.by, terms.until, terms.now)
    if message is None:
        return Outcome.BUSY
    root = view.root
    look_first = message.slack_ts is None and not tx.messages.begin_first_post(
        message_id, terms.by, terms.now
    )
    channel_id = message.slack_channel_id or (root.slack_channel_id if root else None) or message.channel_id
    return Task(message, channel_id, root.slack_ts if root else None, look_first)


def settle(tx: Tx, task: Task, terms: Terms, version: int, channel_id: str, ts: str) -> Turn:
    """Record what Slack shows, let go, and take up again at once what was changed meanwhile."""
    message_id = task.message.id
    if tx.messages.delivered(message_id, terms.by, version, channel_id, ts) is None:
        log.warning("message %s was posted here after its lease ended, and elsewhere", task.message.key)
    tx.messages.release(message_id, terms.by)
    return take(tx, message_id, terms)


def give_back(tx: Tx, task: Task, by: str, untouched: bool) -> None:
    """Let go without success. `untouched`: Slack has certainly nothing of it, so the next try need not look."""
    if untouched:
        tx.messages.forget_delivery(task.message.id, by=by)
    tx.messages.release(task.message.id, by)


def pause(tx: Tx, task: Task, by: str, method: str, until: datetime, untouched: bool) -> None:
    """Remember the pause that Slack asked for, over restarts and for all messages of the method, and let go."""
    tx.pauses.pause(task.message.workspace_id, method, until)
    give_back(tx, task, by, untouched)


def fail(tx: Tx, task: Task, by: str, error: str, on_terminal: OnTerminal | None) -> list[str]:
    """Mark the message failed and have the administrator told, together; return the messages that this calls for.

    Telling comes first, so that a notice that itself cannot be sent ends up failed instead of going round.
    """
    message = task.message
    if on_terminal is not None:
        on_terminal(tx, message, error)
    tx.messages.fail(message.id, by, error)
    return [other.id for other in tx.messages.touched if other.id != message.id]


def fail_with_root(tx: Tx, message_id: str, terms: Terms) -> None:
    """Fail a reply whose root failed, in silence: the administrator has been told of the root."""
    if tx.messages.claim(message_id, terms.by, terms.until, terms.now) is not None:
        tx.messages.fail(message_id, terms.by, "the first message of its thread failed")


def post_anew(tx: Tx, task: Task, by: str) -> None:
    """The message was deleted in Slack: forget where it was, so that it is posted again."""
    give_back(tx, task, by, untouched=True)


def post_root_anew(tx: Tx, task: Task, by: str) -> None:
    """The root of the thread was deleted in Slack: forget where it was, unless somebody already posted it again."""
    if task.message.under and task.thread_ts:
        tx.messages.forget_delivery(task.message.under, seen_ts=task.thread_ts)
    give_back(tx, task, by, untouched=not task.look_first)


def reply_instead(tx: Tx, task: Task, by: str) -> str:
    """The message cannot be edited any more: say this version in its thread, as a message of its own.

    Both happen in one transaction: the old row counts as up to date exactly when the reply exists.
    """
    message = task.message
    reply = tx.messages.show(
        message.workspace_id,
        f"{message.key}~v{message.version}",
        message.channel_id,
        message.body,
        under=message.under or message.id,
    )
    tx.messages.delivered(message.id, by, message.version, task.channel_id, str(message.slack_ts))
    tx.messages.release(message.id, by)
    return reply.id
