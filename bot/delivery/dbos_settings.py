"""How DBOS is set up. Each line answers a failure that was measured, so each has a test of its own.

DBOS 3.4 opens no admin port and needs no switch for it; queues poll at their own interval. Transaction-mode pgbouncer is
not supported: DBOS keeps session locks.
"""

import logging
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from dbos import DBOSConfig, DBOSPortableJSONSerializer
from sqlalchemy import URL, Engine, create_engine, event

from storage.database import parse

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


def open_system_database(database_url: str) -> Engine:
    """Return our own engine for DBOS's tables: a file beside the main one on SQLite, a schema of it on PostgreSQL.

    The file may be deleted while nothing runs: the message rows are the truth, and the sweep starts what is unsent.
    """
    url = parse(database_url)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url.set(database=str(Path(str(url.database)).with_name("engine.db"))))
    return create_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 5, "application_name": f"{NAME}-engine"},
    )


def _sqlite(url: URL) -> Engine:
    Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
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
        "enable_otlp": False,
        "max_executor_threads": THREADS,
        "log_level": "WARNING",
    }


def quieten() -> None:
    """Let DBOS speak through our log and only of trouble, before it would give itself a console of its own."""
    logger = logging.getLogger("dbos")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.WARNING)
