"""What Slack sends to the app: events with their retries, commands and interactions with their acks.

One envelope goes out over Socket Mode while the app holds a connection, else to its events URL, signed. Events that
are not acknowledged in time are retried as Slack does; commands and interactions are not, the person is told instead.
This file decides nothing about the workspace: it carries what `state.announce` and the people's actions hand it.
"""

import asyncio
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Literal, Protocol

from sandbox.clock import Clock, Timings
from sandbox.faults import Fault, Faults
from sandbox.state import Announcement, Json, State
from sandbox.traffic import Traffic

EnvelopeKind = Literal["events_api", "slash_commands", "interactive"]

_REORDER_PATIENCE = 1.0


@dataclass(frozen=True)
class Envelope:
    kind: EnvelopeKind
    payload: Json


@dataclass(frozen=True)
class Ack:
    """What came back. `failure` is None for an ack in time, else Slack's word for what went wrong."""

    body: Any = None
    status: int = 200
    failure: str | None = None
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        return self.failure is None


class Transport(Protocol):
    """A way to the app. `send` waits for the ack at most `patience` real seconds and never raises."""

    name: str

    @property
    def is_open(self) -> bool: ...

    async def send(
        self, envelope: Envelope, *, attempt: int, reason: str, patience: float, cut: bool = False
    ) -> Ack: ...


class Delivery:
    def __init__(
        self, state: State, clock: Clock, timings: Timings, faults: Faults, transports: list[Transport]
    ) -> None:
        self._state = state
        self._clock = clock
        self._timings = timings
        self._faults = faults
        self._transports = transports
        self._tasks: set[asyncio.Task[Any]] = set()
        self._next_went_out = asyncio.Event()

    # Events

    def on_announcement(self, announcement: Announcement) -> None:
        """Called by the state; must be called on the event loop."""
        for installation in self._state.installations.values():
            if installation["team_id"] == announcement.team_id and self._may_hear(installation, announcement):
                envelope = Envelope("events_api", self._event_callback(installation, announcement))
                self._start(self._deliver_event(envelope))

    async def settled(self) -> None:
        """Wait until every event that is under way has been acknowledged or given up."""
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _may_hear(self, installation: Json, announcement: Announcement) -> bool:
        app = self._state.apps[installation["app_id"]]
        event, channel_id = announcement.event, announcement.channel_id
        if event["type"] in ("app_uninstalled", "tokens_revoked"):
            return event["type"] in app["events"]
        if installation.get("revoked") or _subscription(event) not in app["events"]:
            return False
        return channel_id is None or self._state.is_member(installation["bot_user_id"], channel_id)

    def _event_callback(self, installation: Json, announcement: Announcement) -> Json:
        team_id = installation["team_id"]
        return {
            "token": "sandbox-verification-token",
            "team_id": team_id,
            "context_team_id": team_id,
            "context_enterprise_id": None,
            "api_app_id": installation["app_id"],
            "event": announcement.event,
            "type": "event_callback",
            "event_id": self._state.new_id("Ev"),
            "event_time": int(self._clock.timestamp()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": team_id,
                    "user_id": installation["bot_user_id"],
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": self._is_shared(announcement),
            "event_context": f"4-{secrets.token_hex(24)}",
        }

    def _is_shared(self, announcement: Announcement) -> bool:
        return bool(self._state.channels.get(announcement.channel_id or "", {}).get("is_ext_shared"))

    async def _deliver_event(self, envelope: Envelope) -> None:
        reason = ""
        for attempt in range(len(self._timings.retries) + 1):
            if attempt:
                await self._clock.sleep(self._timings.retries[attempt - 1])
            ack = await self._deliver(envelope, attempt, reason)
            if ack.ok or ack.no_retry:
                return
            reason = ack.failure or "unknown_error"

    # Commands and interactions

    async def interact(self, kind: EnvelopeKind, payload: Json) -> Ack:
        """Deliver once and wait for the ack."""
        return await self._deliver(Envelope(kind, payload), 0, "")

    # Both

    async def _deliver(self, envelope: Envelope, attempt: int, reason: str) -> Ack:
        fault = self._faults.for_delivery(envelope.kind)
        kind = fault.kind if fault else None
        if fault and kind == "delay":
            await asyncio.sleep(fault.seconds)
        if fault and kind == "reorder":
            await self._hold_back(fault.seconds)
        sending = self._send(envelope, attempt, reason, fault)
        if kind == "duplicate":
            again = (1, "timeout") if envelope.kind == "events_api" else (0, "")
            ack, _ = await asyncio.gather(sending, self._send(envelope, *again, fault))
        else:
            ack = await sending
        return Ack(failure="timeout", status=0) if kind == "lose_ack" else ack

    async def _hold_back(self, seconds: float) -> None:
        """Until another delivery has overtaken this one, or none came in time."""
        try:
            await asyncio.wait_for(self._next_went_out.wait(), seconds or _REORDER_PATIENCE)
        except TimeoutError:
            return

    async def _send(self, envelope: Envelope, attempt: int, reason: str, fault: Fault | None) -> Ack:
        transport = next((t for t in self._transports if t.is_open), None)
        entry = self._state.traffic.open(
            "delivery",
            envelope.kind,
            transport.name if transport else "none",
            self._clock.now(),
            envelope.payload,
            attempt=attempt,
        )
        entry.fault = fault.kind if fault else None
        started = perf_counter()
        if transport is None:
            ack = Ack(failure="connection_failed", status=0)
        else:
            cut = fault is not None and fault.kind == "disconnect"
            sending = asyncio.ensure_future(
                transport.send(envelope, attempt=attempt, reason=reason, patience=self._timings.ack, cut=cut)
            )
            if not (fault and fault.kind == "reorder"):
                self._let_the_held_go()
            ack = await sending
        self._note(entry, ack, started)
        return ack

    def _let_the_held_go(self) -> None:
        self._next_went_out.set()
        self._next_went_out = asyncio.Event()

    def _note(self, entry: Traffic, ack: Ack, started: float) -> None:
        entry.response = ack.body
        entry.status = "acked" if ack.ok else ack.failure or "failed"
        entry.took_ms = (perf_counter() - started) * 1000
        self._state.changed("traffic")

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _subscription(event: Json) -> str:
    """The name under which an app subscribes to this event."""
    if event["type"] != "message":
        return str(event["type"])
    return {"channel": "message.channels", "group": "message.groups", "im": "message.im"}[
        event["channel_type"]
    ]
