"""A conversation outlives what happens around it: restarts, deleted messages, and what is known growing old."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from bot.assembly import running
from bot.delivery.pacing import Pacing
from bot.domain.conversations import InterviewState
from bot.sandboxed import sandbox_settings
from sandbox import seed
from sandbox.clock import Clock
from sandbox.reading import text_of
from sandbox.server import Sandbox, running_sandbox
from tests.fresh import fresh_house

from .conftest import MEANS, PATIENCE, PLAYBOOK, Workplace, checkable
from .record import (
    all_delivered,
    check_shown_exactly_once,
    current_answers,
    interview_of,
    message_rows,
    pilot_called,
    until,
)

QUESTIONS = 7


@contextlib.asynccontextmanager
async def preflight(folder: Path, sandbox: Sandbox) -> AsyncIterator[Workplace]:
    """Start Preflight in a sandbox that is there already."""
    url = fresh_house(folder / "data")
    made = sandbox_settings(sandbox.url, url, folder / "clock.json", PREFLIGHT_PLAYBOOK=PLAYBOOK)
    async with running(made, pacing=Pacing(burst=1000), means=MEANS) as house:
        await sandbox.driver.wait_until(lambda: sandbox.socket_mode.is_open, timeout=PATIENCE)
        place = Workplace(sandbox, house, "socket")
        yield place
        await at_rest(place)


async def at_rest(place: Workplace) -> None:
    """Wait until everything that may not lag is shown, and Slack has heard that we heard of it."""

    async def nothing_due() -> bool:
        return not any(row.due and row.not_before is None for row in await message_rows(place))

    await until(nothing_due)
    await place.driver.settled(PATIENCE)


async def another_root(place: Workplace, old: dict[str, Any]) -> dict[str, Any]:
    """Wait for the card under which a thread goes on."""

    def look() -> dict[str, Any] | None:
        found = (
            m
            for m in place.driver.messages(seed.AI_PILOTS)
            if m["ts"] > old["ts"] and "*Readiness" in text_of(m)
        )
        return next(found, None)

    return await place.driver.wait_until(look, timeout=PATIENCE, what="a new card")


async def test_a_restart_between_any_two_steps_loses_nothing(tmp_path: Path) -> None:
    clock = Clock(tmp_path / "clock.json")
    async with running_sandbox(clock=clock, posts_per_second=None) as sandbox:
        async with preflight(tmp_path, sandbox) as place:
            await place.registers()
        async with preflight(tmp_path, sandbox) as place:
            root = await place.coaches()
            first = await place.question(root, 1)
        async with preflight(tmp_path, sandbox) as place:
            await place.driver.click(seed.MAYA, first, text="In place")
            await place.sees(seed.AI_PILOTS, "Leave it as it is", thread_ts=root["ts"])
        async with preflight(tmp_path, sandbox) as place:
            await place.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
            second = await place.question(root, 2)
        async with preflight(tmp_path, sandbox) as place:
            await place.driver.click(seed.MAYA, second, text="Back")
            await place.sees(seed.AI_PILOTS, "comes again further down", thread_ts=root["ts"])
        async with preflight(tmp_path, sandbox) as place:
            await place.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(10), thread_ts=root["ts"])
            second = await place.question(root, 2)
            await place.driver.click(seed.MAYA, root, text="Pause")
            await place.sees(seed.AI_PILOTS, "Nothing is lost")
        async with preflight(tmp_path, sandbox) as place:
            await place.answers_everything(root, first=2)
            await place.sees(seed.AI_PILOTS, "is ready to ask for")
            pilot = await pilot_called(place, "Refund triage")
            assert len(await current_answers(place, pilot)) == QUESTIONS
            assert (await interview_of(place, pilot)).state is InterviewState.DONE
            await check_shown_exactly_once(place)


async def test_a_deleted_card_is_posted_again_and_the_thread_goes_on_under_it(office: Workplace) -> None:
    driver = office.driver
    await office.registers()
    root = await office.coaches()
    await office.question(root, 1)
    await driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
    await office.question(root, 2)
    await driver.delete(seed.LENA, seed.AI_PILOTS, root["ts"])
    anew = await another_root(office, root)
    await office.sees(seed.AI_PILOTS, "1 of 7", thread_ts=None)
    second = await office.question(anew, 2)
    await driver.post(seed.MAYA, seed.AI_PILOTS, checkable(2), thread_ts=anew["ts"])
    await office.question(anew, 3)
    await driver.click(seed.MAYA, anew, text="Pause")
    await office.sees(seed.AI_PILOTS, "Nothing is lost")
    pilot = await pilot_called(office, "Refund triage")
    assert len((await interview_of(office, pilot)).passed) == 2
    assert second["thread_ts"] == anew["ts"]


async def test_a_deleted_question_is_asked_again(office: Workplace) -> None:
    await office.registers()
    root = await office.coaches()
    question = await office.question(root, 1)
    await all_delivered(office)
    await office.driver.delete(seed.LENA, seed.AI_PILOTS, question["ts"])

    def asked_again() -> dict[str, Any] | None:
        thread = office.driver.thread(seed.AI_PILOTS, root["ts"])
        return next((m for m in thread if "1 of 7" in m.get("text", "") and m["ts"] != question["ts"]), None)

    again = await office.driver.wait_until(asked_again, timeout=PATIENCE, what="the question")
    await office.driver.click(seed.MAYA, again, text="Not yet")
    await office.question(root, 2)


async def test_a_deleted_card_of_an_interview_that_is_over_stays_deleted(office: Workplace) -> None:
    await office.registers()
    root = await office.coaches()
    await office.answers_everything(root)
    await office.sees(seed.AI_PILOTS, "is ready to ask for")
    await office.driver.settled()
    count = len(office.driver.messages(seed.AI_PILOTS))
    await office.driver.delete(seed.LENA, seed.AI_PILOTS, root["ts"])
    await office.driver.settled()
    assert len([m for m in office.driver.messages(seed.AI_PILOTS) if m.get("bot_id")]) <= count


async def test_what_is_known_from_before_is_confirmed_by_one_click(office: Workplace) -> None:
    """Old answers are asked to be confirmed, by a button or a word; those of an earlier stage are only listed."""
    driver = office.driver
    await office.registers()
    root = await office.coaches()
    await office.answers_everything(root)
    await office.sees(seed.AI_PILOTS, "is ready to ask for")
    await driver.fast_forward(days=100)  # five of the seven are too old by now
    await driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "coach Refund triage")
    anew = await another_root(office, root)
    first = await office.question(anew, 1)
    assert "Is this still true?" in text_of(first)
    assert "live since 3 March" in text_of(first)
    await driver.click(seed.MAYA, first, text="Still true")
    await office.question(anew, 2)
    await driver.post(seed.MAYA, seed.AI_PILOTS, "still true", thread_ts=anew["ts"])
    await office.question(anew, 3)
    pilot = await pilot_called(office, "Refund triage")
    given = await current_answers(office, pilot)
    asked = (await interview_of(office, pilot)).asked
    assert [given[item_id].revision for item_id in asked[:3]] == [2, 2, 1]
    assert given[asked[1]].detail == checkable(2)
