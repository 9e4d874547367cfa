"""Two processes share the work on PostgreSQL; one is killed in the middle, and the other finishes everything."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.house import PILOTS, QUESTIONS, house, say

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]


async def test_one_process_finishes_what_the_other_left(
    postgres_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    async with house(tmp_path, postgres_url) as made:
        victim, _ = await made.start(), await made.start()
        threads = [await made.register_and_coach(number) for number in range(PILOTS)]
        everybody = asyncio.gather(*(made.answer_all(*thread) for thread in threads))
        while len(made.answered) < PILOTS * QUESTIONS // 3:  # noqa: ASYNC110 - people set no event
            await asyncio.sleep(0.01)
        await made.kill(victim)
        await everybody
        await made.comes_to_rest()
        counts = made.everything_is_there_once()
    say(record_property, postgres_url, counts)
    assert counts["answers"] == PILOTS * QUESTIONS
    assert counts["kills"] == 1
