"""The summary and what it leads to, and the posture, as people see them through the playbook that ships."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import seed
from sandbox.reading import text_of

from .conftest import PATIENCE, Workplace, workplace

NAME = "Refund triage"


@pytest.fixture
async def ours(tmp_path: Path) -> AsyncIterator[Workplace]:
    async with workplace(tmp_path, settings={"PREFLIGHT_PLAYBOOK": None}) as made:
        yield made


async def summed_up(place: Workplace) -> dict[str, Any]:
    """Register a pilot, begin its interview, stop it at once, and return the summary."""
    await place.registers(stage="pilot")
    await place.driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", f"coach {NAME}")
    root = await place.sees(seed.AI_PILOTS, f"Readiness for shadow* · {NAME}")
    await place.driver.click(seed.MAYA, root, text="Stop here")
    return await place.sees(seed.AI_PILOTS, "is still a pilot, not a production system")


def table_in(message: dict[str, Any]) -> list[list[str]]:
    """Return the cells of a message's table as people read them."""
    (table,) = [block for block in message["blocks"] if block["type"] == "table"]
    return [[text_of({"blocks": [cell]}) or cell.get("text", "") for cell in row] for row in table["rows"]]


async def test_the_posture_is_told_in_private_and_shared_on_request(ours: Workplace) -> None:
    driver = ours.driver
    await summed_up(ours)
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", f"posture {NAME}")
    await ours.is_told(seed.MAYA, "like a production system")
    private = driver.ephemerals(seed.MAYA)[-1]
    head, *areas = table_in(private)
    assert head == ["Area", "Like a pilot", "Like a production system"]
    assert len(areas) == len(ours.house.office.library.playbook.posture) == 8
    assert any("⬜" in row[1] for row in areas)

    await driver.click(seed.MAYA, private, text="Share in channel")
    shared = await ours.sees(seed.AI_PILOTS, "Quick fixes for now")
    assert table_in(shared) == [head, *areas]
    assert "Share in channel" not in text_of(shared)


async def test_the_posture_opens_from_the_menu_of_the_summary(ours: Workplace) -> None:
    summary = await summed_up(ours)
    await ours.driver.click(seed.MAYA, summary, action_id="more", selected="Posture")
    assert "like a pilot" in await ours.is_told(seed.MAYA, NAME)


async def test_all_answers_open_from_the_menu_of_the_summary(ours: Workplace) -> None:
    summary = await summed_up(ours)
    await ours.driver.click(seed.MAYA, summary, action_id="more", selected="All answers")
    assert NAME in text_of(await ours.driver.wait_view(seed.MAYA))


async def test_an_open_item_is_answered_from_the_summary_which_then_says_so(ours: Workplace) -> None:
    driver = ours.driver
    summary = await summed_up(ours)
    assert "*Recovery* · missing" in text_of(summary)
    await driver.click(seed.MAYA, summary, action_id="answers.write:recovery")
    await driver.wait_view(seed.MAYA)
    values = {
        "status": "in_place",
        "detail": "An agent reads every draft before it goes out, see https://wiki.northwind-goods.example/undo",
    }
    assert await driver.submit_view(seed.MAYA, values) is None

    def settled() -> bool:
        said = text_of(driver.message(seed.AI_PILOTS, summary["ts"]))
        return "Recovery" in said.split("In place, self-stated:* ")[1].splitlines()[0]

    await driver.wait_until(settled, timeout=PATIENCE, what="the summary naming it as in place")
    assert "*Recovery* · missing" not in text_of(driver.message(seed.AI_PILOTS, summary["ts"]))


async def test_a_playbook_without_areas_says_so(office: Workplace) -> None:
    await office.registers()
    await office.driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", f"posture {NAME}")
    assert "no areas to compare" in await office.is_told(seed.MAYA, "posture")


async def test_the_posture_of_a_pilot_that_nobody_knows_is_refused(office: Workplace) -> None:
    await office.registers()
    await office.driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "posture Refnd triage")
    assert "Did you mean" in await office.is_told(seed.MAYA, "Refund triage")
