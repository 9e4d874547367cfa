"""Delivery's tests run on real rows; those that a database could tell apart run on both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.delivery.pacing import Pacing
from bot.delivery.sender import Sender
from storage.store import Store
from tests.delivery.slack_stand_in import SlackStandIn
from tests.delivery.things import ManualClock
from tests.fresh import KeptEngines, fresh_database
from tests.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Lend a fresh SQLite database."""
    return fresh_database(tmp_path / "preflight.db")


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Lend a fresh database of either kind in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def store(sqlite_url: str, kept_engines: KeptEngines) -> Iterator[Store]:
    """Open a fresh SQLite database."""
    with kept_engines.store(sqlite_url) as opened:
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
