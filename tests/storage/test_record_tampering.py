"""Whatever is done to the record past its triggers shows, with the number of the entry that it was done to."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from storage import database
from storage.chain import BEGINNING
from storage.store import Store
from storage.transaction import Tx
from storage.verification import Examination, Fault, examine
from tests.storage.things import NOW, TEAM, after, an_occasion

OTHER = "T2"
COUNT = 9
"""Entries of the workspace that is tampered with: most with words, one without, one whose words were erased."""
ERASED, WITHOUT_WORDS = 4, 6
TEXTS = {
    "audit": (
        "workspace_id",
        "actor_id",
        "on_behalf_of",
        "what",
        "subject_kind",
        "subject_id",
        "delivery",
        "facts_digest",
        "hash_before",
        "hash",
    ),
    "audit_facts": ("workspace_id", "salt", "before", "after"),
}
PLACES = [(table, column) for table, columns in TEXTS.items() for column in (*columns, "seq")] + [
    ("audit", "at")
]


def write_some(store: Store) -> None:
    def one(tx: Tx, number: int, workspace_id: str) -> None:
        at = an_occasion(
            now=after(minutes=number),
            workspace_id=workspace_id,
            actor_id=f"U{number}",
            delivery=f"Ev{number}" if number % 2 else None,
        )
        words = None if number == WITHOUT_WORDS else {"said": f"漢 word {number}", "n": number}
        tx.audit.append(
            at, "answer.given", "pilot", "P1", {"said": None} if words else None, words, on_behalf_of="U9"
        )

    for number in range(1, COUNT):
        store.write_sync(one, number, TEAM)
        store.write_sync(one, number, OTHER)
    assert store.write_sync(lambda tx: tx.audit.erase(TEAM, [ERASED, WITHOUT_WORDS, 77], an_occasion())) == [
        ERASED
    ]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Lend a database with a record in it, and no triggers once a transaction has taken them away."""
    with Store.open(database_url) as store:
        write_some(store)
    made = database.write_engine(database.parse(database_url))
    yield made
    made.dispose()


@contextmanager
def unguarded(engine: Engine) -> Iterator[Connection]:
    """Lend a transaction in which the triggers are gone; nothing of it stays."""
    with engine.connect() as connection, database.begin_writing(connection) as transaction:
        for table in ("audit", "audit_facts"):
            for what in ("update", "delete") if table == "audit" else ("update",):
                on = f" ON {table}" if engine.dialect.name == "postgresql" else ""
                connection.execute(text(f"DROP TRIGGER {table}_no_{what}{on}"))
        yield connection
        transaction.rollback()


def look(connection: Connection) -> Examination:
    return examine(Tx(connection, NOW))


def named(found: Examination, workspace_id: str = TEAM) -> set[Any]:
    """Return the numbers that are named, of one workspace."""
    here = [one for one in found.problems if one.workspace_id == workspace_id]
    numbers = {one.seq for one in here if isinstance(one.seq, str)}
    return numbers | {
        seq
        for one in here
        if isinstance(one.seq, int) and isinstance(one.through, int)
        for seq in range(one.seq, one.through + 1)
    }


def faults(found: Examination) -> list[tuple[Any, str]]:
    return [(one.seq, one.fault) for one in found.problems]


def test_an_untouched_record_holds_on_both_databases(engine: Engine) -> None:
    with unguarded(engine) as connection:
        found = look(connection)
    assert found.problems == []
    assert [(one.workspace_id, one.entries, one.erased) for one in found.workspaces] == [
        (TEAM, COUNT, 1),
        (OTHER, COUNT - 1, 0),
    ]
    head = found.workspaces[0].head
    assert head is not None
    assert (head.seq, head.at) == (COUNT, NOW.isoformat(timespec="microseconds"))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.sampled_from(PLACES),
    seq=st.integers(1, COUNT),
    position=st.integers(0, 200),
    byte=st.integers(1, 255),
)
def test_any_byte_that_is_changed_is_found_at_its_entry(
    engine: Engine, place: tuple[str, str], seq: int, position: int, byte: int
) -> None:
    table, column = place
    where = {"team": TEAM, "seq": seq}
    with unguarded(engine) as connection:
        row = connection.execute(
            text(f"SELECT {column} FROM {table} WHERE workspace_id = :team AND seq = :seq"), where
        ).one_or_none()
        assume(row is not None)
        assert row is not None
        new = other_value(engine.dialect.name, column, row[0], position, byte)
        assume(new != row[0])
        value = "CAST(:new AS TEXT)" if isinstance(new, bytes) else ":new"
        statement = f"UPDATE {table} SET {column} = {value} WHERE workspace_id = :team AND seq = :seq"
        try:
            connection.execute(text(statement), where | {"new": new})
        except DBAPIError:  # another entry has that key, or PostgreSQL knows no such letter
            assume(condition=False)
        found = look(connection)
        assert seq in named(found)
        new_number = new if column == "seq" else seq
        unsaid = {ERASED} if seq == COUNT else set()  # the last entry says what was erased
        assert named(found) <= {seq, new_number} | unsaid


