"""Deliveries over web sockets, for a Preflight without a public address.

Two connections are kept, so that one that Slack refreshes (every few hours) or drops never leaves a gap; any delivery
comes down one of them, and a repeated one is recognised by the database. When Slack announces the end of a connection,
the next one stands before the old one is let go. An envelope is acknowledged only when its answer is 200.

Written with aiohttp instead of slack_sdk's client, which closes the old socket before it opens the new one, tries an
expired address again and again, and keeps no reference to the tasks that it starts.
"""

import asyncio
import contextlib
import json
import logging
import random
from collections.abc import Coroutine, Mapping
from time import monotonic
from typing import Any, Final, Literal

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.metrics import Counters
from bot.slack import connections
from bot.slack.addresses import SLACK_API_URL
from bot.slack.failures import Ambiguous, RateLimited, Retryable, SlackFailure, Terminal, classify
from bot.slack.reading import maybe_text, reach

log = logging.getLogger(__name__)

CONNECTIONS: Final = 2
_PING_EVERY: Final = 10.0
_HELLO_PATIENCE: Final = 10.0
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 10.0
_GRACE: Final = 5.0
_TOO_SHORT: Final = 5.0
_FAREWELL: Final = 30.0
_OPENING: Final = "apps.connections.open"

Socket = aiohttp.ClientWebSocketResponse[Literal[True]]
_LARGEST_FRAME: Final = 16 * 1024 * 1024


class NotConnected(Exception):  # noqa: N818 - what /readyz says
    """No connection to Slack stands."""


class _Line:
    """One connection, opened again for as long as it is wanted."""

    def __init__(self, owner: "SocketMode", name: str) -> None:
        self._owner = owner
        self._name = name
        self._sockets: set[Socket] = set()

    @property
    def stands(self) -> bool:
        return any(not socket.closed for socket in self._sockets)

    async def keep(self) -> None:
        """Hold a connection until cancelled, with longer and longer pauses while it cannot be had or does not last."""
        failures = 0
        while True:
            began = monotonic()
            try:
                socket = await self._open()
            except Exception as error:  # noqa: BLE001 - whatever breaks a connection, the next one is tried
                failures += 1
                await self._pause(classify(error, _OPENING), failures)
                continue
            ending = asyncio.Event()
            self._owner.spawn(self._read(socket, ending))
            await ending.wait()
            failures = failures + 1 if monotonic() - began < _TOO_SHORT else 0
            if failures > 1:
                await self._pause(Ambiguous("the connection did not last", _OPENING), failures)

    async def _pause(self, failure: SlackFailure, failures: int) -> None:
        self._owner.last_failure = failure
        pause = min(_FIRST_PAUSE * 2.0**failures, _LONGEST_PAUSE) * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load
        if isinstance(failure, RateLimited):
            pause = max(pause, failure.retry_after)
        say = log.error if isinstance(failure, Terminal) else log.warning
        say("connection %s to Slack: %s; next try in %.1f s", self._name, failure, pause)
        await asyncio.sleep(pause)

    async def _open(self) -> Socket:
        """Return a connection that has said hello."""
        session = self._owner.session
        client = connections.client(self._owner.app_token, self._owner.api_url, session)
        answer: Any = (await client.api_call(_OPENING)).data
        url = maybe_text(answer, "url")
        if not url:
            raise Terminal("no address for the connection", _OPENING)
        socket = await session.ws_connect(
            url,
            heartbeat=_PING_EVERY,
            max_msg_size=_LARGEST_FRAME,
            timeout=aiohttp.ClientWSTimeout(ws_close=2.0),
        )
        try:
            async with asyncio.timeout(_HELLO_PATIENCE):
                hello = await socket.receive_json()
            if reach(hello, "type") != "hello":
                raise Retryable(f"no hello but {reach(hello, 'reason')}", _OPENING)  # noqa: TRY301 - closed below
        except BaseException:
            await socket.close()
            raise
        self._sockets.add(socket)
        self._owner.last_failure = None
        self._owner.noticed()
        log.info("connection %s to Slack stands", self._name)
        return socket

    async def _read(self, socket: Socket, ending: asyncio.Event) -> None:
        """Take deliveries until the connection is closed; say so as soon as Slack announces it."""
        try:
            async with asyncio.timeout(None) as limit:
                async for frame in socket:
                    envelope = _envelope(frame)
                    if reach(envelope, "type") == "disconnect":
                        ending.set()
                        limit.reschedule(asyncio.get_running_loop().time() + _FAREWELL)
                    elif envelope is not None:
                        self._owner.take(socket, envelope)
        except TimeoutError:
            log.info("connection %s to Slack was left, after its successor stood", self._name)
        finally:
            ending.set()
            await self._owner.answered(socket)
            await socket.close()
            self._sockets.discard(socket)
            self._owner.noticed()


