"""Notices and the clock of digests: nobody hears twice for one thing, and whose time has come is found once."""

import threading
from collections.abc import Iterator

import pytest

from bot.domain.matters import MatterKind
from bot.domain.notices import Notice, Reply
from bot.domain.pilots import Pilot
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import NOW, TEAM, a_pilot, after
from tests.storage.told import QUIET, a_notice

TODAY = "2026-03-02"


def queue(store: Store, *notices: Notice) -> list[bool]:
    return [store.write_sync(_queue, notice) for notice in notices]


def _queue(tx: Tx, notice: Notice) -> bool:
    return tx.notices.queue(notice)


def due(store: Store, person_id: str, hours: int = 0, team: str = TEAM) -> None:
    store.write_sync(lambda tx: tx.digests.due(team, person_id, after(hours=hours)))


@pytest.fixture
def pilot(store: Store) -> Pilot:
    registered = a_pilot()
    store.write_sync(lambda tx: tx.pilots.register(registered))
    return registered


def test_nobody_is_queued_twice_for_one_rung_of_one_thing(store: Store, pilot: Pilot) -> None:
    first, later = a_notice(pilot), a_notice(pilot, queued_at=after(days=1))
    assert queue(store, first, later) == [True, False]
    others = (a_notice(pilot, "U-OTHER"), a_notice(pilot, rung=1), a_notice(pilot, thing="quiet:later"))
    assert queue(store, *others) == [True, True, True]
    kept = store.read_sync(lambda tx: tx.notices.of_pilot(pilot.id))
    assert len(kept) == 4
    assert first in kept


def test_what_was_told_or_answered_waits_no_more(store: Store, pilot: Pilot) -> None:
    queue(store, *(a_notice(pilot, thing=thing) for thing in ("a", "b", "c")))
    assert store.write_sync(lambda tx: tx.notices.told(pilot.id, "a", 0, "U-OWNER", TODAY, NOW))
    assert not store.write_sync(lambda tx: tx.notices.told(pilot.id, "a", 0, "U-OWNER", "2026-03-03", NOW))
    assert store.write_sync(lambda tx: tx.notices.reply(pilot.id, "b", Reply.SETTLED, NOW)) == 1
    assert not store.write_sync(lambda tx: tx.notices.told(pilot.id, "b", 0, "U-OWNER", TODAY, NOW))
    with_slot = store.read_sync(lambda tx: tx.notices.of_person(TEAM, "U-OWNER", TODAY))
    assert [(one.thing, one.slot, one.told_at) for one in with_slot] == [("a", TODAY, NOW)]
    waiting = store.read_sync(lambda tx: tx.notices.waiting_for(TEAM, "U-OWNER"))
    assert [one.thing for one in waiting] == ["c"]
    open_ones = store.read_sync(lambda tx: tx.notices.open_of_pilot(pilot.id))
    assert [one.thing for one in open_ones] == ["a", "c"]
    assert store.read_sync(lambda tx: tx.notices.waiting_for("T2", "U-OWNER")) == []


def test_the_first_word_counts_and_goes_to_whom_it_is_meant_for(store: Store, pilot: Pilot) -> None:
    queue(store, *(a_notice(pilot, who, rung=rung) for rung in (0, 1) for who in ("U1", "U2")))

    def reply(said: Reply, person_id: str | None = None, rung: int | None = None) -> int:
        return store.write_sync(
            lambda tx: tx.notices.reply(pilot.id, QUIET, said, after(hours=1), person_id, rung)
        )

    assert reply(Reply.SNOOZED, "U1", 1) == 1
    assert reply(Reply.MUTED, "U1") == 1
    assert reply(Reply.BLOCKED, rung=1) == 1
    assert reply(Reply.SETTLED) == 1
    assert reply(Reply.RETIRED) == 0
    of_thing = store.read_sync(lambda tx: tx.notices.of_thing(pilot.id, QUIET))
    assert [(one.rung, one.person_id, one.reply) for one in of_thing] == [
        (0, "U1", Reply.MUTED),
        (0, "U2", Reply.SETTLED),
        (1, "U1", Reply.SNOOZED),
        (1, "U2", Reply.BLOCKED),
    ]


