"""Each line of the configuration that delivery depends on, by the failure that it answers.

The numbers are those of the list in ARCHITECTURE.md's part on delivery.
"""

import asyncio
import base64
import json
import pickle
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dbos._dbos
import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest
from dbos import DBOS, WorkflowStatus
from sqlalchemy import Engine, text

from bot.clock import SystemClock
from bot.delivery import dbos_settings, dbos_upkeep, errand
from bot.delivery.dbos_engine import BEAT_SECONDS, DbosEngine
from bot.delivery.executor import SOLE, executor_id
from bot.delivery.sender import Sender
from storage.database import exclusive_lock
from storage.failures import DataDirectoryInUse
from storage.store import Store
from storage.transaction import Tx
from tests.delivery.slack_stand_in import SlackStandIn
from tests.delivery.things import state

NEVER = "0 0 1 1 *"


@asynccontextmanager
async def running(
    url: str, store: Store, slack: SlackStandIn, name: str | None = None
) -> AsyncIterator[DbosEngine]:
    name = name or executor_id(url)
    clock = SystemClock()
    engine = DbosEngine(store, Sender(store, slack, clock, name), clock, url, name, cron=NEVER)
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()


@pytest.fixture
def any_store(database_url: str) -> Iterator[Store]:
    """Open a fresh database of either kind."""
    with Store.open(database_url) as opened:
        yield opened


def in_system_database(url: str, statement: str, **values: Any) -> list[Any]:
    """Ask DBOS's tables, or change them, as somebody with access to the database could."""
    engine = dbos_settings.open_system_database(url)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET search_path TO dbos"))
            result = connection.execute(text(statement), values)
            return list(result) if result.returns_rows else []
    finally:
        engine.dispose()


async def over(status: str, count: int) -> list[WorkflowStatus]:
    """Wait until so many deliveries ended so."""
    async with asyncio.timeout(10):
        while True:
            ended = await DBOS.list_workflows_async(status=status, name="deliver", load_input=False)
            if len(ended) >= count:
                return ended
            await asyncio.sleep(0.01)


async def finished(count: int) -> list[WorkflowStatus]:
    return await over("SUCCESS", count)


def engine_of_dbos() -> Engine:
    """The engine that DBOS really uses."""
    used: Engine = dbos._dbos._get_dbos_instance()._sys_db.engine
    return used


async def test_1_dbos_runs_on_our_own_engine_with_wal_full_patience_and_foreign_keys(
    sqlite_url: str, store: Store, slack: SlackStandIn
) -> None:
    async with running(sqlite_url, store, slack):
        used = engine_of_dbos()
        with used.connect() as connection:
            pragmas = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas}
            driver: Any = connection.connection.driver_connection
            assert driver.isolation_level == "IMMEDIATE"
    assert found == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 30000, "foreign_keys": 1}
    assert Path(str(used.url.database)).name == "engine.db"


