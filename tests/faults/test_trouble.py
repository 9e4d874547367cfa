"""Slack misbehaves in every way it knows while people answer: nothing is lost, nothing is said twice.

On PostgreSQL the same happens to two processes, one of which is killed: see `test_two_processes`.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.house import PILOTS, QUESTIONS, house, say
from tests.faults.trouble import lay_out, met

pytestmark = [pytest.mark.faults(seconds=80), pytest.mark.timeout(900)]


async def test_300_answers_survive_repeats_429s_5xx_timeouts_and_dropped_connections(
    sqlite_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    async with house(tmp_path, sqlite_url) as made:
        await made.start()
        threads = [await made.register_and_coach(number) for number in range(PILOTS)]
        lay_out(made.sandbox.faults)
        await asyncio.gather(*(made.answer_all(*thread) for thread in threads))
        await made.comes_to_rest()
        counts = made.everything_is_there_once() + met(made.sandbox.faults)
    say(record_property, sqlite_url, counts)
    assert counts["answers"] == PILOTS * QUESTIONS
    assert all(met(made.sandbox.faults).values()), "each kind of trouble came up"
