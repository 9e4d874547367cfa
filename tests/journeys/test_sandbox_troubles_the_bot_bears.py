"""Slack's own ways that make trouble, one test a line of what the sandbox reproduces; each in a workplace of its own."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox import seed
from sandbox.clock import Timings
from sandbox.faults import Faults
from sandbox.reading import text_of

from .conftest import PATIENCE, TRANSPORTS, Workplace, checkable, workplace
from .record import answers_of, check_shown_exactly_once, everything, pilot_called, pilots_called


async def started(place: Workplace, name: str = "Refund triage") -> dict[str, Any]:
    """Return the root of an interview whose first question is asked."""
    await place.registers(name)
    root = await place.coaches(name)
    await place.question(root, 1)
    return root


async def test_1_an_event_without_an_ack_comes_again_and_counts_once(tmp_path: Path) -> None:
    faults = Faults()
    quick = Timings(retries=(0.0, 0.05, 0.05))
    async with workplace(tmp_path, "http", faults=faults, timings=quick) as place:
        root = await started(place)
        faults.on_delivery("events_api", "lose_ack", count=3)
        await place.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
        await place.question(root, 2)
        await place.driver.settled()
        assert [d.attempt for d in place.driver.deliveries("events_api")][-4:].count(0) >= 1
        assert len(await answers_of(place, await pilot_called(place, "Refund triage"))) == 1


async def test_2_a_response_url_that_is_over_gives_way_to_a_whisper(tmp_path: Path) -> None:
    """Every click has an address of its own for half an hour; what is private comes another way after that."""
    async with workplace(tmp_path, timings=Timings(response_url=-1)) as place:
        card = await place.registers()
        await place.driver.click(seed.PRIYA, card, selected="Status")
        await place.is_told(seed.PRIYA, "None of the seven is in place yet")
        await place.driver.click(seed.PRIYA, card, text="Request promotion")
        await place.is_told(seed.PRIYA, "cannot be promoted yet")


async def test_2_sharing_after_the_response_url_has_expired_says_so(tmp_path: Path) -> None:
    async with workplace(tmp_path) as place:
        await place.registers()
        await place.driver.command(seed.PRIYA, seed.AI_PILOTS, "/pilot", "list")
        await place.is_told(seed.PRIYA, "Refund triage")
        private = place.driver.ephemerals(seed.PRIYA, seed.AI_PILOTS)[-1]
        place.sandbox.interactivity._timings = Timings(response_url=-1)
        before = len(place.driver.messages(seed.AI_PILOTS))
        await place.driver.click(seed.PRIYA, private, text="Share in channel")
        await place.is_told(seed.PRIYA, "Ask for it again, then share it")
        assert len(place.driver.messages(seed.AI_PILOTS)) == before


async def test_3_a_form_that_opens_too_late_says_so(tmp_path: Path) -> None:
    async with workplace(tmp_path, timings=Timings(trigger=0.0)) as place:
        await place.driver.command(seed.MAYA, seed.AI_PILOTS, "/pilot", "new")
        await place.is_told(seed.MAYA, "took too long to open the form")
        assert place.driver.views(seed.MAYA) == []


async def test_3_a_form_whose_opening_slack_answers_late_is_no_trouble_for_the_click(
    office: Workplace,
) -> None:
    root = await started(office)
    question = await office.question(root, 1)
    office.sandbox.faults.on_call("views.open", "slow", count=1, seconds=2.8)
    outcome = await office.driver.click(seed.MAYA, question, text="Does not apply")
    assert outcome.error is None
    await office.is_told(seed.MAYA, "took too long to open the form")


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_7_a_mention_comes_as_two_events_and_is_one_answer(tmp_path: Path, transport: str) -> None:
    async with workplace(tmp_path, transport) as place:
        root = await started(place)
        await place.driver.post(
            seed.TOMAS, seed.AI_PILOTS, f"<@{seed.BOT}> {checkable(1)}", thread_ts=root["ts"]
        )
        await place.question(root, 2)
        await place.driver.settled()
        (answer,) = await answers_of(place, await pilot_called(place, "Refund triage"))
        assert answer.answered_by == seed.TOMAS


async def test_8_a_pause_that_slack_asks_for_is_kept(office: Workplace) -> None:
    root = await started(office)
    office.sandbox.faults.on_call("chat.postMessage", "rate_limited", count=1, seconds=2)
    await office.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
    await office.question(root, 2)
    tries = [c for c in office.driver.calls("chat.postMessage") if c.status in {"ok", "ratelimited"}]
    refused = next(n for n, call in enumerate(tries) if call.status == "ratelimited")
    assert tries[refused + 1].at - tries[refused].at >= timedelta(seconds=1.9)
    assert len([c for c in tries if c.status == "ratelimited"]) == 1


async def test_9_the_bot_comes_back_after_its_sockets_were_closed(office: Workplace) -> None:
    root = await started(office)
    await office.sandbox.socket_mode.cut()
    await office.driver.wait_until(lambda: office.sandbox.socket_mode.is_open, timeout=PATIENCE)
    await office.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
    await office.question(root, 2)


async def test_10_over_http_slacks_question_about_the_address_is_answered(tmp_path: Path) -> None:
    async with workplace(tmp_path, "http") as place:
        assert await place.sandbox.http.verify_url()


async def test_14_home_opens_windows_and_the_form(office: Workplace) -> None:
    driver = office.driver
    home = await driver.open_home(seed.MAYA)
    assert "No pilot is registered yet" in text_of(home)
    await driver.click(seed.MAYA, home, text="New pilot")
    await driver.wait_view(seed.MAYA, title="Register a pilot", timeout=PATIENCE)
    await driver.close_view(seed.MAYA)
    await office.registers()
    await driver.open_home(seed.MAYA)
    home = await driver.wait_home(seed.MAYA, "Refund triage", timeout=PATIENCE)
    await driver.click(seed.MAYA, home, text="Status")
    window = await driver.wait_view(seed.MAYA, title="Status", timeout=PATIENCE)
    assert "None of the seven" in text_of(window)
    assert "Share in channel" not in text_of(window)

    # the Home tab still shows what has ended since, until it is opened again
    await driver.close_view(seed.MAYA)
    card = await office.sees(seed.AI_PILOTS, "Refund triage")
    await driver.click(seed.MAYA, card, selected="Retire")
    await driver.wait_view(seed.MAYA, title="Retire this pilot", timeout=PATIENCE)
    assert (
        await driver.submit_view(seed.MAYA, {"reason": "Too few cases.", "learned": "Count first."}) is None
    )
    await driver.click(seed.MAYA, home, text="Status")
    window = await driver.wait_view(seed.MAYA, title="Status", timeout=PATIENCE)
    assert "*Refund triage* is retired" in text_of(window)


async def test_15_another_workspace_sees_and_changes_nothing_of_ours(office: Workplace) -> None:
    """Contoso installed the app as well; this process holds the token of Northwind only."""
    card = await office.registers()
    before = await everything(office)
    await office.driver.command(seed.CARLA, seed.CONTOSO_PILOTS, "/pilot", "list")
    assert not any("Refund triage" in text_of(e) for e in office.driver.ephemerals(seed.CARLA))
    await office.driver.command(seed.CARLA, seed.CONTOSO_PILOTS, "/pilot", "status Refund triage")
    assert not any("None of the seven" in text_of(e) for e in office.driver.ephemerals(seed.CARLA))
    own = card | {"channel": seed.CONTOSO_PILOTS, "team": seed.CONTOSO, "blocks": []}
    pilot = await pilot_called(office, "Refund triage")
    await office.driver.click(seed.CARLA, own, action_id="pilot.coach", value=pilot.id, force=True)
    await office.driver.settled()
    after = await everything(office)
    assert {k: v for k, v in after.items() if k != "workspace"} == {
        k: v for k, v in before.items() if k != "workspace"
    }


async def test_16_one_pilot_of_a_form_that_slack_delivers_twice(tmp_path: Path) -> None:
    faults = Faults()
    faults.on_delivery("interactive", "duplicate")
    async with workplace(tmp_path, faults=faults) as place:
        await place.registers()
        assert await pilots_called(place, "Refund triage") == 1
        await check_shown_exactly_once(place)
