"""Every storage test runs on SQLite and on PostgreSQL, each time without a row in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.store import Store
from tests.fresh import KeptEngines, fresh_database
from tests.postgres import empty_postgres_url, postgres_server, postgres_url

__all__ = ["empty_postgres_url", "postgres_server", "postgres_url"]


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Lend a fresh SQLite database that has all tables."""
    return fresh_database(tmp_path / "preflight.db")


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """Lend the address of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'folder' / 'preflight.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Lend a fresh database that has all tables, of either kind in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """Lend a database without tables, of either kind in turn."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture
def store(database_url: str, kept_engines: KeptEngines) -> Iterator[Store]:
    """Open a fresh database."""
    with kept_engines.store(database_url) as opened:
        yield opened
