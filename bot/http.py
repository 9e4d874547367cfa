"""The HTTP side: Slack's deliveries at /slack/events, and /healthz, /readyz and /metrics for those who operate it.

A delivery is taken only with a right signature that is at most five minutes old; anything else gets 401 and nothing is
written. The signature is checked over the raw bytes before anything is parsed. What is rightly signed is answered with
200 even when it cannot be read, because an app that fails too often is cut off from events.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import time
from typing import Any, Final

from slack_bolt.adapter.starlette.async_handler import to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.health import Check, examined
from bot.metrics import Counters

log = logging.getLogger(__name__)

MOST_BYTES: Final = 1024 * 1024
OLDEST: Final = 300.0
"""Seconds after which a signature no longer counts, as Slack recommends."""


class Signature:
    """Slack's signature of a request: HMAC-SHA256 of `v0:{timestamp}:{raw body}` with the signing secret."""

    def __init__(self, signing_secret: str, now: Callable[[], float] = time) -> None:
        if not signing_secret:
            raise ValueError("without a signing secret nothing could be verified")
        self._secret = signing_secret.encode()
        self._now = now

    def is_right(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether the headers carry the right signature of the body, made in the last five minutes."""
        timestamp = headers.get("x-slack-request-timestamp", "")
        signature = headers.get("x-slack-signature", "")
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 16):
            return False
        if abs(self._now() - int(timestamp)) > OLDEST:
            return False
        expected = hmac.new(self._secret, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
        return hmac.compare_digest(b"v0=" + expected.hexdigest().encode(), signature.encode())


@dataclass
class _Door:
    """What takes deliveries from Slack."""

    app: AsyncApp
    signature: Signature
    counters: Counters

    async def take(self, request: Request) -> Response:
        body = await _limited_body(request)
        if body is None:
            return self._refuse(413, "too large")
        if not self.signature.is_right(request.headers, body):
            return self._refuse(401, "wrong or old signature")
        delivery = _readable(request, body)
        if delivery is None:
            self.counters.add("http_refused_total", why="unreadable")
            return Response(status_code=200)
        return to_starlette_response(await self.app.async_dispatch(delivery))

    def _refuse(self, status: int, why: str) -> Response:
        self.counters.add("http_refused_total", why=why)
        log.warning("a request to /slack/events was refused: %s", why)
        return JSONResponse({"error": why}, status_code=status)


async def _limited_body(request: Request) -> bytes | None:
    """Return the body, or None for one of more than a megabyte, which is not read to its end."""
    said = request.headers.get("content-length", "0")
    if not (said.isascii() and said.isdecimal()) or int(said) > MOST_BYTES:
        return None
    chunks, size = [], 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > MOST_BYTES:
                return None
            chunks.append(chunk)
    except ClientDisconnect:
        return None
    return b"".join(chunks)


def _readable(request: Request, body: bytes) -> AsyncBoltRequest | None:
    """Return the delivery for Bolt, or None for a body that is neither a form nor JSON of an object."""
    try:
        delivery = AsyncBoltRequest(body=body.decode("utf-8"), headers=dict(request.headers))
        parsed: Any = delivery.body
        if isinstance(parsed, dict) and isinstance(parsed.get("event", {}), dict):
            return delivery
    except Exception as error:  # noqa: BLE001 - Bolt reads ids out of shapes that Slack never sends, and then breaks
        log.warning("a rightly signed request could not be read: %s", type(error).__name__)
    return None


@dataclass
class _Instruments:
    """What those who operate it look at."""

    parts: Mapping[str, Check]
    counters: Counters
    _alive: bytes = field(default=b'{"ok": true}\n')

    async def healthz(self, _: Request) -> Response:
        return Response(self._alive, media_type="application/json")

    async def readyz(self, _: Request) -> Response:
        conditions = await examined(self.parts)
        ready = all(condition.ok for condition in conditions.values())
        told = {
            name: {"ok": condition.ok} | ({} if condition.ok else {"why": condition.why})
            for name, condition in conditions.items()
        }
        return Response(
            json.dumps({"ready": ready, **told}, indent=2) + "\n",
            status_code=200 if ready else 503,
            media_type="application/json",
        )

    async def metrics(self, _: Request) -> Response:
        return PlainTextResponse(self.counters.text(), media_type="text/plain; version=0.0.4")


def http_app(
    *,
    parts: Mapping[str, Check],
    counters: Counters,
    app: AsyncApp | None = None,
    signing_secret: str | None = None,
) -> Starlette:
    """Return the web application; without a Bolt app and a signing secret (Socket Mode) it only tells of its health."""
    instruments = _Instruments(parts, counters)
    routes = [
        Route("/healthz", instruments.healthz),
        Route("/readyz", instruments.readyz),
        Route("/metrics", instruments.metrics),
    ]
    if app is not None and signing_secret:
        door = _Door(app, Signature(signing_secret), counters)
        routes.append(Route("/slack/events", door.take, methods=["POST"]))
    return Starlette(routes=routes)
