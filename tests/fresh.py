"""A new database with today's tables for every test, on SQLite copied from one that was made once in this process.

Making the tables is what most tests would spend their time on, and after that compiling the same statements for every
engine anew: so the engines are kept from test to test, too. Tests of the migrations and of opening do not use this.
"""

import atexit
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, event

from storage import database
from storage.store import Store
from storage.writer import RETRY_FOR

ENGINE_FILE = "engine.db"
"""What the engine of a house calls its own tables, beside the main ones."""


def fresh_database(path: Path) -> str:
    """Write a new database to a path, unless there is one, with the folders above it; return its address."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_made_once())
    return f"sqlite:///{path}"


def fresh_house(folder: Path) -> str:
    """Write a new database into a folder, and the engine's own beside it; return the address of the first one."""
    path = folder / ENGINE_FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_engine_made_once())
    return fresh_database(folder / "preflight.db")


@cache
def _engine_made_once() -> bytes:
    """Its tables, as the engine makes them itself where it finds none."""
    import dbos  # takes a while, and only whole houses have an engine

    with tempfile.TemporaryDirectory(prefix="preflight-tests-") as folder:
        path = Path(folder) / ENGINE_FILE
        dbos.run_dbos_database_migrations(f"sqlite:///{path}")
        return path.read_bytes()


@cache
def _made_once() -> bytes:
    with tempfile.TemporaryDirectory(prefix="preflight-tests-") as folder:
        path = Path(folder) / "made-once.db"
        database.migrate(f"sqlite:///{path}")
        connection = sqlite3.connect(path)
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
        return path.read_bytes()


class KeptEngines:
    """Opens stores as `Store.open` does, on engines that remember the statements of earlier tests and nothing else.

    An engine knows one address. Between tests it has no connection, and on SQLite its address is a link that leads to the
    file of the test and goes with it.
    """

    def __init__(self) -> None:
        self._idle: dict[str, list[tuple[str, Engine, Engine]]] = {}
        self._idle_databases: list[tuple[Path, Engine]] = []

    @contextmanager
    def store(self, database_url: str) -> Iterator[Store]:
        """Open a database that is there and has all tables."""
        url = database.parse(database_url)
        file = Path(str(url.database)).resolve() if url.get_backend_name() == "sqlite" else None
        idle = self._idle.setdefault("sqlite" if file else database_url, [])
        address, writing, reading = kept = idle.pop() if idle else self._make(database_url, file)
        if file:
            Path(address).symlink_to(file)
        try:
            with Store(
                where=database.where(url), write_engine=writing, read_engine=reading, retry_for=RETRY_FOR
            ) as opened:
                yield opened
        finally:
            if file:
                Path(address).unlink()
        idle.append(kept)

    def engine_database(self, database_url: str) -> Engine:
        """Open the tables of a house's engine, on SQLite; the house disposes of it when it closes."""
        from bot.delivery import dbos_settings  # takes a while, and only whole houses have one

        file = Path(str(database.parse(database_url).database)).resolve().with_name(ENGINE_FILE)
        if self._idle_databases:
            link, kept = self._idle_databases.pop()
            link.symlink_to(file)
            return kept
        link = Path(tempfile.mkdtemp(prefix="preflight-tests-")) / ENGINE_FILE
        atexit.register(shutil.rmtree, link.parent, ignore_errors=True)
        link.symlink_to(file)
        made = dbos_settings.open_system_database(f"sqlite:///{link.with_name('preflight.db')}")

        def free(_disposed: Engine) -> None:
            link.unlink()
            self._idle_databases.append((link, made))

        event.listen(made, "engine_disposed", free)
        return made

    def _make(self, database_url: str, file: Path | None) -> tuple[str, Engine, Engine]:
        link = Path(tempfile.gettempdir()) / f"preflight-tests-{uuid.uuid4().hex}.db"
        url = database.parse(f"sqlite:///{link}" if file else database_url)
        writing, reading = database.write_engine(url), database.read_engine(url)
        if file:
            # No machine goes down in these tests, and what a process has written survives it without waiting for the disk.
            event.listen(
                writing, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF")
            )
        return str(link), writing, reading


KEPT = KeptEngines()
"""For all tests of this process."""