def other_value(dialect: str, column: str, was: Any, position: int, byte: int) -> Any:
    """Return a value that differs from what was there in one byte, as the database can keep it."""
    if column == "seq":
        return was ^ (1 << byte % 31)
    if column == "at" and dialect == "postgresql":
        return was + timedelta(microseconds=byte * 10 ** (position % 12))
    if was is None:
        return chr(32 + byte % 90)
    if dialect == "postgresql":
        at = position % (len(was) or 1)
        return was[:at] + chr(ord((was or " ")[at]) ^ (byte & 127 or 1)).replace("\x00", "¤") + was[at + 1 :]
    letters = bytearray(was.encode() or b" ")
    letters[position % len(letters)] ^= byte
    return bytes(letters)


@pytest.mark.parametrize("column", [*TEXTS["audit"], "at", "seq"])
def test_a_value_of_another_type_is_found_on_sqlite(sqlite_url: str, column: str) -> None:
    """SQLite keeps anything anywhere: the same bytes as no text are another value."""
    with Store.open(sqlite_url) as store:
        write_some(store)
    engine = database.write_engine(database.parse(sqlite_url))
    change = f"UPDATE audit SET {column} = CAST({column} || '' AS BLOB) WHERE workspace_id = 'T1' AND seq = 3"
    with unguarded(engine) as connection:
        connection.execute(text(change))
        found = look(connection)
    engine.dispose()
    assert 3 in named(found)


def test_a_time_without_end_is_found_on_postgresql(postgres_url: str) -> None:
    with Store.open(postgres_url) as store:
        write_some(store)
    engine = database.write_engine(database.parse(postgres_url))
    for time in ("infinity", "12026-03-02 09:33:15.123456+00", "2026-03-02 09:33:15.123456+00 BC"):
        with unguarded(engine) as connection:
            connection.execute(text(f"UPDATE audit SET at = '{time}' WHERE workspace_id = 'T1' AND seq = 3"))
            assert named(look(connection)) == {3}
    engine.dispose()


@pytest.mark.parametrize("seq", range(1, COUNT + 1))
def test_an_entry_that_was_removed_is_named(engine: Engine, seq: int) -> None:
    with unguarded(engine) as connection:
        where = {"team": TEAM, "seq": seq}
        connection.execute(text("DELETE FROM audit WHERE workspace_id = :team AND seq = :seq"), where)
        found = look(connection)
        assert (seq, Fault.MISSING) in faults(found)
        assert named(found) == ({seq, ERASED} if seq == COUNT else {seq})  # the last one says what was erased


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 7), (4, 9), (8, 9)])
def test_two_entries_that_were_swapped_are_named_with_where_they_stood(
    engine: Engine, first: int, second: int
) -> None:
    with unguarded(engine) as connection:
        for was, becomes in ((first, 1000), (second, first), (1000, second)):
            move(connection, was, becomes)
        found = look(connection)
    assert named(found) == {first, second}
    assert (first, Fault.MOVED.format(other=second)) in faults(found)
    assert (second, Fault.MOVED.format(other=first)) in faults(found)


def test_an_entry_that_was_removed_is_found_though_the_others_moved_up(engine: Engine) -> None:
    with unguarded(engine) as connection:
        connection.execute(text("DELETE FROM audit WHERE workspace_id = 'T1' AND seq = 3"))
        connection.execute(text("DELETE FROM audit_facts WHERE workspace_id = 'T1' AND seq = 3"))
        for seq in range(4, COUNT + 1):
            move(connection, seq, seq - 1)
        connection.execute(text("UPDATE audit_count SET last_seq = 8 WHERE workspace_id = 'T1'"))
        found = look(connection)
    assert {3, 4, 5, 6, 7, 8} <= named(found)
    assert (3, Fault.MOVED.format(other=4)) in faults(found)


def move(connection: Connection, was: int, becomes: int) -> None:
    for table in ("audit", "audit_facts"):
        change = f"UPDATE {table} SET seq = :becomes WHERE workspace_id = 'T1' AND seq = :was"
        connection.execute(text(change), {"was": was, "becomes": becomes})


