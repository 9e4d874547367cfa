"""An exported page in a real browser: it fetches nothing, says nothing to the console, and fits a phone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from bot.pilots import workflow as pilots
from bot.portfolio.export_files import Format, pilot_files, portfolio_files
from prompts.library import Library
from storage.store import Store
from tests.fresh import fresh_database
from tests.workflows.conftest import MAYA, House, _settle_in, registration
from tests.workflows.many import many

from .test_sandbox_page import CHROMIUM, QUIETLY

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("browser"),
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Write the page of all pilots and the page of one."""
    folder = tmp_path_factory.mktemp("pages")
    with Store.open(fresh_database(folder / "preflight.db")) as store:
        store.write_sync(_settle_in)
        house = House(store, Library.load())
        many(house, 60)
        pilot = house.do(pilots.register, MAYA, registration(name="Refund triage " + "x" * 60))
        files = [
            *house.do(portfolio_files, MAYA, Format.HTML, {}),
            *house.do(pilot_files, MAYA, pilot.id, Format.HTML, {}),
        ]
    for file in files:
        (folder / file.name).write_text(file.content, encoding="utf-8")
    return [folder / file.name for file in files]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        yield running
        await running.close()


def listening(page: Page) -> list[str]:
    """Return a list that fills with what the page fetches and what it says to the console."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("request", lambda request: heard.append(request.url))
    return heard


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fetches_nothing_and_the_console_stays_empty(
    browser: Browser, pages: list[Path], scheme: str
) -> None:
    for path in pages:
        page = await browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
        heard = listening(page)
        await page.goto(path.as_uri())
        assert heard == [path.as_uri()]
        assert await page.locator("svg").count() >= 1
        ink, paper = await page.evaluate(
            "() => { const seen = getComputedStyle(document.body); return [seen.color, seen.backgroundColor] }"
        )
        assert ink != paper
        assert (paper == "rgb(255, 255, 255)") is (scheme == "light")
        await page.close()


async def test_it_fits_a_phone(browser: Browser, pages: list[Path]) -> None:
    for path in pages:
        page = await browser.new_page(viewport={"width": 390, "height": 800})
        await page.goto(path.as_uri())
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        await page.close()


async def test_each_picture_and_each_table_has_a_name(browser: Browser, pages: list[Path]) -> None:
    for path in pages:
        page = await browser.new_page()
        await page.goto(path.as_uri())
        pictures, tables = page.get_by_role("img"), page.get_by_role("table")
        for found in (pictures, tables):
            for number in range(await found.count()):
                snapshot = await found.nth(number).aria_snapshot()
                assert snapshot.lstrip("- '").startswith(('img "', 'table "')), snapshot[:80]
        await page.close()
