"""Two processes share the work on PostgreSQL while Slack misbehaves; one is killed in the middle, and the other finishes everything.

Whatever Slack repeats may come to either of them, and at the same instant: this is why no test has the trouble on PostgreSQL
with one process alone, which would see less.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.house import PILOTS, QUESTIONS, house, say
from tests.faults.trouble import lay_out, met

pytestmark = [pytest.mark.faults(seconds=100), pytest.mark.timeout(900)]


async def test_one_process_finishes_300_answers_that_the_other_left_whatever_slack_does(
    postgres_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    async with house(tmp_path, postgres_url) as made:
        victim, _ = await made.start(), await made.start()
        threads = [await made.register_and_coach(number) for number in range(PILOTS)]
        lay_out(made.sandbox.faults)
        everybody = asyncio.gather(*(made.answer_all(*thread) for thread in threads))
        while len(made.answered) < PILOTS * QUESTIONS // 3:  # noqa: ASYNC110 - people set no event
            await asyncio.sleep(0.01)
        await made.kill(victim)
        await everybody
        await made.comes_to_rest()
        counts = made.everything_is_there_once() + met(made.sandbox.faults)
    say(record_property, postgres_url, counts)
    assert counts["answers"] == PILOTS * QUESTIONS
    assert counts["kills"] == 1
    assert all(met(made.sandbox.faults).values()), "each kind of trouble came up"
