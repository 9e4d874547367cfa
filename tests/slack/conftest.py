"""A Slack that answers what it is told to and remembers what it was asked, for tests of the edges."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

Answer = dict[str, Any] | Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    method: str
    arguments: dict[str, Any]
    headers: dict[str, str]


@dataclass
class ScriptedSlack:
    """Answers each method with what was scripted for it: one answer after the other, the last one for ever."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    connections: set[Any] = field(default_factory=set)
    script: dict[str, list[Answer]] = field(default_factory=dict)

    def answers(self, method: str, *answers: Answer) -> None:
        self.script[method] = list(answers)

    @property
    def methods(self) -> list[str]:
        return [asked.method for asked in self.asked]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.path.removeprefix("/api/").removeprefix("/")
        content = await request.text()
        arguments = json.loads(content) if content else dict(request.query)
        self.asked.append(Asked(method, arguments, dict(request.headers)))
        self.connections.add(request.transport)
        answers = self.script.get(method, [{"ok": True}])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, dict):
            return web.json_response(answer, headers={"x-oauth-scopes": "chat:write, users:read"})
        return await answer(request)


@pytest.fixture
async def slack() -> AsyncIterator[ScriptedSlack]:
    scripted = ScriptedSlack()
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", scripted.handle)
    server = TestServer(app)
    await server.start_server()
    scripted.url = str(server.make_url("/api/"))
    try:
        yield scripted
    finally:
        await server.close()