class SocketMode:
    """Both connections. `start` returns at once; `connected` says whether one stands."""

    def __init__(
        self,
        app: AsyncApp,
        *,
        app_token: str,
        api_url: str = SLACK_API_URL,
        counters: Counters | None = None,
        count: int = CONNECTIONS,
    ) -> None:
        self.app_token = app_token
        self.api_url = api_url
        self.last_failure: SlackFailure | None = None
        self._app = app
        self._counters = counters or Counters()
        self._lines = [_Line(self, f"{number + 1} of {count}") for number in range(count)]
        self._session: aiohttp.ClientSession | None = None
        self._keeping: list[asyncio.Task[None]] = []
        self._answering: dict[asyncio.Task[None], Socket] = {}
        self._reading: set[asyncio.Task[None]] = set()
        self._change = asyncio.Event()
        self._stopping = False

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session of both connections."""
        assert self._session is not None
        return self._session

    @property
    def standing(self) -> int:
        """How many connections stand."""
        return sum(line.stands for line in self._lines)

    @property
    def connected(self) -> bool:
        """Whether deliveries can come in."""
        return self.standing > 0

    async def check(self) -> None:
        """Return while a connection stands; raise with the reason while none does."""
        if not self.connected:
            why = f": {self.last_failure}" if self.last_failure else ""
            raise NotConnected(f"no connection to Slack stands{why}")

    async def start(self) -> None:
        """Begin to connect."""
        self._session = connections.open_session(self.api_url)
        self._keeping = [asyncio.create_task(line.keep(), name="socket mode") for line in self._lines]

    async def wait_until_connected(self, count: int = 1) -> None:
        """Return as soon as that many connections stand."""
        while self.standing < count:
            self._change.clear()
            await self._change.wait()

    async def stop(self) -> None:
        """Take nothing more, give what is being answered a few seconds, then let go."""
        self._stopping = True
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        if self._answering:
            await asyncio.wait(tuple(self._answering), timeout=_GRACE)
        for task in (*self._answering, *self._reading):
            task.cancel()
        await asyncio.gather(*self._answering, *self._reading, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def noticed(self) -> None:
        """Wake who waits for a connection."""
        self._change.set()

    def spawn(self, reading: Coroutine[Any, Any, None]) -> None:
        """Read a connection beside the others."""
        task = asyncio.create_task(reading)
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    def take(self, socket: Socket, envelope: Mapping[str, Any]) -> None:
        """Answer an envelope while the connection reads on. While stopping it is left for Slack to deliver elsewhere."""
        if self._stopping:
            return
        task = asyncio.create_task(self._answer(socket, envelope))
        self._answering[task] = socket
        task.add_done_callback(self._answered)

    async def answered(self, socket: Socket) -> None:
        """Return once everything that came down a connection is acknowledged, or after a few seconds."""
        pending = [task for task, its in self._answering.items() if its is socket]
        if pending and not socket.closed:
            await asyncio.wait(pending, timeout=_GRACE)

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._answering.pop(task, None)
        if not task.cancelled() and task.exception() is not None:
            log.error("a delivery could not be answered", exc_info=task.exception())

    async def _answer(self, socket: Socket, envelope: Mapping[str, Any]) -> None:
        envelope_id = maybe_text(envelope, "envelope_id")
        if envelope_id is None:
            return
        response = await self._response(envelope)
        if response.status != 200:
            return  # not acknowledged: Slack delivers an event again
        ack: dict[str, Any] = {"envelope_id": envelope_id}
        if response.body and reach(envelope, "accepts_response_payload"):
            ack["payload"] = _payload(response.body)
        with contextlib.suppress(ConnectionError, aiohttp.ClientError):
            # a connection that is gone takes no ack; Slack delivers again, and the database knows the delivery
            await socket.send_str(json.dumps(ack))

    async def _response(self, envelope: Mapping[str, Any]) -> BoltResponse:
        payload = reach(envelope, "payload")
        attempt = reach(envelope, "retry_attempt")
        headers = {"x-slack-retry-num": str(attempt)} if isinstance(attempt, int) and attempt else {}
        try:
            request = AsyncBoltRequest(mode="socket_mode", body=dict(payload), headers={**headers})
        except Exception as error:  # noqa: BLE001 - Bolt reads ids out of shapes that Slack never sends, and then breaks
            self._counters.add("socket_refused_total", why="unreadable")
            log.warning("an envelope could not be read: %s", type(error).__name__)
            return BoltResponse(status=200)
        return await self._app.async_dispatch(request)


def _envelope(frame: aiohttp.WSMessage) -> Mapping[str, Any] | None:
    if frame.type is not aiohttp.WSMsgType.TEXT:
        return None
    try:
        envelope = json.loads(frame.data)
    except ValueError:
        log.warning("a frame was no JSON")
        return None
    return envelope if isinstance(envelope, dict) else None


def _payload(body: str) -> Any:
    return json.loads(body) if body.startswith("{") else {"text": body}
