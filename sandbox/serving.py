"""Serving an ASGI application on loopback, inside this event loop, quick to start and quick to stop.

It uses uvicorn's protocols without its server, which waits in tenths of a second, takes the process's signals, and knows
no way to cut a connection in the middle of a request, as the faults do.
"""

import asyncio
import socket
from typing import Any

import uvicorn
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

HOST = "127.0.0.1"

_PORTS_TRIED = 50
_GRACE_SECONDS = 1.0


class LoopbackServer:
    def __init__(self, port: int = 0) -> None:
        """Takes the port at once, or the next free one; 0 means any. OSError when none is free."""
        self._socket = _listen(port)
        self._state = ServerState()
        self._server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self._socket.getsockname()[1]}"

    async def start(self, app: Any) -> None:
        config = uvicorn.Config(
            app, ws="websockets-sansio", log_config=None, access_log=False, lifespan="off"
        )
        config.load()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _CuttableProtocol(config, self._state, {}), sock=self._socket
        )

    async def close(self) -> None:
        if self._server is None:
            self._socket.close()
            return
        self._server.close()
        for connection in tuple(self._state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        if self._state.tasks:
            _, late = await asyncio.wait(tuple(self._state.tasks), timeout=_GRACE_SECONDS)
            for task in late:
                task.cancel()
        await asyncio.sleep(0)


class _CuttableProtocol(H11Protocol):
    """Puts the connection's transport into the request's state, for `cut`."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn narrows asyncio's signature
        self.app_state = {**self.app_state, "transport": transport}


class OwnPagesOnly:
    """Refuses what a browser sends from another site's page. Programs send no `Origin`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            headers = Headers(scope=scope)
            if headers.get("origin", "") not in ("", f"http://{headers.get('host')}"):
                if scope["type"] == "websocket":
                    await WebSocketClose(code=1008)(scope, receive, send)
                else:
                    await PlainTextResponse("Not from another site's page.", 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def cut(scope: Any) -> None:
    """Cut the TCP connection of this request, so that the client gets no answer at all."""
    transport = scope.get("state", {}).get("transport")
    if transport is not None:
        transport.abort()
    # The server notices the loss in its next turns; only then may the request end without an answer.
    for _ in range(3):
        await asyncio.sleep(0)


def _listen(port: int) -> socket.socket:
    for candidate in range(port, port + _PORTS_TRIED if port else 1):
        # asyncio sets TCP_NODELAY only where the protocol is named; without it each answer waits for 40 ms.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, candidate))
        except OSError:
            listening.close()
            continue
        listening.listen(128)
        listening.setblocking(False)
        return listening
    raise OSError(f"No free port from {port} to {port + _PORTS_TRIED - 1} on {HOST}.")
