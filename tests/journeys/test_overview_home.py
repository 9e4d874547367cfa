"""The Home tab as people use it: pages and filters in place, and drawn anew for whoever has it open when something changes."""

from typing import Any

from bot.domain.rhythm import Leads
from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, checkable
from .overviewed import registered

MANY = tuple(f"Pilot {letter}" for letter in "ABCDEFGHIJKLM")


async def shows(office: Workplace, person: str, words: str) -> dict[str, Any]:
    """Wait until somebody's Home tab says something; return it."""
    driver = office.driver
    return await driver.wait_until(
        lambda: home if words in text_of(home := driver.home(person)) else None,
        timeout=PATIENCE,
        what=f"{person}'s Home tab saying {words!r}",
    )


async def test_pages_and_menus_work_in_place(office: Workplace) -> None:
    await registered(office, *MANY)
    driver = office.driver
    home = await driver.open_home(seed.MAYA)
    assert "1–8 of 13" in text_of(home)
    await driver.click(seed.MAYA, home, action_id="home.page:mine:next")
    home = await shows(office, seed.MAYA, "9–13 of 13")
    assert "1–10 of 13" in text_of(home)
    await driver.click(seed.MAYA, home, action_id="home.page:all:next")
    home = await shows(office, seed.MAYA, "11–13 of 13")
    assert "9–13 of 13" in text_of(home)
    await driver.click(seed.MAYA, home, action_id="home.filter:shown", selected="Stalled")
    home = await shows(office, seed.MAYA, "*No pilot* is stalled right now")
    assert "9–13 of 13" in text_of(home)
    assert "9–13 of 13" in text_of(await driver.open_home(seed.MAYA)), "whoever comes back finds it as it was"
    await driver.fast_forward(hours=2)
    home = await driver.open_home(seed.MAYA)
    assert "1–8 of 13" in text_of(home)
    assert "*No pilot* is stalled right now" in text_of(home)


async def test_a_change_shows_on_the_tabs_that_are_open_and_on_no_others(office: Workplace) -> None:
    await registered(office, "Refund triage")
    driver = office.driver
    assert "0 of 7 in place" in text_of(await driver.open_home(seed.SAM))
    await driver.open_home(seed.JONAS)
    await driver.fast_forward(hours=1)
    await driver.open_home(seed.SAM)
    before = driver.home(seed.JONAS)
    root = await office.coaches()
    await office.question(root, 1)
    await driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
    await shows(office, seed.SAM, "1 of 7 in place")
    assert driver.home(seed.JONAS) == before, "who has not looked for half an hour is left alone"


async def test_what_waits_goes_from_the_tab_on_which_it_was_done(office: Workplace) -> None:
    await registered(office, "Refund triage", owner_id=seed.PAYMENTS_OPS)
    driver = office.driver
    home = await driver.open_home(seed.MAYA)
    await driver.click(seed.MAYA, home, text="Continue readiness")
    await driver.wait_view(seed.MAYA, timeout=PATIENCE)
    await driver.close_view(seed.MAYA)
    await shows(office, seed.MAYA, "7 questions left")


async def test_who_does_not_lead_gets_a_window_with_pages(office: Workplace) -> None:
    library = office.house.office.library
    nudges = library.playbook.nudges.model_copy(update={"leads": Leads(people=(seed.MAYA,))})
    library.playbook = library.playbook.model_copy(update={"nudges": nudges})
    await registered(office, *MANY)
    driver = office.driver
    assert "Portfolio" in text_of(await driver.open_home(seed.MAYA))
    home = await driver.open_home(seed.SAM)
    assert "Pilot A" not in text_of(home)
    await driver.click(seed.SAM, home, text="Show all pilots")
    view = await driver.wait_view(seed.SAM, timeout=PATIENCE)
    assert "1–10 of 13" in text_of(view)
    await driver.click(seed.SAM, view, text="Next")
    view = await driver.wait_until(
        lambda: next((one for one in driver.views(seed.SAM) if "11–13 of 13" in text_of(one)), None),
        timeout=PATIENCE,
        what="the next page",
    )
    await driver.click(seed.SAM, view, action_id="portfolio.filter:stage", selected="Shadow")
    await driver.wait_until(
        lambda: next(
            (one for one in driver.views(seed.SAM) if "*No pilot* is in shadow" in text_of(one)), None
        ),
        timeout=PATIENCE,
        what="the pilots in shadow",
    )
    assert "Pilot A" not in text_of(driver.home(seed.SAM))


async def test_the_owner_is_chosen_on_the_tab_and_kept_while_it_is_drawn_anew(office: Workplace) -> None:
    await registered(office, "Refund triage", "Invoice matching", owner_id=seed.PAYMENTS_OPS)
    await registered(office, "Search synonyms", owner_id=seed.PRIYA)
    driver = office.driver
    home = await driver.open_home(seed.MAYA)
    await driver.click(seed.MAYA, home, action_id="home.filter:owner", selected="@payments-ops")
    home = await shows(office, seed.MAYA, "*Two pilots* owned by")
    await registered(office, "Shelf labels", owner_id=seed.PAYMENTS_OPS)
    home = await shows(office, seed.MAYA, "*Three pilots* owned by")
    await driver.click(seed.MAYA, home, action_id="home.filter:owner", selected="priya")
    home = await shows(office, seed.MAYA, "*One pilot* owned by")
    await driver.click(seed.MAYA, home, text="Show all")
    home = await driver.wait_until(
        lambda: found if "owned by" not in text_of(found := driver.home(seed.MAYA)) else None,
        timeout=PATIENCE,
        what="all pilots again",
    )
    assert "Show all" not in text_of(home)
