"""Delivery's tests run on real rows; those that a database could tell apart run on both."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.delivery.pacing import Pacing
from bot.delivery.sender import Sender
from storage import database
from storage.store import Store
from tests.delivery.slack_stand_in import SlackStandIn
from tests.delivery.things import ManualClock
from tests.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a SQLite file with all tables, once, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "preflight.db"
    database.migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """Lend a fresh SQLite database."""
    shutil.copy(migrated_file, tmp_path / "preflight.db")
    return f"sqlite:///{tmp_path / 'preflight.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Lend a fresh database of either kind in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    """Open a fresh SQLite database."""
    with Store.open(sqlite_url) as opened:
        yield opened


@pytest.fixture
def clock() -> ManualClock:
    """A clock that only sleeping moves."""
    return ManualClock()


@pytest.fixture
def slack(clock: ManualClock) -> SlackStandIn:
    """A workspace whose timestamps follow the clock."""
    return SlackStandIn(now=clock.now)


@pytest.fixture
def sender(store: Store, slack: SlackStandIn, clock: ManualClock) -> Sender:
    """A sender on the manual clock."""
    return Sender(
        store,
        slack,
        clock,
        "here",
        pacing=Pacing(sleep=clock.sleep, monotonic=clock.monotonic),
        sleep=clock.sleep,
    )
