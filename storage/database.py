"""Reaching a database: its address, its connections, its schema, and the lock that keeps a second process out of SQLite.

Nothing here knows a table. What is wrong with a database is said in the sentences of `storage.failures`.
"""

import sqlite3
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout
from sqlalchemy import URL, Connection, Engine, RootTransaction, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, ProgrammingError

from storage.failures import DATABASE_ERRORS, DatabaseUrlRefused, DataDirectoryInUse, SchemaOutdated, explain

DEFAULT_URL: Final = "sqlite:///var/preflight.db"
PATIENCE_MS: Final = 30_000
"""How long a transaction waits for a lock that another program or process holds."""
HEAD: Final = "0008"
"""The newest migration; a test checks that it is."""
READERS: Final = 4
MIGRATIONS: Final = Path(__file__).parent / "migrations"


class SchemaState(StrEnum):
    """How a database's tables compare with what this version needs."""

    EMPTY = "empty"
    CURRENT = "current"
    OUTDATED = "outdated"
    UNKNOWN = "unknown"
    """Made by a version that this one does not know, most likely a newer one."""


def parse(database_url: str) -> URL:
    """Return the address with our driver; DatabaseUrlRefused when it is not one of SQLite or PostgreSQL."""
    try:
        url = make_url(database_url.strip())
    except (ArgumentError, ValueError) as error:
        raise DatabaseUrlRefused(cause="it is not a database address") from error
    name = url.get_backend_name()
    if name in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if name != "sqlite":
        raise DatabaseUrlRefused(cause=f"{name} is not supported")
    if not url.database or url.database == ":memory:":
        raise DatabaseUrlRefused(cause="a database in memory would forget everything; name a file")
    return url.set(drivername="sqlite+pysqlite")


def where(url: URL) -> str:
    """Return how to name the database to a person: the file, or the address without its password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql").render_as_string(hide_password=True)


def write_engine(url: URL, *, patience_ms: int = PATIENCE_MS) -> Engine:
    """Return the engine of the one connection that writes."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, patience_ms=patience_ms, pool_size=1)
    return _postgresql(url, patience_ms=patience_ms, isolation_level="READ COMMITTED", pool_size=1)


def read_engine(url: URL, *, patience_ms: int = PATIENCE_MS) -> Engine:
    """Return the engine of the connections that read one consistent moment, and cannot write."""
    if url.get_backend_name() == "sqlite":
        engine = _sqlite(url, patience_ms=patience_ms, pool_size=READERS)
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON"))
        return engine
    engine = _postgresql(
        url, patience_ms=patience_ms, isolation_level="REPEATABLE READ", pool_size=READERS, pool_pre_ping=True
    )
    event.listen(engine, "connect", lambda connection, _: setattr(connection, "read_only", True))
    return engine


def begin_writing(connection: Connection) -> RootTransaction:
    """Begin a transaction that may write: on SQLite it has the write lock from the start, and so cannot fail half-way.

    SQLAlchemy's event for this would make it look for listeners at every statement.
    """
    return _begin(connection, "BEGIN IMMEDIATE")


def begin_reading(connection: Connection) -> RootTransaction:
    """Begin a transaction that sees one moment."""
    return _begin(connection, "BEGIN")


def _begin(connection: Connection, words: str) -> RootTransaction:
    transaction = connection.begin()
    if connection.dialect.name == "sqlite":
        try:
            connection.exec_driver_sql(words)
        except BaseException:
            transaction.rollback()
            raise
    return transaction


def _sqlite(url: URL, *, patience_ms: int, pool_size: int) -> Engine:
    _make_folder(Path(str(url.database)).parent)
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        connect_args={"check_same_thread": False, "cached_statements": 512, "timeout": patience_ms / 1000},
    )

    def prepare(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN would be a deferred one
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            f"busy_timeout={patience_ms}",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", prepare)
    return engine


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain(error, str(folder)) from error


def _postgresql(url: URL, *, patience_ms: int, pool_size: int, **options: Any) -> Engine:
    # A process that hangs must not keep the others waiting for its locks for ever.
    session = {
        "timezone": "UTC",
        "lock_timeout": patience_ms,
        "idle_in_transaction_session_timeout": 2 * PATIENCE_MS,
    }
    connect_args = {
        "connect_timeout": 5,
        "application_name": "preflight",
        "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
    }
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        connect_args=connect_args,
        use_native_hstore=False,  # asking for a type that we do not have would cost a round trip
        **options,
    )


def schema_state(database_url: str) -> SchemaState:
    """Return how the database's tables compare with what this version needs; a StorageFailure when it cannot be asked."""
    url = parse(database_url)
    engine = read_engine(url)
    try:
        return state_of(engine)
    except DATABASE_ERRORS as error:
        raise explain(error, where(url)) from error
    finally:
        engine.dispose()


def state_of(engine: Engine) -> SchemaState:
    """Return the schema's state through an open engine; errors of the driver pass through."""
    try:
        with engine.connect() as connection, begin_reading(connection):
            version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError as error:
        if isinstance(error, ProgrammingError) or "no such table" in str(error):
            return SchemaState.EMPTY
        raise
    if version is None:
        return SchemaState.EMPTY
    if version == HEAD:
        return SchemaState.CURRENT
    return SchemaState.OUTDATED if version < HEAD else SchemaState.UNKNOWN


def migrate(database_url: str) -> bool:
    """Bring the tables to this version; return whether anything had to be done. Safe to run from several processes."""
    state, url = schema_state(database_url), parse(database_url)
    if state is SchemaState.CURRENT:
        return False
    if state is SchemaState.UNKNOWN:
        raise SchemaOutdated(where(url), "a newer version made them; install that one, or restore a copy")
    from alembic import command
    from alembic.config import Config

    engine = write_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    try:
        with engine.connect() as connection, begin_writing(connection):
            if url.get_backend_name() == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(71735412)"))  # one migration at a time
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DATABASE_ERRORS as error:
        raise explain(error, where(url)) from error
    finally:
        engine.dispose()
    return True


def exclusive_lock(folder: Path) -> FileLock:
    """Keep other processes out of a data directory for as long as the caller holds on to the returned lock.

    It also ends with the process, however that ends.
    """
    _make_folder(folder)
    lock = FileLock(folder / ".preflight.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise DataDirectoryInUse(str(folder)) from error
    return lock
