"""The page in a real browser: what htmx, dialogs and the page's own scripts do together, under the strict policy."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.seed import AI_PILOTS, JONAS, MAYA
from sandbox.server import Sandbox, running_sandbox
from tests.browser.conftest import PATIENCE
from tests.sandbox.apps import bolt_app, over_socket_mode

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.xdist_group("browser"),
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
        }
    ],
}


def card(words: str) -> list[dict[str, Any]]:
    approve = {
        "type": "button",
        "action_id": "approve",
        "text": {"type": "plain_text", "text": "Approve"},
        "confirm": {
            "title": {"type": "plain_text", "text": "Approve?"},
            "text": {"type": "plain_text", "text": "It moves to shadow."},
            "confirm": {"type": "plain_text", "text": "Yes, approve"},
            "deny": {"type": "plain_text", "text": "Not yet"},
        },
    }
    more = {
        "type": "overflow",
        "action_id": "more",
        "options": [
            {"text": {"type": "plain_text", "text": text}, "value": value}
            for value, text in (("hold", "Hold"), ("log", "Log"))
        ],
    }
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": words}},
        {"type": "actions", "elements": [approve, more]},
    ]


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox(posts_per_second=None) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def app(sandbox: Sandbox) -> AsyncIterator[AsyncApp]:
    """An app small enough to read here: a form, a card in place, a reply in the thread."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=sandbox.bot_token, base_url=sandbox.api_url, session=session)
        bolt = bolt_app(sandbox, client)
        _teach(bolt)
        async with over_socket_mode(sandbox, bolt, ping_interval=5.0):
            yield bolt


