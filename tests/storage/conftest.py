"""Every storage test runs on SQLite and on PostgreSQL, each time without a row in it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import database
from storage.store import Store
from tests.postgres import empty_postgres_url, postgres_server, postgres_url

__all__ = ["empty_postgres_url", "postgres_server", "postgres_url"]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a SQLite file with all tables, once, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "preflight.db"
    database.migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """Lend a fresh SQLite database that has all tables."""
    shutil.copy(migrated_file, tmp_path / "preflight.db")
    return f"sqlite:///{tmp_path / 'preflight.db'}"


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
def store(database_url: str) -> Iterator[Store]:
    """Open a fresh database."""
    with Store.open(database_url) as opened:
        yield opened
