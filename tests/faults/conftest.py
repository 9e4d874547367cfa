"""Both databases, each fresh for each fire."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.nursery import Nursery
from tests.fresh import fresh_database
from tests.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Lend a fresh SQLite database in a folder of its own."""
    return fresh_database(tmp_path / "data" / "preflight.db")


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Lend a fresh database of either kind in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery | None]:
    """Lend a nursery; where the system cannot fork, every process is started anew."""
    if not hasattr(os, "fork"):
        yield None
        return
    lent = Nursery()
    try:
        yield lent
    finally:
        lent.close()
