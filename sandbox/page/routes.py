"""The addresses of the page: views of the workspace, the panes behind them, the event stream, and what people do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from sandbox.actions import Actions
from sandbox.clock import Clock
from sandbox.conversations import direct_message
from sandbox.state import State

from .acting import Acting
from .guard import guarded
from .inspecting import exchange_detail
from .panes import Panes
from .reader import Reader
from .stream import events
from .where import Where, first_channel, known_person, locate

STATIC = Path(__file__).parent / "static"
_PERSON_COOKIE = "sandbox_person"


class OpenLine(Protocol):
    @property
    def is_open(self) -> bool: ...


class Host(Protocol):
    """What the page needs of the sandbox."""

    @property
    def state(self) -> State: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def actions(self) -> Actions: ...
    @property
    def closing(self) -> asyncio.Event: ...
    @property
    def socket_mode(self) -> OpenLine: ...
    @property
    def http(self) -> OpenLine: ...


class _Lines:
    """The app listens when either way to it is open."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def is_open(self) -> bool:
        return self._host.socket_mode.is_open or self._host.http.is_open


class Page:
    def __init__(self, host: Host) -> None:
        self._state = host.state
        self._closing = host.closing
        self.panes = Panes(host.state, host.clock, _Lines(host))

    async def start(self, request: Request) -> Response:
        user_id = self._person(request)
        address = Reader.of(self._state, user_id).link(f"/archives/{first_channel(self._state, user_id)}")
        return RedirectResponse(address, 303)

    async def archive(self, request: Request) -> Response:
        path, query = request.path_params, request.query_params
        thread_ts = query.get("thread") or query.get("thread_ts") or ""
        user_id = self._person(request)
        where = locate(self._state, user_id, path["channel"], path.get("message", ""), thread_ts)
        return self._show(where)

    async def home(self, request: Request) -> Response:
        return self._show(Where(self._person(request), tab="home"))

    async def messages(self, request: Request) -> Response:
        """The direct messages with the app: opened here, as in Slack, so that the page hears what comes in."""
        user_id = self._person(request)
        user = self._state.users.get(user_id)
        installation = self._state.installations.get(user["team_id"]) if user else None
        if installation is None:
            return self._show(Where(user_id))
        channel, _ = direct_message(self._state, installation["bot_user_id"], user_id)
        return RedirectResponse(Reader.of(self._state, user_id).link(f"/archives/{channel['id']}"), 303)

    async def events(self, request: Request) -> Response:
        where = self._where(request)
        stream = events(self.panes, self._state.changes, where, self._closing)
        return StreamingResponse(
            stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def traffic(self, request: Request) -> Response:
        return HTMLResponse(self.panes.inspector_list(self._where(request)))

    async def exchange(self, request: Request) -> Response:
        number = request.path_params["number"]
        for entry in self._state.traffic:
            if entry.number == number:
                return HTMLResponse(exchange_detail(entry))
        return HTMLResponse("<p>No longer kept.</p>")

    def _show(self, where: Where) -> Response:
        response = HTMLResponse(self.panes.page(where))
        response.set_cookie(_PERSON_COOKIE, where.user_id, httponly=True, samesite="strict")
        return response

    def _person(self, request: Request) -> str:
        return known_person(
            self._state, request.query_params.get("as") or request.cookies.get(_PERSON_COOKIE)
        )

    def _where(self, request: Request) -> Where:
        query = request.query_params
        user_id = self._person(request)
        if query.get("tab") == "home":
            return Where(user_id, tab="home")
        if not query.get("channel"):
            return Where(user_id)
        where = locate(self._state, user_id, query["channel"], "", query.get("thread", ""))
        return replace(where, focus_ts=query.get("focus", ""))


def page_routes(sandbox: Host) -> list[BaseRoute]:
    """Everything under the sandbox's root that people look at."""
    page = Page(sandbox)
    acting = Acting(sandbox.state, sandbox.clock, sandbox.actions, page.panes)
    return [
        Route("/", guarded(page.start)),
        Route("/archives/{channel}", guarded(page.archive)),
        Route("/archives/{channel}/{message}", guarded(page.archive)),
        Route("/app/home", guarded(page.home)),
        Route("/app/messages", guarded(page.messages)),
        Route("/page/events", guarded(page.events)),
        Route("/page/traffic", guarded(page.traffic)),
        Route("/page/traffic/{number:int}", guarded(page.exchange)),
        Route("/act/{deed}", guarded(acting.answer), methods=["POST"]),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
