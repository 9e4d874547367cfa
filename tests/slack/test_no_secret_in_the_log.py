"""With every library at its most talkative, nothing secret reaches the log."""

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest

from bot import logs
from bot.metrics import Counters
from bot.slack.bolt import bolt_app
from bot.slack.dispatch import Dispatch
from bot.slack.failures import Terminal
from bot.slack.gateway import SlackGateway
from bot.slack.payloads import SlashCommand
from bot.slack.router import Router
from bot.slack.socket_mode import SocketMode
from sandbox.seed import AI_PILOTS, MAYA, NORTHWIND
from sandbox.server import running_sandbox

TALKATIVE = ("slack_sdk", "slack_bolt", "aiohttp", "asyncio", "bot")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", *TALKATIVE)}
    handler = logs.configure("DEBUG", stream=stream)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


async def test_a_day_of_work_and_trouble_tells_no_secret(written: io.StringIO) -> None:
    async def on_status(command: SlashCommand) -> None:
        raise RuntimeError(f"while answering {command.response_url} for xoxb-from-somewhere-else")

    router = Router()
    router.command("status", on_status)
    async with running_sandbox() as sandbox, SlackGateway(sandbox.bot_token, sandbox.api_url) as gateway:
        await gateway.identity()
        app = bolt_app(Dispatch(router, gateway, Counters()), token=sandbox.bot_token)
        mode = SocketMode(app, app_token=sandbox.app_token, api_url=sandbox.api_url)
        await mode.start()
        async with asyncio.timeout(5):
            await mode.wait_until_connected(2)
        await sandbox.driver.command(MAYA, AI_PILOTS, "/pilot", "status")
        async with SlackGateway("xoxb-wrong-token", sandbox.api_url) as wrong:
            with pytest.raises(Terminal, match="invalid_auth"):
                await wrong.person(NORTHWIND, MAYA)
        await sandbox.socket_mode.cut()
        await mode.stop()
    shown = written.getvalue()
    assert "Sending a request" in shown, "the libraries did talk"
    assert "reference" in shown
    for secret in (
        sandbox.bot_token,
        sandbox.app_token,
        sandbox.signing_secret,
        "wrong-token",
        "from-somewhere-else",
    ):
        assert secret not in shown
    assert "ticket=***" in shown
    assert "ticket=" not in shown.replace("ticket=***", "")
