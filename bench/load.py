"""A client that costs little: HTTP/1.1 over connections that stay open, and closed loops of callers.

It asks, waits for the answer and asks again, so what it measures is how long a person's click waits. It understands just
enough HTTP for the servers of this bench.
"""

import asyncio
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Final, Self

from bench.figures import Round

PATIENCE: Final = 30.0


class Connection(asyncio.Protocol):
    """One connection, one question at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect to a server on this machine."""
        _, made = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return made

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a whole request; return status and body."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Let go."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError(f"the server hung up: {exc}"))

    def data_received(self, data: bytes) -> None:
        self._received += data
        head_end = self._received.find(b"\r\n\r\n")
        if head_end < 0 or self._answer is None:
            return
        head = bytes(self._received[:head_end]).lower()
        start = head.find(b"content-length:")
        length = int(head[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0
        whole = head_end + 4 + length
        if len(self._received) >= whole and not self._answer.done():
            body = bytes(self._received[head_end + 4 : whole])
            del self._received[:whole]
            self._answer.set_result((int(head[9:12]), body))


Check = Callable[[int, bytes], None]


async def series(port: int, lanes: Sequence[Sequence[bytes]], check: Check) -> Round:
    """Let each lane send its requests one after the other, all lanes at once; every answer is checked."""
    connections = [await Connection.open(port) for _ in lanes]
    times: list[float] = []

    async def call(connection: Connection, requests: Sequence[bytes]) -> None:
        for request in requests:
            started = perf_counter()
            status, body = await connection.ask(request)
            times.append(perf_counter() - started)
            check(status, body)

    started = perf_counter()
    try:
        async with asyncio.timeout(PATIENCE * 4):
            await asyncio.gather(*(call(*lane) for lane in zip(connections, lanes, strict=True)))
        wall = perf_counter() - started
    finally:
        for connection in connections:
            connection.close()
    return Round(tuple(times), wall)


async def get(port: int, path: str) -> bytes:
    """Ask for a page once."""
    connection = await Connection.open(port)
    try:
        async with asyncio.timeout(PATIENCE):
            status, body = await connection.ask(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".encode())
    finally:
        connection.close()
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return body
