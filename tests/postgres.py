"""PostgreSQL for tests: one server per test process, started when first asked for, and a clean database for each test.

Import the fixtures by name into a conftest: `from tests.postgres import empty_postgres_url, postgres_server, postgres_url`. The server
comes from the pip package `pgserver`, so nothing has to be installed; it also works as root, under a user of its own. It
listens on a socket in a temporary folder only, and is stopped and removed at the end.
"""

import shutil
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import URL, make_url

from storage import database, tables

if TYPE_CHECKING:
    from pgserver import postgres_server as pgserver

__all__ = ["PostgresServer", "empty_postgres_url", "postgres_server", "postgres_url"]

LENT = "preflight_test"


@dataclass
class PostgresServer:
    """A running server, with one database that has all tables and is emptied for each test."""

    address: URL
    _kept: psycopg.Connection | None = None
    """Empties the lent database: a new connection for each test would learn anew what every table is."""

    def url(self, name: str) -> str:
        """Return the address of one of its databases, as settings take it."""
        return self.address.set(database=name).render_as_string(hide_password=False)

    def carry_out(self, *statements: str, within: str = "postgres") -> None:
        """Carry out administration, each statement on its own."""
        with psycopg.connect(self.url(within), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def empty(self) -> None:
        """Make the lent database as it was: nobody connected, no rows, no tables but ours. Much quicker than a new one."""
        try:
            self._empty()
        except psycopg.OperationalError:  # a test may end connections, ours among them
            self.let_go()
            self._empty()

    def _empty(self) -> None:
        kept = self._kept = self._kept or psycopg.connect(self.url(LENT), autocommit=True)
        kept.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        kept.execute(_FORGET)

    def let_go(self) -> None:
        """Close the connection that empties the lent database."""
        if self._kept:
            self._kept.close()
        self._kept = None


# As a replica would: without the triggers that keep the record from being changed.
_FORGET = "; ".join(
    [
        "SET session_replication_role = replica",
        *(f"DELETE FROM {table.name}" for table in reversed(tables.metadata.sorted_tables)),
        "DROP SCHEMA IF EXISTS dbos CASCADE",
    ]
).encode()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server for this test process, and stop and remove it in the end."""
    # Not pytest's folder: the path of a socket must be short, and the server's user must be able to reach it.
    folder = Path(tempfile.mkdtemp(prefix="preflight-pg-"))
    running = _start(folder / "first") or _start(folder / "second")
    assert running, "PostgreSQL did not start twice in a row; its log is on the standard error"
    try:
        server = PostgresServer(make_url(running.get_uri()))
        # What a test kills is our own process, never the server, so the server need not wait for the disk.
        hasty = [
            f"ALTER SYSTEM SET {name} = off" for name in ("fsync", "synchronous_commit", "full_page_writes")
        ]
        server.carry_out(*hasty, "SELECT pg_reload_conf()", f"CREATE DATABASE {LENT}")
        database.migrate(server.url(LENT))
        yield server
        server.let_go()
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path) -> "pgserver.PostgresServer | None":
    """Start a server, or return None when it took longer than pgserver waits: on a busy machine the next one may do."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # pgserver asks for a runtime folder that servers often lack, and finds another
        from pgserver.postgres_server import get_server
    try:
        return get_server(folder, cleanup_mode="stop")
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """Lend a PostgreSQL database that has all tables and no rows."""
    postgres_server.empty()
    return postgres_server.url(LENT)


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """Lend a new PostgreSQL database that has no tables, and drop it afterwards even if somebody is still connected."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    postgres_server.carry_out(f"CREATE DATABASE {name}")
    yield postgres_server.url(name)
    postgres_server.carry_out(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
