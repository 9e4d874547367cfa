"""Socket Mode: the web sockets that the app holds open, and the envelopes that go down them.

Each envelope goes to exactly one connection, in turn; its ack comes back on any. A ticket in the URL proves that the
address came from `apps.connections.open`.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from sandbox.delivery import Ack, Envelope
from sandbox.state import Json

CONNECTION_LIMIT = 10


@dataclass(eq=False)
class _Connection:
    socket: WebSocket
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: dict[str, asyncio.Future[Ack]] = field(default_factory=dict)
    leaving: bool = False

    async def write(self, message: Json) -> None:
        async with self.writing:
            await self.socket.send_text(json.dumps(message))


class SocketMode:
    name = "socket"

    def __init__(self, app_id: str, app_token: str, on_change: Callable[[], None]) -> None:
        self._app_id = app_id
        self._app_token = app_token
        self._on_change = on_change
        self._connections: list[_Connection] = []
        self._turn = 0
        self._changed = asyncio.Event()

    @property
    def is_open(self) -> bool:
        return any(not c.leaving for c in self._connections)

    @property
    def connections(self) -> int:
        return len(self._connections)

    def ticket(self) -> str:
        nonce = secrets.token_hex(8)
        return f"{nonce}{self._seal(nonce)}"

    def knows_ticket(self, ticket: str) -> bool:
        return hmac.compare_digest(ticket[16:], self._seal(ticket[:16]))

    async def wait_for_connections(self, count: int = 1, patience: float = 10.0) -> None:
        """Until the app holds at least that many; raises TimeoutError."""
        async with asyncio.timeout(patience):
            while sum(not c.leaving for c in self._connections) < count:
                await self._changed.wait()

    async def serve(self, socket: WebSocket) -> None:
        """One connection's life."""
        if not self.knows_ticket(socket.query_params.get("ticket", "")):
            await socket.close(code=1008)
            return
        await socket.accept()
        if len(self._connections) >= CONNECTION_LIMIT:
            await socket.send_text(json.dumps(_disconnect("too_many_websockets")))
            await socket.close()
            return
        connection = _Connection(socket)
        self._connections.append(connection)
        self._announce()
        try:
            await connection.write(self._hello())
            while True:
                self._acknowledge(connection, await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError, KeyError):
            pass  # gone, by its own will or ours: whoever waits for its acks is told below
        finally:
            self._lose(connection)

    async def send(
        self, envelope: Envelope, *, attempt: int, reason: str, patience: float, cut: bool = False
    ) -> Ack:
        connection = self._next()
        if connection is None:
            return Ack(failure="connection_failed", status=0)
        envelope_id = str(uuid.uuid4())
        acked: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = acked
        try:
            await connection.write(_frame(envelope_id, envelope, attempt, reason))
            if cut:
                await self._close(connection)
            async with asyncio.timeout(patience):
                return await acked
        except TimeoutError:
            return Ack(failure="timeout", status=0)
        except (WebSocketDisconnect, RuntimeError):
            return Ack(failure="connection_failed", status=0)
        finally:
            connection.waiting.pop(envelope_id, None)

    async def disconnect(
        self, reason: Literal["warning", "refresh_requested", "link_disabled"] = "refresh_requested"
    ) -> None:
        """Ask every client to reconnect, as Slack does every few hours.

        After a warning the socket still gets envelopes; otherwise it gets none, and the client is left to close it.
        """
        for connection in tuple(self._connections):
            connection.leaving = reason != "warning"
            await connection.write(_disconnect(reason))

    async def cut(self) -> None:
        """Drop every connection without a word."""
        for connection in tuple(self._connections):
            await self._close(connection)

    def _next(self) -> _Connection | None:
        usable = [c for c in self._connections if not c.leaving]
        if not usable:
            return None
        self._turn += 1
        return usable[self._turn % len(usable)]

    def _acknowledge(self, connection: _Connection, raw: str) -> None:
        try:
            message = json.loads(raw)
        except ValueError:
            return
        envelope_id = message.get("envelope_id") if isinstance(message, dict) else None
        if not isinstance(envelope_id, str):
            return
        for holder in (connection, *self._connections):
            waiting = holder.waiting.get(envelope_id)
            if waiting is not None and not waiting.done():
                waiting.set_result(Ack(message.get("payload")))
                return

    async def _close(self, connection: _Connection) -> None:
        connection.leaving = True
        if connection.socket.application_state is WebSocketState.CONNECTED:
            await connection.socket.close()
        self._lose(connection)

    def _lose(self, connection: _Connection) -> None:
        if connection in self._connections:
            self._connections.remove(connection)
            self._announce()
        for waiting in connection.waiting.values():
            if not waiting.done():
                waiting.set_result(Ack(failure="connection_failed", status=0))

    def _announce(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
        self._on_change()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": _debug_info() | {"build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": self._app_id},
        }

    def _seal(self, nonce: str) -> str:
        return hmac.new(self._app_token.encode(), nonce.encode(), hashlib.sha256).hexdigest()


def _frame(envelope_id: str, envelope: Envelope, attempt: int, reason: str) -> Json:
    frame: dict[str, Any] = {
        "envelope_id": envelope_id,
        "payload": envelope.payload,
        "type": envelope.kind,
        "accepts_response_payload": envelope.kind != "events_api",
    }
    if envelope.kind == "events_api":
        frame |= {"retry_attempt": attempt, "retry_reason": reason}
    return frame


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": _debug_info()}


def _debug_info() -> Json:
    return {"host": "applink-sandbox"}