async def test_1_the_engines_file_is_disposable_and_a_broken_one_is_set_aside(
    sqlite_url: str, store: Store, slack: SlackStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    (folder / "engine.db").write_text("this is no database, but it is long enough to be taken for one" * 20)
    await state(store, "card", "hello")
    async with running(sqlite_url, store, slack):
        await finished(1)
    assert slack.texts("C1") == ["hello"]
    assert "it is kept as engine.db.broken-" in caplog.text
    assert len(list(folder.glob("engine.db.broken-*"))) == 1


async def test_1_on_postgresql_the_engines_tables_are_in_a_schema_of_our_database(
    postgres_url: str, slack: SlackStandIn
) -> None:
    with Store.open(postgres_url) as opened:
        async with running(postgres_url, opened, slack):
            pass
    schemas = in_system_database(
        postgres_url,
        "SELECT table_schema FROM information_schema.tables WHERE table_name = 'workflow_status'",
    )
    assert [schema for (schema,) in schemas] == ["dbos"]


def test_2_each_process_has_a_name_of_its_own_on_postgresql() -> None:
    names = {executor_id("postgresql://localhost/preflight") for _ in range(100)}
    assert len(names) == 100
    assert "local" not in names


async def test_2_dbos_works_under_that_name(any_store: Store, database_url: str, slack: SlackStandIn) -> None:
    name = executor_id(database_url)
    async with running(database_url, any_store, slack, name) as engine:
        engine.deliver([await state(any_store, "card", "hello")])
        assert [workflow.executor_id for workflow in await finished(1)] == [name]


def test_2_a_second_process_on_the_same_sqlite_folder_is_kept_out_with_a_sentence(tmp_path: Path) -> None:
    assert executor_id(f"sqlite:///{tmp_path / 'preflight.db'}") == SOLE
    first = exclusive_lock(tmp_path)
    with pytest.raises(DataDirectoryInUse, match="Another Preflight already uses"):
        exclusive_lock(tmp_path)
    first.release()


async def test_3_the_application_version_is_pinned_so_that_an_upgrade_finishes_what_was_begun(
    sqlite_url: str, store: Store, slack: SlackStandIn
) -> None:
    async with running(sqlite_url, store, slack) as engine:
        engine.deliver([await state(store, "card", "hello")])
        assert [workflow.app_version for workflow in await finished(1)] == [dbos_settings.APPLICATION_VERSION]
    # What a process leaves that is killed in the middle, before the upgrade:
    in_system_database(sqlite_url, "UPDATE workflow_status SET status = 'PENDING' WHERE name = 'deliver'")
    upgraded: list[str] = []

    class Upgraded(DbosEngine):
        def _define_workflows(self) -> None:
            @DBOS.workflow(name="deliver")
            async def deliver(message_id: str) -> str:
                upgraded.append(message_id)
                return "other source, other hash"

            @DBOS.workflow(name="minute")
            async def minute(_slot: datetime, _context: Any) -> None:
                return None

            self._deliver_workflow = deliver
            self._minute_workflow = minute

    clock = SystemClock()
    engine = Upgraded(store, Sender(store, slack, clock, SOLE), clock, sqlite_url, SOLE, cron=NEVER)
    await engine.start()
    try:
        await finished(1)
    finally:
        await engine.stop()
    assert len(upgraded) == 1


def test_4_dead_means_longer_than_the_longest_step_and_than_several_missed_beats() -> None:
    longest_step = timedelta(seconds=errand.LOOK_UP_PAUSE + 2 * errand.CALL_LIMIT)
    assert timedelta(seconds=60) <= dbos_upkeep.DEAD_AFTER
    assert dbos_upkeep.DEAD_AFTER > errand.LEASE > longest_step
    assert timedelta(seconds=3 * BEAT_SECONDS) < dbos_upkeep.DEAD_AFTER
    # That orphans are adopted, once, is shown with real processes in test_processes.


async def test_5_rows_are_portable_json_and_hold_ids_only(
    any_store: Store, database_url: str, slack: SlackStandIn
) -> None:
    async with running(database_url, any_store, slack) as engine:
        message = await state(any_store, "card", "a secret that somebody wrote")
        engine.deliver([message])
        await finished(1)
    rows = in_system_database(
        database_url,
        "SELECT s.serialization, i.inputs FROM workflow_status s JOIN workflow_input i USING (workflow_uuid)"
        " WHERE s.name = 'deliver'",
    )
    assert [(kind, json.loads(inputs)) for kind, inputs in rows] == [
        ("portable_json", {"namedArgs": {}, "positionalArgs": [message.id]})
    ]


class _Planted:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (Path(self.path),)


async def test_5_a_pickle_that_somebody_wrote_into_the_database_does_not_run(
    sqlite_url: str, store: Store, slack: SlackStandIn, tmp_path: Path
) -> None:
    async with running(sqlite_url, store, slack) as engine:
        engine.deliver([await state(store, "card", "hello")])
        await finished(1)
    ran = tmp_path / "ran"
    planted = base64.b64encode(pickle.dumps({"args": (_Planted(str(ran)),), "kwargs": {}})).decode()
    in_system_database(
        sqlite_url,
        "UPDATE workflow_status SET status = 'PENDING', serialization = 'py_pickle' WHERE name = 'deliver'",
    )
    in_system_database(sqlite_url, "UPDATE workflow_input SET inputs = :planted", planted=planted)
    async with running(sqlite_url, store, slack):
        await over("ERROR", 1)
        await DBOS.list_workflows_async()
    assert not ran.exists()


async def test_6_finished_rows_are_dropped_after_a_day_and_live_ones_stay(
    any_store: Store, database_url: str, slack: SlackStandIn
) -> None:
    async with running(database_url, any_store, slack) as engine:
        old = await state(any_store, "old", "hello")
        engine.deliver([old, await state(any_store, "new", "hello")])
        await finished(2)
        await engine.tick(datetime.now(UTC))
        assert len(await finished(2)) == 2
        ago = int((datetime.now(UTC) - timedelta(hours=25)).timestamp() * 1000)
        in_system_database(
            database_url,
            "UPDATE workflow_status SET created_at = :ago WHERE workflow_uuid LIKE :old",
            ago=ago,
            old=f"%{old.id}%",
        )
        await engine.tick(datetime.now(UTC))
        left = await DBOS.list_workflows_async(name="deliver")
        assert [old.id in workflow.workflow_id for workflow in left] == [False]
    inputs = in_system_database(
        database_url, "SELECT count(*) FROM workflow_input WHERE workflow_uuid LIKE 'msg-%'"
    )
    assert inputs == [(1,)]


def claimed(tx: Tx, key: str, seen_at: datetime) -> bool:
    return tx.deliveries.claim("T1", key, seen_at)


async def test_6_delivery_keys_are_dropped_once_slack_cannot_repeat_them(
    sqlite_url: str, store: Store, slack: SlackStandIn
) -> None:
    now = datetime.now(UTC)
    for key, seen_at in (("old", now - timedelta(days=8)), ("new", now - timedelta(days=6))):
        await store.write(claimed, key, seen_at)
    async with running(sqlite_url, store, slack) as engine:
        await engine.tick(now)
    assert await store.write(claimed, "old", now)
    assert not await store.write(claimed, "new", now)


async def test_7_no_failure_of_slack_ends_a_workflow_as_an_error(
    sqlite_url: str, store: Store, slack: SlackStandIn
) -> None:
    slack.vanished.add("C1")
    async with running(sqlite_url, store, slack) as engine:
        engine.deliver([await state(store, "card", "hello")])
        ended = await finished(1)
    assert [workflow.output for workflow in ended] == ["failed"]
    # How each kind of failure is answered is shown in test_sender; that posts are not repeated under us, in the gateway's tests.


async def test_8_the_queue_is_polled_once_a_second_and_no_port_is_opened(
    sqlite_url: str, store: Store, slack: SlackStandIn
) -> None:
    async with running(sqlite_url, store, slack):
        queue = await DBOS.retrieve_queue_async(dbos_settings.PACED)
        assert queue is not None
        assert await queue.get_polling_interval_sec_async() == 1.0
        assert await queue.get_partition_limiter_async() == {"limit": 1, "period": 1.2}
        listening = [c for c in psutil.Process().net_connections() if c.status == psutil.CONN_LISTEN]
        assert listening == []
        assert dbos._dbos._get_dbos_instance()._config["use_listen_notify"] is False


async def test_9_a_pooler_in_front_of_postgresql_is_said_in_the_log(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = dbos_settings.open_system_database(postgres_url)
    try:
        assert not dbos_settings.warn_of_pooler(engine)
    finally:
        engine.dispose()
    assert "pooler" not in caplog.text
    assert dbos_settings.is_pooled(greeted_by=7, served_by=8)
