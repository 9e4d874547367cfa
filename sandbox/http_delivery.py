"""Deliveries over HTTP: signed posts to the app's one address, as forms or JSON, the way Slack sends each of them.

The signature carries real time, not the workspace's: the receiver compares it with its own clock.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp

from sandbox.delivery import Ack, Envelope
from sandbox.state import Json

_RETRY_REASONS = {"timeout": "http_timeout"}


class HttpDelivery:
    name = "http"

    def __init__(self, url: str | None, signing_secret: str) -> None:
        self.url = url
        self._secret = signing_secret.encode()
        self._session: aiohttp.ClientSession | None = None

    @property
    def is_open(self) -> bool:
        return self.url is not None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(
        self, envelope: Envelope, *, attempt: int, reason: str, patience: float, cut: bool = False
    ) -> Ack:
        body, content_type = _encoded(envelope)
        headers = {"Content-Type": content_type}
        if attempt:
            headers |= {
                "X-Slack-Retry-Num": str(attempt),
                "X-Slack-Retry-Reason": _RETRY_REASONS.get(reason, reason),
            }
        ack = await self._post(body, headers, patience)
        return Ack(failure="connection_failed", status=0) if cut else ack

    async def verify_url(self, patience: float = 3.0) -> bool:
        """Whether the address answers Slack's challenge."""
        challenge = secrets.token_urlsafe(24)
        question = {"token": "sandbox-verification-token", "challenge": challenge, "type": "url_verification"}
        ack = await self._post(json.dumps(question).encode(), {"Content-Type": "application/json"}, patience)
        answer = ack.body.get("challenge") if isinstance(ack.body, dict) else ack.body
        return ack.ok and answer == challenge

    def signature(self, timestamp: str, body: bytes) -> str:
        digest = hmac.new(self._secret, f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
        return f"v0={digest}"

    async def _post(self, body: bytes, headers: dict[str, str], patience: float) -> Ack:
        assert self.url is not None
        if self._session is None:
            self._session = aiohttp.ClientSession()
        timestamp = str(int(time.time()))
        signed = headers | {
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": self.signature(timestamp, body),
        }
        try:
            async with (
                asyncio.timeout(patience),
                self._session.post(self.url, data=body, headers=signed) as answer,
            ):
                content = await answer.text()
                no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
                if answer.status >= 300:
                    return Ack(content, answer.status, "http_error", no_retry)
                return Ack(_decoded(content, answer.content_type), answer.status)
        except TimeoutError:
            return Ack(failure="timeout", status=0)
        except (aiohttp.ClientError, OSError):
            return Ack(failure="connection_failed", status=0)


def _encoded(envelope: Envelope) -> tuple[bytes, str]:
    if envelope.kind == "events_api":
        return json.dumps(envelope.payload).encode(), "application/json"
    form: Json = envelope.payload
    if envelope.kind == "interactive":
        form = {"payload": json.dumps(envelope.payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _decoded(content: str, content_type: str) -> Any:
    if content_type == "application/json":
        try:
            return json.loads(content)
        except ValueError:
            return content
    return content or None
