"""The Web API over HTTP: arguments in, token checked, limits and faults applied, the method called, Slack's JSON out.

Whatever is sent, the answer is Slack's: malformed arguments become an error code, and only a fault on demand yields
anything but HTTP 200 or 429. The methods themselves live in `api/`.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.api import chat, conversations, files, people, reactions, tools, views
from sandbox.api.call import Call, Method
from sandbox.api.scopes import refuse_without_scope, scopes_of
from sandbox.copies import copied
from sandbox.faults import Fault, Faults
from sandbox.interactivity import Interactivity
from sandbox.limits import Limits
from sandbox.refusals import SlackRefusalError
from sandbox.serving import cut
from sandbox.state import Json, State
from sandbox.traffic import Traffic

METHODS: Mapping[str, Method] = {
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **reactions.METHODS,
    **tools.METHODS,
    **views.METHODS,
}
_TOKENLESS = ("api.test", "blocks.validate")
_APP_LEVEL = ("apps.connections.open",)
# How long an answer is held back by a fault that names no time: longer than any client waits.
_FOREVER = 600.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class WebApi:
    state: State
    interactivity: Interactivity
    faults: Faults
    limits: Limits
    socket_ticket: Callable[[], str]
    closing: asyncio.Event

    async def answer(self, request: Request) -> Response:
        """The route `/api/{method}`."""
        method = str(request.path_params["method"])
        try:
            arguments = await _arguments(request)
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_json"})
        shown = {name: value for name, value in arguments.items() if name != "token"}
        entry = self.state.traffic.open("call", method, "web_api", self.state.clock.now(), shown)
        self.state.changed("traffic")
        started = perf_counter()
        fault = self.faults.for_call(method)
        entry.fault = fault.kind if fault else None
        try:
            response = await self._respond(method, request, arguments, fault, entry)
        finally:
            entry.took_ms = (perf_counter() - started) * 1000
            self.state.changed("traffic")
        return response

    async def _respond(
        self, method: str, request: Request, arguments: Json, fault: Fault | None, entry: Traffic
    ) -> Response:
        if fault is not None and (early := await self._trouble_before(request, fault, entry)) is not None:
            return early
        status, headers, answer = self._carry_out(method, request, arguments)
        entry.response = copied(answer)  # what was said then, not what the state says later
        entry.status = "ok" if answer["ok"] else str(answer["error"])
        if fault is not None:
            await self._trouble_after(request, fault)
        return JSONResponse(answer, status, headers)

    async def _trouble_before(self, request: Request, fault: Fault, entry: Traffic) -> Response | None:
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        if fault.kind == "drop_before":
            entry.status = "dropped"
            await cut(request.scope)
            return Response()
        if fault.kind == "status":
            entry.status = f"HTTP {fault.status}"
            return Response("upstream trouble", fault.status, media_type="text/plain")
        if fault.kind == "rate_limited":
            entry.status = "ratelimited"
            return _rate_limited(max(1, int(fault.seconds)))
        if fault.kind == "error":
            entry.status = fault.error
            return JSONResponse({"ok": False, "error": fault.error})
        return None

    async def _trouble_after(self, request: Request, fault: Fault) -> None:
        if fault.kind == "timeout_after_accepting":
            waiting = asyncio.ensure_future(self.closing.wait())
            await asyncio.wait([waiting], timeout=fault.seconds or _FOREVER)
            waiting.cancel()
        if fault.kind == "drop_after":
            await cut(request.scope)

    def _carry_out(self, method: str, request: Request, arguments: Json) -> tuple[int, dict[str, str], Json]:
        try:
            carry_out = _known(method)
            installation = self._authorised(method, request, arguments)
            wait = self._wait_for_budget(method, installation, arguments)
            if wait is not None:
                return 429, {"Retry-After": str(wait)}, {"ok": False, "error": "ratelimited"}
            call = Call(
                method,
                arguments,
                self.state,
                installation,
                self.interactivity,
                str(request.base_url).rstrip("/"),
                self.socket_ticket,
            )
            refuse_without_scope(call)
            granted = {"X-OAuth-Scopes": ",".join(scopes_of(call) or ())}
            return 200, granted, {"ok": True} | carry_out(call)
        except SlackRefusalError as refusal:
            return 200, {}, {"ok": False, "error": refusal.error} | refusal.extras
        except Exception:  # noqa: BLE001 - meets the world here: a slip of ours must look like one of Slack's
            _log.exception("The sandbox could not carry out %s", method)
            return 200, {}, {"ok": False, "error": "internal_error"}

    def _authorised(self, method: str, request: Request, arguments: Json) -> Json:
        """The installation that the token stands for; an empty one where none is needed."""
        scheme, _, header = request.headers.get("authorization", "").partition(" ")
        token = header.strip() if scheme.lower() == "bearer" else str(arguments.get("token") or "")
        if not token:
            if method in _TOKENLESS:
                return {}
            raise SlackRefusalError("not_authed")
        app = next((a for a in self.state.apps.values() if a["app_token"] == token), None)
        if (app is not None) != (method in _APP_LEVEL) and (app or self._installation(token)):
            if method in _TOKENLESS:
                return {}
            raise SlackRefusalError("not_allowed_token_type")
        if app is not None:
            return {}
        installation = self._installation(token)
        if installation is None:
            raise SlackRefusalError("invalid_auth")
        if installation.get("revoked"):
            raise SlackRefusalError("token_revoked")
        return installation

    def _installation(self, token: str) -> Json | None:
        return next((i for i in self.state.installations.values() if i["bot_token"] == token), None)

    def _wait_for_budget(self, method: str, installation: Json, arguments: Json) -> int | None:
        channel = arguments.get("channel")
        return self.limits.retry_after(
            method, installation.get("team_id", ""), channel if isinstance(channel, str) else None
        )


def _known(method: str) -> Method:
    found = METHODS.get(method)
    if found is None:
        raise SlackRefusalError("unknown_method", req_method=method)
    return found


async def _arguments(request: Request) -> Json:
    """Query, form or JSON, the body winning. Raises ValueError for JSON that cannot be read."""
    arguments: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json":
        body = json.loads(await request.body() or b"{}")
        return arguments | (body if isinstance(body, dict) else {})
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        async with request.form(max_part_size=4 * 1024 * 1024) as form:
            arguments |= {name: value for name, value in form.items() if isinstance(value, str)}
    return arguments


def _rate_limited(seconds: int) -> Response:
    return JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(seconds)})
