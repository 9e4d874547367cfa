"""A pilot whose time in its stage is up: it has to be decided, or put off with a reason, by buttons in its channel."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox import seed
from sandbox.clock import Timings
from sandbox.faults import Faults
from sandbox.reading import text_of

from .conftest import PATIENCE, PLAYBOOK, TRANSPORTS, Workplace, workplace
from .record import ask, check_shown_exactly_once, pilot_called
from .test_stage_moves import card_says, opens

NAME = "Refund triage"
WHY = "The figures of the season come in on 10 January."


@asynccontextmanager
async def soon_up(folder: Path, transport: str, **parts: Any) -> AsyncIterator[Workplace]:
    """A workplace that works at any hour, whose pilots have five days in their first stage."""
    book = folder / "playbook"
    shutil.copytree(PLAYBOOK, book)
    stages = (
        (book / "stages.yaml")
        .read_text()
        .replace("    title: Pilot\n", "    title: Pilot\n    decide_after_days: 5\n")
    )
    (book / "stages.yaml").write_text(stages)
    hours = (book / "nudges.yaml").read_text()
    hours = hours.replace("from_hour: 9", "from_hour: 0").replace(
        "until_hour: 17", "until_hour: 24\ndays: [0, 1, 2, 3, 4, 5, 6]"
    )
    (book / "nudges.yaml").write_text(hours)
    async with workplace(folder, transport, settings={"PREFLIGHT_PLAYBOOK": book}, **parts) as place:
        yield place


async def is_up(place: Workplace) -> tuple[dict[str, Any], dict[str, Any]]:
    """Register a pilot and let its time pass; return its card and the word about its decision."""
    card = await place.registers(NAME)
    await place.driver.fast_forward(days=6)
    word = await place.sees(seed.AI_PILOTS, "has had its time in pilot", thread_ts=card["ts"])
    return card, word


def ahead(place: Workplace, days: int) -> str:
    today: date = place.house.office.clock.now().date()
    return (today + timedelta(days=days)).isoformat()


async def told_of(place: Workplace, what: str) -> int:
    pilot = await pilot_called(place, NAME)
    entries = await ask(place, lambda tx: tx.audit.of(seed.NORTHWIND, "pilot", pilot.id))
    return sum(entry.what == what for entry in entries)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_the_decision_is_put_off_in_the_thread_and_again_by_a_command(
    tmp_path: Path, transport: str
) -> None:
    async with soon_up(tmp_path, transport) as place:
        driver = place.driver
        card, word = await is_up(place)
        await card_says(place, card, "to be decided by")
        await driver.click(seed.MAYA, word, text="Extend")
        await opens(place, seed.MAYA, "Decide later")
        errors = await driver.submit_view(seed.MAYA, {"reason": " ", "until": ahead(place, 120)})
        assert errors
        assert "within" in errors["until"] or "ninety days" in errors["until"]
        assert "sentence" in errors["reason"]
        assert await driver.submit_view(seed.MAYA, {"reason": WHY, "until": ahead(place, 40)}) is None
        await card_says(place, card, "put off once")
        await place.sees(seed.AI_PILOTS, WHY, thread_ts=card["ts"])
        await driver.command(seed.JONAS, seed.AI_PILOTS, "/pilot", f"extend {NAME}")
        await opens(place, seed.JONAS, "Decide later")
        assert await driver.submit_view(seed.JONAS, {"reason": WHY, "until": ahead(place, 60)}) is None
        await card_says(place, card, "put off twice")
        assert await told_of(place, "pilot.extended") == 2
        await check_shown_exactly_once(place)


async def test_the_status_says_it_with_the_ways_that_there_are(tmp_path: Path) -> None:
    async with soon_up(tmp_path, "socket") as place:
        await is_up(place)
        await place.driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", f"status {NAME}")
        said = await place.is_told(seed.MAYA, "To be decided by")
        for words in ("What keeps it back", "A trial without an end", "Extend", "Retire"):
            assert words.casefold() in said.casefold()


async def test_who_does_not_answer_for_it_is_told_who_does(tmp_path: Path) -> None:
    async with soon_up(tmp_path, "socket") as place:
        _, word = await is_up(place)
        await place.driver.click(seed.PRIYA, word, text="Extend")
        assert f"<@{seed.MAYA}>" in await place.is_told(seed.PRIYA, "can do that for Refund triage")


async def test_of_two_who_put_it_off_at_once_one_is_told_that_the_other_was_quicker(tmp_path: Path) -> None:
    async with soon_up(tmp_path, "socket") as place:
        driver = place.driver
        _, word = await is_up(place)
        for who in (seed.MAYA, seed.JONAS):
            await driver.click(who, word, text="Extend")
            await opens(place, who, "Decide later")
        await asyncio.gather(
            *(
                driver.submit_view(who, {"reason": WHY, "until": ahead(place, days)})
                for who, days in ((seed.MAYA, 30), (seed.JONAS, 50))
            )
        )
        await driver.settled()
        assert (await pilot_called(place, NAME)).extended == 1
        assert await told_of(place, "pilot.extended") == 1


async def test_when_slack_delivers_twice_it_is_put_off_once_and_said_once(tmp_path: Path) -> None:
    faults = Faults()
    faults.on_delivery("*", "duplicate")
    quick = Timings(retries=(0.0, 0.05, 0.05))
    async with soon_up(tmp_path, "socket", faults=faults, timings=quick) as place:
        card, word = await is_up(place)
        await place.driver.click(seed.MAYA, word, text="Extend")
        await opens(place, seed.MAYA, "Decide later")
        assert await place.driver.submit_view(seed.MAYA, {"reason": WHY, "until": ahead(place, 40)}) is None
        await card_says(place, card, "put off once")
        await place.driver.settled()
        assert await told_of(place, "pilot.extended") == 1
        await check_shown_exactly_once(place)


async def test_ending_it_decides_it(tmp_path: Path) -> None:
    async with soon_up(tmp_path, "socket") as place:
        driver = place.driver
        _, word = await is_up(place)
        await driver.click(seed.MAYA, word, text="Retire")
        await opens(place, seed.MAYA, "Retire this pilot")
        assert await driver.submit_view(seed.MAYA, {"reason": WHY, "learned": "Ask finance first."}) is None
        await driver.fast_forward(hours=1)
        said = await driver.wait_until(
            lambda: (
                said
                if "nothing to decide" in (said := text_of(driver.message(seed.AI_PILOTS, word["ts"])))
                else None
            ),
            timeout=PATIENCE,
            what="the word about the decision saying that it is over",
        )
        assert "Extend" not in said
