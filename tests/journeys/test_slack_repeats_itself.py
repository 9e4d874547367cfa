"""Deliveries that come twice, late or out of order, and calls that fail in every way: each thing happens exactly once."""

from collections import Counter
from pathlib import Path

import pytest

from sandbox import seed
from sandbox.clock import Timings
from sandbox.faults import CallFault, Faults
from sandbox.reading import text_of

from .conftest import TRANSPORTS, Workplace, checkable, workplace
from .record import (
    answers_of,
    check_shown_exactly_once,
    decisions_on,
    interview_of,
    pilot_called,
    pilots_called,
)

QUICK = Timings(retries=(0.0, 0.05, 0.05))


async def whole_journey(place: Workplace, name: str = "Refund triage") -> None:
    """Take a pilot from its form to its approved promotion, and check that all of it happened once."""
    driver = place.driver
    await place.registers(name)
    root = await place.coaches(name)
    first = await place.question(root, 1)
    await driver.click(seed.MAYA, first, text="In place")
    await place.sees(seed.AI_PILOTS, "Leave it as it is", thread_ts=root["ts"])
    await driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
    await place.answers_everything(root, first=2)
    ready = await place.sees(seed.AI_PILOTS, f"*{name}* is ready")
    await driver.click(seed.MAYA, ready, text="Request promotion")
    card = await place.sees(seed.GATE_REVIEWS, name)
    await driver.click(seed.PRIYA, card, text="Approve")
    await place.sees(seed.GATE_REVIEWS, "*Approved*")
    await driver.settled()

    pilot = await pilot_called(place, name)
    assert (pilot.stage, pilot.required - pilot.in_place) == ("shadow", pilot.required - 7)
    assert await pilots_called(place, name) == 1
    assert len(await decisions_on(place, pilot)) == 1
    by_item = Counter(answer.item_id for answer in await answers_of(place, pilot))
    asked = (await interview_of(place, pilot)).asked
    assert by_item == Counter(asked) + Counter(asked[:1])
    await check_shown_exactly_once(place)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_everything_is_delivered_twice(tmp_path: Path, transport: str) -> None:
    faults = Faults()
    faults.on_delivery("*", "duplicate")
    async with workplace(tmp_path, transport, faults=faults, timings=QUICK) as place:
        await whole_journey(place)
        told = [text_of(e) for person in (seed.MAYA, seed.PRIYA) for e in place.driver.ephemerals(person)]
        assert [words for words in told if "went wrong" in words] == []


async def test_events_come_late_twice_and_out_of_order(tmp_path: Path) -> None:
    faults = Faults(seed=20)
    faults.on_delivery("events_api", "reorder", probability=0.3, seconds=0.2)
    faults.on_delivery("events_api", "duplicate", probability=0.5)
    faults.on_delivery("events_api", "delay", probability=0.5, seconds=0.1)
    async with workplace(tmp_path, "socket", faults=faults, timings=QUICK) as place:
        await whole_journey(place)


async def test_acks_that_slack_does_not_hear_are_no_second_answer(tmp_path: Path) -> None:
    faults = Faults(seed=3)
    faults.on_delivery("events_api", "lose_ack", probability=0.6)
    async with workplace(tmp_path, "http", faults=faults, timings=QUICK) as place:
        await whole_journey(place)


async def test_a_socket_that_breaks_after_an_envelope(tmp_path: Path) -> None:
    faults = Faults(seed=5)
    slower = Timings(retries=(0.0, 0.5, 1.5))  # Slack tries again after one and five minutes
    async with workplace(tmp_path, "socket", faults=faults, timings=slower) as place:
        faults.on_delivery("events_api", "disconnect", probability=0.3, count=3)
        await whole_journey(place)


WAYS: tuple[CallFault, ...] = ("status", "drop_before", "drop_after")


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_calls_that_fail_once_are_made_good(tmp_path: Path, method: str) -> None:
    """Whether Slack did it or not: the answers stand, the next questions come, and nothing is there twice."""
    async with workplace(tmp_path) as place:
        roots = {}
        for way in WAYS:
            await place.registers(f"Bears {way}")
            roots[way] = await place.coaches(f"Bears {way}")
            await place.question(roots[way], 1)
        faults = [place.sandbox.faults.on_call(method, way, count=1, seconds=1) for way in WAYS]
        for root in roots.values():
            await place.driver.post(seed.MAYA, seed.AI_PILOTS, checkable(1), thread_ts=root["ts"])
        for way, root in roots.items():
            await place.question(root, 2)
            await place.sees(seed.AI_PILOTS, "in place: Yes, live since", thread_ts=root["ts"])
            assert len(await answers_of(place, await pilot_called(place, f"Bears {way}"))) == 1
        assert [fault.fired for fault in faults] == [1] * len(WAYS)
        await check_shown_exactly_once(place)


@pytest.mark.faults(seconds=15)
async def test_slacks_own_pace_with_no_burst_at_all(tmp_path: Path) -> None:
    """One post a second and channel, as Slack promises at least: slower, and nothing lost."""
    async with workplace(tmp_path, posts_per_second=1.0, burst=1) as place:
        await whole_journey(place)
        refused = [c for c in place.driver.calls("chat.postMessage") if c.status == "ratelimited"]
        posted = [c for c in place.driver.calls("chat.postMessage") if c.status == "ok"]
        assert len(refused) < len(posted)


@pytest.mark.faults(seconds=40)
@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_calls_fail_in_every_way_through_a_whole_journey(tmp_path: Path, transport: str) -> None:
    faults = Faults(seed=11)
    async with workplace(tmp_path, transport, faults=faults, timings=QUICK) as place:
        for method in ("chat.postMessage", "chat.update"):
            faults.on_call(method, "status", probability=0.08, status=503)
            faults.on_call(method, "drop_before", probability=0.08)
            faults.on_call(method, "drop_after", probability=0.08)
            faults.on_call(method, "rate_limited", probability=0.08, seconds=1)
            faults.on_call(method, "error", probability=0.05, error="internal_error")
        faults.on_call("chat.postMessage", "timeout_after_accepting", count=1, seconds=60)
        faults.on_delivery("events_api", "duplicate", probability=0.3)
        place.patience = 60.0
        await whole_journey(place)
