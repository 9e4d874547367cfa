"""The state file, the shared clock, the command line, and how the driver waits."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import Clock
from sandbox.reading import text_of
from sandbox.seed import AI_PILOTS, JONAS, MAYA
from sandbox.server import Sandbox, running_sandbox
from tests.sandbox.shapes import actions, button, home, modal, plain, section, text_input


def _client(sandbox: Sandbox) -> AsyncWebClient:
    return AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)


async def test_the_workspace_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "sandbox.json"
    async with running_sandbox(state_path=path) as sandbox:
        client = _client(sandbox)
        ts = await sandbox.driver.post(MAYA, AI_PILOTS, "remember this")
        await client.chat_postEphemeral(channel=AI_PILOTS, user=MAYA, text="psst")
        await client.views_publish(user_id=MAYA, view=home(section("yours")))
        await sandbox.driver.actions.deactivate(JONAS)
        trigger_id = sandbox.interactivity.issue_trigger(MAYA, "T0NORTHWND")
        await client.views_open(trigger_id=trigger_id, view=modal(text_input("Name", "name", initial="half")))
    async with running_sandbox(state_path=path) as again:
        assert again.driver.message(AI_PILOTS, ts)["text"] == "remember this"
        assert [m["text"] for m in again.driver.ephemerals(MAYA)] == ["psst"]
        assert "yours" in text_of(again.driver.home(MAYA))
        assert again.state.user(JONAS)["deleted"] is True
        assert again.driver.values(again.driver.views(MAYA)[0])["name_input"]["value"] == "half"
        assert await again.driver.post(MAYA, AI_PILOTS, "more") > ts
    async with running_sandbox(state_path=path, fresh=True) as fresh:
        assert fresh.driver.messages(AI_PILOTS) == []


async def test_a_change_is_on_disk_soon_without_stopping(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.json"
    async with running_sandbox(state_path=path) as sandbox:
        await sandbox.driver.post(MAYA, AI_PILOTS, "written down")
        async with asyncio.timeout(5):
            while not path.exists():  # noqa: ASYNC110 - a file announces nothing
                await asyncio.sleep(0.05)
        assert "written down" in path.read_text()


@pytest.mark.parametrize("content", ["{", "[]", '{"version": 99}', '"x"', '{"version": 1, "ids": 3}'])
async def test_an_unreadable_state_file_is_refused_with_a_way_out(tmp_path: Path, content: str) -> None:
    path = tmp_path / "sandbox.json"
    path.write_text(content)
    with pytest.raises(ValueError, match="--fresh"):
        async with running_sandbox(state_path=path):
            pass
    assert path.read_text() == content


async def test_the_clock_is_shared_through_its_file(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    clock = Clock(path)
    before = clock.now()
    clock.skip(days=3, hours=1)
    assert json.loads(path.read_text()) == {"offset_seconds": 262_800.0}
    assert (clock.now() - before).total_seconds() == pytest.approx(262_800, abs=5)
    assert Clock(path).offset_seconds == 262_800.0
    path.write_text("not a clock")
    assert Clock(path).offset_seconds == 0


async def test_a_sleeper_wakes_when_the_clock_is_pushed(tmp_path: Path) -> None:
    clock = Clock()
    sleeping = asyncio.create_task(clock.sleep(3600))
    await asyncio.sleep(0.01)
    clock.skip(hours=0.5)
    await asyncio.sleep(0.01)
    assert not sleeping.done()
    clock.skip(hours=0.5)
    async with asyncio.timeout(1):
        await sleeping


async def test_messages_after_a_skip_carry_the_later_time(sandbox: Sandbox) -> None:
    first = await sandbox.driver.post(MAYA, AI_PILOTS, "today")
    await sandbox.driver.fast_forward(days=3)
    later = await sandbox.driver.post(MAYA, AI_PILOTS, "in three days")
    assert float(later) - float(first) == pytest.approx(3 * 86_400, abs=5)
    sandbox.clock.set_offset(0)
    assert await sandbox.driver.post(MAYA, AI_PILOTS, "the clock went back") > later


async def test_the_driver_waits_for_what_comes_and_says_what_there_was(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    waiting = asyncio.create_task(sandbox.driver.wait_message(AI_PILOTS, "second", timeout=2))
    await asyncio.sleep(0.01)
    await client.chat_postMessage(channel=AI_PILOTS, text="the first")
    await client.chat_postMessage(channel=AI_PILOTS, text="the second")
    assert (await waiting)["text"] == "the second"
    with pytest.raises(TimeoutError, match="the first"):
        await sandbox.driver.wait_message(AI_PILOTS, "third", timeout=0.05)


async def test_words_are_read_from_every_block(sandbox: Sandbox) -> None:
    message: dict[str, Any] = {
        "text": "fallback",
        "blocks": [
            {"type": "header", "text": plain("Refund triage")},
            section("*Bar*")
            | {"fields": [{"type": "mrkdwn", "text": "Owner"}, {"type": "mrkdwn", "text": "<@U1>"}]},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "12 days"}]},
            actions(button("Approve", "approve", "hidden value")),
            text_input("Why?", "why"),
        ],
    }
    assert text_of(message).split("\n") == [
        "Refund triage",
        "*Bar*",
        "Owner",
        "<@U1>",
        "12 days",
        "Approve",
        "Why?",
    ]


async def test_calls_are_counted_with_their_arguments(sandbox: Sandbox, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=AI_PILOTS, text="x")
    await client.auth_test()
    (call,) = sandbox.driver.calls("chat.postMessage")
    assert (call.method, call.arguments["channel"], call.response["ok"]) == (
        "chat.postMessage",
        AI_PILOTS,
        True,
    )
    assert "token" not in call.arguments
    assert len(sandbox.driver.calls()) == 2


async def test_the_command_serves_on_the_next_free_port_and_stops_cleanly(tmp_path: Path) -> None:
    async with running_sandbox() as other:
        taken = other.url.rsplit(":", 1)[1]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "sandbox", "--port", taken, "--state", str(tmp_path / "s.json"),
            "--clock", str(tmp_path / "c.json"), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        address = line.split()[-1]
        assert line.startswith("Sandbox workspace: http://127.0.0.1:")
        assert address.rsplit(":", 1)[1] != taken
        async with aiohttp.ClientSession() as session, session.post(f"{address}/api/api.test") as response:
            assert (await response.json())["ok"] is True
        process.send_signal(signal.SIGINT)
        _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
    assert (tmp_path / "s.json").exists()
