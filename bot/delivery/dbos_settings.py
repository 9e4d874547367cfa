"""How DBOS is set up. Each line answers a failure that was measured, so each has a test of its own.

DBOS 3.4 opens no port and so needs no switch for its former admin server. Transaction-mode pgbouncer is not supported,
because DBOS keeps locks for as long as a connection lives; a pooler in between is said in the log.
"""

import logging
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from dbos import DBOSConfig, DBOSPortableJSONSerializer
from dbos._serialization import DefaultSerializer  # private: see `refuse_pickles`
from sqlalchemy import URL, Engine, create_engine, event, text

from storage.database import parse

log = logging.getLogger(__name__)

NAME: Final = "preflight"
APPLICATION_VERSION: Final = "delivery-1"
"""Raised on purpose, and only when running workflows of the old code must not continue in the new one.

By default it is a hash of the source, and work begun before an upgrade would wait for the old code for ever.
"""
POLLING_SECONDS: Final = 1.0
"""How often the paced queue is looked at; only messages that may wait go through it."""
PACED: Final = "paced"
PACE_SECONDS: Final = 1.2
"""One start per channel in 1.2 s: the limiter counts starts, not arrivals, and to the second on SQLite."""
PACED_AT_ONCE: Final = 20
POOL: Final = 5
"""A short pool is a fair line for the database; SQLite's own back-off is not."""
THREADS: Final = 8
CATCH_UP_LEASE: Final = timedelta(seconds=55)
SCHEMA: Final = "dbos"


def open_system_database(database_url: str, *, mend: bool = True) -> Engine:
    """Return our own engine for DBOS's tables: a file beside the main one on SQLite, a schema of it on PostgreSQL.

    The file may be deleted while nothing runs: the message rows are the truth, and the sweep starts what is unsent.
    `mend` sets a broken file aside; whoever only looks must not.
    """
    url = parse(database_url)
    if url.get_backend_name() == "sqlite":
        path = Path(str(url.database)).with_name("engine.db")
        if mend:
            _set_aside_if_broken(path)
        return _sqlite(url.set(database=str(path)))
    return create_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "application_name": f"{NAME}-engine"},
    )


def _sqlite(url: URL) -> Engine:
    path = Path(str(url.database))
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, pool_size=POOL, max_overflow=0, pool_timeout=60, connect_args={"check_same_thread": False}
    )

    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver begins before the first write, and DBOS begins by itself where it migrates: both at once at full lock.
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", prepare)
    return engine


def dbos_config(engine: Engine, executor_id: str) -> DBOSConfig:
    """Return the configuration that every process of Preflight runs DBOS with."""
    return {
        "name": NAME,
        "system_database_engine": engine,
        "dbos_system_schema": SCHEMA,
        "executor_id": executor_id,
        "application_version": APPLICATION_VERSION,
        "serializer": DBOSPortableJSONSerializer(),
        "use_listen_notify": False,
        "notification_listener_polling_interval_sec": 0.1,  # nobody listens; only stopping waits for it
        "enable_otlp": False,
        "max_executor_threads": THREADS,
        "log_level": "WARNING",
    }


def _set_aside_if_broken(path: Path) -> None:
    """The engine's file holds nothing that the rows do not: a broken one is moved away and made anew."""
    if not path.exists():
        return
    connection = sqlite3.connect(path)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            return  # locked or out of reach is not broken
        aside = path.with_name(f"{path.name}.broken-{datetime.now(UTC):%Y%m%dT%H%M%S}")
        path.rename(aside)
        for companion in ("-wal", "-shm"):
            path.with_name(path.name + companion).unlink(missing_ok=True)
        log.warning("%s was not readable (%s); it is kept as %s and made anew", path, error, aside.name)
    finally:
        connection.close()


def warn_of_pooler(engine: Engine) -> bool:
    """Say in the log when something stands between us and PostgreSQL, and return whether it does."""
    if engine.dialect.name != "postgresql":
        return False
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        serving = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    pooled = is_pooled(int(driver.info.backend_pid), int(serving or 0))
    if pooled:
        log.warning(
            "the database is reached through a connection pooler; transaction mode loses locks that DBOS needs, "
            "so give DATABASE_URL the server's own address or set the pooler to session mode"
        )
    return pooled


def is_pooled(greeted_by: int, served_by: int) -> bool:
    """Whether the process that answers is not the one that greeted us when we connected."""
    return greeted_by != served_by


def refuse_pickles() -> None:
    """Never unpickle what a row says is a pickle.

    A serializer of our own only decides how rows are written. A row that claims to be pickled would still be unpickled,
    and whoever can write the database could run code here. We write none, so there is none to read.
    """

    def refuse(_self: DefaultSerializer, _serialized: str) -> Any:
        raise ValueError("a pickled row is not ours and is not read")

    DefaultSerializer.deserialize = refuse  # type: ignore[assignment, method-assign]  # DBOS has no switch for it


def quieten() -> None:
    """Let DBOS speak through our log and only of trouble, before it would give itself a console of its own."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.WARNING)