def _teach(bolt: AsyncApp) -> None:
    @bolt.command("/pilot")
    async def on_pilot(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(
            trigger_id=body["trigger_id"], view=FORM | {"private_metadata": body["channel_id"]}
        )

    @bolt.view("pilots.create")
    async def on_create(ack: Any, view: dict[str, Any], client: AsyncWebClient) -> None:
        name = view["state"]["values"]["name"]["value"]["value"]
        if name == "taken":
            await ack(response_action="errors", errors={"name": "There is a pilot of that name."})
            return
        await ack()
        await client.chat_postMessage(
            channel=view["private_metadata"], text=name, blocks=card(f"*{name}* asks")
        )

    @bolt.action(re.compile("approve|more"))
    async def on_card(ack: Any, body: dict[str, Any], action: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        chosen = action["selected_option"]["value"] if action["type"] == "overflow" else "approve"
        verb = {"hold": "held", "log": "logged", "approve": "approved"}[chosen]
        words = f"{verb} by <@{body['user']['id']}>"
        place = {"channel": body["channel"]["id"]}
        await client.chat_update(ts=body["message"]["ts"], text=words, blocks=card(words)[:1], **place)

    @bolt.message("ping")
    async def on_ping(message: dict[str, Any], client: AsyncWebClient) -> None:
        await client.chat_postMessage(
            channel=message["channel"], thread_ts=message.get("thread_ts") or message["ts"], text="pong"
        )


@pytest_asyncio.fixture(loop_scope="session")
async def page(sandbox: Sandbox, browser: Browser) -> AsyncIterator[Page]:
    opened = await browser.new_page(viewport={"width": 1280, "height": 860})
    opened.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    await opened.goto(f"{sandbox.url}/archives/{AI_PILOTS}?as={MAYA}")
    yield opened
    await opened.close()
    assert complaints == []


async def say(page: Page, words: str, place: str = "channel") -> None:
    box = page.locator(f"#text-{place}")
    await box.fill(words)
    await box.press("Enter")
    await expect(box).to_have_value("")


async def test_a_form_is_filled_refused_mended_and_its_card_approved_by_somebody_else(
    page: Page, app: AsyncApp
) -> None:
    await say(page, "/pilot new")
    form = page.get_by_role("dialog", name="New pilot")
    await expect(form.get_by_label("Name")).to_be_focused()
    await form.get_by_label("Name").fill("taken")
    await form.get_by_role("button", name="Register").click()
    await expect(form.get_by_role("alert")).to_have_text("There is a pilot of that name.")
    await expect(form.get_by_label("Name")).to_have_value("taken")
    await form.get_by_label("Name").fill("Refund triage")
    await form.get_by_role("button", name="Register").click()
    await expect(form).to_be_hidden()

    message = page.get_by_role("article").filter(has_text="Refund triage asks")
    await page.locator("#who-menu > summary").click()
    await page.get_by_role("link", name="Jonas Weber").first.click()
    await expect(page.locator("#who-menu > summary")).to_contain_text("Jonas Weber")
    await message.get_by_role("button", name="Approve").click()
    await page.get_by_role("button", name="Not yet").click()
    await expect(message).to_be_visible()
    await message.get_by_role("button", name="Approve").click()
    await page.get_by_role("button", name="Yes, approve").click()
    await expect(page.get_by_role("article").filter(has_text="approved by @Jonas Weber")).to_be_visible()
    await expect(message).to_have_count(0)


async def test_a_thread_goes_on_while_one_writes(page: Page, sandbox: Sandbox, app: AsyncApp) -> None:
    await say(page, "ping")
    await page.get_by_role("link", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_text("pong")).to_have_count(1)
    draft = page.locator("#text-thread")
    await draft.fill("half a sentence")
    root = sandbox.state.channel_messages(AI_PILOTS)[0]
    await sandbox.actions.post(JONAS, AI_PILOTS, "meanwhile", thread_ts=root["ts"])
    await expect(thread.get_by_text("meanwhile")).to_be_visible()
    await expect(draft).to_have_value("half a sentence")
    await expect(draft).to_be_focused()


async def test_menus_work_from_the_keyboard(page: Page, sandbox: Sandbox, app: AsyncApp) -> None:
    await say(page, "/pilot new")
    await page.get_by_role("dialog", name="New pilot").get_by_label("Name").fill("Shelf photos")
    await page.keyboard.press("Enter")
    message = page.get_by_role("article").filter(has_text="Shelf photos asks")
    await message.locator("summary", has_text="⋯").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowDown")
    await expect(message.get_by_role("menuitem", name="Hold")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(message.get_by_role("menuitem", name="Hold")).to_be_hidden()
    await page.keyboard.press("Enter")
    await message.get_by_role("menuitem", name="Hold").click()
    await expect(page.get_by_role("article").filter(has_text="held by @Maya Chen")).to_be_visible()


async def test_escape_cancels_a_form_for_the_app_too(page: Page, sandbox: Sandbox, app: AsyncApp) -> None:
    await say(page, "/pilot new")
    await expect(page.get_by_role("dialog", name="New pilot")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="New pilot")).to_have_count(0)
    assert sandbox.state.open_views(MAYA) == []


async def test_ones_own_message_is_edited_and_deleted(page: Page, sandbox: Sandbox) -> None:
    await say(page, "teh *answer* for @jonas")
    message = page.get_by_role("article").first
    await message.hover()
    await message.get_by_label("More actions for this message").click()
    await message.get_by_role("button", name="Edit message").click()
    editor = page.get_by_role("dialog", name="Edit message")
    await expect(editor.get_by_label("Message")).to_have_value("teh *answer* for @jonas")
    await editor.get_by_label("Message").fill("the answer")
    await editor.get_by_role("button", name="Save").click()
    await expect(message).to_contain_text("the answer (edited)")
    await message.hover()
    await message.get_by_label("More actions for this message").click()
    await message.get_by_role("button", name="Delete message").click()
    await page.get_by_role("button", name="Delete", exact=True).click()
    await expect(page.get_by_role("article")).to_have_count(0)


async def test_the_clock_skips_ahead(page: Page, sandbox: Sandbox) -> None:
    await page.locator("#clock-menu > summary").click()
    await page.get_by_role("button", name="+3 days").click()
    await expect(page.locator("#clock .ahead")).to_contain_text("ahead")  # the menu itself says "Skip ahead"
    assert sandbox.clock.offset_seconds > 2 * 86_400
    morning = sandbox.clock.now().astimezone(ZoneInfo("Europe/Berlin"))
    assert (morning.hour, morning.minute) == (10, 0)
    assert morning.weekday() < 5


async def test_names_are_completed_in_the_composer(page: Page) -> None:
    box = page.locator("#text-channel")
    await box.press_sequentially("ask @jon")
    await expect(page.get_by_role("option").first).to_contain_text("Jonas Weber")
    await box.press("Enter")
    await expect(box).to_have_value("ask @jonas ")


async def test_a_table_is_sorted_and_turned(page: Page, sandbox: Sandbox, app: AsyncApp) -> None:
    rows = [[{"type": "raw_text", "text": "Pilot"}, {"type": "raw_text", "text": "Days"}]]
    rows += [
        [{"type": "raw_text", "text": f"P{n}"}, {"type": "raw_number", "value": n * 7 % 10}]  # type: ignore[dict-item]
        for n in range(7)
    ]
    table = {"type": "data_table", "caption": "Pilots", "rows": rows, "page_size": 3}
    await app.client.chat_postMessage(channel=AI_PILOTS, text="table", blocks=[table])
    shown = page.locator(".data-table tbody tr:visible")
    await expect(shown).to_have_count(3)
    await page.get_by_role("button", name="Days").click()
    assert await shown.locator("td").all_inner_texts() == ["0", "1", "2"]
    await page.get_by_role("button", name="Next").click()
    await expect(page.locator(".pager-words")).to_have_text("4–6 of 7")


async def test_a_date_that_is_typed_is_told_once_and_whole(
    page: Page, sandbox: Sandbox, app: AsyncApp
) -> None:
    told: list[str] = []

    @app.action("day")
    async def on_day(ack: Any, action: dict[str, Any]) -> None:
        await ack()
        told.append(action["selected_date"])

    day = {"type": "datepicker", "action_id": "day", "placeholder": {"type": "plain_text", "text": "When?"}}
    blocks = [{"type": "actions", "elements": [day]}]
    await app.client.chat_postMessage(channel=AI_PILOTS, text="When?", blocks=blocks)
    picker = page.get_by_label("When?")
    await picker.focus()
    await page.keyboard.type("11032026")
    await sandbox.driver.settled()
    assert told == []
    async with page.expect_response("**/act/use"):
        await page.keyboard.press("Enter")
    assert told == ["2026-11-03"]
    async with page.expect_response("**/act/use"):
        await picker.fill("2026-11-05")  # as the calendar does: a value, and no keys
    assert told == ["2026-11-03", "2026-11-05"]


async def test_a_finger_reaches_a_messages_menu_and_its_thread(browser: Browser, sandbox: Sandbox) -> None:
    message = await sandbox.actions.post(JONAS, AI_PILOTS, "see the runbook")
    phone = await browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = await phone.new_page()
    await page.goto(f"{sandbox.url}/archives/{AI_PILOTS}?as={MAYA}")
    await page.get_by_label("More actions for this message").tap()
    await expect(page.get_by_role("button", name="Add as evidence")).to_be_visible()
    await page.get_by_role("link", name="Reply in thread").tap()
    await page.locator("#text-thread").fill("Thank you")
    await page.get_by_role("button", name="Send").tap()
    await expect(page.locator("#thread").get_by_text("Thank you")).to_be_visible()
    assert [m["text"] for m in sandbox.state.thread(AI_PILOTS, message["ts"])][1:] == ["Thank you"]
    await phone.close()


async def test_a_page_finds_its_sandbox_again(browser: Browser) -> None:
    async with running_sandbox() as first:
        page = await browser.new_page()
        await page.goto(f"{first.url}/archives/{AI_PILOTS}?as={MAYA}")
        await expect(page.get_by_text("Nothing has been said here yet")).to_be_visible()
        port = int(first.url.rpartition(":")[2])
    note = page.get_by_text("The sandbox is away.")
    await expect(note).to_be_visible()
    async with running_sandbox(port=port) as second:
        await second.actions.post(JONAS, AI_PILOTS, "I am back")
        await expect(page.get_by_text("I am back")).to_be_visible()
        await expect(note).to_be_hidden()
        await page.close()


async def test_a_narrow_window_has_everything_within_reach(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await expect(page.locator("#sidebar")).to_be_hidden()
    await page.get_by_role("button", name="Channels and people").click()
    await page.get_by_role("link", name="gate-reviews").click()
    await expect(page.get_by_role("heading", name="gate-reviews")).to_be_visible()
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide == 390
