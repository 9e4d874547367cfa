"""The store's promises: one job's failure is its own, nothing is acknowledged before the commit, readers never wait."""

import asyncio
import sqlite3
import threading
from typing import Any

import pytest
from sqlalchemy import text

from bot.domain.errors import AlreadySeen
from storage import database
from storage.failures import StoreClosed
from storage.store import Store
from storage.transaction import TransactionOver, Tx
from storage.writer import Job
from tests.storage.things import NOW, TEAM, a_body, a_pilot, an_occasion


def remember(tx: Tx, name: str) -> str:
    tx.messages.show(TEAM, name, "C1", a_body(name))
    return name


def shown(tx: Tx) -> set[str]:
    return {message.key for message in tx.messages.unsent(NOW, 1000)}


class Held:
    """Keeps the writer busy until it is let go, so that what is written meanwhile becomes one group."""

    def __init__(self, store: Store) -> None:
        self._go = threading.Event()
        self._begun = threading.Event()
        self._thread = threading.Thread(target=store.write_sync, args=(self._hold,))

    def _hold(self, _: Tx) -> None:
        self._begun.set()
        self._go.wait(10)

    def __enter__(self) -> None:
        self._thread.start()
        self._begun.wait(10)

    def __exit__(self, *_: object) -> None:
        self._go.set()
        self._thread.join()


async def together(store: Store, *jobs: Any) -> list[Any]:
    """Write all jobs in one group and return what each came to."""
    with Held(store):
        waiting = [asyncio.ensure_future(store.write(job)) for job in jobs]
        await asyncio.sleep(0)
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_what_was_written_can_be_read(store: Store) -> None:
    pilot = a_pilot()
    await store.write(lambda tx: tx.pilots.register(pilot))
    assert await store.read(lambda tx: tx.pilots.get(TEAM, pilot.id)) == pilot


async def test_work_is_handed_its_arguments_and_its_instant(store: Store) -> None:
    def work(tx: Tx, left: int, right: int) -> tuple[int, Any]:
        return left + right, tx.now

    assert await store.write(work, 2, 3, now=NOW) == (5, NOW)
    assert store.write_sync(work, 4, 5, now=NOW) == (9, NOW)
    assert (await store.read(lambda _, left: left, 7)) == 7


async def test_work_that_fails_leaves_nothing_behind(store: Store) -> None:
    def work(tx: Tx) -> None:
        remember(tx, "card")
        raise LookupError("a reason")

    with pytest.raises(LookupError, match="a reason"):
        await store.write(work)
    assert await store.read(shown) == set()


async def test_one_failure_in_a_group_does_not_hurt_its_neighbours(store: Store) -> None:
    def fails(tx: Tx) -> None:
        remember(tx, "lost")
        tx.audit.append(an_occasion(), "lost", "pilot", "P")
        raise LookupError

    def succeeds(name: str) -> Any:
        def work(tx: Tx) -> str:
            tx.audit.append(an_occasion(), name, "pilot", "P")
            return remember(tx, name)

        return work

    outcomes = await together(store, succeeds("first"), fails, succeeds("second"), fails, succeeds("third"))
    assert [outcome for outcome in outcomes if isinstance(outcome, str)] == ["first", "second", "third"]
    assert [type(outcome) for outcome in outcomes if not isinstance(outcome, str)] == [
        LookupError,
        LookupError,
    ]
    assert await store.read(shown) == {"first", "second", "third"}
    entries = await store.read(lambda tx: tx.audit.all(TEAM))
    assert [(entry.seq, entry.what) for entry in entries] == [(1, "first"), (2, "second"), (3, "third")]


async def test_what_a_neighbour_has_put_on_the_record_is_known_before_it_has_a_number(store: Store) -> None:
    def records(reason: str) -> Any:
        said = {"reason": reason}
        return lambda tx: tx.audit.append(an_occasion(), "put_off", "pilot", "P", None, said)

    def fails(tx: Tx) -> None:
        records("lost")(tx)
        raise LookupError

    def reason(tx: Tx) -> Any:
        found = tx.audit.latest_of(TEAM, "pilot", "P", "put_off")
        return found.after if found else None

    outcomes = await together(store, records("first"), records("second"), fails, reason)
    assert outcomes[-1] == {"reason": "second"}
    assert await store.read(reason) == {"reason": "second"}


async def test_a_broken_statement_in_a_group_does_not_hurt_its_neighbours(store: Store) -> None:
    def breaks(tx: Tx) -> None:
        tx.execute(text("SELECT nothing FROM nowhere"))

    outcomes = await together(store, lambda tx: remember(tx, "one"), breaks, lambda tx: remember(tx, "two"))
    assert outcomes[0] == "one"
    assert isinstance(outcomes[1], Exception)
    assert outcomes[2] == "two"
    assert await store.read(shown) == {"one", "two"}


async def test_a_job_that_is_turned_away_for_now_is_done_again_with_its_neighbours(store: Store) -> None:
    tries: list[int] = []

    def busy_at_first(tx: Tx) -> str:
        tries.append(1)
        remember(tx, "busy")
        if len(tries) < 3:
            locked = sqlite3.OperationalError("database is locked")
            locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise locked
        return "busy"

    outcomes = await together(
        store, lambda tx: remember(tx, "one"), busy_at_first, lambda tx: remember(tx, "two")
    )
    assert outcomes == ["one", "busy", "two"]
    assert await store.read(shown) == {"one", "busy", "two"}


