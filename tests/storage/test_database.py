"""Reaching a database: its address, its schema, and the refusals that a person reads when something is wrong with it."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.engine.interfaces import ReflectedPrimaryKeyConstraint

from storage import database, failures, tables
from storage.database import SchemaState
from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import NOW, TEAM, a_body, a_pilot, an_answer, an_occasion


def carry_out(database_url: str, statement: str) -> None:
    engine = database.write_engine(database.parse(database_url))
    with engine.connect() as connection, database.begin_writing(connection):
        connection.execute(text(statement))
    engine.dispose()


def test_the_migrations_make_exactly_the_tables_that_are_declared(database_url: str) -> None:
    engine = database.write_engine(database.parse(database_url))
    with engine.connect() as connection, database.begin_writing(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences: list[Any] = compare_metadata(context, tables.metadata)
        keys = {name: _key_of(inspect(connection).get_pk_constraint(name)) for name in tables.metadata.tables}
    engine.dispose()
    assert differences == []
    # What the comparison leaves out:
    assert keys == {
        name: (table.primary_key.name, {column.name for column in table.primary_key})
        for name, table in tables.metadata.tables.items()
    }


def _key_of(constraint: ReflectedPrimaryKeyConstraint) -> tuple[str | None, set[str]]:
    return constraint["name"], set(constraint["constrained_columns"])


def test_every_constraint_and_index_has_a_name_that_postgresql_keeps_whole() -> None:
    named: list[Any] = []
    for table in tables.metadata.sorted_tables:
        named += [constraint.name for constraint in table.constraints]
        named += [index.name for index in table.indexes]
    assert all(named)
    assert max(len(str(name)) for name in named) <= 63
    assert len(set(named)) == len(named)


def test_the_newest_migration_is_the_one_that_the_program_needs() -> None:
    assert ScriptDirectory(str(database.MIGRATIONS)).get_heads() == [database.HEAD]


def test_a_new_database_is_made_once(empty_database_url: str) -> None:
    assert database.schema_state(empty_database_url) is SchemaState.EMPTY
    assert database.migrate(empty_database_url) is True
    assert database.schema_state(empty_database_url) is SchemaState.CURRENT
    assert database.migrate(empty_database_url) is False
    with Store.open(empty_database_url) as store:
        store.write_sync(lambda tx: tx.messages.show(TEAM, "card", "C1", a_body()))
        assert len(store.read_sync(lambda tx: tx.messages.unsent(NOW, 5))) == 1


def test_a_store_is_not_opened_before_its_tables_are_made(empty_database_url: str) -> None:
    with pytest.raises(failures.SchemaOutdated, match=r"python -m bot migrate"):
        Store.open(empty_database_url)


@pytest.mark.parametrize("change", ["UPDATE {} SET workspace_id = 'T9'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["audit", "answer"])
def test_the_record_and_the_history_cannot_be_changed_even_by_sql(
    store: Store, table: str, change: str
) -> None:
    pilot = a_pilot()

    def work(tx: Tx) -> None:
        tx.pilots.register(pilot)
        tx.answers.record(an_answer(pilot))
        tx.audit.append(an_occasion(), "answered", "pilot", pilot.id)

    store.write_sync(work)
    with pytest.raises(Exception, match=f"{table} is append-only"):
        store.write_sync(lambda tx: tx.execute(text(change.format(table))).rowcount)
    assert len(store.read_sync(lambda tx: tx.audit.all(TEAM))) == 1
    assert len(store.read_sync(lambda tx: tx.answers.history(pilot.id))) == 1


def test_the_tables_can_be_taken_away_again(empty_database_url: str) -> None:
    database.migrate(empty_database_url)
    engine = database.write_engine(database.parse(empty_database_url))
    with engine.connect() as connection, database.begin_writing(connection):
        config = Config()
        config.set_main_option("script_location", str(database.MIGRATIONS))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        left = set(inspect(connection).get_table_names())
    engine.dispose()
    assert left == {"alembic_version"}
    assert database.schema_state(empty_database_url) is SchemaState.EMPTY
    assert database.migrate(empty_database_url) is True


@pytest.mark.parametrize(
    ("version", "state"), [("0000", SchemaState.OUTDATED), ("9999", SchemaState.UNKNOWN)]
)
def test_a_store_of_another_version_is_refused(database_url: str, version: str, state: SchemaState) -> None:
    carry_out(database_url, f"UPDATE alembic_version SET version_num = '{version}'")
    try:
        assert database.schema_state(database_url) is state
        with pytest.raises(failures.SchemaOutdated, match=state):
            Store.open(database_url)
    finally:
        carry_out(database_url, f"UPDATE alembic_version SET version_num = '{database.HEAD}'")


def test_a_database_of_a_newer_version_is_not_migrated(sqlite_url: str) -> None:
    carry_out(sqlite_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(failures.SchemaOutdated, match="newer"):
        database.migrate(sqlite_url)


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///var/preflight.db", "sqlite+pysqlite"),
        (" sqlite:////data/preflight.db ", "sqlite+pysqlite"),
        ("postgresql://me:secret@db.example/preflight", "postgresql+psycopg"),
        ("postgres://me:secret@db.example/preflight", "postgresql+psycopg"),
        ("postgresql+psycopg2://db.example/preflight", "postgresql+psycopg"),
    ],
)
def test_addresses_are_understood_as_hosts_write_them(given: str, driver: str) -> None:
    assert database.parse(given).drivername == driver


@pytest.mark.parametrize(
    "given", ["", "preflight.db", "mysql://db/x", "sqlite://", "sqlite:///:memory:", "://", "sqlite:///"]
)
def test_an_unusable_address_is_refused_in_one_sentence(given: str) -> None:
    with pytest.raises(failures.DatabaseUrlRefused, match="DATABASE_URL is not usable"):
        database.parse(given)


def test_a_password_is_never_shown() -> None:
    shown = database.where(database.parse("postgresql://me:secret@db.example/preflight"))
    assert "secret" not in shown
    assert "db.example" in shown


def test_a_postgresql_that_is_not_there_is_said_so_without_the_password() -> None:
    with pytest.raises(failures.DatabaseUnreachable) as refused:
        Store.open("postgresql://me:secret@127.0.0.1:1/preflight")
    assert "cannot be reached" in str(refused.value)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "content",
    [b"not a database at all, but a text of some length " * 40, b"SQLite format 3\x00" + b"\xff" * 5000],
)
def test_a_file_that_is_no_database_is_said_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "preflight.db"
    path.write_bytes(content)
    for reach in (Store.open, database.migrate, database.schema_state):
        with pytest.raises(failures.DatabaseUnreadable, match="cannot be read") as refused:
            reach(f"sqlite:///{path}")
        assert str(path) in str(refused.value)
    assert path.read_bytes() == content


def test_a_folder_where_the_file_should_be_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(failures.DatabaseUnreadable):
        database.migrate(f"sqlite:///{tmp_path}")
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(failures.DatabaseUnreadable):
        database.migrate(f"sqlite:///{blocked}/preflight.db")


def test_pages_damaged_while_running_are_said_so(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))
    with pytest.raises(failures.DatabaseUnreadable), Store.open(sqlite_url) as store:
        store.write_sync(lambda tx: tx.messages.show(TEAM, "card", "C1", a_body()))


def test_a_data_folder_belongs_to_one_process(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    lock = database.exclusive_lock(folder)
    second = "import sys, pathlib; from storage import database; database.exclusive_lock(pathlib.Path(sys.argv[1]))"
    refused = subprocess.run(
        [sys.executable, "-c", second, folder], capture_output=True, text=True, check=False
    )
    assert "DataDirectoryInUse: Another Preflight already uses" in refused.stderr
    with pytest.raises(failures.DataDirectoryInUse, match=str(folder)):
        database.exclusive_lock(folder)
    lock.release()
    database.exclusive_lock(folder).release()
