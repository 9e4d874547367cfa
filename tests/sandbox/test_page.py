"""The page over HTTP against the real server: what people see, what they may do, and what a stranger may not."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import messages, views
from sandbox.app_config import AppConfig, configure
from sandbox.page.mrkdwn import leading_home
from sandbox.page.time_words import leaps, next_working_morning, spoken_lead
from sandbox.page.where import permalink_path
from sandbox.seed import (
    AI_PILOTS,
    CONTOSO_PILOTS,
    DORA,
    GENERAL,
    JONAS,
    LENA,
    MAYA,
    NORTHWIND,
    PREFLIGHT_OPS,
    PRIYA,
)
from sandbox.server import Sandbox
from tests.sandbox.apps import bolt_app, over_socket_mode

BUTTONS = [
    {
        "type": "actions",
        "block_id": "review",
        "elements": [
            {
                "type": "button",
                "action_id": "review.approve",
                "text": {"type": "plain_text", "text": "Approve"},
                "value": "7",
            },
            {
                "type": "overflow",
                "action_id": "review.more",
                "options": [{"text": {"type": "plain_text", "text": "History"}, "value": "history"}],
            },
            {"type": "users_select", "action_id": "review.owner"},
        ],
    }
]
FORM = {
    "type": "modal",
    "callback_id": "pilots.create",
    "title": {"type": "plain_text", "text": "New pilot"},
    "submit": {"type": "plain_text", "text": "Register"},
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "plain_text_input", "action_id": "value"},
        },
        {
            "type": "input",
            "block_id": "owners",
            "optional": True,
            "label": {"type": "plain_text", "text": "Owners"},
            "element": {"type": "multi_users_select", "action_id": "value"},
        },
    ],
}


@pytest.fixture
async def browser(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Origin": sandbox.url}
    async with httpx.AsyncClient(base_url=sandbox.url, headers=headers, follow_redirects=True) as client:
        yield client


@pytest.fixture
async def app(sandbox: Sandbox, client: AsyncWebClient) -> AsyncIterator[AsyncApp]:
    """A connected app that says what it hears."""
    bolt = bolt_app(sandbox, client)
    async with over_socket_mode(sandbox, bolt):
        yield bolt


async def act(browser: httpx.AsyncClient, deed: str, user: str = MAYA, **fields: Any) -> httpx.Response:
    response = await browser.post(f"/act/{deed}", data={"as": user, **fields})
    assert response.is_success, response.text
    return response


async def seen(browser: httpx.AsyncClient, user: str = MAYA, channel: str = AI_PILOTS, **query: str) -> str:
    response = await browser.get(f"/archives/{channel}", params={"as": user, **query})
    assert response.status_code == 200
    return response.text


def app_says(sandbox: Sandbox, channel: str, text: str, **more: Any) -> dict[str, Any]:
    author = messages.authored_by_bot(sandbox.state, sandbox.state.installations[NORTHWIND])
    return messages.post(sandbox.state, channel, author | {"text": text} | more)


# Looking


async def test_the_start_is_a_channel_that_the_app_is_in(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/")
    assert page.url.path == f"/archives/{AI_PILOTS}"
    assert "Northwind Goods" in page.text
    assert "You are Maya Chen" in page.text


async def test_the_page_remembers_who_one_was(browser: httpx.AsyncClient) -> None:
    await seen(browser, LENA)
    assert "You are Lena Fischer" in (await browser.get("/")).text


async def test_nobody_is_a_deactivated_person_or_a_bot(browser: httpx.AsyncClient) -> None:
    assert "You are Maya Chen" in await seen(browser, DORA)
    assert "You are Maya Chen" in await seen(browser, "U0NOBODY")


async def test_hostile_words_are_inert_on_the_page(sandbox: Sandbox, browser: httpx.AsyncClient) -> None:
    evil = "<script>alert(1)</script> <img src=x onerror=alert(1)> \"' javascript:alert(1)"
    await sandbox.actions.post(MAYA, AI_PILOTS, evil)
    app_says(sandbox, AI_PILOTS, evil, blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": evil}}])
    await sandbox.actions.rename_channel(MAYA, AI_PILOTS, "<b>x</b>")
    page = await seen(browser)
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<b>x</b>" not in page
    assert "&lt;script&gt;alert(1)" in page


async def test_no_script_or_style_stands_in_the_page_itself(browser: httpx.AsyncClient) -> None:
    response = await browser.get(f"/archives/{AI_PILOTS}")
    assert not re.search(r"<script(?![^>]*\bsrc=)", response.text)
    assert not re.search(r"\son\w+=|\sstyle=|<style", response.text)
    assert "script-src 'self';" in response.headers["content-security-policy"]
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', response.text):
        assert (await browser.get(address)).status_code == 200, address


async def test_a_private_channel_is_shown_to_its_members_only(browser: httpx.AsyncClient) -> None:
    assert "preflight-ops" in await seen(browser, LENA)
    page = await seen(browser, MAYA, PREFLIGHT_OPS)
    assert "preflight-ops" not in page
    assert "private or gone" in page


async def test_another_team_is_another_workspace(browser: httpx.AsyncClient) -> None:
    assert "private or gone" in await seen(browser, MAYA, CONTOSO_PILOTS)


async def test_what_only_one_person_sees_is_on_their_page_alone(
    sandbox: Sandbox, browser: httpx.AsyncClient
) -> None:
    messages.post_ephemeral(sandbox.state, AI_PILOTS, MAYA, {"text": "psst", "user": "U0PREFLIGT"})
    page = await seen(browser, MAYA)
    assert "Only visible to you" in page
    assert "psst" in page
    assert "psst" not in await seen(browser, JONAS)


async def test_a_permalink_opens_the_channel_at_that_message(
    sandbox: Sandbox, browser: httpx.AsyncClient, client: AsyncWebClient
) -> None:
    posted = app_says(sandbox, AI_PILOTS, "the card")
    link = (await client.chat_getPermalink(channel=AI_PILOTS, message_ts=posted["ts"]))["permalink"]
    path = httpx.URL(link).path
    assert path == permalink_path(AI_PILOTS, posted["ts"])
    page = (await browser.get(path)).text
    assert re.search(rf'data-ts="{posted["ts"]}"[^>]* data-focus', page)


async def test_a_permalink_of_a_reply_opens_its_thread(sandbox: Sandbox, browser: httpx.AsyncClient) -> None:
    root = await sandbox.actions.post(MAYA, AI_PILOTS, "root")
    reply = await sandbox.actions.post(JONAS, AI_PILOTS, "the reply", thread_ts=root["ts"])
    page = (await browser.get(permalink_path(AI_PILOTS, reply["ts"]))).text
    assert 'aria-label="Thread"' in page
    assert "the reply" in page
    assert "That message is gone" in (await browser.get(f"/archives/{AI_PILOTS}/p1000000000000000")).text


async def test_a_thread_counts_its_replies_and_the_channel_hides_them(
    sandbox: Sandbox, browser: httpx.AsyncClient
) -> None:
    root = await sandbox.actions.post(MAYA, AI_PILOTS, "root")
    await sandbox.actions.post(JONAS, AI_PILOTS, "only in the thread", thread_ts=root["ts"])
    page = await seen(browser)
    assert "1 reply" in page
    assert "only in the thread" not in page
    assert "only in the thread" in await seen(browser, thread=root["ts"])


async def test_a_thread_names_its_first_replier_below_the_root_even_if_it_is_the_same_person(
    sandbox: Sandbox, browser: httpx.AsyncClient
) -> None:
    root = await sandbox.actions.post(MAYA, AI_PILOTS, "root")
    for words in ("first", "second"):
        await sandbox.actions.post(MAYA, AI_PILOTS, words, thread_ts=root["ts"])
    thread = (await seen(browser, thread=root["ts"])).split('id="thread"')[1]
    assert thread.count('class="author"') == 2


async def test_a_message_offers_its_shortcuts_and_a_thread_in_its_menu(
    sandbox: Sandbox, browser: httpx.AsyncClient
) -> None:
    shortcuts = (("use_as_answer", "Use as answer", "message"), ("new_pilot", "Start a pilot", "global"))
    configure(sandbox.state, AppConfig(shortcuts=shortcuts))
    message = await sandbox.actions.post(JONAS, AI_PILOTS, "We read orders every minute.")
    article = (await seen(browser)).split(f'data-ts="{message["ts"]}"')[1].split("</article>")[0]
    assert 'value="use_as_answer"' in article
    assert "Start a pilot" not in article
    assert "Reply in thread</a>" in article
    assert "Edit message" not in article
    assert "Edit message" in await seen(browser, JONAS)


async def test_unread_direct_messages_are_marked_for_whom_they_await(
    sandbox: Sandbox, browser: httpx.AsyncClient
) -> None:
    await seen(browser)
    direct = await sandbox.actions.open_direct_message(JONAS)
    app_says(sandbox, direct, "Two things wait for you.")
    assert 'title="Waiting for Jonas Weber">1<' in await seen(browser, MAYA)
    assert "Two things wait for you." in await seen(browser, JONAS, direct)
    assert "Waiting for Jonas" not in await seen(browser, MAYA)


async def test_the_home_tab_is_the_published_view(sandbox: Sandbox, browser: httpx.AsyncClient) -> None:
    home = {
        "type": "home",
        "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "What awaits you"}}],
    }
    views.publish(sandbox.state, sandbox.state.installations[NORTHWIND], MAYA, home)
    assert "What awaits you" in (await browser.get("/app/home", params={"as": MAYA})).text
    assert "not put anything here" in (await browser.get("/app/home", params={"as": JONAS})).text


# Strangers


@pytest.mark.parametrize("origin", [None, "https://evil.example", "http://127.0.0.1:1", "null"])
async def test_only_the_page_itself_may_change_anything(sandbox: Sandbox, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    async with httpx.AsyncClient(base_url=sandbox.url, headers=headers) as stranger:
        response = await stranger.post("/act/say", data={"as": MAYA, "channel": AI_PILOTS, "text": "hi"})
    assert response.status_code == 403
    assert sandbox.state.channel_messages(AI_PILOTS) == []


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example"])
async def test_only_loopback_names_are_answered(browser: httpx.AsyncClient, host: str) -> None:
    response = await browser.get("/", headers={"Host": host})
    assert response.status_code in (400, 403)


async def test_unknown_deeds_and_pages_are_plain_refusals(browser: httpx.AsyncClient) -> None:
    assert (await browser.post("/act/format-disk", data={})).status_code == 404
    assert (await browser.get("/static/../state.py")).status_code == 404
    assert "nobody of that name" in (await act(browser, "say", "U0NOBODY", channel=AI_PILOTS, text="x")).text
    assert "That was refused" in (await act(browser, "deactivate", person="U0PREFLIGT")).text


# Acting


async def test_words_are_posted_to_the_channel_and_to_the_thread(
    sandbox: Sandbox, browser: httpx.AsyncClient
) -> None:
    response = await act(browser, "say", channel=AI_PILOTS, text="Hello @jonas")
    assert json.loads(response.headers["hx-trigger"]) == {"said": {}}
    (root,) = sandbox.state.channel_messages(AI_PILOTS)
    assert root["text"] == f"Hello <@{JONAS}>"
    await act(
        browser, "say", JONAS, channel=AI_PILOTS, text="and back", thread_ts=root["ts"], broadcast="yes"
    )
    assert sandbox.state.thread(AI_PILOTS, root["ts"])[1]["subtype"] == "thread_broadcast"


async def test_a_first_direct_message_opens_the_conversation(
    sandbox: Sandbox, browser: httpx.AsyncClient
) -> None:
    assert "talk in private" in (await browser.get("/app/messages", params={"as": MAYA})).text
    response = await act(browser, "say", channel="", text="hi there")
    direct = await sandbox.actions.open_direct_message(MAYA)
    assert response.headers["hx-redirect"] == f"/archives/{direct}?as={MAYA}"
    assert "hi there" in (await browser.get("/app/messages", params={"as": MAYA})).text


async def test_a_file_is_attached(sandbox: Sandbox, browser: httpx.AsyncClient) -> None:
    fields = {"as": MAYA, "channel": AI_PILOTS, "text": "the runbook"}
    await browser.post("/act/say", data=fields, files={"files": ("run book #1.txt", b"steps", "text/plain")})
    (message,) = sandbox.state.channel_messages(AI_PILOTS)
    (file,) = message["files"]
    assert file["name"] == "run book #1.txt"
    assert "run book #1.txt" in await seen(browser)
    for address in (file["url_private"], leading_home(file["permalink"])):
        assert (await browser.get(address)).text == "steps"


async def test_a_slash_command_reaches_the_app_and_its_answer_the_person(
    sandbox: Sandbox, browser: httpx.AsyncClient, app: AsyncApp
) -> None:
    @app.command("/pilot")
    async def on_pilot(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"you said {command['text']}")

    await act(browser, "say", channel=AI_PILOTS, text="/pilot status *now*")
    assert "you said status" in await seen(browser)
    assert "you said status" not in await seen(browser, JONAS)


async def test_an_unknown_command_is_explained(browser: httpx.AsyncClient) -> None:
    response = await act(browser, "say", channel=AI_PILOTS, text="/poll lunch?")
    assert "There is /pilot, /invite and /leave." in response.text


async def test_people_and_the_app_are_invited_by_command(
    sandbox: Sandbox, browser: httpx.AsyncClient
) -> None:
    await act(browser, "say", LENA, channel=PREFLIGHT_OPS, text="/invite @priya")
    assert sandbox.state.is_member(PRIYA, PREFLIGHT_OPS)
    await act(browser, "say", channel=GENERAL, text="/invite @Preflight")
    assert sandbox.state.is_member(sandbox.state.installations[NORTHWIND]["bot_user_id"], GENERAL)
    assert "nobody of that name" in (await act(browser, "say", channel=GENERAL, text="/invite @zoe")).text
    await act(browser, "say", PRIYA, channel=PREFLIGHT_OPS, text="/leave")
    assert not sandbox.state.is_member(PRIYA, PREFLIGHT_OPS)


async def test_what_the_app_says_through_a_response_url_has_its_face(
    sandbox: Sandbox, browser: httpx.AsyncClient
) -> None:
    said = {"text": "psst", "bot_id": sandbox.state.installations[NORTHWIND]["bot_id"]}
    messages.post_ephemeral(sandbox.state, AI_PILOTS, MAYA, said)
    page = await seen(browser)
    assert 'aria-label="Preflight, ' in page
    assert "Somebody unknown" not in page


async def test_a_command_that_nobody_hears_is_told(browser: httpx.AsyncClient) -> None:
    await act(browser, "say", channel=AI_PILOTS, text="/pilot list")
    assert "dispatch_failed" in await seen(browser)


async def test_a_button_a_menu_and_a_choice_reach_the_app(
    sandbox: Sandbox, browser: httpx.AsyncClient, app: AsyncApp
) -> None:
    heard: list[dict[str, Any]] = []

    @app.action(re.compile("review"))
    async def on_review(ack: Any, action: dict[str, Any]) -> None:
        await ack()
        heard.append(action)

    card = app_says(sandbox, AI_PILOTS, "card", blocks=BUTTONS)
    place = {"kind": "message", "channel": AI_PILOTS, "ts": card["ts"], "block_id": "review"}
    await act(browser, "use", **place, action_id="review.approve")
    await act(browser, "use", **place, action_id="review.more", **{"v|review|review.more": "history"})
    await act(browser, "use", **place, action_id="review.owner", **{"v|review|review.owner": JONAS})
    assert heard[0]["value"] == "7"
    assert heard[1]["selected_option"]["value"] == "history"
    assert heard[2]["selected_user"] == JONAS


async def test_a_click_that_nobody_hears_or_that_comes_too_late_is_told(
    sandbox: Sandbox, browser: httpx.AsyncClient
) -> None:
    card = app_says(sandbox, AI_PILOTS, "card", blocks=BUTTONS)
    place = {"kind": "message", "channel": AI_PILOTS, "ts": card["ts"], "block_id": "review"}
    response = await act(browser, "use", **place, action_id="review.approve")
    assert "Preflight is not connected" in response.text
    response = await act(browser, "use", **place, action_id="review.gone")
    assert "no longer there" in response.text
    response = await act(browser, "use", **(place | {"ts": "1.1"}), action_id="review.approve")
    assert "That message is gone" in response.text


async def test_a_form_marks_its_fields_keeps_what_stands_in_it_and_is_submitted(
    sandbox: Sandbox, browser: httpx.AsyncClient, app: AsyncApp
) -> None:
    heard: list[dict[str, Any]] = []

    @app.view("pilots.create")
    async def on_create(ack: Any, view: dict[str, Any]) -> None:
        heard.append(view["state"]["values"])
        taken = view["state"]["values"]["name"]["value"]["value"] == "taken"
        await (ack(response_action="errors", errors={"name": "That name is <taken>."}) if taken else ack())

    view = views.open_modal(sandbox.state, sandbox.state.installations[NORTHWIND], MAYA, FORM)
    assert "New pilot" in await seen(browser)
    assert "New pilot" not in await seen(browser, JONAS)
    place = {"kind": "view", "view": view["id"]}
    assert "complete this required field" in (await act(browser, "submit", **place)).text
    filled: dict[str, Any] = {"v|name|value": "taken", "v|owners|value": [JONAS, LENA]}
    refused = await act(browser, "submit", **place, **filled)
    assert "That name is &lt;taken&gt;." in refused.text
    assert 'value="taken"' in refused.text
    assert "New pilot" in await seen(browser)
    filled |= {"v|name|value": "Refund triage"}
    await act(browser, "submit", **place, **filled)
    assert "New pilot" not in await seen(browser)
    assert heard[0]["owners"]["value"]["selected_users"] == [JONAS, LENA]
    assert heard[1]["name"]["value"]["value"] == "Refund triage"


async def test_a_form_that_nobody_hears_says_so_and_stays(
    sandbox: Sandbox, browser: httpx.AsyncClient
) -> None:
    view = views.open_modal(sandbox.state, sandbox.state.installations[NORTHWIND], MAYA, FORM)
    response = await act(browser, "submit", kind="view", view=view["id"], **{"v|name|value": "x"})
    assert "Preflight is not connected" in response.text
    await act(browser, "close", view=view["id"])
    assert "New pilot" not in await seen(browser)


async def test_shortcuts_reach_the_app(sandbox: Sandbox, browser: httpx.AsyncClient, app: AsyncApp) -> None:
    heard: list[str] = []

    @app.shortcut(re.compile(".*"))
    async def on_shortcut(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        heard.append(body["type"])

    message = await sandbox.actions.post(MAYA, AI_PILOTS, "proof")
    kinds = {s["type"]: s["callback_id"] for app in sandbox.state.apps.values() for s in app["shortcuts"]}
    await act(browser, "shortcut", channel=AI_PILOTS, ts=message["ts"], callback_id=kinds["message"])
    await act(browser, "shortcut", callback_id=kinds["global"])
    assert heard == ["message_action", "shortcut"]


async def test_one_edits_and_deletes_ones_own_messages(sandbox: Sandbox, browser: httpx.AsyncClient) -> None:
    message = await sandbox.actions.post(MAYA, AI_PILOTS, "teh answer")
    place = {"channel": AI_PILOTS, "ts": message["ts"]}
    assert "Only the author" in (await act(browser, "edit", JONAS, **place, text="mine now")).text
    await act(browser, "edit", **place, text="the answer")
    assert "(edited)" in await seen(browser)
    await act(browser, "delete", **place)
    assert sandbox.state.channel_messages(AI_PILOTS) == []


async def test_a_reaction_is_given_and_taken_back(sandbox: Sandbox, browser: httpx.AsyncClient) -> None:
    message = await sandbox.actions.post(MAYA, AI_PILOTS, "done")
    place = {"channel": AI_PILOTS, "ts": message["ts"], "name": "tada"}
    await act(browser, "react", JONAS, **place)
    assert "Jonas Weber reacted with :tada:" in await seen(browser)
    await act(browser, "react", JONAS, **place)
    assert "reactions" not in sandbox.state.message(AI_PILOTS, message["ts"])


async def test_what_only_one_sees_can_be_dismissed(sandbox: Sandbox, browser: httpx.AsyncClient) -> None:
    whisper = messages.post_ephemeral(sandbox.state, AI_PILOTS, MAYA, {"text": "psst", "user": "U0PREFLIGT"})
    await act(browser, "dismiss", channel=AI_PILOTS, ts=whisper["ts"])
    assert "psst" not in await seen(browser)


async def test_the_app_is_invited_and_removed(sandbox: Sandbox, browser: httpx.AsyncClient) -> None:
    bot = sandbox.state.installations[NORTHWIND]["bot_user_id"]
    assert "Invite Preflight" in await seen(browser, channel=GENERAL)
    await act(browser, "invite-app", channel=GENERAL)
    assert sandbox.state.is_member(bot, GENERAL)
    await act(browser, "remove-app", channel=AI_PILOTS)
    assert not sandbox.state.is_member(bot, AI_PILOTS)


async def test_people_leave_join_move_and_are_deactivated(
    sandbox: Sandbox, browser: httpx.AsyncClient
) -> None:
    await act(browser, "leave", PRIYA, channel=AI_PILOTS)
    assert "You are not in #ai-pilots" in await seen(browser, PRIYA)
    await act(browser, "join", PRIYA, channel=AI_PILOTS)
    await act(browser, "move", person=PRIYA, tz="Asia/Singapore")
    assert sandbox.state.user(PRIYA)["tz"] == "Asia/Singapore"
    await act(browser, "language", person=PRIYA, locale="fr-FR")
    assert sandbox.state.user(PRIYA)["locale"] == "fr-FR"
    assert "That was refused" in (await act(browser, "language", person=PRIYA, locale="tlh")).text
    await act(browser, "deactivate", person=PRIYA)
    assert sandbox.state.user(PRIYA)["deleted"]
    await act(browser, "reactivate", person=PRIYA)
    assert not sandbox.state.user(PRIYA)["deleted"]


async def test_the_clock_skips_ahead_only(sandbox: Sandbox, browser: httpx.AsyncClient) -> None:
    await act(browser, "clock", seconds="259200")
    assert sandbox.clock.offset_seconds == pytest.approx(259200)
    assert "3 days ahead" in await seen(browser)
    for wrong in ("-3600", "soon", "nan", "1e12"):
        assert "The clock goes ahead" in (await act(browser, "clock", seconds=wrong)).text


# Live


async def test_the_stream_sends_what_changed_and_ends_with_the_server(
    sandbox: Sandbox, browser: httpx.AsyncClient
) -> None:
    query = {"as": MAYA, "channel": AI_PILOTS}
    async with browser.stream("GET", "/page/events", params=query) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        events = _events(stream)
        assert 'hx-target="#timeline"' in await anext(events)
        await sandbox.actions.post(JONAS, AI_PILOTS, "news")
        assert "news" in await _with(events, "#timeline")
        views.open_modal(sandbox.state, sandbox.state.installations[NORTHWIND], MAYA, FORM)
        assert "New pilot" in await _with(events, "#modals")
        messages.post_ephemeral(sandbox.state, AI_PILOTS, JONAS, {"text": "secret", "user": "U0PREFLIGT"})
        sandbox.closing.set()
        rest = [event async for event in events]
        assert not any("secret" in event for event in rest)


async def test_the_inspector_shows_what_went_over_the_wire(
    sandbox: Sandbox, browser: httpx.AsyncClient, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel=AI_PILOTS, text="<b>hi</b>")
    listing = (await browser.get("/page/traffic", params={"as": MAYA})).text
    assert "chat.postMessage" in listing
    number = sandbox.state.traffic.calls("chat.postMessage")[0].number
    detail = (await browser.get(f"/page/traffic/{number}")).text
    assert "&lt;b&gt;hi&lt;/b&gt;" in detail
    assert sandbox.bot_token not in detail
    assert "No longer kept" in (await browser.get("/page/traffic/99999")).text


async def _events(stream: httpx.Response) -> AsyncIterator[str]:
    event: list[str] = []
    async for line in stream.aiter_lines():
        if line:
            event.append(line.removeprefix("data: "))
        elif event:
            yield "\n".join(event)
            event = []


async def _with(events: AsyncIterator[str], target: str) -> str:
    async with asyncio.timeout(5):
        async for event in events:
            if f'hx-target="{target}"' in event:
                return event
    raise AssertionError(f"no event for {target}")


# A long channel, a morning, an app that wants no messages


async def test_a_long_channel_shows_its_latest_and_leads_back(
    sandbox: Sandbox, browser: httpx.AsyncClient
) -> None:
    posted = [await sandbox.actions.post(MAYA, AI_PILOTS, f"word {number}.") for number in range(130)]
    page = await seen(browser)
    assert "word 129." in page
    assert "word 9." not in page
    earlier = re.search(r'href="([^"]+)">Earlier messages', page)
    assert earlier
    assert "word 9." in (await browser.get(earlier[1].replace("&amp;", "&"))).text
    query = {"as": MAYA, "channel": AI_PILOTS, "focus": posted[5]["ts"]}
    async with browser.stream("GET", "/page/events", params=query) as stream:
        assert "word 5." in await anext(_events(stream))
        sandbox.closing.set()


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-22T13:00+01:00", "2026-11-23T10:00+01:00"),
        ("2026-11-23T08:00+01:00", "2026-11-23T10:00+01:00"),
        ("2026-11-27T10:00+01:00", "2026-11-30T10:00+01:00"),
    ],
)
def test_the_next_working_morning_is_on_a_weekday(now: str, then: str) -> None:
    assert next_working_morning(datetime.fromisoformat(now)) == datetime.fromisoformat(then)


def test_a_skip_over_the_end_of_summer_time_still_ends_at_ten() -> None:
    friday = datetime(2026, 10, 23, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    later = friday.astimezone(UTC) + timedelta(seconds=dict(leaps(friday))["+3 days"])
    assert later.astimezone(ZoneInfo("Europe/Berlin")).isoformat() == "2026-10-26T10:00:00+01:00"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, ""), (1800, "30 min"), (3600, "1 h"), (90_000, "1 day 1 h"), (14 * 86_400, "14 days")],
)
def test_the_lead_of_the_clock_is_told_in_words(seconds: float, words: str) -> None:
    assert spoken_lead(seconds) == words


async def test_an_app_without_a_messages_tab_takes_no_messages(
    sandbox: Sandbox, browser: httpx.AsyncClient
) -> None:
    for declared in sandbox.state.apps.values():
        declared |= {"takes_direct_messages": False, "has_home": False}
    page = (await browser.get("/app/messages", params={"as": MAYA})).text
    assert "Preflight takes no direct messages." in page
    assert "Preflight Home" not in page
    assert "takes no direct messages" in (await act(browser, "say", channel="", text="hi")).text
