"""Slack misbehaves in every way it knows while people answer: nothing is lost, nothing is said twice."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.faults import Faults
from tests.faults.house import PILOTS, QUESTIONS, house, say

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]


def lay_out(faults: Faults) -> None:
    """Every kind of trouble, often enough that hundreds of calls and deliveries meet it."""
    faults.on_call("chat.postMessage", "timeout_after_accepting", probability=0.03, count=6, seconds=12)
    for method in ("chat.postMessage", "chat.update"):
        faults.on_call(method, "drop_after", probability=0.06)
        faults.on_call(method, "drop_before", probability=0.06)
        faults.on_call(method, "status", probability=0.04, status=500)
        faults.on_call(method, "status", probability=0.04, status=503)
        faults.on_call(method, "rate_limited", probability=0.04, seconds=1)
    faults.on_call("conversations.*", "status", probability=0.15, status=502)
    faults.on_call("conversations.*", "rate_limited", probability=0.05, seconds=1)
    faults.on_delivery("events_api", "duplicate", probability=0.2)
    faults.on_delivery("events_api", "reorder", probability=0.1)
    faults.on_delivery("events_api", "delay", probability=0.1, seconds=0.5)
    faults.on_delivery("events_api", "lose_ack", probability=0.1)
    faults.on_delivery("events_api", "disconnect", probability=0.02, count=10)


async def test_300_answers_survive_repeats_429s_5xx_timeouts_and_dropped_connections(
    database_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    async with house(tmp_path, database_url) as made:
        await made.start()
        threads = [await made.register_and_coach(number) for number in range(PILOTS)]
        lay_out(made.sandbox.faults)
        await asyncio.gather(*(made.answer_all(*thread) for thread in threads))
        await made.comes_to_rest()
        counts = made.everything_is_there_once()
        for rule in made.sandbox.faults.rules:
            counts[rule.kind] += rule.fired
    say(record_property, database_url, counts)
    assert counts["answers"] == PILOTS * QUESTIONS
    assert all(counts.values()), "each kind of trouble came up"
