"""The sandbox put together: one Starlette application on loopback, served in this process.

`running_sandbox` is what tests and `python -m sandbox` use. Everything is handed its neighbours here; no other file
builds them.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from sandbox.actions import Actions
from sandbox.app_config import APP, APP_TOKEN, SIGNING_SECRET, AppConfig, configure
from sandbox.clock import Clock, Timings
from sandbox.delivery import Delivery, Transport
from sandbox.driver import Driver
from sandbox.faults import Faults
from sandbox.http_delivery import HttpDelivery
from sandbox.interactivity import Interactivity
from sandbox.limits import Limits
from sandbox.page.routes import page_routes
from sandbox.response_urls import ResponseUrls
from sandbox.seed import BOT_TOKEN, seed_workspace
from sandbox.serving import HOST, LoopbackServer, OwnPagesOnly
from sandbox.socket_mode import SocketMode
from sandbox.state import State
from sandbox.state_file import StateFile
from sandbox.web_api import WebApi

_UPLOAD_LIMIT = 50 * 1024 * 1024


@dataclass(frozen=True)
class Sandbox:
    """A running workspace, and the handles on it."""

    state: State
    clock: Clock
    timings: Timings
    faults: Faults
    limits: Limits
    interactivity: Interactivity
    socket_mode: SocketMode
    http: HttpDelivery
    delivery: Delivery
    actions: Actions
    driver: Driver
    closing: asyncio.Event

    bot_token: str = BOT_TOKEN
    app_token: str = APP_TOKEN
    signing_secret: str = SIGNING_SECRET

    @property
    def url(self) -> str:
        return self.actions.address

    @property
    def api_url(self) -> str:
        """What `base_url` of a Slack client, or SLACK_API_URL, is set to."""
        return f"{self.url}/api/"


def build_sandbox(
    *,
    clock: Clock | None = None,
    timings: Timings | None = None,
    seed: Callable[[State], None] | None = seed_workspace,
    events_url: str | None = None,
    faults: Faults | None = None,
    app: AppConfig | None = None,
    posts_per_second: float | None = 1.0,
    burst: int = 5,
) -> Sandbox:
    """All parts, joined, and not yet listening."""
    clock, timings, faults = clock or Clock(), timings or Timings(), faults or Faults()
    state = State(clock)
    if seed is not None:
        seed(state)
    if app is not None:
        configure(state, app)
    interactivity = Interactivity(clock, timings)
    socket_mode = SocketMode(APP, APP_TOKEN, lambda: state.changed("traffic"))
    http = HttpDelivery(events_url, SIGNING_SECRET)
    transports: list[Transport] = [socket_mode, http]
    delivery = Delivery(state, clock, timings, faults, transports)
    state.listeners.append(delivery.on_announcement)
    actions = Actions(state, delivery, interactivity, ResponseUrls(state, interactivity))
    return Sandbox(
        state=state,
        clock=clock,
        timings=timings,
        faults=faults,
        limits=Limits(clock, posts_per_second=posts_per_second, burst=burst),
        interactivity=interactivity,
        socket_mode=socket_mode,
        http=http,
        delivery=delivery,
        actions=actions,
        driver=Driver(state, actions, delivery),
        closing=asyncio.Event(),
    )


def application(sandbox: Sandbox) -> Starlette:
    web_api = WebApi(
        sandbox.state,
        sandbox.interactivity,
        sandbox.faults,
        sandbox.limits,
        sandbox.socket_mode.ticket,
        sandbox.closing,
    )
    response_urls = ResponseUrls(sandbox.state, sandbox.interactivity)
    uploads = _Uploads(sandbox.state)
    routes: list[BaseRoute] = [
        Route("/api/{method}", web_api.answer, methods=["GET", "POST"]),
        Route("/commands/{rest:path}", response_urls.answer, methods=["POST"]),
        Route("/actions/{rest:path}", response_urls.answer, methods=["POST"]),
        Route("/upload/v1/{file_id}", uploads.receive, methods=["POST", "PUT"]),
        Route("/files/{file_id}/{name}", uploads.hand_out, methods=["GET"]),
        Route("/files/{user_id}/{file_id}/{name}", uploads.hand_out, methods=["GET"]),
        WebSocketRoute("/link/", sandbox.socket_mode.serve),
        *page_routes(sandbox),
    ]
    middleware = [
        # A page elsewhere must not reach us by a name of its own that points at loopback,
        Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"]),
        # nor by sending a person's browser here.
        Middleware(OwnPagesOnly),
    ]
    return Starlette(routes=routes, middleware=middleware)


@contextlib.asynccontextmanager
async def running_sandbox(
    *,
    port: int = 0,
    state_path: Path | None = None,
    fresh: bool = False,
    **parts: Any,
) -> AsyncIterator[Sandbox]:
    """A sandbox that listens on loopback until the block is left. `parts`: the arguments of `build_sandbox`.

    Port 0 takes any free one; a port that is taken makes way for the next free one.
    """
    sandbox = build_sandbox(**parts)
    state_file = StateFile(state_path, sandbox.state) if state_path else None
    if state_file and not fresh:
        state_file.load()
        configure(sandbox.state, parts.get("app") or AppConfig())  # what an app declares is never kept
    server = LoopbackServer(port)
    sandbox.actions.address = server.address
    await server.start(application(sandbox))
    if state_file:
        state_file.start()
    try:
        yield sandbox
    finally:
        sandbox.closing.set()
        sandbox.state.listeners.clear()
        await sandbox.delivery.close()
        await sandbox.http.close()
        await sandbox.socket_mode.cut()
        await server.close()
        if state_file:
            await state_file.close()


class _Uploads:
    """The bytes of files: received at the address that was handed out, given back to the page."""

    def __init__(self, state: State) -> None:
        self._state = state

    async def receive(self, request: Request) -> Response:
        stored = self._state.files.get(request.path_params["file_id"])
        if stored is None or stored["completed"]:
            return PlainTextResponse("no such upload", 404)
        content = await _uploaded(request)
        if len(content) > _UPLOAD_LIMIT:
            return PlainTextResponse("too large", 413)
        stored |= {"content": content.decode("utf-8", errors="replace"), "size": len(content)}
        return PlainTextResponse(f"OK - {len(content)}")

    async def hand_out(self, request: Request) -> Response:
        stored = self._state.files.get(request.path_params["file_id"])
        if stored is None or stored["content"] is None:
            return PlainTextResponse("no such file", 404)
        # Plain text whatever it claims to be: an uploaded page must not run here.
        return PlainTextResponse(stored["content"], headers={"X-Content-Type-Options": "nosniff"})


async def _uploaded(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form() as form:
        for value in form.values():
            if not isinstance(value, str):
                return await value.read()
    return b""
