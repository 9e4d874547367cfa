"""A wire with a counter on it: passes bytes on to a server of this machine and counts the connections that are made.

Servers let go of connections that rest for a while, ours on this machine much sooner than Slack's. The relay keeps the
caller's side and connects anew behind it, so that it counts only what the caller lets go of itself.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass
class Relay:
    """The port to call instead, and how often it was connected to."""

    port: int = 0
    connections: int = 0


@asynccontextmanager
async def relay_to(port: int) -> AsyncIterator[Relay]:
    """Listen on a free port and pass everything on to another."""
    relay = Relay()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        relay.connections += 1
        with contextlib.suppress(ConnectionError):
            await _serve(port, reader, writer)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    relay.port = server.sockets[0].getsockname()[1]
    try:
        yield relay
    finally:
        server.close()


async def _serve(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    back: asyncio.StreamWriter | None = None
    answers: asyncio.Task[None] | None = None
    try:
        while data := await reader.read(65536):
            if back is None or answers is None or answers.done():
                there, back = await asyncio.open_connection("127.0.0.1", port)
                answers = asyncio.create_task(_answers(there, back, writer))
            back.write(data)
            await back.drain()
    finally:
        if back is not None and answers is not None:
            back.close()
            await answers


async def _answers(
    there: asyncio.StreamReader, back: asyncio.StreamWriter, writer: asyncio.StreamWriter
) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await there.read(65536):
            writer.write(data)
            await writer.drain()
    back.close()
