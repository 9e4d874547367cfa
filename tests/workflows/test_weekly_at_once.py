"""Several processes on one PostgreSQL find the week due in the same minute: one tells it, and all agree on the next."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta

import pytest

from bot.domain.pilots import Pilot
from bot.pilots import workflow as pilots
from prompts.library import Library
from storage.store import Store
from tests.postgres import postgres_server, postgres_url

from .conftest import MAYA, WORKSPACE, House, _settle_in, registration
from .test_weekly import NEXT_MONDAY, deliver, digests, settled, tick, waiting

__all__ = ["postgres_server", "postgres_url"]

PROCESSES = 4


@pytest.fixture
def houses(postgres_url: str, library: Library) -> Iterator[list[House]]:
    with ExitStack() as stack:
        stores = [stack.enter_context(Store.open(postgres_url)) for _ in range(PROCESSES)]
        stores[0].write_sync(_settle_in)
        yield [House(store, library) for store in stores]


def at_once(houses: list[House]) -> list[int]:
    """Let the minute come in all processes together; return what each has told."""
    found: list[int] = []
    together = threading.Barrier(len(houses))

    def minute(house: House) -> None:
        together.wait()
        found.append(tick(house, arrives=False))

    threads = [threading.Thread(target=minute, args=(house,)) for house in houses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def test_one_of_them_tells_it_and_week_after_week_so(houses: list[House]) -> None:
    first = houses[0]
    pilot: Pilot = first.do(pilots.register, MAYA, registration())
    assert pilot.workspace_id == WORKSPACE
    assert at_once(houses) == [0] * PROCESSES  # they settle when it is
    settled(first)
    for week in range(3):
        for house in houses:
            house.now = NEXT_MONDAY + timedelta(weeks=week, minutes=week)
        first.do(pilots.register, MAYA, registration(name=f"Pilot {week}"))
        for house in houses:
            house.later(hours=2)
        assert at_once(houses) == [0] * (PROCESSES - 1) + [1]
        assert len(waiting(first)) == 1
        deliver(first)
        assert len(digests(first)) == week + 1