async def test_a_delivery_is_carried_out_once(store: Store) -> None:
    assert await store.write(remember, "first", delivery=(TEAM, "Ev1")) == "first"
    with pytest.raises(AlreadySeen):
        await store.write(remember, "second", delivery=(TEAM, "Ev1"))
    await store.write(remember, "elsewhere", delivery=("T2", "Ev1"))
    assert await store.read(shown) == {"first", "elsewhere"}


async def test_a_delivery_whose_work_failed_may_come_again(store: Store) -> None:
    def fails(_: Tx) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(fails, delivery=(TEAM, "Ev1"))
    assert await store.write(remember, "card", delivery=(TEAM, "Ev1")) == "card"


async def test_the_same_delivery_twice_in_one_group_is_carried_out_once(store: Store) -> None:
    with Held(store):
        twice = [
            asyncio.ensure_future(store.write(remember, name, delivery=(TEAM, "Ev1"))) for name in ("a", "b")
        ]
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*twice, return_exceptions=True)
    assert outcomes[0] == "a"
    assert isinstance(outcomes[1], AlreadySeen)
    assert await store.read(shown) == {"a"}


async def test_64_writers_at_once_meet_no_lock_and_lose_nothing(store: Store) -> None:
    async def writer(number: int) -> list[str]:
        return [await store.write(remember, f"{number}-{turn}") for turn in range(5)]

    written = await asyncio.gather(*(writer(number) for number in range(64)))
    assert await store.read(shown) == {name for names in written for name in names}


def test_64_threads_at_once_meet_no_lock_and_lose_nothing(store: Store) -> None:
    threads = [
        threading.Thread(target=store.write_sync, args=(remember, str(number))) for number in range(64)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.read_sync(shown) == {str(number) for number in range(64)}


async def test_jobs_are_done_in_the_order_they_came(store: Store) -> None:
    order: list[int] = []
    await together(store, *(lambda _, number=number: order.append(number) for number in range(50)))
    assert order == list(range(50))


async def test_a_result_is_given_only_after_the_commit(store: Store, database_url: str) -> None:
    await store.write(remember, "card")
    with Store.open(database_url) as another:
        assert another.read_sync(shown) == {"card"}


async def test_readers_do_not_wait_for_the_writer_and_see_nothing_unfinished(store: Store) -> None:
    written, go = threading.Event(), threading.Event()

    def slow(tx: Tx) -> None:
        remember(tx, "card")
        written.set()
        go.wait(10)

    writing = asyncio.ensure_future(store.write(slow))
    await asyncio.to_thread(written.wait, 10)
    assert await asyncio.wait_for(store.read(shown), 5) == set()
    go.set()
    await writing
    assert await store.read(shown) == {"card"}


async def test_a_reader_sees_one_moment_however_long_it_takes(store: Store) -> None:
    looked, go = threading.Event(), threading.Event()

    def looks_twice(tx: Tx) -> tuple[set[str], set[str]]:
        first = shown(tx)
        looked.set()
        go.wait(10)
        return first, shown(tx)

    reading = asyncio.ensure_future(store.read(looks_twice))
    await asyncio.to_thread(looked.wait, 10)
    await store.write(remember, "card")
    go.set()
    assert await reading == (set(), set())


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(Exception, match=r"readonly|read-only"):
        await store.read(remember, "card")
    assert await store.read(shown) == set()


async def test_a_transaction_is_over_when_its_work_is(store: Store) -> None:
    kept = await store.write(lambda tx: tx)
    with pytest.raises(TransactionOver):
        kept.pilots.get(TEAM, "P")
    seen = await store.read(lambda tx: tx)
    with pytest.raises(TransactionOver):
        seen.pilots.get(TEAM, "P")


async def test_work_that_nobody_waits_for_any_more_is_not_begun(store: Store) -> None:
    with Held(store):
        abandoned = asyncio.ensure_future(store.write(remember, "abandoned"))
        kept = asyncio.ensure_future(store.write(remember, "kept"))
        await asyncio.sleep(0)
        abandoned.cancel()
        await asyncio.sleep(0)
    assert await kept == "kept"
    assert await store.read(shown) == {"kept"}


async def test_closing_finishes_what_waits_and_takes_nothing_more(store: Store, database_url: str) -> None:
    with Held(store):
        waiting = [asyncio.ensure_future(store.write(remember, str(number))) for number in range(5)]
        await asyncio.sleep(0)
        closing = threading.Thread(target=store.close)
        closing.start()
    assert await asyncio.gather(*waiting) == ["0", "1", "2", "3", "4"]
    closing.join()
    with pytest.raises(StoreClosed):
        await store.write(remember, "late")
    with pytest.raises(StoreClosed):
        await store.read(shown)
    with pytest.raises(StoreClosed):
        await store.healthy()
    store.close()
    with Store.open(database_url) as again:
        assert again.read_sync(shown) == {"0", "1", "2", "3", "4"}


async def test_a_healthy_store_says_nothing(store: Store) -> None:
    await store.healthy()
    store.healthy_sync()


def test_sqlite_is_set_up_to_be_durable(sqlite_url: str) -> None:
    engine = database.write_engine(database.parse(sqlite_url))
    with engine.connect() as connection:
        facts = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    engine.dispose()
    assert facts == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 30000, "foreign_keys": 1}


async def test_a_loop_that_closed_meanwhile_does_not_stop_the_writer(store: Store) -> None:
    loop = asyncio.new_event_loop()
    with Held(store):
        store._writer.submit(Job(lambda tx: remember(tx, "unheard"), now=NOW, delivery=None, loop=loop))
        loop.close()
    assert await store.write(remember, "next") == "next"
    assert await store.read(shown) == {"unheard", "next"}
