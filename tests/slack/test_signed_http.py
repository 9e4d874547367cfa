"""Deliveries that the sandbox signs and posts to a listening Preflight, as Slack does."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from bot.http import http_app
from bot.metrics import Counters
from bot.slack.bolt import bolt_app
from bot.slack.dispatch import Dispatch
from bot.slack.gateway import SlackGateway
from bot.slack.payloads import ButtonClick, FormSubmission, SlashCommand, ThreadMessage
from bot.slack.router import FormAnswer, Router, field_errors
from sandbox.clock import Timings
from sandbox.seed import AI_PILOTS, MAYA, NORTHWIND
from sandbox.server import Sandbox, running_sandbox


@pytest.fixture
def router() -> Router:
    return Router()


@asynccontextmanager
async def listening(app: Any) -> AsyncIterator[str]:
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[taken]))
    try:
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        taken.close()


@pytest.fixture
async def sandbox(router: Router) -> AsyncIterator[Sandbox]:
    async with running_sandbox(timings=Timings(retries=(0.01, 0.05, 0.1))) as running:
        counters = Counters()
        async with SlackGateway(running.bot_token, running.api_url, counters=counters) as gateway:
            secret = running.signing_secret
            app = bolt_app(
                Dispatch(router, gateway, counters), token=running.bot_token, signing_secret=secret
            )
            async with listening(
                http_app(parts={}, counters=counters, app=app, signing_secret=secret)
            ) as address:
                running.http.url = f"{address}/slack/events"
                yield running


async def test_slacks_check_of_the_address_succeeds(sandbox: Sandbox) -> None:
    assert await sandbox.http.verify_url()


async def test_a_command_is_answered_to_one_person(sandbox: Sandbox, router: Router) -> None:
    async def on_help(command: SlashCommand) -> Any:
        return {"text": f"Hello {command.rest}", "blocks": []}

    router.command("help", on_help)
    outcome = await sandbox.driver.command(MAYA, AI_PILOTS, "/pilot", "help a &amp; b <@U0MAYACHEN>")
    assert outcome.error is None
    await sandbox.driver.wait_message(AI_PILOTS, "Hello", as_user=MAYA)


async def test_a_form_is_opened_refused_and_taken(sandbox: Sandbox, router: Router) -> None:
    taken: list[str] = []
    field = {
        "type": "input",
        "block_id": "name",
        "label": {"type": "plain_text", "text": "Name"},
        "element": {"type": "plain_text_input", "action_id": "name"},
    }
    view = {
        "type": "modal",
        "callback_id": "register",
        "title": {"type": "plain_text", "text": "New"},
        "submit": {"type": "plain_text", "text": "Go"},
        "blocks": [field],
    }

    async def on_new(command: SlashCommand) -> None:
        async with SlackGateway(sandbox.bot_token, sandbox.api_url) as gateway:
            await gateway.open_view(NORTHWIND, command.trigger_id, view)

    async def on_form(form: FormSubmission) -> FormAnswer | None:
        if form.text("name") == "taken":
            return field_errors({"name": "There is one already."})
        taken.append(form.text("name"))
        return None

    router.command("new", on_new)
    router.form("register", on_form)
    await sandbox.driver.command(MAYA, AI_PILOTS, "/pilot", "new")
    assert await sandbox.driver.submit_view(MAYA, {"Name": "taken"}) == {"name": "There is one already."}
    assert await sandbox.driver.submit_view(MAYA, {"Name": "  Refund & return <triage> "}) is None
    assert taken == ["Refund & return <triage>"]


async def test_a_click_and_its_refusal_travel_both_ways(sandbox: Sandbox, router: Router) -> None:
    clicks: list[ButtonClick] = []

    async def on_click(click: ButtonClick) -> None:
        clicks.append(click)

    router.click("known", on_click)
    buttons = [
        {"type": "button", "action_id": name, "text": {"type": "plain_text", "text": name}, "value": "v"}
        for name in ("known:1", "forgotten")
    ]
    async with SlackGateway(sandbox.bot_token, sandbox.api_url) as gateway:
        blocks = [{"type": "actions", "block_id": "b", "elements": buttons}]
        posted = await gateway.post(NORTHWIND, AI_PILOTS, {"text": "card", "blocks": blocks}, key="k")
    card = await sandbox.driver.wait_message(AI_PILOTS, "forgotten")
    await sandbox.driver.click(MAYA, card, action_id="known:1")
    assert (clicks[0].message_ts, clicks[0].value, clicks[0].workspace_id) == (posted.ts, "v", NORTHWIND)
    await sandbox.driver.click(MAYA, card, action_id="forgotten")
    await sandbox.driver.wait_message(AI_PILOTS, "earlier version", as_user=MAYA)


async def test_a_message_that_could_not_be_taken_comes_again_and_its_writer_is_told_once(
    sandbox: Sandbox, router: Router
) -> None:
    tries: list[str] = []

    async def on_message(message: ThreadMessage) -> None:
        tries.append(message.words)
        if len(tries) < 4:
            raise OSError("disk full")

    router.message(on_message)
    await sandbox.driver.post(MAYA, AI_PILOTS, "my answer & more")
    await sandbox.delivery.settled()
    assert tries == ["my answer & more"] * 4
    told = [m for m in sandbox.driver.messages(AI_PILOTS, MAYA) if "reference" in str(m.get("text"))]
    assert len(told) == 1


async def test_a_wrong_secret_lets_nothing_in(sandbox: Sandbox, router: Router) -> None:
    heard: list[SlashCommand] = []

    async def on_status(command: SlashCommand) -> None:
        heard.append(command)

    router.command("status", on_status)
    sandbox.http._secret = b"another secret"
    outcome = await sandbox.driver.command(MAYA, AI_PILOTS, "/pilot", "status")
    assert outcome.error is not None
    assert heard == []
