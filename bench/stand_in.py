"""A Slack that answers every call the same way after a set time, in a process of its own: `python -m bench.stand_in`.

It counts calls and connections, and notes when each message became visible. The sandbox checks and remembers everything
and so would be what is measured; this one costs next to nothing.
"""

import argparse
import asyncio
import itertools
import json
import socket
from collections import Counter
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final
from urllib.parse import parse_qsl

from bench.deliveries import CHANNEL, PERSON, TEAM

_ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "auth.test": {
        "url": "https://bench.slack.com/",
        "team": "Bench",
        "user": "preflight",
        "team_id": TEAM,
        "user_id": "U0BOT",
        "bot_id": "B0BOT",
    },
    "users.info": {
        "user": {"id": PERSON, "team_id": TEAM, "name": "maya", "tz": "Europe/Berlin", "profile": {}}
    },
    "conversations.info": {"channel": {"id": CHANNEL, "name": "ai-pilots", "is_member": True}},
}


@dataclass
class Workspace:
    """What was asked so far."""

    delay: float
    calls: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    seen: list[tuple[float, str, str]] = field(default_factory=list)
    """When something became visible, by which method, and where: the key of a post, the ts of an update."""
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def told(self) -> dict[str, Any]:
        """Return the counts and forget what was seen."""
        seen, self.seen = self.seen, []
        return {"calls": dict(self.calls), "connections": self.connections, "seen": seen}

    def answer(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Return what Slack says, and note what people see from now on."""
        answer: dict[str, Any] = {"ok": True, **_ANSWERS.get(method, {})}
        if method == "chat.postMessage":
            answer |= {"channel": arguments.get("channel"), "ts": f"1790000000.{next(self.numbers):06d}"}
            key = arguments.get("metadata", {}).get("event_payload", {}).get("key", "")
            self.seen.append((monotonic(), method, key))
        elif method == "chat.update":
            self.seen.append((monotonic(), method, str(arguments.get("ts"))))
        return answer


class Line(asyncio.Protocol):
    """One connection to it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self._counted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head_end = self._received.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = bytes(self._received[:head_end])
        low = head.lower()
        start = low.find(b"content-length:")
        length = int(low[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0
        whole = head_end + 4 + length
        if len(self._received) < whole:
            return
        body = bytes(self._received[head_end + 4 : whole])
        del self._received[:whole]
        self._asked(head.split(b" ", 2)[1].decode(), low, body)

    def _asked(self, target: str, head: bytes, body: bytes) -> None:
        path, _, query = target.partition("?")
        if path == "/told":
            self._say(self._workspace.told())
            return
        if path == "/delay":
            self._workspace.delay = float(query)
            self._say({})
            return
        method = path.rpartition("/")[2]
        self._workspace.calls[method] += 1
        if not self._counted:
            self._workspace.connections += 1
            self._counted = True
        arguments = json.loads(body) if b"application/json" in head and body else dict(parse_qsl(query))
        if self._workspace.delay:
            loop = asyncio.get_running_loop()
            loop.call_later(self._workspace.delay, self._answer, method, arguments)
        else:
            self._answer(method, arguments)

    def _answer(self, method: str, arguments: dict[str, Any]) -> None:
        self._say(self._workspace.answer(method, arguments))

    def _say(self, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(head.encode() + body)


async def _serve(delay: float) -> None:
    workspace = Workspace(delay)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    server = await asyncio.get_running_loop().create_server(lambda: Line(workspace), sock=listener)
    print(listener.getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that every call takes")
    asyncio.run(_serve(parser.parse_args().delay))


if __name__ == "__main__":
    main()
