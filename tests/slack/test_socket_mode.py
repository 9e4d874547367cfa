"""Two connections to the sandbox's Slack: deliveries, refreshes, drops, and what is not acknowledged."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bot.metrics import Counters
from bot.slack.bolt import bolt_app
from bot.slack.dispatch import Dispatch
from bot.slack.gateway import SlackGateway
from bot.slack.payloads import SlashCommand, ThreadMessage
from bot.slack.router import Router
from bot.slack.socket_mode import NotConnected, SocketMode
from sandbox.clock import Timings
from sandbox.seed import AI_PILOTS, MAYA
from sandbox.server import Sandbox, running_sandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox(timings=Timings(ack=0.5, retries=(0.05, 0.1, 0.2))) as running:
        yield running


@pytest.fixture
def router() -> Router:
    return Router()


@pytest.fixture
async def sockets(sandbox: Sandbox, router: Router) -> AsyncIterator[SocketMode]:
    counters = Counters()
    async with SlackGateway(sandbox.bot_token, sandbox.api_url, counters=counters) as gateway:
        app = bolt_app(Dispatch(router, gateway, counters), token=sandbox.bot_token)
        mode = SocketMode(app, app_token=sandbox.app_token, api_url=sandbox.api_url, counters=counters)
        await mode.start()
        try:
            async with asyncio.timeout(5):
                await mode.wait_until_connected(2)
            yield mode
        finally:
            await mode.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what is waited for is a plain fact, not an event
            await asyncio.sleep(0.01)


def heard_by(heard: list[Any]) -> Any:
    async def hear(value: Any) -> None:
        heard.append(value)

    return hear


async def test_two_connections_stand_and_share_the_deliveries(
    sandbox: Sandbox, sockets: SocketMode, router: Router
) -> None:
    heard: list[SlashCommand] = []
    router.command("status", heard_by(heard))
    for _ in range(4):
        outcome = await sandbox.driver.command(MAYA, AI_PILOTS, "/pilot", "status")
        assert outcome.error is None
    assert len(heard) == 4
    assert (sockets.standing, sandbox.socket_mode.connections) == (2, 2)
    await sockets.check()


async def test_an_answer_travels_in_the_ack(sandbox: Sandbox, sockets: SocketMode, router: Router) -> None:
    async def on_help(command: SlashCommand) -> Any:
        return {"text": f"Hello <@{command.user_id}>", "blocks": []}

    router.command("help", on_help)
    await sandbox.driver.command(MAYA, AI_PILOTS, "/pilot", "help")
    shown = await sandbox.driver.wait_message(AI_PILOTS, "Hello", as_user=MAYA)
    assert "Hello" in shown["text"]


async def test_a_refreshed_connection_leaves_no_gap(
    sandbox: Sandbox, sockets: SocketMode, router: Router
) -> None:
    heard: list[ThreadMessage] = []
    router.message(heard_by(heard))
    for turn in range(3):
        await sandbox.driver.post(MAYA, AI_PILOTS, f"before {turn}")
        await sandbox.socket_mode.disconnect("refresh_requested")
        await sandbox.driver.post(MAYA, AI_PILOTS, f"during {turn}")
        async with asyncio.timeout(5):
            await sockets.wait_until_connected(1)
    said = {f"{when} {turn}" for when in ("before", "during") for turn in range(3)}
    await until(lambda: {message.text for message in heard} == said)


async def test_a_warning_brings_a_successor_while_the_old_one_still_serves(
    sandbox: Sandbox, sockets: SocketMode, router: Router
) -> None:
    heard: list[SlashCommand] = []
    router.command("status", heard_by(heard))
    await sandbox.socket_mode.disconnect("warning")
    async with asyncio.timeout(5):
        await sandbox.socket_mode.wait_for_connections(4)
    for _ in range(8):
        assert (await sandbox.driver.command(MAYA, AI_PILOTS, "/pilot", "status")).error is None
    assert len(heard) == 8


async def test_dropped_connections_come_back(sandbox: Sandbox, sockets: SocketMode, router: Router) -> None:
    heard: list[SlashCommand] = []
    router.command("status", heard_by(heard))
    await sandbox.socket_mode.cut()
    async with asyncio.timeout(8):
        await sandbox.socket_mode.wait_for_connections(1)
        await sockets.wait_until_connected(1)
    assert (await sandbox.driver.command(MAYA, AI_PILOTS, "/pilot", "status")).error is None
    assert len(heard) == 1


async def test_an_event_that_went_wrong_is_delivered_again(
    sandbox: Sandbox, sockets: SocketMode, router: Router
) -> None:
    tries = 0
    done = asyncio.Event()

    async def on_message(message: ThreadMessage) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise OSError("disk full")
        done.set()

    router.message(on_message)
    await sandbox.driver.post(MAYA, AI_PILOTS, "my answer")
    async with asyncio.timeout(5):
        await done.wait()
    assert tries == 3


async def test_a_slack_that_is_away_is_named_and_tried_again() -> None:
    app = bolt_app(Dispatch(Router(), SlackGateway("xoxb-made-up")), token="xoxb-made-up")
    mode = SocketMode(app, app_token="xapp-made-up", api_url="http://127.0.0.1:1/api/", count=1)
    await mode.start()
    try:
        await until(lambda: mode.last_failure is not None)
        assert not mode.connected
        with pytest.raises(NotConnected, match=r"no connection to Slack stands: .*no connection"):
            await mode.check()
    finally:
        await mode.stop()


async def test_a_wrong_token_is_named(sandbox: Sandbox) -> None:
    app = bolt_app(Dispatch(Router(), SlackGateway("xoxb-made-up")), token="xoxb-made-up")
    mode = SocketMode(app, app_token="xapp-wrong", api_url=sandbox.api_url, count=1)
    await mode.start()
    try:
        await until(lambda: mode.last_failure is not None)
        with pytest.raises(NotConnected, match="invalid_auth"):
            await mode.check()
    finally:
        await mode.stop()


async def test_what_is_being_answered_is_finished_before_it_stops(sandbox: Sandbox, router: Router) -> None:
    begun = asyncio.Event()
    finished = False

    async def on_status(_: SlashCommand) -> None:
        nonlocal finished
        begun.set()
        await asyncio.sleep(0.2)
        finished = True

    router.command("status", on_status)
    app = bolt_app(Dispatch(router, SlackGateway("xoxb-made-up")), token="xoxb-made-up")
    mode = SocketMode(app, app_token=sandbox.app_token, api_url=sandbox.api_url)
    await mode.start()
    async with asyncio.timeout(5):
        await mode.wait_until_connected(1)
        typed = asyncio.create_task(sandbox.driver.command(MAYA, AI_PILOTS, "/pilot", "status"))
        await begun.wait()
        await mode.stop()
        assert finished
        assert (await typed).error is None
