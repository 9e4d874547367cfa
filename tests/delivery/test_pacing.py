"""How fast and in which order this process posts."""

import asyncio

import pytest

from bot.delivery.pacing import BURST, EVERY_SECONDS, Lines, Pacing
from tests.delivery.things import ManualClock


@pytest.fixture
def pacing(clock: ManualClock) -> Pacing:
    """A pacing on the manual clock."""
    return Pacing(sleep=clock.sleep, monotonic=clock.monotonic)


async def test_a_short_burst_passes_at_once_and_then_one_a_second(pacing: Pacing, clock: ManualClock) -> None:
    at = []
    for _ in range(BURST + 3):
        await pacing.post_allowed("C1")
        at.append(round(clock.monotonic(), 3))
    assert at == [0.0] * BURST + [round(n * EVERY_SECONDS, 3) for n in (1, 2, 3)]


async def test_channels_do_not_wait_for_each_other(pacing: Pacing, clock: ManualClock) -> None:
    for channel in range(50):
        await pacing.post_allowed(f"C{channel}")
    assert clock.slept == []


async def test_a_quiet_channel_may_burst_again(pacing: Pacing, clock: ManualClock) -> None:
    for _ in range(BURST):
        await pacing.post_allowed("C1")
    clock.turn(seconds=BURST * EVERY_SECONDS + 0.1)
    for _ in range(BURST):
        await pacing.post_allowed("C1")
    assert clock.slept == []


async def test_after_a_429_the_channel_starts_from_an_empty_bucket(
    pacing: Pacing, clock: ManualClock
) -> None:
    pacing.refused("C1")
    await pacing.post_allowed("C1")
    assert sum(clock.slept) == pytest.approx(EVERY_SECONDS)


async def test_thousands_of_channels_leave_no_trace_once_they_rest(
    pacing: Pacing, clock: ManualClock
) -> None:
    for channel in range(3000):
        await pacing.post_allowed(channel)
        clock.turn(seconds=0.01)
    assert len(pacing._buckets) <= 1000


async def test_a_line_lets_one_at_a_time_pass_in_the_order_of_joining() -> None:
    lines, inside = Lines(), 0
    passed: list[int] = []

    async def visit(number: int) -> None:
        nonlocal inside
        async with places[number]:
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            passed.append(number)
            inside -= 1

    places = [lines.join("thread") for _ in range(10)]
    await asyncio.gather(*(visit(number) for number in reversed(range(10))))
    assert passed == list(range(10))
    assert len(lines) == 0


async def test_who_gives_up_waiting_does_not_hold_the_line() -> None:
    lines, passed = Lines(), []

    async def visit(number: int) -> None:
        async with lines.join("thread"):
            await asyncio.sleep(0.01)
            passed.append(number)

    visits = [asyncio.create_task(visit(number)) for number in range(4)]
    await asyncio.sleep(0)
    visits[0].cancel()
    visits[2].cancel()
    await asyncio.gather(*visits, return_exceptions=True)
    assert passed == [1, 3]
    assert len(lines) == 0


async def test_different_lines_do_not_wait_for_each_other() -> None:
    lines = Lines()
    async with lines.join("one"), asyncio.timeout(1), lines.join("other"):
        assert len(lines) == 2
