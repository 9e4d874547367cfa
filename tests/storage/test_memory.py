"""What a transaction has read is not asked for again, and never outlives a change."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, select

from bot.domain.messages import Body
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from storage import memory
from storage.store import Store
from storage.tables import ANSWER, MESSAGE, PERSON, PILOT
from storage.transaction import Tx

from .things import NOW, TEAM, a_pilot, an_answer

BODY: Body = {"text": "one", "blocks": []}


@contextmanager
def statements(tx: Tx) -> Iterator[list[str]]:
    """Note what is sent to the database."""
    said: list[str] = []

    def note(*told: Any) -> None:
        said.append(str(told[2]))

    event.listen(tx.connection, "before_cursor_execute", note)
    yield said
    event.remove(tx.connection, "before_cursor_execute", note)


@pytest.fixture
def pilot(store: Store) -> Pilot:
    made = a_pilot()
    store.write_sync(lambda tx: tx.pilots.register(made))
    return made


def test_a_pilot_is_asked_for_once(store: Store, pilot: Pilot) -> None:
    def work(tx: Tx) -> int:
        with statements(tx) as said:
            first = tx.pilots.get(TEAM, pilot.id)
            assert tx.pilots.get(TEAM, pilot.id) is first
            assert tx.pilots.get("T2", pilot.id) is None
        return len(said)

    assert store.read_sync(work) == 2


def test_what_is_not_there_is_asked_for_once_as_well(store: Store) -> None:
    def work(tx: Tx) -> int:
        with statements(tx) as said:
            assert tx.people.get(TEAM, "U1") is tx.people.get(TEAM, "U1") is None
        return len(said)

    assert store.read_sync(work) == 1


def test_a_lock_is_taken_whatever_was_read_before(store: Store, pilot: Pilot) -> None:
    def work(tx: Tx) -> list[str]:
        tx.pilots.get(TEAM, pilot.id)
        with statements(tx) as said:
            tx.pilots.lock(TEAM, pilot.id)
            tx.pilots.lock(TEAM, pilot.id)
        return said

    said = store.write_sync(work)
    if store._engines[0].dialect.name == "sqlite":
        assert said == [], "the transaction has been alone from its start"
    else:
        assert len(said) == 1
        assert "FOR NO KEY UPDATE" in said[0]


def test_what_was_read_before_a_lock_is_doubtful_where_others_write(store: Store, pilot: Pilot) -> None:
    def work(tx: Tx) -> int:
        tx.people.get(TEAM, "U1")
        tx.pilots.lock(TEAM, pilot.id)
        with statements(tx) as said:
            tx.people.get(TEAM, "U1")
        return len(said)

    assert store.write_sync(work) == (0 if store._engines[0].dialect.name == "sqlite" else 1)


def test_a_change_is_seen_at_once(store: Store, pilot: Pilot) -> None:
    def work(tx: Tx) -> None:
        assert tx.people.get(TEAM, "U1") is None
        tx.people.remember(Person(workspace_id=TEAM, user_id="U1", name="Maya"))
        assert tx.people.some(TEAM, ["U1"]).keys() == {"U1"}
        assert tx.answers.current(pilot.id) == {}
        tx.answers.record(an_answer(pilot))
        assert len(tx.answers.current(pilot.id)) == 1
        tx.pilots.get(TEAM, pilot.id)
        tx.pilots.set_tier(pilot.id, "high")
        changed = tx.pilots.get(TEAM, pilot.id)
        assert changed
        assert changed.tier == "high"

    store.write_sync(work)


def test_what_is_remembered_of_a_change_is_what_is_kept(store: Store, pilot: Pilot) -> None:
    """Nothing that is kept in its place may differ from what the next transaction reads."""
    hostile = "a\x00b\ud800c 🚀"

    def work(tx: Tx) -> tuple[Any, ...]:
        tx.answers.current(pilot.id)
        tx.answers.record(an_answer(pilot, detail=hostile))
        tx.pilots.lock(TEAM, pilot.id)
        tx.pilots.note_change(pilot.model_copy(update={"last_change_at": NOW, "required": 7, "ready": True}))
        return tx.answers.current(pilot.id), tx.pilots.get(TEAM, pilot.id)

    assert store.write_sync(work) == store.read_sync(
        lambda tx: (tx.answers.current(pilot.id), tx.pilots.get(TEAM, pilot.id))
    )


def test_a_message_that_was_stated_is_known_with_all_others(store: Store) -> None:
    def work(tx: Tx) -> int:
        tx.messages.by_keys(TEAM, "one", "two")
        with statements(tx) as said:
            tx.messages.show(TEAM, "one", "C1", BODY)
            tx.messages.show(TEAM, "one", "C1", {**BODY, "text": "two"})
            found = tx.messages.by_keys(TEAM, "one", "two")
        assert found.keys() == {"one"}
        assert found["one"].body["text"] == "two"
        assert found["one"].version == 2
        return len([one for one in said if one.startswith("SELECT")])

    assert store.write_sync(work) == (0 if store._engines[0].dialect.name == "sqlite" else 2)


def test_stating_a_message_is_as_much_work_however_many_were_stated_before(store: Store) -> None:
    def work(tx: Tx, known: int) -> int:
        for number in range(known):
            tx.messages.show(TEAM, f"{known}:{number}", "C1", BODY)
        calls = 0

        def count(_frame: Any, happened: str, _what: Any) -> None:
            nonlocal calls
            calls += happened == "call"

        sys.setprofile(count)
        tx.messages.show(TEAM, f"{known}:0", "C1", {**BODY, "text": "two"})
        tx.messages.show(TEAM, f"{known}:new", "C1", BODY)
        sys.setprofile(None)
        return calls

    few, many = store.write_sync(work, 10), store.write_sync(work, 300)
    assert many < few + 50


def test_a_reply_that_came_back_with_its_root_is_read_anew(store: Store) -> None:
    def posted(tx: Tx) -> None:
        root = tx.messages.show(TEAM, "root", "C1", BODY)
        reply = tx.messages.show(TEAM, "reply", "C1", BODY, under=root.id)
        for one in (root, reply):
            assert tx.messages.claim(one.id, "me", NOW.replace(year=2030), NOW)
            tx.messages.fail(one.id, "me", "channel_not_found")

    def work(tx: Tx) -> None:
        before = tx.messages.by_keys(TEAM, "root", "reply")
        assert before["reply"].failed
        tx.messages.show(TEAM, "root", "C1", BODY)
        after = tx.messages.by_key(TEAM, "reply")
        assert after
        assert after.failed is None

    store.write_sync(posted)
    store.write_sync(work)


def test_nobody_can_change_what_others_are_handed(store: Store, pilot: Pilot) -> None:
    def work(tx: Tx) -> None:
        tx.answers.record(an_answer(pilot))
        tx.answers.current(pilot.id).clear()
        tx.moves.of_pilot(pilot.id).append(None)  # type: ignore[arg-type] # on purpose
        assert tx.answers.current(pilot.id)
        assert tx.moves.of_pilot(pilot.id) == []

    store.write_sync(work)


def test_a_transaction_that_goes_through_many_pilots_does_not_keep_them_all(store: Store) -> None:
    def work(tx: Tx) -> int:
        for number in range(memory.MOST + 10):
            tx.people.get(TEAM, f"U{number}")
        return len(tx.memory._found)

    assert store.read_sync(work) <= memory.MOST


def test_a_statement_is_about_every_table_that_it_reads() -> None:
    inner = select(func.max(ANSWER.c.revision)).where(ANSWER.c.pilot_id == PILOT.c.id).scalar_subquery()
    statement = select(PILOT.c.id, inner).join(PERSON, PERSON.c.user_id == PILOT.c.champion_id)
    statement = statement.where(PILOT.c.id.in_(select(MESSAGE.c.id)))
    assert memory._tables(statement) == {"pilot", "answer", "person", "outbound_message"}


class TestAnotherProcess:
    """On PostgreSQL others commit while a transaction goes on; whatever a lock waited for is read after it."""

    @pytest.fixture
    def other(self, postgres_url: str) -> Iterator[Store]:
        with Store.open(postgres_url) as opened:
            yield opened

    @pytest.fixture
    def mine(self, postgres_url: str, other: Store) -> Iterator[Store]:
        with Store.open(postgres_url) as opened:
            yield opened

    @pytest.fixture
    def theirs(self, other: Store) -> Pilot:
        made = a_pilot()
        other.write_sync(lambda tx: tx.pilots.register(made))
        return made

    def test_what_it_changed_before_the_lock_is_seen_after_it(
        self, mine: Store, other: Store, theirs: Pilot
    ) -> None:
        def work(tx: Tx) -> None:
            assert tx.pilots.get(TEAM, theirs.id) == theirs
            assert tx.answers.current(theirs.id) == {}
            other.write_sync(lambda tx: tx.pilots.set_tier(theirs.id, "high"))
            first = other.write_sync(lambda tx: tx.answers.record(an_answer(theirs)))
            locked = tx.pilots.lock(TEAM, theirs.id)
            assert locked
            assert locked.tier == "high"
            assert tx.pilots.get(TEAM, theirs.id) == locked
            assert list(tx.answers.current(theirs.id).values()) == [first]

        mine.write_sync(work)

    def test_answers_that_it_gave_stand_beside_the_one_that_is_given_here(
        self, mine: Store, other: Store, theirs: Pilot
    ) -> None:
        def work(tx: Tx) -> Any:
            assert tx.answers.current(theirs.id) == {}
            other.write_sync(lambda tx: tx.answers.record(an_answer(theirs, item_id="rollback")))
            tx.answers.record(an_answer(theirs, item_id="monitoring"))
            return tx.answers.current(theirs.id)

        known = mine.write_sync(work)
        assert known.keys() == {"rollback", "monitoring"}
        assert known == other.read_sync(lambda tx: tx.answers.current(theirs.id))

    def test_a_message_that_it_stated_first_is_taken_up_though_it_was_not_there_before(
        self, mine: Store, other: Store
    ) -> None:
        def work(tx: Tx) -> Any:
            tx.messages.lock(TEAM, "one")
            assert tx.messages.by_key(TEAM, "one") is None
            first = other.write_sync(lambda tx: tx.messages.show(TEAM, "one", "C1", BODY))
            stated = tx.messages.show(TEAM, "one", "C1", {**BODY, "text": "two"})
            assert (stated.id, stated.version) == (first.id, 2)
            assert tx.messages.by_key(TEAM, "one") == stated
            return stated

        stated = mine.write_sync(work)
        assert other.read_sync(lambda tx: tx.messages.by_key(TEAM, "one")) == stated
