"""Preflight is killed at random instants while people answer: nothing is lost, nothing is said twice."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.house import PILOTS, QUESTIONS, house, say
from tests.faults.nursery import Nursery

pytestmark = [pytest.mark.faults(seconds=70), pytest.mark.timeout(900)]

KILLS = 22
SEED = 20261123


async def test_300_answers_survive_more_than_20_kills(
    database_url: str, tmp_path: Path, nursery: Nursery | None, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(SEED)
    async with house(tmp_path, database_url, nursery=nursery) as made:
        process = await made.start()
        threads = [await made.register_and_coach(number) for number in range(PILOTS)]
        allowed = asyncio.Semaphore(0)
        everybody = asyncio.gather(*(made.answer_all(*thread, allowed) for thread in threads))
        for _ in range(KILLS):
            made.allow(allowed, PILOTS * QUESTIONS // KILLS)
            await asyncio.sleep(chance.uniform(0.05, 3.0))  # an answer's work is done after two or three
            await made.kill(process)
            process = await made.start()
        made.allow(allowed, PILOTS * QUESTIONS)
        await everybody
        await made.comes_to_rest()
        counts = made.everything_is_there_once()
    say(record_property, database_url, counts)
    assert counts["answers"] == PILOTS * QUESTIONS
    assert counts["kills"] == KILLS
