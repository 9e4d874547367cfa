"""Commands, clicks, forms and the Home tab: response URLs, triggers, views and their state."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from sandbox.driver import SubmissionFailedError
from sandbox.seed import AI_PILOTS, JONAS, MAYA, NORTHWIND, PRIYA
from sandbox.server import Sandbox
from tests.sandbox.apps import bolt_app, over_socket_mode
from tests.sandbox.refusals import answer, refusal
from tests.sandbox.shapes import actions, button, home, modal, option, plain, section, text_input

Json = dict[str, Any]


async def _trigger(sandbox: Sandbox, user: str = MAYA) -> tuple[str, str]:
    """A fresh trigger id and response URL. No app is connected, so the command itself fails, which does not matter."""
    payload = (await sandbox.driver.command(user, AI_PILOTS, "/pilot")).payload
    sandbox.state.ephemerals.clear()
    return payload["trigger_id"], payload["response_url"]


async def _open(sandbox: Sandbox, client: AsyncWebClient, view: Json, user: str = MAYA) -> Json:
    trigger_id = sandbox.interactivity.issue_trigger(user, NORTHWIND)
    opened = await client.views_open(trigger_id=trigger_id, view=view)
    return dict(opened["view"])


# Line 2


async def test_line_2_a_response_url_serves_five_times_and_is_private_by_default(
    sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    _, url = await _trigger(sandbox)
    webhook = AsyncWebhookClient(url, session=session)
    for number in range(5):
        assert (await webhook.send(text=f"answer {number}")).status_code == 200
    refused = await webhook.send(text="one too many")
    assert (refused.status_code, "used_url" in refused.body) == (404, True)
    assert [m["text"] for m in sandbox.driver.ephemerals(MAYA)] == [f"answer {n}" for n in range(5)]
    assert all("user" not in m and m["bot_id"] for m in sandbox.driver.ephemerals(MAYA))
    assert sandbox.driver.messages(AI_PILOTS) == []


async def test_line_2_a_response_url_expires_after_half_an_hour(
    sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    _, url = await _trigger(sandbox)
    await sandbox.driver.fast_forward(hours=0.51)
    refused = await AsyncWebhookClient(url, session=session).send(text="too late")
    assert (refused.status_code, "expired_url" in refused.body) == (404, True)


async def test_line_2_a_response_can_be_for_the_whole_channel(
    sandbox: Sandbox, session: aiohttp.ClientSession
) -> None:
    _, url = await _trigger(sandbox)
    await AsyncWebhookClient(url, session=session).send(text="for all", response_type="in_channel")
    (message,) = sandbox.driver.messages(AI_PILOTS)
    assert (message["text"], message["subtype"], "user" in message) == ("for all", "bot_message", False)


async def test_line_2_originals_are_replaced_and_deleted(
    sandbox: Sandbox, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    await client.chat_postMessage(channel=AI_PILOTS, text="card", blocks=[actions(button("Go", "go"))])
    await client.chat_postEphemeral(
        channel=AI_PILOTS, user=MAYA, text="p", blocks=[actions(button("Hm", "hm"))]
    )
    card, whisper = sandbox.driver.messages(AI_PILOTS, as_user=MAYA)
    on_card = (await sandbox.driver.click(MAYA, card, text="Go")).payload
    on_whisper = (await sandbox.driver.click(MAYA, whisper, text="Hm")).payload
    assert (on_card["container"]["is_ephemeral"], "message" in on_card) == (False, True)
    assert (on_whisper["container"]["is_ephemeral"], "message" in on_whisper) == (True, False)
    public = AsyncWebhookClient(on_card["response_url"], session=session)
    private = AsyncWebhookClient(on_whisper["response_url"], session=session)
    await public.send(text="settled", replace_original=True)
    await private.send(text="noted", replace_original=True)
    seen = sandbox.driver.messages(AI_PILOTS, as_user=MAYA)
    assert [(m["text"], "blocks" in m) for m in seen] == [("settled", False), ("noted", False)]
    await public.send(delete_original=True)
    await private.send(delete_original=True)
    assert sandbox.driver.messages(AI_PILOTS, as_user=MAYA) == []


async def test_line_2_a_broken_response_is_refused(sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
    _, url = await _trigger(sandbox)
    webhook = AsyncWebhookClient(url, session=session)
    assert (await webhook.send_dict({"text": "x", "blocks": [{"type": "nonsense"}]})).status_code == 400
    assert (await webhook.send_dict({})).status_code == 400
    async with session.post(url, data=b"\xff{") as raw:
        assert raw.status == 400


# Line 3


async def test_line_3_a_trigger_serves_once(sandbox: Sandbox, client: AsyncWebClient) -> None:
    trigger_id, _ = await _trigger(sandbox)
    assert await refusal(client, "views.open", trigger_id=trigger_id, view=modal(section("x"))) == "ok"
    again = await refusal(client, "views.open", trigger_id=trigger_id, view=modal(section("x")))
    assert again == "exchanged_trigger_id"
    assert (
        await refusal(client, "views.open", trigger_id="made.up", view=modal(section("x")))
        == "invalid_trigger_id"
    )


async def test_line_3_a_trigger_expires_after_three_seconds(sandbox: Sandbox, client: AsyncWebClient) -> None:
    trigger_id, _ = await _trigger(sandbox)
    sandbox.clock.skip(seconds=3.1)
    assert (
        await refusal(client, "views.open", trigger_id=trigger_id, view=modal(section("x")))
        == "expired_trigger_id"
    )


async def test_line_3_a_refused_view_does_not_use_the_trigger_up(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    trigger_id, _ = await _trigger(sandbox)
    broken = await answer(
        client, "views.open", trigger_id=trigger_id, view=modal(section("x"), title="x" * 25)
    )
    assert broken["error"] == "invalid_arguments"
    assert broken["response_metadata"]["messages"]
    assert await refusal(client, "views.open", trigger_id=trigger_id, view=modal(section("x"))) == "ok"


# Line 4


async def test_line_4_views_are_per_person_and_at_most_three_high(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    first = await _open(sandbox, client, modal(section("1"), title="One"))
    await _open(sandbox, client, modal(section("j"), title="His"), user=JONAS)
    for title in ("Two", "Three"):
        trigger_id, _ = await _trigger(sandbox)
        await client.views_push(trigger_id=trigger_id, view=modal(section("x"), title=title))
    stack = sandbox.driver.views(MAYA)
    assert [v["title"]["text"] for v in stack] == ["One", "Two", "Three"]
    assert [v["root_view_id"] for v in stack] == [first["id"]] * 3
    assert stack[2]["previous_view_id"] == stack[1]["id"]
    trigger_id, _ = await _trigger(sandbox)
    fourth = await refusal(client, "views.push", trigger_id=trigger_id, view=modal(section("x")))
    assert fourth == "push_limit_reached"
    assert [v["title"]["text"] for v in sandbox.driver.views(JONAS)] == ["His"]
    await sandbox.driver.close_view(MAYA)
    assert [v["title"]["text"] for v in sandbox.driver.views(MAYA)] == ["One", "Two"]


async def test_line_4_the_id_stays_and_the_hash_changes(sandbox: Sandbox, client: AsyncWebClient) -> None:
    view = await _open(sandbox, client, modal(section("1")))
    changed = (await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(section("2"))))[
        "view"
    ]
    assert changed["id"] == view["id"]
    assert changed["hash"] != view["hash"]
    stale = await refusal(
        client, "views.update", view_id=view["id"], hash=view["hash"], view=modal(section("3"))
    )
    assert stale == "hash_conflict"
    assert await refusal(client, "views.update", view_id="V0NOTHING", view=modal(section("3"))) == "not_found"


async def test_line_4_state_survives_where_block_and_action_stay(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    form = modal(
        text_input("Name", "name"),
        text_input("Goal", "goal", initial="save time"),
        actions(button("More", "more")),
    )
    view = await _open(sandbox, client, form)
    more = {"Name": "Refunds", "Goal": "earn money"}
    payload = (await sandbox.driver.click(MAYA, view, text="More", entries=more)).payload
    assert payload["view"]["state"]["values"] == {
        "name": {"name_input": {"type": "plain_text_input", "value": "Refunds"}},
        "goal": {"goal_input": {"type": "plain_text_input", "value": "earn money"}},
    }
    renamed = modal(
        text_input("Name", "name", initial="ignored"), text_input("Goal", "goal_2", initial="fresh")
    )
    updated = (await client.views_update(view_id=view["id"], view=renamed))["view"]
    assert updated["state"]["values"] == {
        "name": {"name_input": {"type": "plain_text_input", "value": "Refunds"}},
        "goal_2": {"goal_2_input": {"type": "plain_text_input", "value": "fresh"}},
    }


async def test_line_4_a_submission_carries_every_kind_of_value(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    def field(label: str, block_id: str, element: Json) -> Json:
        return {
            "type": "input",
            "block_id": block_id,
            "label": plain(label),
            "element": element,
            "optional": True,
        }

    options = [option("Low", "low"), option("High", "high")]
    form = modal(
        text_input("Name", "name", initial="untouched"),
        text_input("Empty", "empty", optional=True),
        field("Risk", "risk", {"type": "static_select", "action_id": "a", "options": options}),
        field("Tags", "tags", {"type": "checkboxes", "action_id": "a1", "options": options}),
        field("Owner", "owner", {"type": "users_select", "action_id": "a2"}),
        field("People", "people", {"type": "multi_users_select", "action_id": "a3"}),
        field("Due", "due", {"type": "datepicker", "action_id": "a4", "initial_date": "2026-12-01"}),
        field("At", "at", {"type": "timepicker", "action_id": "a5"}),
        field("Bar", "bar", {"type": "number_input", "action_id": "a6", "is_decimal_allowed": True}),
        field("Kind", "kind", {"type": "radio_buttons", "action_id": "a7", "options": options}),
        field("Where", "where", {"type": "conversations_select", "action_id": "a8"}),
    )
    app, heard = bolt_app(sandbox, client), list[Json]()

    @app.view("form")
    async def take(ack: Any, body: Json) -> None:
        heard.append(body)
        await ack()

    await _open(sandbox, client, form)
    async with over_socket_mode(sandbox, app):
        filled = {
            "Risk": "High",
            "Tags": ["low", "High"],
            "Owner": JONAS,
            "People": [JONAS, PRIYA],
            "Bar": 12.5,
            "kind": "low",
            "Where": AI_PILOTS,
        }
        assert await sandbox.driver.submit_view(MAYA, filled) is None
    values = {block_id: next(iter(v.values())) for block_id, v in heard[0]["view"]["state"]["values"].items()}
    assert values == {
        "name": {"type": "plain_text_input", "value": "untouched"},
        "empty": {"type": "plain_text_input", "value": None},
        "risk": {"type": "static_select", "selected_option": option("High", "high")},
        "tags": {"type": "checkboxes", "selected_options": [option("Low", "low"), option("High", "high")]},
        "owner": {"type": "users_select", "selected_user": JONAS},
        "people": {"type": "multi_users_select", "selected_users": [JONAS, PRIYA]},
        "due": {"type": "datepicker", "selected_date": "2026-12-01"},
        "at": {"type": "timepicker", "selected_time": None},
        "bar": {"type": "number_input", "value": "12.5"},
        "kind": {"type": "radio_buttons", "selected_option": option("Low", "low")},
        "where": {"type": "conversations_select", "selected_conversation": AI_PILOTS},
    }
    assert heard[0]["response_urls"] == []
    assert sandbox.driver.views(MAYA) == []


async def test_line_4_the_answer_to_a_submission_steers_the_stack(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    app, answers = bolt_app(sandbox, client), list[Json]()

    @app.view("form")
    async def take(ack: Any) -> None:
        await ack(**answers.pop(0))

    answers.extend(
        [
            {"response_action": "errors", "errors": {"name": "Already taken."}},
            {"response_action": "update", "view": modal(text_input("Name", "name"), title="Again")},
            {"response_action": "push", "view": modal(section("Sure?"), title="Sure")},
            {"response_action": "errors", "errors": {"nowhere": "x"}},
            {"response_action": "clear"},
        ]
    )
    await _open(sandbox, client, modal(text_input("Name", "name")))
    async with over_socket_mode(sandbox, app):
        assert await sandbox.driver.submit_view(MAYA, {"Name": ""}) == {
            "name": "Please complete this required field."
        }
        assert await sandbox.driver.submit_view(MAYA, {"Name": "x"}) == {"name": "Already taken."}
        assert await sandbox.driver.submit_view(MAYA, {"Name": "x"}) is None
        assert [v["title"]["text"] for v in sandbox.driver.views(MAYA)] == ["Again"]
        assert await sandbox.driver.submit_view(MAYA) is None
        assert [v["title"]["text"] for v in sandbox.driver.views(MAYA)] == ["Again", "Sure"]
        with pytest.raises(SubmissionFailedError, match="errors_at_unknown_blocks"):
            await sandbox.driver.submit_view(MAYA)
        assert await sandbox.driver.submit_view(MAYA) is None
        assert sandbox.driver.views(MAYA) == []


async def test_line_4_closing_is_told_where_asked_for(sandbox: Sandbox, client: AsyncWebClient) -> None:
    app, heard = bolt_app(sandbox, client), list[tuple[str, bool]]()

    @app.view_closed("form")
    async def hear(ack: Any, body: Json) -> None:
        heard.append((body["view"]["title"]["text"], body["is_cleared"]))
        await ack()

    async with over_socket_mode(sandbox, app):
        await _open(sandbox, client, modal(section("x"), title="Quiet"))
        await sandbox.driver.close_view(MAYA)
        await _open(sandbox, client, modal(section("x"), title="Loud", notify_on_close=True))
        await sandbox.driver.close_view(MAYA)
        await _open(
            sandbox, client, modal(section("x"), title="All", notify_on_close=True, clear_on_close=True)
        )
        await sandbox.driver.close_view(MAYA)
    assert heard == [("Loud", False), ("All", True)]


# Line 14


async def test_line_14_home_and_modal_buttons_deliver_the_whole_view(
    sandbox: Sandbox, client: AsyncWebClient
) -> None:
    app, heard = bolt_app(sandbox, client), list[Json]()

    @app.event("app_home_opened")
    async def show(event: Json, client: AsyncWebClient) -> None:
        heard.append(event)
        blocks = [section("Yours"), actions(button("Open", "open"))]
        await client.views_publish(user_id=event["user"], view=home(*blocks))

    @app.action("open")
    async def take(ack: Any, body: Json, client: AsyncWebClient) -> None:
        heard.append(body)
        await ack()
        await client.views_open(
            trigger_id=body["trigger_id"], view=modal(section("x"), actions(button("In", "open")))
        )

    async with over_socket_mode(sandbox, app):
        tab = await sandbox.driver.open_home(MAYA)
        await sandbox.driver.click(MAYA, tab, text="Open")
        view = await sandbox.driver.wait_view(MAYA, title="Form")
        await sandbox.driver.click(MAYA, view, text="In")
        await sandbox.driver.open_home(MAYA)
    opened, on_home, on_modal, again = heard
    assert (opened["tab"], "view" in opened, again["view"]["id"]) == ("home", False, tab["id"])
    for payload, shown in ((on_home, tab), (on_modal, view)):
        assert payload["container"] == {"type": "view", "view_id": shown["id"]}
        assert payload["view"]["blocks"] == shown["blocks"]
        assert not {"channel", "message", "response_url"} & set(payload)
        assert payload["actions"][0]["value"] == "1"


async def test_clicks_carry_what_was_chosen(sandbox: Sandbox, client: AsyncWebClient) -> None:
    options = [option("Snooze", "snooze"), option("Retire", "retire")]
    blocks = [
        section("words") | {"accessory": {"type": "overflow", "action_id": "more", "options": options}},
        actions(
            {"type": "static_select", "action_id": "pick", "placeholder": plain("Pick"), "options": options},
            {"type": "datepicker", "action_id": "day"},
            {"type": "users_select", "action_id": "who"},
        ),
    ]
    await client.chat_postMessage(channel=AI_PILOTS, text="card", blocks=blocks)
    card = await sandbox.driver.wait_message(AI_PILOTS, "words")

    async def chosen(**how: Any) -> Json:
        payload = (await sandbox.driver.click(MAYA, card, **how)).payload
        return dict(payload["actions"][0]) | {"state": payload["state"]["values"]}

    assert (await chosen(text="Retire", action_id="more"))["selected_option"] == option("Retire", "retire")
    picked = await chosen(action_id="pick", selected="snooze")
    assert picked["selected_option"] == option("Snooze", "snooze")
    assert picked["state"]["buttons"]["pick"]["selected_option"] == option("Snooze", "snooze")
    assert (await chosen(action_id="day", selected="2026-12-02"))["selected_date"] == "2026-12-02"
    assert (await chosen(action_id="who", selected=JONAS))["selected_user"] == JONAS
    with pytest.raises(LookupError, match="words"):
        await sandbox.driver.click(MAYA, card, text="Approve")


async def test_a_stale_card_can_still_be_clicked(sandbox: Sandbox, client: AsyncWebClient) -> None:
    blocks = [actions(button("Approve", "approve", "7"))]
    ts = (await client.chat_postMessage(channel=AI_PILOTS, text="card", blocks=blocks))["ts"]
    old = await sandbox.driver.wait_message(AI_PILOTS, "Approve")
    await client.chat_update(channel=AI_PILOTS, ts=ts, text="decided", blocks=[section("decided")])
    payload = (await sandbox.driver.click(JONAS, old, text="Approve")).payload
    assert (payload["actions"][0]["value"], payload["message"]["text"]) == ("7", "decided")
    new = sandbox.driver.message(AI_PILOTS, ts)
    forged = (await sandbox.driver.click(JONAS, new, action_id="approve", value="9", force=True)).payload
    assert forged["actions"][0]["value"] == "9"


async def test_shortcuts(sandbox: Sandbox, client: AsyncWebClient) -> None:
    app, heard = bolt_app(sandbox, client), list[Json]()

    @app.shortcut("add_as_evidence")
    @app.shortcut("new_pilot")
    async def take(ack: Any, body: Json) -> None:
        heard.append(body)
        await ack()

    async with over_socket_mode(sandbox, app):
        ts = await sandbox.driver.post(MAYA, AI_PILOTS, "the load test passed")
        message = sandbox.driver.message(AI_PILOTS, ts)
        assert (await sandbox.driver.message_shortcut(JONAS, message, "add_as_evidence")).ok
        assert (await sandbox.driver.global_shortcut(JONAS, "new_pilot")).ok
        await sandbox.driver.dm(MAYA, "see this", files=["runbook.md"])
        (direct,) = sandbox.driver.dms(MAYA)
        assert (await sandbox.driver.message_shortcut(MAYA, direct, "add_as_evidence")).ok
    assert (heard[0]["type"], heard[0]["message"]["text"], heard[0]["message_ts"]) == (
        "message_action",
        "the load test passed",
        ts,
    )
    assert (heard[1]["type"], "message" in heard[1], "response_url" in heard[1]) == ("shortcut", False, False)
    assert (heard[2]["channel"]["name"], heard[2]["message"]["files"][0]["name"]) == (
        "directmessage",
        "runbook.md",
    )


async def test_two_people_can_click_at_the_same_instant(sandbox: Sandbox, client: AsyncWebClient) -> None:
    app, heard = bolt_app(sandbox, client), list[str]()

    @app.action("approve")
    async def take(ack: Any, body: Json) -> None:
        heard.append(body["user"]["id"])
        await asyncio.sleep(0.02)
        await ack()

    blocks = [actions(button("Approve", "approve"))]
    await client.chat_postMessage(channel=AI_PILOTS, text="card", blocks=blocks)
    card = await sandbox.driver.wait_message(AI_PILOTS, "Approve")
    async with over_socket_mode(sandbox, app, connections=2):
        both = await asyncio.gather(*(sandbox.driver.click(u, card, text="Approve") for u in (JONAS, PRIYA)))
    assert all(outcome.ok for outcome in both)
    assert sorted(heard) == sorted([JONAS, PRIYA])
