"""Databases to measure with: many pilots, each with an interview that waits for its first answer.

Made by the product's own workflows in one transaction, with every message counted as delivered; so a run begins where a
workspace would be after a busy week.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from bench.deliveries import CHANNEL, PERSON, TEAM
from bot.desk import Desk, Rooms
from bot.domain.people import Person
from bot.domain.pilots import Metric, Registration
from bot.domain.values import Occasion
from bot.interview import workflow as interviews
from bot.interview.shown import question_key
from bot.pilots import workflow as pilots
from prompts.library import Library
from storage.database import migrate
from storage.store import Store
from storage.transaction import Tx

PLAYBOOK = Path(__file__).parents[1] / "tests" / "playbook"
"""Seven plain questions that stay as they are, so that figures can be compared over the years."""


@dataclass(frozen=True)
class Waiting:
    """An interview before its first answer."""

    interview_id: str
    pilot_id: str
    asked: tuple[str, ...]
    first_question_ts: str


def database_url(folder: Path) -> str:
    """Return the address of the database in a folder."""
    return f"sqlite:///{folder / 'preflight.db'}"


def seed(folder: Path, count: int, *, channels: bool = False) -> list[Waiting]:
    """Make a database with this many waiting interviews; `channels`: each pilot in one of its own."""
    url = database_url(folder)
    migrate(url)
    library = Library.load(PLAYBOOK)
    with Store.open(url) as store:
        return store.write_sync(_seed, library, count, channels)


def _seed(tx: Tx, library: Library, count: int, channels: bool) -> list[Waiting]:
    now = datetime.now(UTC)
    tx.workspaces.remember(TEAM, "Bench", "https://bench.slack.com/", "U0BOT")
    tx.people.remember(Person(workspace_id=TEAM, user_id=PERSON, name="Maya", time_zone="Europe/Berlin"))
    at = Occasion(workspace_id=TEAM, actor_id=PERSON, now=now)
    begun = []
    for number in range(count):
        desk = Desk(tx, at, library, Rooms())
        channel_id = f"C{number:08d}" if channels else CHANNEL
        pilot = pilots.register(desk, _registration(number, channel_id))
        interview = interviews.start(desk, pilot.id)
        begun.append(interview)
    shown = {}
    for number, message in enumerate(tx.messages.touched):
        tx.messages.claim(message.id, "bench", now + timedelta(seconds=30), now)
        shown[message.key] = ts = f"1780000000.{number:06d}"
        tx.messages.delivered(message.id, "bench", message.version, message.channel_id, ts)
    return [
        Waiting(one.id, one.pilot_id, one.asked, shown[question_key(one.id, one.asked[0])]) for one in begun
    ]


def _registration(number: int, channel_id: str) -> Registration:
    return Registration(
        name=f"Pilot {number}",
        problem="Sorts refund requests before an agent sees them.",
        champion_id=PERSON,
        owner_id=PERSON,
        channel_id=channel_id,
        metric=Metric(name="Deflection", unit="%", baseline=Decimal(22), bar=Decimal(60)),
    )
