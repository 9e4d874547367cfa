"""Carrying one call to Slack: the session, the token and its workspace, the counters, and failures by kind.

Knows no method of Slack's; `gateway` says what is called. Nothing is retried here.
"""

import json
from collections.abc import AsyncIterator, Mapping
from time import perf_counter
from typing import Any, Final, Self

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.metrics import Counters
from bot.slack import connections
from bot.slack.addresses import leads_to_slack
from bot.slack.answers import Identity
from bot.slack.failures import Terminal, classify
from bot.slack.reading import maybe_text, reach

Json = dict[str, Any]

_PAGE: Final = 200
_MOST_PAGES: Final = 20


class Calls:
    """Slack's Web API for one installation. Use as an async context manager, or `close` it when done."""

    def __init__(self, token: str, api_url: str, *, counters: Counters | None = None) -> None:
        self._token = token
        self._api_url = api_url
        self._counters = counters or Counters()
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None
        self._identity: Identity | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    async def identity(self) -> Identity:
        """Return who the bot is; asked once, then remembered."""
        if self._identity is None:
            self._identity = await self.check_token()
        return self._identity

    async def check_token(self) -> Identity:
        """Ask Slack who the bot is and what it may do."""
        response = await self._call("auth.test", json={})
        return Identity.read(response.data, response.headers)

    async def _write(self, workspace_id: str, method: str, arguments: Mapping[str, Any]) -> Any:
        """Call a method that takes JSON; arguments of None are left out."""
        self._check_workspace(workspace_id, method)
        return (await self._call(method, json=_given(arguments))).data

    async def _read(self, workspace_id: str, method: str, arguments: Mapping[str, Any]) -> Any:
        """Call a method that takes a query."""
        self._check_workspace(workspace_id, method)
        return (await self._call(method, http_verb="GET", params=_given(arguments))).data

    async def _pages(
        self, workspace_id: str, method: str, arguments: Mapping[str, Any], name: str
    ) -> AsyncIterator[Any]:
        """Return what a method lists under a name, over up to twenty pages."""
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            page = await self._read(workspace_id, method, {"limit": _PAGE, **arguments, "cursor": cursor})
            for one in reach(page, name) or []:
                yield one
            cursor = maybe_text(page, "response_metadata", "next_cursor")
            if not cursor:
                return

    async def _call(self, method: str, **how: Any) -> Any:
        started, outcome = perf_counter(), "ok"
        try:
            return await self._connected().api_call(method, **how)
        except Exception as error:
            failure = classify(error, method)
            outcome = type(failure).__name__.lower()
            raise failure from error
        finally:
            self._counters.add("slack_calls_total", method=method, outcome=outcome)
            self._counters.add("slack_call_seconds_total", perf_counter() - started, method=method)

    async def _to_response_url(self, response_url: str, arguments: Mapping[str, Any]) -> None:
        if not leads_to_slack(response_url, self._api_url):
            raise Terminal("not an address of Slack", "response_url")
        self._connected()
        assert self._session is not None
        outcome = "ok"
        try:
            async with self._session.post(response_url, json=_given(arguments)) as answer:
                error = _refusal(await answer.text())
                if answer.status != 200 or error:
                    raise Terminal(error or f"http_{answer.status}", "response_url")  # noqa: TRY301 - counted below
        except Exception as error:
            failure = classify(error, "response_url")
            outcome = type(failure).__name__.lower()
            raise failure from error
        finally:
            self._counters.add("slack_calls_total", method="response_url", outcome=outcome)

    def _check_workspace(self, workspace_id: str, method: str) -> None:
        """Refuse what belongs to another workspace than the token, such as rows kept from a sandbox."""
        if self._identity and _team_of(workspace_id) != _team_of(self._identity.workspace_id):
            raise Terminal("the token is for another workspace", method)

    def _connected(self) -> AsyncWebClient:
        if self._client is None or self._session is None or self._session.closed:
            self._session = connections.open_session(self._api_url)
            self._client = connections.client(self._token, self._api_url, self._session)
        return self._client


def _refusal(answer: str) -> str:
    """Return the error in what a response URL answered: it can come with status 200, and success is a bare "ok"."""
    try:
        said = json.loads(answer)
    except ValueError:
        return ""
    return (maybe_text(said, "error") or "unknown") if reach(said, "ok") is False else ""


def _given(arguments: Mapping[str, Any]) -> Json:
    return {name: value for name, value in arguments.items() if value is not None}


def _team_of(workspace_id: str) -> str:
    return workspace_id.rpartition("/")[2]
