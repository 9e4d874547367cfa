"""Lists that people narrow and turn the pages of, and the portfolio that they post, over real sockets."""

from pathlib import Path

from sandbox import seed
from sandbox.faults import Faults
from sandbox.reading import text_of

from .conftest import Workplace, workplace
from .overviewed import registered

MANY = tuple(f"Pilot {letter}" for letter in "ABCDEFGHIJKLM")


async def test_a_list_is_narrowed_in_words_and_what_is_not_understood_is_helped_on(office: Workplace) -> None:
    await registered(office, "Refund triage")
    await registered(office, "Invoice matching", stage="pilot", owner_id=seed.PRIYA)
    driver = office.driver
    await driver.command(seed.SAM, seed.AI_PILOTS, "/pilot", "list @priya")
    said = await office.is_told(seed.SAM, "*One pilot* owned by")
    assert "Invoice matching" in said
    assert "Refund triage" not in said
    await driver.command(seed.SAM, seed.AI_PILOTS, "/pilot", "list stalled")
    await office.is_told(seed.SAM, "*No pilot* is stalled right now")
    await driver.command(seed.SAM, seed.AI_PILOTS, "/pilot", "list stalld <!everyone>")
    assert "Did you mean `/pilot list stalled`?" in await office.is_told(seed.SAM, "I cannot narrow the list")


async def test_pages_and_menus_change_the_private_list_in_its_place(office: Workplace) -> None:
    await registered(office, *MANY)
    driver = office.driver
    await driver.command(seed.SAM, seed.AI_PILOTS, "/pilot", "list")
    await office.is_told(seed.SAM, "1–10 of 13")
    (shown,) = driver.ephemerals(seed.SAM)
    await driver.click(seed.SAM, shown, text="Next")
    await office.is_told(seed.SAM, "11–13 of 13")
    (shown,) = driver.ephemerals(seed.SAM)
    assert "Pilot M" in text_of(shown)
    await driver.click(seed.SAM, shown, action_id="portfolio.filter:shown", selected="Stalled")
    await office.is_told(seed.SAM, "*No pilot* is stalled right now")
    (shown,) = driver.ephemerals(seed.SAM)
    await driver.click(seed.SAM, shown, action_id="portfolio.filter:shown", selected="All pilots")
    await office.is_told(seed.SAM, "1–10 of 13")
    (shown,) = driver.ephemerals(seed.SAM)
    await driver.click(seed.SAM, shown, text="Share in channel")
    shared = await office.sees(seed.AI_PILOTS, "1–10 of 13")
    assert "Next" not in text_of(shared)


async def test_the_portfolio_is_posted_once_however_often_the_command_is_delivered(tmp_path: Path) -> None:
    faults = Faults()
    faults.on_delivery("*", "duplicate")
    async with workplace(tmp_path, faults=faults) as place:
        await registered(place, "Refund triage", "Invoice matching")
        await place.driver.command(seed.SAM, seed.AI_PILOTS, "/pilot", "portfolio")
        posted = await place.sees(seed.AI_PILOTS, "Two pilots on the way")
        kinds = [block["type"] for block in posted["blocks"]]
        assert kinds.count("data_visualization") == 2
        assert kinds.count("data_table") == 1
        assert "jonas" in text_of(posted)
        await place.driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "help")
        await place.is_told(seed.MAYA, "/pilot portfolio")
        shown = [
            one for one in place.driver.messages(seed.AI_PILOTS) if "Two pilots on the way" in text_of(one)
        ]
        assert len(shown) == 1


async def test_where_slack_refuses_the_new_blocks_plain_ones_say_the_same(office: Workplace) -> None:
    await registered(office, "Refund triage", "Invoice matching")
    await office.sandbox.actions.refuse_blocks("data_table", "data_visualization")
    await office.driver.command(seed.SAM, seed.AI_PILOTS, "/pilot", "portfolio")
    posted = await office.sees(seed.AI_PILOTS, "Two pilots on the way")
    kinds = {block["type"] for block in posted["blocks"]}
    assert kinds == {"section", "table", "context", "actions"}
    said = text_of(posted)
    assert "*By stage:* Pilot 2" in said
    assert "*Most in the way:*" in said
    assert "Invoice matching" in said
    home = await office.driver.open_home(seed.SAM)
    assert "data_visualization" not in {block["type"] for block in home["blocks"]}
    assert "*By stage:* Pilot 2" in text_of(home)


async def test_guests_and_channels_without_preflight_are_refused(office: Workplace) -> None:
    await registered(office, "Refund triage")
    driver = office.driver
    await driver.command(seed.GUS, seed.AI_PILOTS, "/pilot", "portfolio")
    assert "uests" in await office.hears_next(seed.GUS, 0)
    assert not [one for one in driver.messages(seed.AI_PILOTS) if "on the way" in text_of(one)]
