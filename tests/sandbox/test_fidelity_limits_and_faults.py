"""Rate limits, and trouble on demand."""

import asyncio
import time
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import Timings
from sandbox.seed import AI_PILOTS, GATE_REVIEWS, MAYA
from sandbox.server import Sandbox, running_sandbox
from sandbox.state import Json
from tests.sandbox.apps import bolt_app, over_socket_mode
from tests.sandbox.shapes import actions, button


def _client(sandbox: Sandbox, **more: Any) -> AsyncWebClient:
    return AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url, **{"retry_handlers": []} | more)


# Line 8


async def test_line_8_posts_to_one_channel_are_limited_after_a_short_burst() -> None:
    async with running_sandbox(burst=2) as sandbox:
        client = _client(sandbox)
        for _ in range(2):
            await client.chat_postMessage(channel=AI_PILOTS, text="x")
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel=AI_PILOTS, text="x")
        response = refused.value.response
        assert (response.status_code, response["error"]) == (429, "ratelimited")
        assert response.headers["Retry-After"] == "1"
        await client.chat_postMessage(channel=GATE_REVIEWS, text="another channel")
        sandbox.clock.skip(seconds=1)
        await client.chat_postMessage(channel=AI_PILOTS, text="x")
        assert len(sandbox.driver.messages(AI_PILOTS)) == 3


