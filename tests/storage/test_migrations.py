"""Migrations meet rows: what an earlier version kept is read as before, and what is new about it is empty."""

from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import JSON, bindparam, text

from bot.domain.conversations import Scope
from storage import database
from storage.database import SchemaState
from storage.store import Store
from tests.storage.things import NOW, TEAM, after

METRIC = {"name": "Refunds within a day", "unit": "%", "baseline": "31.50", "bar": "80"}
ANSWER: dict[str, Any] = {
    "workspace_id": TEAM,
    "pilot_id": "P1",
    "item_id": "integration",
    "revision": 1,
    "status": "in_place",
    "detail": "Reads the order system.",
    "evidence": "[]",
    "concern": None,
    "answered_by": "U1",
    "answered_at": NOW,
    "interview_id": "I1",
    "message_ts": "5.1",
}
FIRST_VERSION: dict[str, dict[str, Any]] = {
    "pilot": {
        "id": "P1",
        "workspace_id": TEAM,
        "name": "Refunds",
        "name_key": "refunds",
        "problem": "Slow.",
        "stage": "pilot",
        "champion_id": "U1",
        "owner_id": "S1",
        "channel_id": "C1",
        "metric": METRIC,
        "registered_by": "U1",
        "registered_at": NOW,
        "stage_since": NOW,
        "last_change_at": NOW,
        "next_nudge_at": None,
        "required": 5,
        "in_place": 1,
    },
    "person": {
        "workspace_id": TEAM,
        "user_id": "U1",
        "name": "Maya",
        "time_zone": "Europe/Berlin",
        "deactivated": False,
        "guest": False,
        "bot": False,
        "home_workspace_id": "",
    },
    "interview": {
        "id": "I1",
        "workspace_id": TEAM,
        "pilot_id": "P1",
        "gate_id": "readiness",
        "channel_id": "C1",
        "state": "open",
        "started_by": "U1",
        "started_at": NOW,
        "last_turn_at": NOW,
        "playbook_version": "1",
        "asked": '["integration", "fallback"]',
        "passed": '["integration"]',
        "followed_up": False,
        "root_message_id": None,
    },
    "answer": ANSWER | {"edited": False},
    "current_answer": ANSWER,
}
"""A row of each table that was widened later, as the first version wrote it."""


def insert_as_the_first_version_did(database_url: str) -> None:
    engine = database.write_engine(database.parse(database_url))
    with engine.connect() as connection, database.begin_writing(connection):
        config = Config()
        config.set_main_option("script_location", str(database.MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for table, row in FIRST_VERSION.items():
            places = ", ".join(f":{name}" for name in row)
            insert = text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})")
            if "metric" in row:
                insert = insert.bindparams(bindparam("metric", type_=JSON))
            plain = {name: str(value) if value is NOW else value for name, value in row.items()}
            connection.execute(insert, plain)
    engine.dispose()


@pytest.fixture
def store_of_the_first_version(empty_database_url: str) -> Store:
    """Lend a database that began with the first version and was brought to this one."""
    insert_as_the_first_version_did(empty_database_url)
    assert database.schema_state(empty_database_url) is SchemaState.OUTDATED
    assert database.migrate(empty_database_url) is True
    return Store.open(empty_database_url)


def test_what_the_first_version_kept_is_read_as_before(store_of_the_first_version: Store) -> None:
    with store_of_the_first_version as store:
        maya = store.read_sync(lambda tx: tx.people.get(TEAM, "U1"))
        interview = store.read_sync(lambda tx: tx.interviews.open_of("P1"))
        (said,) = store.read_sync(lambda tx: tx.answers.history("P1"))
        assert maya is not None
        assert interview is not None
        assert (maya.name, maya.locale) == ("Maya", "")
        assert (interview.scope, interview.handed) == (Scope.MISSING, ())
        assert (said.detail, said.value, said.plan) == ("Reads the order system.", None, None)
        assert store.read_sync(lambda tx: tx.answers.by_slack_message(TEAM, "C1", "5.1")) == said
        assert store.read_sync(lambda tx: tx.answers.differences()) == set()


def test_an_interview_of_the_first_version_goes_on_and_its_answers_stay_sealed(
    store_of_the_first_version: Store,
) -> None:
    with store_of_the_first_version as store:
        was = store.read_sync(lambda tx: tx.interviews.open_of("P1"))
        assert was is not None
        now = was.model_copy(update={"passed": ("integration", "fallback"), "handed": ("fallback",)})
        assert store.write_sync(lambda tx: tx.interviews.save_if_unchanged(was, now))
        (said,) = store.read_sync(lambda tx: tx.answers.history("P1"))
        later = said.model_copy(update={"message_ts": "6.1", "answered_at": after(days=1)})
        again = store.write_sync(lambda tx: tx.answers.record(later))
        assert again is not None
        assert again.revision == 2
        with pytest.raises(Exception, match="answer is append-only"):
            store.write_sync(lambda tx: tx.execute(text("UPDATE answer SET plan = NULL")).rowcount)
