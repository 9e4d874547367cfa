"""A new SQLite database with today's tables for every test, copied from one that was made once in this process.

Making the tables is what most tests would spend their time on; the tests of the migrations themselves do not use this.
"""

import sqlite3
import tempfile
from functools import cache
from pathlib import Path

from storage import database


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
