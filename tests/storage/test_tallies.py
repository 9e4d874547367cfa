"""The counters: what transactions add is written once, together, and whoever counts at the same time loses nothing."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import text

from bot.domain.readiness import Standing
from bot.domain.tallies import Cell, Counted, Measure, cells, difference
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import TEAM, a_pilot

READY = Counted(
    stage="pilot",
    measures=frozenset({Measure.PILOTS, Measure.READY}),
    items={"integration": Standing.IN_PLACE, "rollback": Standing.WAIVED},
)
OPEN = Counted(stage="pilot", measures=frozenset({Measure.PILOTS}), items={"integration": Standing.MISSING})


def count(tx: Tx, pilot_id: str, now: Counted | None) -> None:
    before = tx.tallies.counted(pilot_id)
    tx.tallies.set_counted(TEAM, pilot_id, now)
    tx.tallies.add(TEAM, difference(before, now))


def a_counted_pilot(store: Store, name: str, counted: Counted | None) -> str:
    pilot = a_pilot(name)
    store.write_sync(lambda tx: tx.pilots.register(pilot))
    store.write_sync(count, pilot.id, counted)
    return pilot.id


def of(store: Store) -> Mapping[Cell, int]:
    return store.read_sync(lambda tx: tx.tallies.of(TEAM))


def rebuilt(store: Store) -> Mapping[Cell, int]:
    return store.read_sync(lambda tx: tx.tallies.rebuilt(TEAM))


def test_what_is_counted_of_a_pilot_comes_back_as_it_was(store: Store) -> None:
    pilot_id = a_counted_pilot(store, "A", READY)
    assert store.read_sync(lambda tx: tx.tallies.counted(pilot_id)) == READY
    store.write_sync(count, pilot_id, None)
    assert store.read_sync(lambda tx: tx.tallies.counted(pilot_id)) is None


def test_counters_follow_what_is_counted_and_add_up_again_to_the_same(store: Store) -> None:
    first, second = a_counted_pilot(store, "A", READY), a_counted_pilot(store, "B", OPEN)
    assert of(store) == rebuilt(store) == dict(cells(READY) + cells(OPEN))
    store.write_sync(count, second, READY)
    assert of(store) == rebuilt(store) == dict(cells(READY) + cells(READY))
    store.write_sync(count, first, None)
    store.write_sync(count, second, None)
    assert of(store) == rebuilt(store) == {}
    assert store.read_sync(lambda tx: tx.tallies.of("T2")) == {}


def test_whoever_counts_sees_it_at_once_and_what_fails_is_not_counted(store: Store) -> None:
    def look(tx: Tx, *, fails: bool) -> Mapping[Cell, int]:
        tx.tallies.add(TEAM, difference(None, READY))
        seen = tx.tallies.of(TEAM)
        if fails:
            raise ValueError("it did not work out")
        return seen

    with pytest.raises(ValueError, match="did not work out"):
        store.write_sync(lambda tx: look(tx, fails=True))
    assert of(store) == {}
    assert store.write_sync(lambda tx: look(tx, fails=False)) == dict(cells(READY)) == of(store)


def test_jobs_that_share_a_commit_see_each_others_counts_and_a_failed_one_leaves_none(store: Store) -> None:
    """A first job holds the writer, so that the others wait and are then carried out in one transaction."""
    held, begun = threading.Event(), threading.Event()
    seen: list[int] = []

    def hold(_tx: Tx) -> None:
        begun.set()
        held.wait(10)

    def add(tx: Tx, number: int) -> None:
        tx.tallies.add(TEAM, difference(None, OPEN))
        seen.append(tx.tallies.of(TEAM)[Cell(stage="pilot", subject="", standing="pilots")])
        if number == 2:
            raise ValueError("not this one")

    threads = [threading.Thread(target=store.write_sync, args=(hold,))]
    threads[0].start()
    begun.wait(10)
    refused: list[Exception] = []

    def one(number: int) -> None:
        try:
            store.write_sync(add, number)
        except ValueError as error:
            refused.append(error)

    threads += [threading.Thread(target=one, args=(number,)) for number in range(5)]
    for thread in threads[1:]:
        thread.start()
    held.set()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert of(store)[Cell(stage="pilot", subject="", standing="pilots")] == 4
    assert sorted(Counter(seen)) in ([1, 2, 3, 4], [1, 2, 3, 4, 5])


def test_counters_that_are_off_are_told_and_set_right(store: Store) -> None:
    pilot_id = a_counted_pilot(store, "A", READY)
    store.write_sync(
        lambda tx: tx.execute(text("UPDATE tally SET n = n + 2 WHERE subject = 'rollback'")).rowcount
    )
    store.write_sync(lambda tx: tx.execute(text("DELETE FROM tally WHERE standing = 'ready'")).rowcount)
    store.write_sync(lambda tx: tx.tallies.add(TEAM, {Cell(stage="gone", subject="", standing="pilots"): 3}))
    off = {
        Cell(stage="pilot", subject="rollback", standing="waived"): -2,
        Cell(stage="pilot", subject="", standing="ready"): 1,
        Cell(stage="gone", subject="", standing="pilots"): -3,
    }
    assert store.read_sync(lambda tx: tx.tallies.differing(TEAM)) == off

    def change_and_repair(tx: Tx) -> Mapping[Cell, int]:
        count(tx, pilot_id, OPEN)
        return tx.tallies.repair(TEAM)

    assert store.write_sync(change_and_repair) == off
    assert of(store) == rebuilt(store) == dict(cells(OPEN))
    assert store.write_sync(lambda tx: tx.tallies.repair(TEAM)) == {}


@pytest.fixture
def stores(database_url: str) -> Iterator[tuple[Store, Store]]:
    """Open the database twice, as two processes do, and let nothing be tried again: whoever waits in a ring is told."""
    with Store.open(database_url, retry_for=0) as one, Store.open(database_url, retry_for=0) as two:
        yield one, two


def test_two_processes_that_count_crosswise_lose_nothing_and_never_wait_in_a_ring(
    stores: tuple[Store, Store],
) -> None:
    """Each transaction changes many counters, in opposite orders; without one order for all, PostgreSQL would end some."""
    every = [Cell(stage="pilot", subject=f"item-{n:02}", standing="missing") for n in range(12)]

    def add(tx: Tx, number: int) -> None:
        for cell in every if number % 2 else reversed(every):
            tx.tallies.add(TEAM, {cell: 1})

    def work(number: int) -> None:
        for _ in range(20):
            stores[number % 2].write_sync(add, number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert of(stores[0]) == dict.fromkeys(every, 120)


def test_repairing_while_others_count_ends_right(stores: tuple[Store, Store]) -> None:
    ids = [a_counted_pilot(stores[0], f"P{n}", OPEN) for n in range(4)]
    stores[0].write_sync(lambda tx: tx.execute(text("UPDATE tally SET n = 40")).rowcount)

    def turn(tx: Tx, pilot_id: str) -> None:
        assert tx.pilots.lock(TEAM, pilot_id)
        now = OPEN if tx.tallies.counted(pilot_id) == READY else READY
        count(tx, pilot_id, now)

    def work(number: int) -> None:
        for _ in range(15):
            stores[number % 2].write_sync(turn, ids[number])

    def repair() -> None:
        for _ in range(5):
            stores[1].write_sync(lambda tx: tx.tallies.repair(TEAM))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    threads.append(threading.Thread(target=repair))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert of(stores[0]) == rebuilt(stores[0])
