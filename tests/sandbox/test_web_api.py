"""The Web API as clients meet it: four ways of passing arguments, tokens, every method, and bad input of every kind."""

import json
import random
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.seed import (
    AI_PILOTS,
    BOT,
    BOT_ID,
    CARLA,
    GATE_APPROVERS,
    GENERAL,
    JONAS,
    LENA,
    MAYA,
    NORTHWIND,
    PRIYA,
    TOMAS,
)
from sandbox.server import Sandbox
from sandbox.web_api import METHODS
from tests.sandbox.refusals import answer, refusal
from tests.sandbox.shapes import modal, section

Json = dict[str, Any]

LISTED = """auth.test apps.connections.open chat.postMessage chat.update chat.delete chat.postEphemeral chat.getPermalink
conversations.open conversations.info conversations.list conversations.members conversations.history
conversations.replies conversations.join conversations.invite users.info users.list users.lookupByEmail usergroups.list
usergroups.users.list views.open views.push views.update views.publish reactions.add reactions.remove
files.getUploadURLExternal files.completeUploadExternal team.info bots.info blocks.validate"""


async def _raw(session: aiohttp.ClientSession, sandbox: Sandbox, method: str, **how: Any) -> Json:
    verb = how.pop("verb", "POST")
    headers = {"Authorization": f"Bearer {sandbox.bot_token}"} | how.pop("headers", {})
    async with session.request(verb, sandbox.api_url + method, headers=headers, **how) as response:
        assert response.status == 200
        return dict(await response.json())


async def test_every_listed_method_is_there() -> None:
    assert set(LISTED.split()) <= set(METHODS)


async def test_arguments_arrive_as_form_json_query_and_get(
    sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    blocks = [section("in blocks")]
    form = {"channel": AI_PILOTS, "text": "form", "blocks": json.dumps(blocks)}
    body = {"channel": AI_PILOTS, "text": "json", "blocks": blocks}
    for how in (
        {"data": form},
        {"json": body},
        {"params": form | {"text": "query"}},
        {"params": form | {"text": "get"}, "verb": "GET"},
        {"data": aiohttp.FormData(form | {"text": "multipart"}, default_to_multipart=True)},
    ):
        assert (await _raw(session, sandbox, "chat.postMessage", **how))["ok"], how
    sent = sandbox.driver.messages(AI_PILOTS)
    assert [m["text"] for m in sent] == ["form", "json", "query", "get", "multipart"]
    assert all(m["blocks"][0]["text"]["text"] == "in blocks" for m in sent)


async def test_unknown_methods_and_tokens(sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
    client = AsyncWebClient(token="xoxb-wrong", base_url=sandbox.api_url, session=session)
    assert await refusal(client, "chat.doesNotExist") == "unknown_method"
    assert await refusal(client, "auth.test") == "invalid_auth"
    async with session.post(sandbox.api_url + "auth.test") as response:
        assert (await response.json())["error"] == "not_authed"
    async with session.post(sandbox.api_url + "auth.test", data={"token": sandbox.bot_token}) as response:
        assert (await response.json())["user_id"] == BOT
    with_app_token = AsyncWebClient(token=sandbox.app_token, base_url=sandbox.api_url, session=session)
    assert (
        await refusal(with_app_token, "chat.postMessage", channel=AI_PILOTS, text="x")
        == "not_allowed_token_type"
    )
    with_bot_token = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url, session=session)
    assert await refusal(with_bot_token, "apps.connections.open") == "not_allowed_token_type"


async def test_who_is_who(sandbox: Sandbox, client: AsyncWebClient) -> None:
    me = await client.auth_test()
    assert (me["team_id"], me["user_id"], me["bot_id"], me["user"]) == (NORTHWIND, BOT, BOT_ID, "preflight")
    maya = (await client.users_info(user=MAYA))["user"]
    assert (maya["tz"], maya["profile"]["real_name"], maya["deleted"]) == (
        "Europe/Berlin",
        "Maya Chen",
        False,
    )
    assert (await client.users_lookupByEmail(email=maya["profile"]["email"]))["user"]["id"] == MAYA
    assert await refusal(client, "users.lookupByEmail", email="nobody@x.example") == "users_not_found"
    assert "locale" not in maya
    assert (await client.users_info(user=MAYA, include_locale=True))["user"]["locale"] == "de-DE"
    everybody = (await client.users_list(include_locale=True))["members"]
    assert {user["locale"] for user in everybody} >= {"de-DE", "en-US", "en-GB"}
    assert not any("locale" in user for user in (await client.users_list())["members"])
    assert await refusal(client, "users.info", user=CARLA) == "user_not_found"
    groups = (await client.usergroups_list(include_users=True))["usergroups"]
    approvers = next(g for g in groups if g["handle"] == "gate-approvers")
    assert approvers["users"] == [PRIYA, TOMAS, LENA]
    assert (await client.usergroups_users_list(usergroup=GATE_APPROVERS))["users"] == [PRIYA, TOMAS, LENA]
    assert "users" not in (await client.usergroups_list())["usergroups"][0]
    assert (await client.team_info())["team"]["name"] == "Northwind Goods"
    assert (await client.bots_info(bot=BOT_ID))["bot"]["user_id"] == BOT


async def test_lists_come_in_pages(client: AsyncWebClient) -> None:
    found: list[str] = []
    async for page in await client.users_list(limit=3):
        assert len(page["members"]) <= 3
        found += [user["name"] for user in page["members"]]
    assert len(found) == len(set(found)) == 9
    members = (await client.conversations_members(channel=AI_PILOTS))["members"]
    assert {MAYA, BOT} <= set(members)
    assert await refusal(client, "users.list", cursor="nonsense") == "invalid_cursor"
    assert await refusal(client, "users.list", limit=-1) == "invalid_limit"


async def test_history_is_read_in_ranges_and_pages(client: AsyncWebClient) -> None:
    ts = [(await client.chat_postMessage(channel=AI_PILOTS, text=str(n)))["ts"] for n in range(5)]

    async def texts(**how: Any) -> list[str]:
        return [m["text"] for m in (await client.conversations_history(channel=AI_PILOTS, **how))["messages"]]

    assert await texts() == ["4", "3", "2", "1", "0"]
    assert await texts(oldest=ts[1]) == ["4", "3", "2"]
    assert await texts(oldest=ts[1], latest=ts[3], inclusive=True) == ["3", "2", "1"]
    assert await texts(latest=ts[2], inclusive=True, limit=1) == ["2"]
    first = await client.conversations_history(channel=AI_PILOTS, limit=2)
    assert first["has_more"] is True
    assert await texts(limit=2, cursor=first["response_metadata"]["next_cursor"]) == ["2", "1"]
    assert (
        await refusal(client, "conversations.history", channel=AI_PILOTS, oldest="yesterday")
        == "invalid_ts_oldest"
    )


async def test_inviting_and_joining(sandbox: Sandbox, client: AsyncWebClient) -> None:
    assert await refusal(client, "conversations.invite", channel=GENERAL, users=MAYA) == "not_in_channel"
    joined = await client.conversations_join(channel=GENERAL)
    assert joined["channel"]["is_member"] is True
    assert (await client.conversations_join(channel=GENERAL))["warning"] == "already_in_channel"
    assert (
        await refusal(client, "conversations.invite", channel=AI_PILOTS, users=MAYA) == "already_in_channel"
    )
    await sandbox.driver.actions.leave_channel(JONAS, AI_PILOTS)
    await client.conversations_invite(channel=AI_PILOTS, users=[JONAS])
    assert sandbox.state.is_member(JONAS, AI_PILOTS)


async def test_permalinks_lead_to_the_sandboxs_own_page(sandbox: Sandbox, client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=AI_PILOTS, text="x"))["ts"]
    link = (await client.chat_getPermalink(channel=AI_PILOTS, message_ts=ts))["permalink"]
    assert link == f"{sandbox.url}/archives/{AI_PILOTS}/p{ts.replace('.', '')}"


