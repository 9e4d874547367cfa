"""Real Bolt apps, connected to the sandbox the way the product connects: over Socket Mode or signed HTTP."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import uvicorn
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.server import Sandbox


def bolt_app(sandbox: Sandbox, client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(
        client=client,
        token=sandbox.bot_token,
        signing_secret=sandbox.signing_secret,
        process_before_response=True,
        raise_error_for_unhandled_request=False,
    )


@contextlib.asynccontextmanager
async def over_socket_mode(
    sandbox: Sandbox, app: AsyncApp, connections: int = 1
) -> AsyncIterator[list[AsyncSocketModeHandler]]:
    handlers = [
        AsyncSocketModeHandler(
            app,
            sandbox.app_token,
            web_client=AsyncWebClient(token=sandbox.app_token, base_url=sandbox.api_url),
            ping_interval=0.2,
        )
        for _ in range(connections)
    ]
    for handler in handlers:
        await handler.connect_async()
    await sandbox.socket_mode.wait_for_connections(connections)
    try:
        yield handlers
    finally:
        for handler in handlers:
            await handler.close_async()


@contextlib.asynccontextmanager
async def over_http(sandbox: Sandbox, app: AsyncApp) -> AsyncIterator[str]:
    """Serve the app and point the sandbox's events URL at it."""
    handler = AsyncSlackRequestHandler(app)

    async def receive(request: Request) -> Response:
        return await handler.handle(request)

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    web = Starlette(routes=[Route("/slack/events", receive, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(web, log_config=None, lifespan="off"))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.005)
    sandbox.http.url = f"http://127.0.0.1:{listening.getsockname()[1]}/slack/events"
    try:
        yield sandbox.http.url
    finally:
        server.should_exit = True
        await serving
        listening.close()
