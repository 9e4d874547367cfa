"""An app that declares itself in a manifest gets what it declares and nothing else."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.app_config import app_from_manifest
from sandbox.refusals import SlackRefusalError
from sandbox.seed import AI_PILOTS, GENERAL, MAYA, PREFLIGHT_OPS
from sandbox.server import running_sandbox
from tests.sandbox.refusals import answer, refusal
from tests.sandbox.shapes import home, section

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Small"},
    "features": {
        "slash_commands": [{"command": "/small", "description": "x", "should_escape": False}],
        "app_home": {
            "home_tab_enabled": False,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": True,
        },
    },
    "oauth_config": {
        "scopes": {"bot": ["commands", "chat:write", "channels:history", "channels:read", "users:read"]}
    },
    "settings": {"event_subscriptions": {"bot_events": ["message.channels"]}},
}


async def test_a_manifest_decides_what_an_app_may_call() -> None:
    async with running_sandbox(app=app_from_manifest(MANIFEST)) as sandbox:
        client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        refused = await answer(client, "usergroups.list")
        assert (refused["error"], refused["needed"]) == ("missing_scope", "usergroups:read")
        assert await refusal(client, "conversations.history", channel=PREFLIGHT_OPS) == "missing_scope"
        assert await refusal(client, "conversations.history", channel=AI_PILOTS) == "ok"
        assert await refusal(client, "conversations.list", types="private_channel") == "missing_scope"
        assert await refusal(client, "conversations.invite", channel=AI_PILOTS, users=MAYA) == "missing_scope"
        assert await refusal(client, "chat.postMessage", channel=GENERAL, text="x") == "not_in_channel"
        assert await refusal(client, "views.publish", user_id=MAYA, view=home(section("x"))) == "not_enabled"
        assert "email" not in (await client.users_info(user=MAYA))["user"]["profile"]
        tested = await client.auth_test()
        assert "chat:write" in tested.headers["X-OAuth-Scopes"].split(",")


async def test_a_manifest_decides_what_an_app_hears_and_how() -> None:
    async with running_sandbox(app=app_from_manifest(MANIFEST)) as sandbox:
        with pytest.raises(SlackRefusalError, match="unknown_command"):
            await sandbox.driver.command(MAYA, AI_PILOTS, "/pilot")
        outcome = await sandbox.driver.command(MAYA, AI_PILOTS, "/small", "tell @jonas & <co>")
        assert outcome.payload["text"] == "tell @jonas & <co>"
        with pytest.raises(SlackRefusalError, match="messages_tab_disabled"):
            await sandbox.driver.dm(MAYA, "hello")
        ts = await sandbox.driver.post(MAYA, AI_PILOTS, "hello")
        await sandbox.driver.react(MAYA, AI_PILOTS, ts, "eyes")
        await sandbox.driver.wait_until(lambda: sandbox.driver.deliveries("events_api"))
        assert {d.request["event"]["type"] for d in sandbox.driver.deliveries("events_api")} == {"message"}


async def test_with_write_public_an_app_posts_without_joining() -> None:
    scopes = {"bot": [*MANIFEST["oauth_config"]["scopes"]["bot"], "chat:write.public"]}
    app = app_from_manifest(MANIFEST | {"oauth_config": {"scopes": scopes}})
    async with running_sandbox(app=app) as sandbox:
        client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        assert await refusal(client, "chat.postMessage", channel=GENERAL, text="x") == "ok"


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"display_information": {}}, "name"),
        ({"oauth_config": {"scopes": {"bot": ["channels:history"]}}}, "scope commands"),
        ({"settings": {"event_subscriptions": {"bot_events": ["message.im"]}}}, "im:history"),
        ({"features": {"slash_commands": [{"command": "small"}]}}, "slash"),
    ],
)
async def test_a_manifest_that_slack_would_not_save_is_refused(
    changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        app_from_manifest(MANIFEST | changes)


async def test_the_projects_own_manifest_is_one_that_slack_would_save() -> None:
    app = app_from_manifest(Path(__file__).parents[2] / "manifest.yaml")
    assert app.commands == ("/pilot",)
    assert "chat:write" in (app.scopes or ())


async def test_another_sites_page_cannot_post_here(session: aiohttp.ClientSession) -> None:
    async with running_sandbox() as sandbox:
        form = {"token": sandbox.bot_token, "channel": AI_PILOTS, "text": "from elsewhere"}
        headers = {"Origin": "https://evil.example"}
        async with session.post(sandbox.api_url + "chat.postMessage", data=form, headers=headers) as response:
            assert response.status == 403
        address = sandbox.url.replace("http", "ws") + f"/link/?ticket={sandbox.socket_mode.ticket()}"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address, headers=headers)
        assert sandbox.driver.messages(AI_PILOTS) == []