async def test_files_go_up_in_three_steps(
    sandbox: Sandbox, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    done = await client.files_upload_v2(
        channel=AI_PILOTS,
        content="pilot,stage\nRefunds,shadow\n",
        filename="pilots.csv",
        initial_comment="The export",
    )
    assert done["files"][0]["name"] == "pilots.csv"
    (message,) = sandbox.driver.messages(AI_PILOTS)
    assert (message["text"], message["files"][0]["filetype"]) == ("The export", "csv")
    async with session.get(message["files"][0]["url_private"]) as response:
        assert await response.text() == "pilot,stage\nRefunds,shadow\n"
        assert response.content_type == "text/plain"
    assert await refusal(client, "files.completeUploadExternal", files=[{"id": "F0NONE"}]) == "file_not_found"


async def test_blocks_can_be_validated_without_posting(client: AsyncWebClient) -> None:
    assert (await client.blocks_validate(blocks=[section("fine")]))["ok"]
    broken = await answer(client, "blocks.validate", blocks=[{"type": "nonsense"}])
    assert (broken["error"], broken["errors"][0]["pointer"]) == ("invalid_blocks", "/blocks/0/type")
    assert (
        await refusal(client, "blocks.validate", view=modal(section("x"), title="x" * 25)) == "invalid_view"
    )
    assert await refusal(client, "blocks.validate", blocks=[], message={}) == "invalid_arguments"


JUNK: list[Any] = [
    None, "", " ", "x", "{", "[", "null", "[]", "{}", '"x"', 0, -1, 1.5, True, [], {}, [[]], [{}], {"type": "modal"},
    "\x00", "💥" * 50, "x" * 50_000, AI_PILOTS, MAYA, "1.5", [1], [None], {"blocks": [1]}, {"type": 5, "blocks": None},
]  # fmt: skip
NAMES = (
    "channel text blocks user ts thread_ts message_ts view trigger_id view_id external_id hash user_id users types limit "
    "cursor oldest latest inclusive metadata attachments name timestamp filename length files usergroup email bot team "
    "message reply_broadcast channel_id"
)


async def test_malformed_arguments_answer_like_slack_and_never_break(
    sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    chance = random.Random(7)
    for method in METHODS:
        for _ in range(25):
            chosen = {
                name: chance.choice(JUNK) for name in chance.sample(NAMES.split(), chance.randint(0, 12))
            }
            if chance.random() < 0.6:
                chosen["channel"] = AI_PILOTS
            answered = await _raw(session, sandbox, method, json=chosen)
            assert answered["ok"] or answered["error"] != "internal_error", (method, chosen)


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff\xfe", b"null", b""])
async def test_an_unreadable_body_is_no_500(
    sandbox: Sandbox, session: aiohttp.ClientSession, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    answered = await _raw(session, sandbox, "chat.postMessage", data=body, headers=headers)
    assert answered["error"] in ("invalid_json", "invalid_arguments")


async def test_only_loopback_names_are_served(sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
    async with session.get(sandbox.api_url + "api.test", headers={"Host": "evil.example"}) as response:
        assert response.status == 400