def test_when_each_rung_was_heard_first_is_known_by_matter(store: Store, pilot: Pilot) -> None:
    for thing, rung, person_id, hours in [
        ("a", 0, "U1", 2),
        ("a", 0, "U2", 1),
        ("a", 3, "U1", 9),
        ("b", 1, "U1", 4),
    ]:
        queue(store, a_notice(pilot, person_id, thing=thing, rung=rung, queued_at=after(hours=hours)))
    heard = store.read_sync(lambda tx: tx.notices.heard(pilot.id))
    assert heard == {"a": {0: after(hours=1), 3: after(hours=9)}, "b": {1: after(hours=4)}}
    assert store.read_sync(lambda tx: tx.notices.heard("nobody")) == {}


def test_a_digest_is_due_at_the_earliest_time_that_anybody_said(store: Store) -> None:
    def at() -> object:
        return store.read_sync(lambda tx: tx.digests.next_at(TEAM, "U1"))

    assert at() is None
    for hours, expected in [(5, 5), (9, 5), (3, 3)]:
        due(store, "U1", hours)
        assert at() == after(hours=expected)
    store.write_sync(lambda tx: tx.digests.put_off(TEAM, "U1", after(days=2)))
    assert at() == after(days=2)
    store.write_sync(lambda tx: tx.digests.put_off(TEAM, "U1", None))
    assert at() is None


def test_whose_time_has_come_is_found_longest_first_and_only_in_the_workspace(store: Store) -> None:
    for person_id, hours in [("U1", 3), ("U2", 1), ("C1", 2), ("U4", 5)]:
        due(store, person_id, hours)
    due(store, "U9", team="T2")

    def due_now(hours: int, limit: int = 50) -> list[str]:
        return store.write_sync(lambda tx: tx.digests.due_now(TEAM, after(hours=hours), limit))

    assert due_now(0) == []
    assert due_now(3) == ["U2", "C1", "U1"]
    assert due_now(9, 2) == ["U2", "C1"]


def test_the_slot_in_which_somebody_was_told_last_is_known(store: Store, pilot: Pilot) -> None:
    def last() -> str | None:
        return store.read_sync(lambda tx: tx.digests.last_slot(TEAM, "U-OWNER"))

    queue(store, a_notice(pilot, kind=MatterKind.READY))
    assert last() is None
    store.write_sync(lambda tx: tx.notices.told(pilot.id, QUIET, 0, "U-OWNER", TODAY, NOW))
    assert last() == TODAY


class TestTwoProcesses:
    """What two processes do to the same rows at once."""

    @pytest.fixture
    def stores(self, database_url: str) -> Iterator[tuple[Store, Store]]:
        with Store.open(database_url) as one, Store.open(database_url) as two:
            yield one, two

    def test_each_person_is_taken_by_one_of_them(self, stores: tuple[Store, Store]) -> None:
        people = [f"U{number:02}" for number in range(30)]
        for person_id in people:
            due(stores[0], person_id)
        told: list[str] = []

        def take(tx: Tx) -> list[str]:
            mine = tx.digests.due_now(TEAM, NOW, 4)
            for person_id in mine:
                tx.digests.put_off(TEAM, person_id, None)
            return mine

        def work(store: Store) -> None:
            for _ in range(10):
                told.extend(store.write_sync(take))

        threads = [threading.Thread(target=work, args=(store,)) for store in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(told) == people

    def test_a_rung_is_queued_by_one_of_them_and_told_by_one(self, stores: tuple[Store, Store]) -> None:
        pilot = a_pilot()
        stores[0].write_sync(lambda tx: tx.pilots.register(pilot))
        done: list[str] = []

        def work(store: Store) -> None:
            if queue(store, a_notice(pilot)) == [True]:
                done.append("queued")
            if store.write_sync(lambda tx: tx.notices.told(pilot.id, QUIET, 0, "U-OWNER", TODAY, NOW)):
                done.append("told")

        threads = [threading.Thread(target=work, args=(stores[number % 2],)) for number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(done) == ["queued", "told"]
