"""The minute's work: side by side, none able to stop another, one run after the other."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bot.delivery.minutes import Minutes
from tests.delivery.things import START


async def test_all_of_it_is_done_with_the_same_time() -> None:
    minutes, seen = Minutes(), []

    async def work(now: datetime) -> None:
        seen.append(now)

    for name in ("nudges", "reviews"):
        minutes.register(name, work)
    await minutes.run(START)
    assert seen == [START, START]
    assert minutes.last_at == START


async def test_one_fault_stops_neither_the_others_nor_the_next_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    minutes, seen = Minutes(), []

    async def fails(_now: datetime) -> None:
        raise RuntimeError("no")

    async def works(now: datetime) -> None:
        await asyncio.sleep(0)
        seen.append(now)

    minutes.register("fails", fails)
    minutes.register("works", works)
    await minutes.run(START)
    await minutes.run(START + timedelta(minutes=1))
    assert len(seen) == 2
    assert "the minute's work fails went wrong" in caplog.text


async def test_two_runs_do_not_overlap() -> None:
    minutes, at_work = Minutes(), 0

    async def works(_now: datetime) -> None:
        nonlocal at_work
        at_work += 1
        assert at_work == 1
        await asyncio.sleep(0.01)
        at_work -= 1

    minutes.register("works", works)
    await asyncio.gather(minutes.run(START), minutes.run(START))


async def test_a_name_is_used_once() -> None:
    minutes = Minutes()

    async def work(_now: datetime) -> None: ...

    minutes.register("nudges", work)
    with pytest.raises(ValueError, match="already work named nudges"):
        minutes.register("nudges", work)
