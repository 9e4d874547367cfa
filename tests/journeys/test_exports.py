"""Files and trends on demand, and the week in the portfolio channel."""

import json
from typing import Any

from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace


def files_in(place: Workplace, messages: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the files that were shared with some messages: their names, and what is in them."""
    return [
        (file["name"], place.sandbox.state.files[file["id"]]["content"])
        for message in messages
        for file in message.get("files", [])
    ]


async def test_a_pilot_is_exported_into_its_thread(office: Workplace) -> None:
    card = await office.registers()
    await office.driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "export refund triage json")
    await office.is_told(seed.MAYA, "is being written")
    await office.is_told(seed.MAYA, "The export of Refund triage is in")
    ((name, content),) = files_in(office, office.driver.thread(seed.AI_PILOTS, card["ts"]))
    assert name == "refund-triage-readiness.json"
    assert json.loads(content)["pilot"]["name"] == "Refund triage"


async def test_all_pilots_come_in_a_direct_message(office: Workplace) -> None:
    await office.registers()
    await office.driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "export csv")
    await office.is_told(seed.MAYA, "in your messages with Preflight")
    assert files_in(office, office.driver.messages(seed.AI_PILOTS)) == []
    names = [name for name, _ in files_in(office, office.driver.dms(seed.MAYA))]
    assert [name.removeprefix("ai-pilots-")[10:] for name in names] == [".csv", "-trends.csv"]


async def test_a_guest_gets_no_export(office: Workplace) -> None:
    await office.registers()
    await office.driver.command(seed.GUS, seed.AI_PILOTS, "/pilot", "export csv")
    await office.is_told(seed.GUS, "uests")
    assert files_in(office, office.driver.messages(seed.AI_PILOTS)) == []


async def test_from_the_trends_a_form_asks_for_the_format(office: Workplace) -> None:
    await office.registers()
    await office.driver.fast_forward(days=2)
    await office.driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "trends")
    said = await office.is_told(seed.MAYA, "How the pilots fare")
    assert "Median days in a stage" in said
    assert "Refund triage (2 days)" in said
    shown = next(one for one in office.driver.ephemerals(seed.MAYA) if "How the pilots fare" in text_of(one))
    await office.driver.click(seed.MAYA, shown, text="Export")
    await office.driver.wait_view(seed.MAYA, timeout=PATIENCE)
    assert await office.driver.submit_view(seed.MAYA, {"As": "html"}) is None
    await office.is_told(seed.MAYA, "in your messages with Preflight")
    await office.driver.click(seed.MAYA, shown, text="Share in channel")
    assert "Share in channel" not in text_of(await office.sees(seed.AI_PILOTS, "How the pilots fare"))
    ((name, content),) = files_in(office, office.driver.dms(seed.MAYA))
    assert name.endswith(".html")
    assert "Refund triage" in content


async def test_the_week_is_told_in_the_portfolio_channel(office: Workplace) -> None:
    await office.registers()
    await office.driver.fast_forward(hours=1)
    await office.driver.fast_forward(days=8)
    told = await office.sees(seed.AI_PILOTS, "The week in AI pilots")
    assert "New" in text_of(told)
    assert "|Refund triage>" in text_of(told)
    await office.driver.click(seed.MAYA, told, text="Whole portfolio")
    assert "Refund triage" in text_of(await office.driver.wait_view(seed.MAYA, timeout=PATIENCE))


async def test_from_a_window_trends_and_the_form_open_as_windows(office: Workplace) -> None:
    await office.registers()
    home = await office.driver.open_home(seed.MAYA)
    await office.driver.click(seed.MAYA, home, action_id="portfolio.trends", value="all", force=True)
    window = await office.driver.wait_view(seed.MAYA, timeout=PATIENCE)
    assert "Days in each stage" in text_of(window)
    await office.driver.click(seed.MAYA, window, text="Export")
    await office.driver.wait_until(lambda: len(office.driver.views(seed.MAYA)) == 2, timeout=PATIENCE)
    assert await office.driver.submit_view(seed.MAYA, {"As": "md"}) is None
    await office.driver.wait_until(
        lambda: files_in(office, office.driver.dms(seed.MAYA)), timeout=PATIENCE, what="a file"
    )
