"""What happens when the world breaks: processes killed between write and commit, locks held by others, lost connections."""

import asyncio
import contextlib
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from bot.domain.errors import AlreadySeen
from bot.domain.pilots import Pilot
from storage import database, failures
from storage.store import Store
from storage.transaction import Tx
from storage.verification import examine
from tests.postgres import PostgresServer
from tests.storage.child import show
from tests.storage.things import NOW, TEAM, a_body, a_pilot, after, an_answer

PROJECT = Path(__file__).parents[2]


@contextmanager
def child(*words: str) -> Iterator[subprocess.Popen[str]]:
    """Start a process of its own, and make sure that it is gone afterwards."""
    command = [sys.executable, "-m", "tests.storage.child", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def keys(tx: Tx) -> set[str]:
    return {message.key for message in tx.messages.unsent(NOW, 10_000)}


def keep(tx: Tx, pilot: Pilot) -> None:
    tx.pilots.register(pilot)


def backend(tx: Tx) -> int:
    found: int = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
    return found


def hang_up(url: str, pid: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", [pid])


def test_a_process_killed_between_write_and_commit_leaves_only_what_was_acknowledged(
    database_url: str,
) -> None:
    with child("hang", database_url) as process:
        assert [line(process), line(process)] == ["whole", "half"]
        process.kill()
        process.wait()
    with Store.open(database_url) as store:
        assert store.read_sync(keys) == {"whole"}
        store.write_sync(show, "next")
        assert [entry.seq for entry in store.read_sync(lambda tx: tx.audit.all(TEAM))] == [1, 2]
        assert store.read_sync(examine).problems == []


def test_a_process_killed_in_a_flood_of_writes_has_kept_all_that_it_acknowledged(database_url: str) -> None:
    with child("flood", database_url, "run", "100000") as process:
        assert line(process) == "ready"
        acknowledged = {line(process) for _ in range(150)}
        process.kill()
        rest = process.stdout.read() if process.stdout else ""
        acknowledged |= set(rest.split("\n")[:-1])
    with Store.open(database_url) as store:
        kept = store.read_sync(keys)
        assert acknowledged <= kept
        entries = store.read_sync(lambda tx: tx.audit.all(TEAM))
        assert [entry.seq for entry in entries] == list(range(1, len(kept) + 1))
        assert {entry.subject_id for entry in entries} == kept
        assert store.read_sync(examine).problems == []
        with pytest.raises(AlreadySeen):
            store.write_sync(show, "again", delivery=(TEAM, acknowledged.pop()))


async def test_two_processes_on_postgresql_share_the_work_without_a_gap(postgres_url: str) -> None:
    with child("flood", postgres_url, "theirs", "300") as process, Store.open(postgres_url) as store:
        assert await asyncio.to_thread(line, process) == "ready"
        for start in range(0, 300, 30):
            await asyncio.gather(
                *(store.write(show, f"ours-{number}") for number in range(start, start + 30))
            )
        assert await asyncio.to_thread(process.wait, 30) == 0
        entries = await store.read(lambda tx: tx.audit.all(TEAM))
        assert [entry.seq for entry in entries] == list(range(1, 601))
        assert (await store.read(examine)).problems == []
        assert len(await store.read(keys)) == 600


async def test_two_stores_answering_the_same_item_on_postgresql_number_their_answers_one_after_the_other(
    postgres_url: str,
) -> None:
    pilot = a_pilot()

    def answer(tx: Tx) -> int:
        kept = tx.answers.record(an_answer(pilot))
        assert kept is not None
        return kept.revision

    with Store.open(postgres_url) as one, Store.open(postgres_url) as two:
        await one.write(lambda tx: tx.pilots.register(pilot))
        revisions = await asyncio.gather(*(store.write(answer) for _ in range(20) for store in (one, two)))
        assert sorted(revisions) == list(range(1, 41))
        assert await one.read(lambda tx: tx.answers.differences()) == set()


async def test_two_stores_stating_the_same_message_on_postgresql_make_one_row(postgres_url: str) -> None:
    with Store.open(postgres_url) as one, Store.open(postgres_url) as two:
        for round_ in range(10):
            await asyncio.gather(*(store.write(show, f"card-{round_}") for store in (one, two)))
        assert len(await one.read(keys)) == 10


async def test_two_stores_that_lock_in_opposite_order_on_postgresql_both_finish(postgres_url: str) -> None:
    pilots = [a_pilot("One"), a_pilot("Two")]
    both_hold = threading.Barrier(2, timeout=10)

    def crosswise(tx: Tx, first: int, second: int) -> bool:
        tx.pilots.lock(TEAM, pilots[first].id)
        with contextlib.suppress(threading.BrokenBarrierError):  # broken on purpose for whoever tries again
            both_hold.wait()
        both_hold.abort()
        return tx.pilots.lock(TEAM, pilots[second].id) is not None

    with Store.open(postgres_url) as one, Store.open(postgres_url) as two:
        for pilot in pilots:
            await one.write(keep, pilot)
        assert all(await asyncio.gather(one.write(crosswise, 0, 1), two.write(crosswise, 1, 0)))


def test_a_database_that_another_program_holds_is_said_so_and_nothing_is_lost(sqlite_url: str) -> None:
    engine = database.write_engine(database.parse(sqlite_url))
    with Store.open(sqlite_url, patience_ms=50, retry_for=0.5) as store:
        with engine.connect() as holder, database.begin_writing(holder):
            begun = time.monotonic()
            with pytest.raises(failures.DatabaseBusy, match="held by another program"):
                store.write_sync(show, "refused")
            assert 0.2 < time.monotonic() - begun < 5
        store.write_sync(show, "later")
        assert store.read_sync(keys) == {"later"}
    engine.dispose()


def test_a_lock_that_is_let_go_in_time_is_not_noticed(sqlite_url: str) -> None:
    engine = database.write_engine(database.parse(sqlite_url))
    holder = engine.connect()
    held = database.begin_writing(holder)
    with Store.open(sqlite_url, patience_ms=20) as store:
        letting_go = threading.Timer(0.3, held.rollback)
        letting_go.start()
        store.write_sync(show, "patient")
        letting_go.join()
        assert store.read_sync(keys) == {"patient"}
    holder.close()
    engine.dispose()


def test_a_row_that_another_process_holds_on_postgresql_is_said_so(postgres_url: str) -> None:
    pilot = a_pilot()
    holding, go = threading.Event(), threading.Event()

    def hold(tx: Tx) -> None:
        tx.pilots.lock(TEAM, pilot.id)
        holding.set()
        go.wait(20)

    with Store.open(postgres_url) as one, Store.open(postgres_url, patience_ms=50, retry_for=0.3) as two:
        one.write_sync(lambda tx: tx.pilots.register(pilot))
        holder = threading.Thread(target=one.write_sync, args=(hold,))
        holder.start()
        holding.wait(10)
        with pytest.raises(failures.DatabaseBusy):
            two.write_sync(lambda tx: tx.pilots.set_next_nudge(pilot.id, None))
        go.set()
        holder.join()
        two.write_sync(lambda tx: tx.pilots.set_next_nudge(pilot.id, None))


async def test_a_lost_connection_is_made_anew_and_the_work_done(postgres_url: str) -> None:
    with Store.open(postgres_url) as store:
        hang_up(postgres_url, await store.write(backend))
        await asyncio.gather(*(store.write(show, str(number)) for number in range(5)))
        hang_up(postgres_url, await store.read(backend))
        assert await store.read(keys) == {"0", "1", "2", "3", "4"}
        await store.healthy()


def test_a_connection_lost_during_the_commit_is_told_as_unknown_and_not_done_twice(postgres_url: str) -> None:
    tries: list[int] = []

    def cut_off(tx: Tx) -> None:
        tries.append(1)
        tx.messages.show(TEAM, "uncertain", "C1", a_body())
        hang_up(postgres_url, backend(tx))
        time.sleep(0.2)

    with Store.open(postgres_url) as store:
        with pytest.raises(failures.OutcomeUnknown, match="may or may not be there"):
            store.write_sync(cut_off)
        assert len(tries) == 1
        store.write_sync(show, "next")
        assert store.read_sync(keys) == {"next"}


def test_work_that_breaks_its_connection_is_told_so_in_the_end(postgres_url: str) -> None:
    def cuts_itself_off(tx: Tx) -> None:
        hang_up(postgres_url, backend(tx))
        time.sleep(0.05)
        show(tx, "never")

    with Store.open(postgres_url, retry_for=0.3) as store:
        with pytest.raises(failures.DatabaseUnreachable):
            store.write_sync(cuts_itself_off)
        store.write_sync(show, "next")
        assert store.read_sync(keys) == {"next"}


def test_a_claim_survives_the_process_that_made_it_and_ends_with_its_lease(database_url: str) -> None:
    with Store.open(database_url) as store:
        store.write_sync(show, "card")
        message = store.read_sync(lambda tx: tx.messages.by_key(TEAM, "card"))
        assert message is not None
        store.write_sync(lambda tx: tx.messages.claim(message.id, "dead", after(seconds=60), NOW))
    with Store.open(database_url) as store:
        assert store.read_sync(lambda tx: tx.messages.unsent(after(seconds=59), 5)) == []
        assert len(store.read_sync(lambda tx: tx.messages.unsent(after(seconds=60), 5))) == 1


async def test_when_nothing_can_be_written_all_who_wait_are_told_at_once(sqlite_url: str) -> None:
    engine = database.write_engine(database.parse(sqlite_url))
    with Store.open(sqlite_url, patience_ms=200, retry_for=0.3) as store:
        await store.write(show, "before")
        with engine.connect() as holder, database.begin_writing(holder):
            begun = time.monotonic()
            waiting = [store.write(show, str(number)) for number in range(64)]
            outcomes = await asyncio.gather(*waiting, return_exceptions=True)
            assert time.monotonic() - begun < 4
        assert {type(outcome) for outcome in outcomes} == {failures.DatabaseBusy}
        await store.write(show, "after")
        assert await store.read(keys) == {"before", "after"}
    engine.dispose()


async def test_a_server_that_is_gone_is_told_to_all_who_wait_at_once(postgres_server: PostgresServer) -> None:
    name = "test_gone"
    postgres_server.carry_out(f"CREATE DATABASE {name}")
    database.migrate(postgres_server.url(name))
    with Store.open(postgres_server.url(name), retry_for=0.2) as store:
        await store.write(show, "before")
        postgres_server.carry_out(f"DROP DATABASE {name} WITH (FORCE)")
        outcomes = await asyncio.gather(
            *(store.write(show, str(number)) for number in range(64)), return_exceptions=True
        )
        assert {type(outcome) for outcome in outcomes} == {failures.DatabaseUnreachable}
        with pytest.raises(failures.DatabaseUnreachable):
            await store.healthy()


async def test_who_waits_beside_a_stuck_change_is_answered_before_it(database_url: str) -> None:
    order: list[str] = []

    def stuck(_: Tx) -> None:
        locked = sqlite3.OperationalError("database is locked")
        locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise locked

    async def noted(name: str, work: Callable[[Tx], None]) -> None:
        with contextlib.suppress(failures.DatabaseBusy):
            await store.write(work)
        order.append(name)

    def slow(_: Tx) -> None:
        time.sleep(0.1)

    def quick(tx: Tx) -> None:
        show(tx, "quick")

    with Store.open(database_url, retry_for=0.3) as store:
        await asyncio.gather(noted("slow", slow), noted("quick", quick), noted("stuck", stuck))
        assert order == ["slow", "quick", "stuck"]
        assert await store.read(keys) == {"quick"}