def test_an_entry_that_was_put_in_is_named(engine: Engine) -> None:
    with unguarded(engine) as connection:
        for seq in (0, COUNT + 1):
            columns = "at, actor_id, on_behalf_of, what, subject_kind, subject_id, delivery, facts_digest"
            connection.execute(
                text(
                    f"INSERT INTO audit (workspace_id, seq, {columns}, hash_before, hash) "
                    f"SELECT workspace_id, :seq, {columns}, hash_before, hash FROM audit "
                    "WHERE workspace_id = 'T1' AND seq = 5"
                ),
                {"seq": seq},
            )
        found = look(connection)
    assert {0, COUNT + 1} == named(found)
    assert {Fault.NO_NUMBER, Fault.BEYOND} <= {fault for _, fault in faults(found)}


def test_an_entry_whose_hash_was_computed_anew_no_longer_goes_with_the_next(engine: Engine) -> None:
    with unguarded(engine) as connection:
        rewrite(connection, 5)
        assert faults(look(connection)) == [(6, Fault.REPLACED)]
    with unguarded(engine) as connection:
        rewrite(connection, COUNT)
        assert faults(look(connection)) == [(COUNT, Fault.LAST_REPLACED)]


def rewrite(connection: Connection, seq: int) -> None:
    """Change an entry as somebody would who knows how hashes are made."""
    from storage.chain import Link, hash_of, instant_text

    tx = Tx(connection, NOW)
    entry = tx.audit.all(TEAM, after_seq=seq - 1, limit=1)[0].model_copy(update={"actor_id": "UX"})
    parts = entry.model_dump(include=set(Link._fields)) | {"at": instant_text(entry.at)}
    connection.execute(
        text("UPDATE audit SET actor_id = 'UX', hash = :hash WHERE workspace_id = 'T1' AND seq = :seq"),
        {"hash": hash_of(Link(**parts)), "seq": seq},
    )


def test_words_that_go_without_an_entry_are_missed_and_others_are_noticed(engine: Engine) -> None:
    with unguarded(engine) as connection:
        connection.execute(text("DELETE FROM audit_facts WHERE workspace_id = 'T1' AND seq = 2"))
        connection.execute(
            text("INSERT INTO audit_facts VALUES ('T1', 6, 's', NULL, '{}'), ('T1', 66, 's', NULL, '{}')")
        )
        assert faults(look(connection)) == [
            (2, Fault.WORDS_MISSING),
            (6, Fault.WORDS_ADDED),
            (66, Fault.WORDS_ALONE),
        ]


def test_a_counter_that_was_changed_or_removed_is_noticed(engine: Engine) -> None:
    for change, expected in {
        "UPDATE audit_count SET last_seq = 12 WHERE workspace_id = 'T1'": {10, 11, 12},
        "UPDATE audit_count SET last_seq = 8 WHERE workspace_id = 'T1'": {8, 9},
        "UPDATE audit_count SET last_hash = 'x' WHERE workspace_id = 'T1'": {9},
        "DELETE FROM audit_count WHERE workspace_id = 'T1'": {9},
    }.items():
        with unguarded(engine) as connection:
            connection.execute(text(change))
            assert named(look(connection)) == expected


def test_a_workspace_whose_entries_are_all_gone_is_named(engine: Engine) -> None:
    with unguarded(engine) as connection:
        connection.execute(text("DELETE FROM audit WHERE workspace_id = 'T1'"))
        assert named(look(connection)) >= set(range(1, COUNT + 1))
        assert named(look(connection), OTHER) == set()


def test_an_end_that_was_cut_off_with_its_counter_is_found_by_a_hash_that_was_kept(engine: Engine) -> None:
    """It is the one thing that nothing within the database can show."""
    with unguarded(engine) as connection:
        head = look(connection).workspaces[0].head
        assert head is not None
        connection.execute(text("DELETE FROM audit WHERE workspace_id = 'T1' AND seq > 7"))
        connection.execute(text("DELETE FROM audit_facts WHERE workspace_id = 'T1' AND seq > 7"))
        seventh = connection.execute(
            text("SELECT hash FROM audit WHERE workspace_id = 'T1' AND seq = 7")
        ).scalar_one()
        connection.execute(
            text("UPDATE audit_count SET last_seq = 7, last_hash = :hash WHERE workspace_id = 'T1'"),
            {"hash": seventh},
        )
        found = examine(Tx(connection, NOW), [head.hash, seventh])
    assert named(found) == {ERASED}  # what said so was cut off, too
    assert {hash_: kept.seq for hash_, kept in found.kept.items()} == {seventh: 7}


def test_a_record_without_entries_holds(store: Store) -> None:
    found = store.read_sync(examine)
    assert (found.workspaces, found.problems) == ([], [])


def test_the_first_entry_begins_at_the_beginning(store: Store) -> None:
    store.write_sync(lambda tx: tx.audit.append(an_occasion(), "a", "pilot", "P1"))
    (entry,) = store.read_sync(lambda tx: tx.audit.all(TEAM))
    assert (entry.hash_before, entry.facts_digest, entry.erased) == (BEGINNING, "", False)
