"""A record that was written before there was a chain gets one, loses nothing, and can be taken back."""

import json
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from storage import database
from storage.audit import AuditEntry
from storage.store import Store
from storage.transaction import Tx
from storage.verification import examine
from tests.storage.things import NOW, TEAM, after, an_occasion

ENTRIES = 1003
"""More than the migration takes at a time."""
WORDS: list[dict[str, Any] | None] = [
    {"said": "漢 <!channel> \x00 \ud800 =1", "n": 1.50, "list": [1, None]},
    None,
    {},
]


def moved(database_url: str, version: str, entries: int = 7) -> None:
    """Bring a database to a version, up or down, in one transaction; a new one gets so many entries from before the chain."""
    engine = database.write_engine(database.parse(database_url))
    with engine.connect() as connection, database.begin_writing(connection):
        config = Config()
        config.set_main_option("script_location", str(database.MIGRATIONS))
        config.attributes["connection"] = connection
        known = connection.dialect.has_table(connection, "alembic_version")
        (command.downgrade if known else command.upgrade)(config, version)
        if not known:
            _write_before_the_chain(connection, entries)
    engine.dispose()


def _write_before_the_chain(connection: Connection, entries: int) -> None:
    insert = text(
        "INSERT INTO audit (workspace_id, seq, at, actor_id, on_behalf_of, what, subject_kind, subject_id, before, after, "
        "delivery) VALUES (:team, :seq, :at, 'U1', NULL, 'answer.given', 'pilot', 'P1', :before, :after, :delivery)"
    )
    on_sqlite = connection.dialect.name == "sqlite"
    for team, count in ((TEAM, entries), ("T2", 3)):
        rows = [
            {
                "team": team,
                "seq": seq,
                "at": after(seconds=seq).replace(tzinfo=None).isoformat(" ")
                if on_sqlite
                else after(seconds=seq),
                "before": _json(WORDS[seq % 3]),
                "after": _json(WORDS[(seq + 1) % 3]),
                "delivery": "Ev" if seq % 2 else None,
            }
            for seq in range(1, count + 1)
        ]
        connection.execute(insert, rows)
        connection.execute(
            text("INSERT INTO audit_count VALUES (:team, :count)"), {"team": team, "count": count}
        )


def _json(words: dict[str, Any] | None) -> str | None:
    return None if words is None else json.dumps(words)


def carry_out(tx: Tx, change: str) -> None:
    tx.execute(text(change))


def entries(store: Store, team: str = TEAM) -> list[AuditEntry]:
    return store.read_sync(lambda tx: tx.audit.all(team))


def test_what_was_on_the_record_is_chained_and_nothing_of_it_is_lost(empty_database_url: str) -> None:
    moved(empty_database_url, "0004", ENTRIES)
    database.migrate(empty_database_url)
    with Store.open(empty_database_url) as store:
        kept = entries(store)
        assert [entry.seq for entry in kept] == list(range(1, ENTRIES + 1))
        assert [entry.at for entry in kept[:3]] == [after(seconds=seq) for seq in (1, 2, 3)]
        assert [(entry.before, entry.after) for entry in kept[:3]] == [
            (WORDS[seq % 3], WORDS[(seq + 1) % 3]) for seq in (1, 2, 3)
        ]
        store.write_sync(
            lambda tx: tx.audit.append(an_occasion(now=NOW), "next", "pilot", "P1", None, {"a": 1})
        )
        assert entries(store)[-1].hash_before == kept[-1].hash
        found = store.read_sync(examine)
        assert found.problems == []
        assert [one.entries for one in found.workspaces] == [ENTRIES + 1, 3]
        for change in ("UPDATE audit SET what = 'x'", "DELETE FROM audit"):
            with pytest.raises(Exception, match="audit is append-only"):
                store.write_sync(carry_out, change)


def test_a_record_that_is_taken_back_is_as_it_was_and_can_be_chained_again(empty_database_url: str) -> None:
    moved(empty_database_url, "0004")
    database.migrate(empty_database_url)
    with Store.open(empty_database_url) as store:
        store.write_sync(lambda tx: tx.audit.erase(TEAM, [1], an_occasion()))
        was = entries(store)
    moved(empty_database_url, "0004")
    engine = database.write_engine(database.parse(empty_database_url))
    with engine.connect() as connection, database.begin_writing(connection) as transaction:
        rows = connection.execute(
            text("SELECT before, after FROM audit WHERE workspace_id = 'T1' ORDER BY seq")
        ).all()
        with pytest.raises(Exception, match="audit is append-only"):
            connection.execute(text("UPDATE audit SET what = 'x'"))
        transaction.rollback()
    engine.dispose()
    assert [tuple(map(_parsed, row)) for row in rows] == [(entry.before, entry.after) for entry in was]
    database.migrate(empty_database_url)
    with Store.open(empty_database_url) as store:
        assert len(entries(store)) == len(was)
        assert store.read_sync(examine).problems == []


def _parsed(words: Any) -> Any:
    return json.loads(words) if isinstance(words, str) else words


def test_a_record_without_entries_is_migrated(empty_database_url: str) -> None:
    database.migrate(empty_database_url)
    with Store.open(empty_database_url) as store:
        store.write_sync(lambda tx: tx.audit.append(an_occasion(), "first", "pilot", "P1"))
        assert store.read_sync(examine).problems == []