async def test_line_8_a_method_has_a_budget_per_minute_and_team(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.limits.per_minute["users.info"] = 2
    for _ in range(2):
        await client.users_info(user=MAYA)
    with pytest.raises(SlackApiError) as refused:
        await client.users_info(user=MAYA)
    assert int(refused.value.response.headers["Retry-After"]) == 30
    await client.team_info()
    sandbox.clock.skip(seconds=30)
    await client.users_info(user=MAYA)


async def test_line_8_slacks_own_tiers_can_be_switched_on(sandbox: Sandbox, client: AsyncWebClient) -> None:
    sandbox.limits.use_slack_tiers()
    for _ in range(20):
        await client.usergroups_list()
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.usergroups_list()


# Line 16


async def test_line_16_a_call_can_be_accepted_and_never_answered(sandbox: Sandbox) -> None:
    sandbox.faults.on_call("chat.postMessage", "timeout_after_accepting", count=1)
    client = _client(sandbox, timeout=0.2)
    with pytest.raises(TimeoutError):
        await client.chat_postMessage(channel=AI_PILOTS, text="hi")
    assert [m["text"] for m in sandbox.driver.messages(AI_PILOTS)] == ["hi"]
    await client.chat_postMessage(channel=AI_PILOTS, text="again")


@pytest.mark.parametrize(("kind", "carried_out"), [("drop_before", False), ("drop_after", True)])
async def test_line_16_a_connection_can_be_dropped_before_or_after(
    sandbox: Sandbox, client: AsyncWebClient, kind: Any, carried_out: bool
) -> None:
    sandbox.faults.on_call("chat.*", kind, count=1)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(channel=AI_PILOTS, text="hi")
    assert [m["text"] for m in sandbox.driver.messages(AI_PILOTS)] == (["hi"] if carried_out else [])
    assert (await client.auth_test())["ok"]


async def test_line_16_slack_sdks_default_client_posts_twice_after_a_drop(sandbox: Sandbox) -> None:
    sandbox.faults.on_call("chat.postMessage", "drop_after", count=1)
    default = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
    await default.chat_postMessage(channel=AI_PILOTS, text="hi")
    assert [m["text"] for m in sandbox.driver.messages(AI_PILOTS)] == ["hi", "hi"]


async def test_line_16_server_errors_slow_answers_and_limits(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    sandbox.faults.on_call("chat.postMessage", "status", status=502, count=1)
    sandbox.faults.on_call("chat.postMessage", "rate_limited", seconds=7, count=1)
    sandbox.faults.on_call("chat.postMessage", "error", error="fatal_error", count=1)
    sandbox.faults.on_call("chat.postMessage", "slow", seconds=0.1, count=1)
    for status in (502, 429, 200):
        with pytest.raises(SlackApiError) as refused:
            await client.chat_postMessage(channel=AI_PILOTS, text="hi")
        assert refused.value.response.status_code == status
        if status == 429:
            assert refused.value.response.headers["Retry-After"] == "7"
    started = time.monotonic()
    await client.chat_postMessage(channel=AI_PILOTS, text="hi")
    assert time.monotonic() - started >= 0.1
    assert len(sandbox.driver.messages(AI_PILOTS)) == 1
    assert [c.fault for c in sandbox.driver.calls("chat.postMessage")] == [
        "status",
        "rate_limited",
        "error",
        "slow",
    ]


async def test_line_16_chance_is_seeded() -> None:
    def fired(seed: int) -> list[bool]:
        from sandbox.faults import Faults

        faults = Faults(seed)
        faults.on_call("chat.*", "status", probability=0.5)
        return [faults.for_call("chat.update") is not None for _ in range(20)]

    assert fired(1) == fired(1) != fired(2)


async def test_line_16_deliveries_can_come_twice_late_and_out_of_order(sandbox: Sandbox) -> None:
    app, heard = bolt_app(sandbox, _client(sandbox)), list[tuple[str, str]]()

    @app.event("message")
    async def hear(event: Json, body: Json) -> None:
        heard.append((event["text"], body["event_id"]))

    async with over_socket_mode(sandbox, app):
        sandbox.faults.on_delivery("events_api", "duplicate", count=1)
        await sandbox.driver.post(MAYA, AI_PILOTS, "twice")
        await sandbox.driver.settled()
        assert [text for text, _ in heard] == ["twice", "twice"]
        assert len(set(heard)) == 1
        heard.clear()
        sandbox.faults.on_delivery("events_api", "reorder", count=1)
        await sandbox.driver.post(MAYA, AI_PILOTS, "first")
        await sandbox.driver.post(MAYA, AI_PILOTS, "second")
        await sandbox.driver.settled()
        assert [text for text, _ in heard] == ["second", "first"]
        heard.clear()
        sandbox.faults.on_delivery("events_api", "delay", seconds=0.1, count=1)
        await sandbox.driver.post(MAYA, AI_PILOTS, "late")
        await sandbox.driver.post(MAYA, AI_PILOTS, "early")
        await sandbox.driver.settled()
        assert [text for text, _ in heard] == ["early", "late"]


@pytest.mark.parametrize("kind", ["lose_ack", "disconnect"])
async def test_line_16_an_ack_can_be_lost_so_that_the_event_comes_again(sandbox: Sandbox, kind: Any) -> None:
    app, heard = bolt_app(sandbox, _client(sandbox)), list[str]()

    @app.event("message")
    async def hear(body: Json) -> None:
        heard.append(body["event_id"])

    async with over_socket_mode(sandbox, app, connections=2):
        sandbox.faults.on_delivery("events_api", kind, count=1)
        await sandbox.driver.post(MAYA, AI_PILOTS, "hello")
        await sandbox.driver.settled()
        await sandbox.socket_mode.wait_for_connections(2)
    assert len(set(heard)) == 1
    assert len(sandbox.driver.deliveries("events_api")) == 2


async def test_line_16_a_cut_connection_comes_back(sandbox: Sandbox) -> None:
    app, heard = bolt_app(sandbox, _client(sandbox)), list[str]()

    @app.event("message")
    async def hear(event: Json) -> None:
        heard.append(event["text"])

    async with over_socket_mode(sandbox, app):
        await sandbox.socket_mode.cut()
        await sandbox.socket_mode.wait_for_connections(1)
        await sandbox.driver.post(MAYA, AI_PILOTS, "back again")
        await sandbox.driver.settled()
    assert "back again" in heard


async def test_a_click_while_nobody_is_connected_fails_visibly() -> None:
    async with running_sandbox(timings=Timings(ack=0.1)) as sandbox:
        client = _client(sandbox)
        await client.chat_postMessage(channel=AI_PILOTS, text="card", blocks=[actions(button("Go", "go"))])
        card = await sandbox.driver.wait_message(AI_PILOTS, "Go")
        assert (await sandbox.driver.click(MAYA, card, text="Go")).error == "connection_failed"
        assert (await sandbox.driver.command(MAYA, AI_PILOTS, "/pilot")).error == "dispatch_failed"


async def test_closing_the_sandbox_does_not_wait_for_held_back_answers() -> None:
    started = time.monotonic()
    async with running_sandbox() as sandbox:
        sandbox.faults.on_call("auth.test", "timeout_after_accepting")
        waiting = asyncio.create_task(_client(sandbox).auth_test())
        await sandbox.driver.wait_until(lambda: sandbox.driver.calls("auth.test"))
        await asyncio.sleep(0.02)
    with pytest.raises(aiohttp.ClientError):
        await waiting
    assert time.monotonic() - started < 2
