"""Real Bolt apps, connected to the sandbox the way the product connects: over Socket Mode or signed HTTP."""

import contextlib
from collections.abc import AsyncIterator

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.server import Sandbox
from sandbox.serving import LoopbackServer


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
    sandbox: Sandbox, app: AsyncApp, connections: int = 1, ping_interval: float = 0.2
) -> AsyncIterator[list[AsyncSocketModeHandler]]:
    """Connect the app. Slack's client drops a connection that is silent for a few pings, which a busy machine can be."""
    handlers = [
        AsyncSocketModeHandler(
            app,
            sandbox.app_token,
            web_client=AsyncWebClient(token=sandbox.app_token, base_url=sandbox.api_url),
            ping_interval=ping_interval,
        )
        for _ in range(connections)
    ]
    for handler in handlers:
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
    await sandbox.socket_mode.wait_for_connections(connections)
    try:
        yield handlers
    finally:
        for handler in handlers:
            await handler.close_async()  # type: ignore[no-untyped-call]  # as above


@contextlib.asynccontextmanager
async def over_http(sandbox: Sandbox, app: AsyncApp) -> AsyncIterator[str]:
    """Serve the app and point the sandbox's events URL at it."""
    handler = AsyncSlackRequestHandler(app)

    async def receive(request: Request) -> Response:
        return await handler.handle(request)

    server = LoopbackServer()
    await server.start(Starlette(routes=[Route("/slack/events", receive, methods=["POST"])]))
    sandbox.http.url = f"{server.address}/slack/events"
    try:
        yield sandbox.http.url
    finally:
        sandbox.http.url = None
        await server.close()
