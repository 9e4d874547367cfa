"""The main journey by hand: the real bot in the sandbox, a real browser, and only what a person can click and type."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.sandboxed import settle_in
from sandbox import seed
from tests.journeys.conftest import workplace

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.xdist_group("browser"),
]

EVIDENCE = "Yes, live since 3 March, see https://wiki.northwind-goods.example/refunds"


@pytest_asyncio.fixture(loop_scope="session")
async def page(tmp_path: Path, browser: Browser) -> AsyncIterator[Page]:
    async with workplace(tmp_path) as place:
        await settle_in(place.house)
        opened = await browser.new_page(viewport={"width": 1280, "height": 900})
        opened.set_default_timeout(15_000)
        complaints: list[str] = []
        opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        await opened.goto(f"{place.sandbox.url}/archives/{seed.AI_PILOTS}?as={seed.MAYA}")
        yield opened
        await opened.close()
        assert complaints == []


async def say(page: Page, words: str, place: str = "channel") -> None:
    box = page.locator(f"#text-{place}")
    await box.fill(words)
    await box.press("Enter")
    await expect(box).to_have_value("")


def message(page: Page, words: str) -> Locator:
    return page.get_by_role("article").filter(has_text=words).last


async def become(page: Page, name: str) -> None:
    await page.locator("#who-menu > summary").click()
    await page.get_by_role("link", name=name).first.click()
    await expect(page.locator("#who-menu > summary")).to_contain_text(name)


async def go_to(page: Page, channel: str) -> None:
    await page.get_by_role("navigation").get_by_role("link", name=channel).click()


async def open_form(page: Page) -> Locator:
    """Ask for the form as a person does: once more when Slack says that the app was too slow."""
    form = page.get_by_role("dialog", name="Register a pilot")
    for _ in range(3):
        await say(page, "/pilot new")
        try:
            await expect(form).to_be_visible(timeout=6_000)
        except AssertionError:
            continue
        break
    return form


async def register(page: Page) -> None:
    form = await open_form(page)
    await form.get_by_label("Name").fill("Refund triage")
    await form.get_by_label("Which problem").fill("Sorts refund requests before an agent sees them.")
    await form.get_by_label("Production owner: a person").select_option(label="Jonas Weber")
    await form.get_by_label("How will you see").fill("Refunds sorted without an agent")
    await form.get_by_label("Unit").fill("%")
    await form.get_by_label("today", exact=False).fill("22")
    await form.get_by_label("good enough", exact=False).fill("60 or 70")
    await form.get_by_role("button", name="Register").click()
    await expect(form.get_by_role("alert")).to_contain_text("plain number")
    await form.get_by_label("good enough", exact=False).fill("60")
    await form.get_by_role("button", name="Register").click()
    await expect(form).to_be_hidden()
    await expect(message(page, "Refund triage")).to_contain_text("22 % → bar 60 %")


async def test_a_pilot_is_registered_coached_promoted_and_a_quiet_one_nudged(page: Page) -> None:
    await register(page)

    await say(page, "/pilot coach Refund triage")
    await message(page, "Readiness for shadow").locator("a.replies").click()
    thread = page.get_by_role("complementary", name="Thread")
    await thread.get_by_role("button", name="In place", exact=True).click()
    await expect(thread.get_by_role("button", name="Leave it as it is")).to_be_visible()
    await say(page, f"{EVIDENCE}/1", "thread")
    for number in range(2, 8):
        await expect(thread.get_by_text(f"{number} of 7").last).to_be_visible()
        await say(page, f"{EVIDENCE}/{number}", "thread")

    summary = message(page, "All seven are in place")
    await summary.get_by_role("button", name="Request promotion").click()
    await go_to(page, "gate-reviews")
    review = message(page, "Refund triage asks to go from pilot to shadow")
    await review.get_by_role("button", name="Approve", exact=True).click()
    await page.get_by_role("button", name="Yes, approve").click()
    await expect(page.get_by_text("somebody else has to decide it")).to_be_visible()

    await become(page, "Priya Nair")
    await go_to(page, "gate-reviews")
    await review.get_by_role("button", name="Approve", exact=True).click()
    await page.get_by_role("button", name="Yes, approve").click()
    await expect(message(page, "Approved by @Priya Nair")).to_be_visible()
    await expect(page.get_by_role("button", name="Approve", exact=True)).to_have_count(0)

    await become(page, "Jonas Weber")
    await page.get_by_role("navigation").get_by_role("link", name=re.compile("^Preflight(?! Home)")).click()
    nudge = message(page, "nothing has moved")
    for _ in range(3):  # a busy machine may look at the pilots a morning later
        await page.locator("#clock-menu > summary").click()
        await page.get_by_role("button", name="+3 days").click()
        try:
            await expect(nudge).to_contain_text("Invoice matching", timeout=15_000)
        except AssertionError:
            continue
        break
    await expect(nudge).to_contain_text("Invoice matching")
    nudge = page.locator(f"#{await nudge.get_attribute('id')}")  # what it says is about to change
    await nudge.locator("summary").filter(has_text="⋯").last.click()
    await nudge.get_by_text("Snooze", exact=True).last.click()
    form = page.get_by_role("dialog", name="Snooze")
    await form.get_by_label("For a week").check()
    await form.get_by_role("button", name="Snooze").click()
    await expect(nudge).to_contain_text("you hear of this again")
