"""A new database with today's tables for every test, on SQLite copied from one that was made once in this process.

Making the tables is what most tests would spend their time on, and after that compiling the same statements for every
engine anew: so the engines are kept from test to test, too. Tests of the migrations and of opening do not use this.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from storage import database
from storage.store import Store
from storage.writer import RETRY_FOR


def fresh_database(path: Path) -> str:
    """Write a new database to a path, unless there is one, with the folders above it; return its address."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_made_once())
    return f"sqlite:///{path}"


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
    file of the test.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._links = 0
        self._idle: dict[str, list[tuple[str, Engine, Engine]]] = {}

    @contextmanager
    def store(self, database_url: str) -> Iterator[Store]:
        """Open a database that is there and has all tables."""
        kind = database_url if database_url.startswith("postgresql") else "sqlite"
        idle = self._idle.setdefault(kind, [])
        kept = idle.pop() if idle else self._made(database_url)
        address, write_engine, read_engine = kept
        if kind == "sqlite":
            _lead(Path(address), Path(str(database.parse(database_url).database)))
        with Store(
            where=database.where(database.parse(database_url)),
            write_engine=write_engine,
            read_engine=read_engine,
            retry_for=RETRY_FOR,
        ) as opened:
            yield opened
        idle.append(kept)

    def _made(self, database_url: str) -> tuple[str, Engine, Engine]:
        address = database_url
        if not database_url.startswith("postgresql"):
            self._links += 1
            address = str(self._folder / f"kept-{self._links}.db")
        url = database.parse(address if address == database_url else f"sqlite:///{address}")
        return address, database.write_engine(url), database.read_engine(url)


def _lead(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target)
