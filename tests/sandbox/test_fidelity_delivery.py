"""How deliveries reach an app: retries, Socket Mode, signed HTTP, two teams."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import Timings
from sandbox.refusals import SlackRefusalError
from sandbox.seed import (
    AI_PILOTS,
    BOT,
    CARLA,
    CONTOSO,
    CONTOSO_BOT,
    CONTOSO_PILOTS,
    DORA,
    GENERAL,
    JONAS,
    MAYA,
    NORTHWIND,
    PREFLIGHT_OPS,
    SIGNING_SECRET,
)
from sandbox.server import Sandbox, running_sandbox
from tests.sandbox.apps import bolt_app, over_http, over_socket_mode
from tests.sandbox.shapes import actions, button

QUICK = Timings(ack=0.1, retries=(0.0, 0.02, 0.02))


def _app(sandbox: Sandbox) -> AsyncApp:
    return bolt_app(sandbox, AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url))


async def test_line_1_an_unacknowledged_event_is_retried_three_times_over_socket_mode() -> None:
    async with running_sandbox(timings=QUICK) as sandbox:
        app, heard, all_heard = _app(sandbox), list[tuple[str, Any, Any]](), asyncio.Event()

        @app.event("message")
        async def dawdle(body: dict[str, Any], request: AsyncBoltRequest) -> None:
            number, reason = (request.headers.get(f"x-slack-retry-{n}", [None])[0] for n in ("num", "reason"))
            heard.append((body["event_id"], number, reason))
            if len(heard) == 4:
                all_heard.set()
            await given_up.wait()

        given_up = asyncio.Event()
        async with over_socket_mode(sandbox, app):
            await sandbox.driver.post(MAYA, AI_PILOTS, "hello")
            await sandbox.driver.settled()
            await asyncio.wait_for(all_heard.wait(), 10)  # on a busy machine an app hears late
            given_up.set()
        assert len({event_id for event_id, _, _ in heard}) == 1
        assert [(number, reason) for _, number, reason in heard] == [
            ("0", ""),
            ("1", "timeout"),
            ("2", "timeout"),
            ("3", "timeout"),
        ]


async def test_line_1_an_unacknowledged_event_is_retried_over_http_with_the_retry_headers() -> None:
    # A second attempt must be answered in time on a busy machine, too.
    async with running_sandbox(timings=Timings(ack=0.5, retries=(0.0, 0.02, 0.02))) as sandbox:
        app, heard = _app(sandbox), list[tuple[Any, Any]]()

        @app.event("message")
        async def fail_once(request: AsyncBoltRequest) -> None:
            number, reason = (request.headers.get(f"x-slack-retry-{n}", [None])[0] for n in ("num", "reason"))
            heard.append((number, reason))
            if len(heard) < 2:
                await asyncio.sleep(0.8)

        async with over_http(sandbox, app):
            await sandbox.driver.post(MAYA, AI_PILOTS, "hello")
            await sandbox.driver.settled()
        assert heard == [(None, None), ("1", "http_timeout")]


async def test_line_1_retries_wait_on_the_workspace_clock() -> None:
    async with running_sandbox(timings=Timings(retries=(0.0, 60.0, 300.0))) as sandbox:
        await sandbox.driver.post(MAYA, AI_PILOTS, "nobody is connected")
        await sandbox.driver.wait_until(lambda: len(sandbox.driver.deliveries()) == 2, what="two attempts")
        await asyncio.sleep(0.05)
        assert len(sandbox.driver.deliveries()) == 2
        await sandbox.driver.fast_forward(hours=1)
        await sandbox.driver.wait_until(lambda: len(sandbox.driver.deliveries()) == 3, what="a third attempt")
        await sandbox.driver.fast_forward(hours=1)
        await sandbox.driver.settled()
        assert [entry.attempt for entry in sandbox.driver.deliveries("events_api")] == [0, 1, 2, 3]


async def test_line_1_commands_and_clicks_are_not_retried_and_the_person_is_told(
    client: AsyncWebClient,
) -> None:
    async with running_sandbox(timings=QUICK) as sandbox:
        app, heard = _app(sandbox), list[str]()

        @app.command("/pilot")
        @app.action("go")
        async def never_ack(body: dict[str, Any]) -> None:
            heard.append(body.get("command", "click"))

        own_client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url)
        async with over_socket_mode(sandbox, app):
            outcome = await sandbox.driver.command(MAYA, AI_PILOTS, "/pilot", "new")
            blocks = [actions(button("Go", "go"))]
            await own_client.chat_postMessage(channel=AI_PILOTS, text="card", blocks=blocks)
            card = await sandbox.driver.wait_message(AI_PILOTS, "Go")
            clicked = await sandbox.driver.click(MAYA, card, text="Go")
            await sandbox.driver.wait_until(lambda: len(heard) == 2, what="a click that the app heard")
        assert heard == ["/pilot", "click"]
        assert outcome.error == "operation_timeout"
        assert clicked.error == "timeout"
        told = sandbox.driver.ephemerals(MAYA, AI_PILOTS)
        assert [m["text"] for m in told] == ['/pilot failed with the error "operation_timeout"']


async def test_line_9_each_envelope_goes_to_exactly_one_of_several_connections(sandbox: Sandbox) -> None:
    app, heard = _app(sandbox), list[str]()

    @app.event("message")
    async def hear(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    async with over_socket_mode(sandbox, app, connections=2) as handlers:
        taken = [0, 0]
        for number, handler in enumerate(handlers):
            handler.client.on_message_listeners.append(_counting(taken, number))
        for number in range(6):
            await sandbox.driver.post(MAYA, AI_PILOTS, f"message {number}")
        await sandbox.driver.settled()
    assert sorted(heard) == [f"message {number}" for number in range(6)]
    assert taken == [3, 3]


def _counting(taken: list[int], number: int) -> Any:
    async def count(message: Any) -> None:
        taken[number] += '"events_api"' in message.data

    return count


async def test_line_9_hello_comes_first_and_acks_carry_a_payload(
    sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    async with await _connect(sandbox, session) as socket:
        hello = await socket.receive_json()
        assert (hello["type"], hello["num_connections"], hello["connection_info"]) == (
            "hello",
            1,
            {"app_id": "A0PREFLIGT"},
        )
        running = asyncio.create_task(sandbox.driver.command(MAYA, AI_PILOTS, "/pilot", "help"))
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Here to help"}})
        assert (await running).body == {"text": "Here to help"}
        assert [m["text"] for m in sandbox.driver.ephemerals(MAYA, AI_PILOTS)] == ["Here to help"]


async def test_line_9_a_disconnect_makes_the_client_reconnect_and_nothing_is_lost(sandbox: Sandbox) -> None:
    app, heard = _app(sandbox), list[str]()

    @app.event("message")
    async def hear(event: dict[str, Any]) -> None:
        heard.append(event["text"])

    async with over_socket_mode(sandbox, app):
        await sandbox.socket_mode.disconnect("refresh_requested")
        await sandbox.socket_mode.wait_for_connections(1)
        await sandbox.driver.post(MAYA, AI_PILOTS, "after the refresh")
        await sandbox.driver.settled()
    assert heard == ["after the refresh"]


async def test_line_9_the_eleventh_connection_is_turned_away(
    sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    sockets = [await _connect(sandbox, session) for _ in range(10)]
    for socket in sockets:
        assert (await socket.receive_json())["type"] == "hello"
    eleventh = await _connect(sandbox, session)
    assert (await eleventh.receive_json())["reason"] == "too_many_websockets"
    for socket in (*sockets, eleventh):
        await socket.close()


async def test_line_9_a_socket_needs_a_ticket(sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
    address = sandbox.url.replace("http", "ws") + "/link/?ticket=forged"
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await session.ws_connect(address)
    assert refused.value.status == 403


async def test_line_10_every_delivery_over_http_is_signed_and_encoded_as_slack_does(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    app, seen = _app(sandbox), list[tuple[str, str, bool]]()
    verifier = SignatureVerifier(SIGNING_SECRET)

    @app.middleware
    async def look(req: AsyncBoltRequest, next: Any) -> None:  # noqa: A002 - Bolt's name
        headers = {name: values[0] for name, values in req.headers.items()}
        valid = verifier.is_valid_request(req.raw_body, headers)
        seen.append((headers["content-type"], req.raw_body.split("=")[0][:8], valid))
        await next()

    @app.command("/pilot")
    @app.action("go")
    async def take(ack: Any) -> None:
        await ack()

    @app.event("message")
    async def hear() -> None: ...

    async with over_http(sandbox, app):
        assert await sandbox.http.verify_url()
        await sandbox.driver.command(MAYA, AI_PILOTS, "/pilot", "new <b> ümlaut & co")
        await sandbox.driver.post(MAYA, AI_PILOTS, "hello")
        await client.chat_postMessage(channel=AI_PILOTS, text="card", blocks=[actions(button("Go", "go"))])
        card = await sandbox.driver.wait_message(AI_PILOTS, "Go")
        assert (await sandbox.driver.click(MAYA, card, text="Go")).ok
        await sandbox.driver.settled()
    form = "application/x-www-form-urlencoded"
    assert all(valid for _, _, valid in seen)
    assert (form, "token", True) in seen
    assert (form, "payload", True) in seen
    assert ("application/json", '{"token"', True) in seen


async def test_line_10_a_wrong_secret_is_refused_by_the_app(sandbox: Sandbox) -> None:
    app = AsyncApp(token=sandbox.bot_token, signing_secret="another secret", process_before_response=True)
    async with over_http(sandbox, app):
        outcome = await sandbox.driver.command(MAYA, AI_PILOTS, "/pilot", "new")
    assert outcome.error == "dispatch_failed"


async def test_line_15_a_person_who_is_deactivated_or_moves_is_announced(sandbox: Sandbox) -> None:
    app, heard = _app(sandbox), list[dict[str, Any]]()

    @app.event("user_change")
    @app.event("team_join")
    async def hear(event: dict[str, Any]) -> None:
        heard.append(event)

    async with over_socket_mode(sandbox, app):
        await sandbox.driver.actions.deactivate(JONAS)
        await sandbox.driver.actions.switch_language(MAYA, "ja-JP")
        await sandbox.driver.actions.move_to_time_zone(MAYA, "Asia/Tokyo")
        await sandbox.driver.actions.hire(NORTHWIND, "ada", "Ada New", "Europe/London")
        await sandbox.driver.actions.reactivate(DORA)
        await sandbox.driver.settled()
    told = {(e["type"], e["user"]["name"]): e["user"] for e in heard}
    assert told["user_change", "jonas"]["deleted"] is True
    assert (told["user_change", "maya"]["tz"], told["user_change", "maya"]["tz_offset"]) == (
        "Asia/Tokyo",
        32400,
    )
    assert told["user_change", "dora"]["deleted"] is False
    assert told["team_join", "ada"]["team_id"] == NORTHWIND
    assert told["user_change", "maya"]["locale"] == "ja-JP"
    assert "locale" not in told["team_join", "ada"]
    assert not sandbox.state.is_member(JONAS, AI_PILOTS)


async def test_line_15_two_workspaces_are_kept_apart(
    sandbox: Sandbox, client: AsyncWebClient, contoso_client: AsyncWebClient
) -> None:
    app, heard = _app(sandbox), list[dict[str, Any]]()

    @app.event("message")
    async def hear(body: dict[str, Any]) -> None:
        heard.append(body)

    async with over_socket_mode(sandbox, app):
        await sandbox.driver.post(CARLA, CONTOSO_PILOTS, "hello from Contoso")
        await sandbox.driver.settled()
        assert (heard[0]["team_id"], heard[0]["authorizations"][0]["user_id"]) == (CONTOSO, CONTOSO_BOT)
        assert heard[0]["event"]["team"] == CONTOSO
    assert (await contoso_client.auth_test())["team_id"] == CONTOSO
    assert (await _refusal(contoso_client, "conversations.info", channel=AI_PILOTS)) == "channel_not_found"
    assert (await _refusal(contoso_client, "users.info", user=MAYA)) == "user_not_found"
    assert (
        await _refusal(client, "chat.postMessage", channel=CONTOSO_PILOTS, text="hi")
    ) == "channel_not_found"


async def test_line_15_a_click_from_another_team_says_so(sandbox: Sandbox, client: AsyncWebClient) -> None:
    app, heard = _app(sandbox), list[dict[str, Any]]()

    @app.action("go")
    async def take(ack: Any, body: dict[str, Any]) -> None:
        heard.append(body)
        await ack()

    async with over_socket_mode(sandbox, app):
        await client.chat_postMessage(channel=AI_PILOTS, text="card", blocks=[actions(button("Go", "go"))])
        card = await sandbox.driver.wait_message(AI_PILOTS, "Go")
        assert (await sandbox.driver.click(CARLA, card, text="Go")).ok
    assert heard[0]["team"]["id"] == NORTHWIND
    assert heard[0]["user"] == {"id": CARLA, "username": "carla", "name": "carla", "team_id": CONTOSO}


async def test_line_15_a_shared_channel_says_who_comes_from_where(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    app, heard = _app(sandbox), list[dict[str, Any]]()

    @app.event("message")
    async def hear(body: dict[str, Any]) -> None:
        heard.append(body)

    @app.command("/pilot")
    async def take(ack: Any) -> None:
        await ack()

    with pytest.raises(SlackRefusalError, match="user_not_found"):
        await sandbox.driver.actions.invite(MAYA, AI_PILOTS, CARLA)
    await sandbox.driver.actions.share_channel(AI_PILOTS, CONTOSO)
    await sandbox.driver.actions.invite(MAYA, AI_PILOTS, CARLA)
    async with over_socket_mode(sandbox, app):
        await sandbox.driver.post(CARLA, AI_PILOTS, "hello from next door")
        await sandbox.driver.settled()
        outcome = await sandbox.driver.command(CARLA, AI_PILOTS, "/pilot")
    (body,) = [b for b in heard if "subtype" not in b["event"]]
    assert (body["team_id"], body["is_ext_shared_channel"]) == (NORTHWIND, True)
    assert {body["event"][name] for name in ("team", "user_team", "source_team")} == {CONTOSO}
    assert (await client.users_info(user=CARLA))["user"]["team_id"] == CONTOSO
    assert outcome.payload["team_id"] == CONTOSO


async def test_only_channels_that_the_app_is_in_are_heard(sandbox: Sandbox) -> None:
    app, heard = _app(sandbox), list[dict[str, Any]]()

    @app.event("message")
    @app.event("member_joined_channel")
    async def hear(event: dict[str, Any]) -> None:
        heard.append(event)

    async with over_socket_mode(sandbox, app):
        await sandbox.driver.post(MAYA, GENERAL, "without the app")
        await sandbox.driver.actions.invite_bot(MAYA, GENERAL)
        await sandbox.driver.post(MAYA, GENERAL, "with the app")
        await sandbox.driver.post(JONAS, PREFLIGHT_OPS, "in private")
        await sandbox.driver.settled()
    assert [e["text"] for e in heard if e["type"] == "message" and "subtype" not in e] == [
        "with the app",
        "in private",
    ]
    assert [e["channel_type"] for e in heard if e["type"] == "message"][-1] == "group"
    joined = next(e for e in heard if e["type"] == "member_joined_channel")
    assert (joined["user"], joined["inviter"], joined["channel_type"]) == (BOT, MAYA, "C")


async def test_an_app_that_is_uninstalled_hears_it_and_its_token_is_revoked(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    app, heard = _app(sandbox), list[str]()

    @app.event("app_uninstalled")
    @app.event("tokens_revoked")
    async def hear(event: dict[str, Any]) -> None:
        heard.append(event["type"])

    async with over_socket_mode(sandbox, app):
        await client.auth_test()
        await app.client.auth_test()
        await sandbox.driver.actions.uninstall_app(NORTHWIND)
        await sandbox.driver.actions.move_to_time_zone(MAYA, "Asia/Tokyo")
        await sandbox.driver.wait_until(lambda: len(sandbox.driver.deliveries()) >= 2)
    names = [entry.request["event"]["type"] for entry in sandbox.driver.deliveries() if entry.attempt == 0]
    assert sorted(names) == ["app_uninstalled", "tokens_revoked"]
    assert (await _refusal(client, "auth.test")) == "token_revoked"


async def _connect(sandbox: Sandbox, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    opener = AsyncWebClient(token=sandbox.app_token, base_url=sandbox.api_url, session=session)
    address = (await opener.apps_connections_open(app_token=sandbox.app_token))["url"]
    return await session.ws_connect(str(address))


async def _refusal(client: AsyncWebClient, method: str, **arguments: Any) -> str:
    try:
        await client.api_call(method, params=arguments)
    except SlackApiError as refused:
        return str(refused.response["error"])
    return "ok"
