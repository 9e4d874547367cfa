"""A Slack for the sender's tests: it implements the gateway's port, keeps what was posted, and fails when told to.

It never decides anything for the sender; faults are laid out beforehand, one per call, and say whether Slack had accepted
the call before it failed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.domain.messages import Body
from bot.slack.failures import Terminal, Uneditable


@dataclass
class Shown:
    """A message as the channel shows it."""

    workspace_id: str
    channel_id: str
    ts: str
    thread_ts: str | None
    key: str
    text: str


@dataclass(frozen=True)
class Place:
    """Where a message was put."""

    channel_id: str
    ts: str


@dataclass
class Fault:
    """What one call meets instead of an answer; `accepted`: after it was done."""

    error: BaseException
    accepted: bool = False


@dataclass
class SlackStandIn:
    """A workspace that takes posts, updates and look-ups."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    messages: list[Shown] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    faults: dict[str, list[Fault | None]] = field(default_factory=dict)
    vanished: set[str] = field(default_factory=set)
    at_each_call: Callable[[str], None] = lambda _line: None

    def meets(self, call: str, *faults: BaseException | Fault | None) -> None:
        """Lay out what the next calls of a kind meet; None lets one pass."""
        laid = [Fault(fault) if isinstance(fault, BaseException) else fault for fault in faults]
        self.faults.setdefault(call, []).extend(laid)

    async def post(
        self, workspace_id: str, channel_id: str, body: Body, *, thread_ts: str | None, key: str
    ) -> Place:
        fault = self._begin("post")
        if channel_id in self.vanished:
            raise Terminal("channel_not_found", "chat.postMessage")
        if thread_ts is not None and not any(shown.ts == thread_ts for shown in self.messages):
            raise Uneditable("thread_not_found", "chat.postMessage")
        channel_id = f"D{channel_id}" if channel_id.startswith("U") else channel_id
        shown = Shown(workspace_id, channel_id, self._new_ts(), thread_ts, key, body["text"])
        self.messages.append(shown)
        self._end("post", fault)
        return Place(channel_id, shown.ts)

    async def update(self, workspace_id: str, channel_id: str, ts: str, body: Body) -> None:
        fault = self._begin("update")
        found = [shown for shown in self.messages if (shown.channel_id, shown.ts) == (channel_id, ts)]
        if not found:
            raise Uneditable("message_not_found", "chat.update")
        assert found[0].workspace_id == workspace_id
        found[0].text = body["text"]
        self._end("update", fault)

    async def find(
        self, workspace_id: str, channel_id: str, *, thread_ts: str | None, key: str, oldest: datetime
    ) -> Place | None:
        fault = self._begin("find")
        channel_id = f"D{channel_id}" if channel_id.startswith("U") else channel_id
        found = [
            Place(shown.channel_id, shown.ts)
            for shown in self.messages
            if (shown.workspace_id, shown.channel_id, shown.thread_ts, shown.key)
            == (workspace_id, channel_id, thread_ts, key)
            and float(shown.ts) >= oldest.timestamp()
        ]
        self._end("find", fault)
        return found[0] if found else None

    def delete(self, key: str) -> None:
        """Delete a message as a person in Slack would."""
        self.messages = [shown for shown in self.messages if shown.key != key]

    def texts(self, channel_id: str, thread_ts: str | None = None) -> list[str]:
        """Return what a channel, or one of its threads, shows."""
        return [
            shown.text
            for shown in self.messages
            if (shown.channel_id, shown.thread_ts) == (channel_id, thread_ts)
        ]

    def _begin(self, call: str) -> Fault | None:
        self.at_each_call(f"before {call}")
        self.calls.append(call)
        waiting = self.faults.get(call) or [None]
        fault = waiting.pop(0)
        if fault is not None and not fault.accepted:
            raise fault.error
        return fault

    def _end(self, call: str, fault: Fault | None) -> None:
        if fault is not None:
            raise fault.error
        self.at_each_call(f"after {call}")

    def _new_ts(self) -> str:
        latest = max((float(shown.ts) for shown in self.messages), default=0.0)
        return f"{max(self.now().timestamp(), latest + 0.001):.6f}"
