"""A house without Slack: the real store on SQLite, the real words, and a clock that the test moves."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import pytest

from bot.assembly import REACTIONS
from bot.desk import Desk, Rooms, react
from bot.domain.messages import OutboundMessage
from bot.domain.people import Person
from bot.domain.pilots import Metric, Pilot, Registration
from bot.domain.policies import SIMPLE
from bot.domain.review import Panel
from bot.domain.reviews import Board, Resolved
from bot.domain.values import Occasion
from bot.pilots import workflow as pilots
from prompts.library import Library
from storage.audit import AuditEntry
from storage.store import Store
from storage.transaction import Tx
from tests.fresh import KeptEngines, fresh_database

PLAYBOOK = Path(__file__).parents[1] / "playbook"
"""A small playbook of the tests' own, so that rewording ours changes no test of behaviour."""

P = ParamSpec("P")
R = TypeVar("R")

WORKSPACE = "T0000000001"
MAYA, JONAS, PRIYA, SAM, GUEST, GONE = "U0MAYA", "U0JONAS", "U0PRIYA", "U0SAM", "U0GUEST", "U0GONE"
PILOTS, REVIEWS = "C0PILOTS", "C0REVIEWS"
MONDAY_MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PANEL = Panel(title="Gate approvers", people=frozenset({PRIYA, SAM}), shown="@gate-approvers")
BOARD = Board(
    roles=(
        Resolved(
            role=SIMPLE,
            title="the gate approvers",
            people=frozenset({PRIYA, SAM}),
            shown="@gate-approvers",
            unpinged="@gate-approvers",
        ),
    )
)
"""Those who decide in the tests' own playbook."""


@dataclass
class House:
    """Carries workflows out as the office does, one transaction each, and shows what Slack would be asked to show."""

    store: Store
    library: Library
    now: datetime = MONDAY_MORNING
    touched: list[OutboundMessage] = field(default_factory=list)

    def do(self, work: Callable[Concatenate[Desk, P], R], by: str, /, *args: P.args, **kwargs: P.kwargs) -> R:
        at = Occasion(workspace_id=WORKSPACE, actor_id=by, now=self.now)

        def within(tx: Tx) -> tuple[R, list[OutboundMessage]]:
            desk = Desk(tx, at, self.library, Rooms(review=REVIEWS))
            result = work(desk, *args, **kwargs)
            react(desk, REACTIONS)
            return result, tx.messages.touched

        result, self.touched = self.store.write_sync(within, now=self.now)
        return result

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)

    def message(self, key: str) -> OutboundMessage | None:
        return self.store.read_sync(lambda tx: tx.messages.by_key(WORKSPACE, key))

    def words(self, key: str) -> str:
        """Return everything that a message says, as one string; empty where there is no such message."""
        found = self.message(key)
        return words_of(found.body) if found else ""

    def pilot(self, pilot_id: str) -> Pilot:
        found = self.store.read_sync(lambda tx: tx.pilots.get(WORKSPACE, pilot_id))
        assert found
        return found

    def audited(self, pilot_id: str) -> list[str]:
        return [
            entry.what for entry in self.store.read_sync(lambda tx: tx.audit.of(WORKSPACE, "pilot", pilot_id))
        ]

    def recorded(self, pilot_id: str, what: str) -> AuditEntry:
        """Return the one entry of a kind about a pilot."""
        found = self.store.read_sync(lambda tx: tx.audit.of(WORKSPACE, "pilot", pilot_id))
        (one,) = [entry for entry in found if entry.what == what]
        return one

    def deliver(self, key: str, ts: str) -> None:
        """Pretend that Slack shows a message, at this ts."""
        message = self.message(key)
        assert message

        def posted(tx: Tx) -> None:
            assert tx.messages.claim(message.id, "test", self.now + timedelta(seconds=30), self.now)
            tx.messages.delivered(message.id, "test", message.version, message.channel_id, ts)
            tx.messages.release(message.id, "test")

        self.store.write_sync(posted, now=self.now)


def words_of(value: Any) -> str:
    """Return every text in a message or view, in order."""
    if isinstance(value, dict):
        return "\n".join(words_of(part) for name, part in value.items() if name != "type")
    if isinstance(value, list):
        return "\n".join(words_of(part) for part in value)
    return value if isinstance(value, str) else ""


@pytest.fixture(scope="session")
def library() -> Library:
    return Library.load(PLAYBOOK)


@pytest.fixture
def house(tmp_path: Path, library: Library, kept_engines: KeptEngines) -> Iterator[House]:
    with kept_engines.store(fresh_database(tmp_path / "preflight.db")) as store:
        made = House(store, library)
        store.write_sync(_settle_in)
        yield made


def _settle_in(tx: Tx) -> None:
    tx.workspaces.remember(WORKSPACE, "Northwind", "https://northwind.example/", "U0BOT")
    for user_id, name in ((MAYA, "Maya"), (JONAS, "Jonas"), (PRIYA, "Priya"), (SAM, "Sam")):
        tx.people.remember(
            Person(workspace_id=WORKSPACE, user_id=user_id, name=name, time_zone="Europe/Berlin")
        )
    tx.people.remember(Person(workspace_id=WORKSPACE, user_id=GUEST, name="Gus", guest=True))
    tx.people.remember(Person(workspace_id=WORKSPACE, user_id=GONE, name="Dora", deactivated=True))


def registration(**changed: Any) -> Registration:
    facts: dict[str, Any] = {
        "name": "Refund triage",
        "problem": "Sorts refund requests before an agent sees them.",
        "champion_id": MAYA,
        "owner_id": JONAS,
        "channel_id": PILOTS,
        "metric": Metric(name="Deflection", unit="%", baseline=Decimal(22), bar=Decimal(60)),
    }
    return Registration.model_validate(facts | changed)


@pytest.fixture
def pilot(house: House) -> Pilot:
    return house.do(pilots.register, MAYA, registration())
