"""The servers that are compared, each in a process of its own: `python -m bench.servers KIND`.

- `default`: Bolt as its guide shows it, one listener
- `flag`: the same with process_before_response
- `row`: the same, and one small row committed before the ack: what durability alone costs
- `preflight`: the whole product over signed HTTP
- `unsent`: the whole product without delivery, to tell the cost of a turn from the cost of showing it
"""

import argparse
import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bench.deliveries import SIGNING_SECRET, TEAM
from bench.seeded import PLAYBOOK, database_url
from bot.assembly import running
from bot.delivery.pacing import Pacing
from bot.domain.messages import OutboundMessage
from bot.serving import listening, serve_web, stop_on_signals
from bot.settings import Settings
from storage.store import Store
from storage.transaction import Tx

UNHURRIED = Pacing(burst=10**9)
"""Slack's pace per channel belongs to Slack, not to this machine's speed."""


async def _authorize(**_: Any) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_token="xoxb-bench", bot_user_id="U0BOT")


def _one_listener(*, flag: bool, store: Store | None = None) -> Starlette:
    app = AsyncApp(signing_secret=SIGNING_SECRET, authorize=_authorize, process_before_response=flag)

    @app.command("/pilot")
    async def on_pilot(ack: AsyncAck, command: dict[str, str]) -> None:
        if store is not None:
            await store.write(_nothing, delivery=(TEAM, command["trigger_id"]))
        await ack("Done.")

    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"])])


def _nothing(_: Tx) -> None:
    """The row that remembers the delivery is the whole change."""


def _leave(messages: Sequence[OutboundMessage]) -> None:
    """Leave messages to a sweep that the bench does not wait for."""
    del messages


@asynccontextmanager
async def _web(kind: str, slack: int, folder: Path, *, paced: bool) -> AsyncIterator[Starlette]:
    if kind in {"default", "flag"}:
        yield _one_listener(flag=kind == "flag")
    elif kind == "row":
        with Store.open(database_url(folder)) as store:
            yield _one_listener(flag=True, store=store)
    else:
        async with running(preflight_settings(slack, folder), pacing=None if paced else UNHURRIED) as house:
            if kind == "unsent":
                # one side of a comparison only: everything but the start of the sends
                house.office.engine.deliver = _leave  # type: ignore[method-assign]

            yield house.web


def preflight_settings(slack: int, folder: Path) -> Settings:
    """Return the settings of a Preflight that speaks to the stand-in."""
    return Settings.model_validate(
        {
            "SLACK_BOT_TOKEN": "xoxb-bench-token",
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_API_URL": f"http://127.0.0.1:{slack}/api/",
            "DATABASE_URL": database_url(folder),
            "PREFLIGHT_PLAYBOOK": PLAYBOOK,
        }
    )


async def _serve(options: argparse.Namespace) -> None:
    stop = stop_on_signals()
    with contextlib.closing(listening("127.0.0.1", 0)) as listener:
        async with _web(options.kind, options.slack, options.folder, paced=options.paced) as web:
            print(listener.getsockname()[1], flush=True)
            await serve_web(web, listener, stop)


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["default", "flag", "row", "preflight", "unsent"])
    parser.add_argument("--slack", type=int, default=0, help="the stand-in's port")
    parser.add_argument("--folder", type=Path, default=Path())
    parser.add_argument("--paced", action="store_true", help="keep to Slack's pace per channel")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
