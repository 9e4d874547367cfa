"""An exported page in a real browser: it fetches nothing, says nothing to the console, and fits a phone."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from bot.exports.files import Format, pilot_files, portfolio_files
from bot.pilots import workflow as pilots
from prompts.library import Library
from storage.store import Store
from tests.fresh import fresh_database
from tests.workflows.conftest import MAYA, House, _settle_in, registration
from tests.workflows.many import many

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.xdist_group("browser"),
]
SCHEMES: Final[tuple[Literal["dark", "light"], ...]] = ("dark", "light")


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


@dataclass
class Shown:
    """A page as it was opened, in dark and then in light, with what it fetched and said to the console meanwhile."""

    address: str
    page: Page
    heard: list[str]
    colours: dict[str, tuple[str, str]]


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def shown(browser: Browser, pages: list[Path]) -> AsyncIterator[list[Shown]]:
    """Open each page once in either scheme; all that is looked at is looked at there."""
    opened = [await _shown(browser, path.as_uri()) for path in pages]
    yield opened
    for one in opened:
        await one.page.close()


async def _shown(browser: Browser, address: str) -> Shown:
    page = await browser.new_page()
    one = Shown(address, page, [], {})
    page.on("console", lambda message: one.heard.append(message.text))
    page.on("request", lambda request: one.heard.append(request.url))
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        await page.goto(address)
        one.colours[scheme] = await page.evaluate(
            "() => { const seen = getComputedStyle(document.body); return [seen.color, seen.backgroundColor] }"
        )
    return one


async def test_it_fetches_nothing_and_the_console_stays_empty(shown: list[Shown]) -> None:
    for one in shown:
        assert one.heard == [one.address] * len(SCHEMES)
        assert await one.page.locator("svg").count() >= 1


async def test_it_is_light_or_dark_as_its_reader_likes(shown: list[Shown]) -> None:
    for one in shown:
        for scheme, (ink, paper) in one.colours.items():
            assert ink != paper
            assert (paper == "rgb(255, 255, 255)") is (scheme == "light")


async def test_it_fits_a_phone(shown: list[Shown]) -> None:
    for one in shown:
        await one.page.set_viewport_size({"width": 390, "height": 800})
        assert await one.page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_each_picture_and_each_table_has_a_name(shown: list[Shown]) -> None:
    for one in shown:
        tree = await one.page.locator("body").aria_snapshot()
        found = [line.strip().lstrip("- '") for line in tree.splitlines()]
        seen = [words for words in found if re.match(r"(img|table)\b", words)]
        there = one.page.get_by_role("img").or_(one.page.get_by_role("table"))
        assert len(seen) == await there.count() > 0
        for words in seen:
            assert words.startswith(('img "', 'table "')), words[:80]
