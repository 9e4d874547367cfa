"""Two processes look after the same pilots and are killed in the middle of it; everybody hears once a day, as one would tell."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from bot.desk import Desk, Rooms
from bot.domain.people import Person
from bot.domain.pilots import Metric, Registration
from bot.domain.values import Occasion
from bot.pilots import workflow as pilots
from prompts.library import Library
from sandbox import seed
from sandbox.clock import Clock
from storage.store import Store
from storage.transaction import Tx
from tests.faults.house import PATIENCE, PLAYBOOK, House, channel_of, house, say
from tests.faults.nursery import Nursery

pytestmark = [pytest.mark.faults(seconds=80), pytest.mark.timeout(900)]

SEED = 20261122
PILOTS: Final = 36
ZONES: Final = ("Europe/Lisbon", "Europe/Berlin", "Africa/Cairo", "Asia/Dubai", "Asia/Kolkata", "UTC")
"""In all of them it is between nine and five at ten o'clock UTC."""
PEOPLE: Final = tuple(f"U0FAULTS{number:02}" for number in range(12))
QUIET_AFTER: Final = timedelta(days=14)
DAYS: Final = 10
"""From a Monday on; the weekend is among them."""


async def test_two_processes_tell_everybody_once_a_day_however_often_one_is_killed(
    postgres_url: str, tmp_path: Path, nursery: Nursery | None, record_property: Callable[[str, object], None]
) -> None:
    chance, clock, first = random.Random(SEED), Clock(tmp_path / "clock.json"), a_monday_at_ten()
    async with house(tmp_path, postgres_url, clock, nursery) as made:
        employ(made)
        register(postgres_url, first)
        turn_to(clock, first - timedelta(hours=12))
        running = [await made.start(), await made.start()]
        for day in range(DAYS):
            turn_to(clock, first + timedelta(days=day))
            await asyncio.sleep(chance.uniform(0.25, 2.5))  # while they look, queue, and tell
            await made.kill(running.pop(0))
            running.append(await made.start())
            await nothing_is_due(postgres_url, clock)
        await made.comes_to_rest()
        counts = Counter(messages=made.messages_are_there_once(), kills=made.kills)
        told = digests_of(made)
    counts["digests"] = sum(told.values())
    counts["people"] = len({person for person, _ in told})
    say(record_property, postgres_url, counts)
    assert set(told.values()) == {1}, "somebody heard twice on a day"
    assert {person for person, _ in told} >= set(PEOPLE)
    weekend = {(first + timedelta(days=day)).date().isoformat() for day in (5, 6)}
    assert not weekend & {slot for _, slot in told}
    assert told == Counter(expected(postgres_url)), "what the rows say was told is what people saw"


def a_monday_at_ten() -> datetime:
    now = datetime.now(UTC)
    return (now + timedelta(days=7 - now.weekday())).replace(hour=10, minute=0, second=0, microsecond=0)


def turn_to(clock: Clock, when: datetime) -> None:
    clock.set_offset((when - datetime.now(UTC)).total_seconds())


def employ(made: House) -> None:
    """Let a dozen more people work there, and be in all channels."""
    for number, user_id in enumerate(PEOPLE):
        one = seed.Person(user_id, f"p{number}", f"Person {number}", "Owner", ZONES[number % len(ZONES)])
        made.sandbox.state.users[user_id] = seed.user_record(made.sandbox.state, seed.NORTHWIND, one)
        for members in made.sandbox.state.members.values():
            if seed.BOT in members:
                members.append(user_id)


def register(database_url: str, first: datetime) -> None:
    """Let pilots have been registered so that a few of them go quiet on every day."""
    library = Library.load(PLAYBOOK)

    def registered(tx: Tx, number: int) -> None:
        owner, champion = PEOPLE[number % len(PEOPLE)], PEOPLE[(number * 5 + 1) % len(PEOPLE)]
        at = first - QUIET_AFTER - timedelta(hours=12) + timedelta(days=number % DAYS)
        desk = Desk(tx, Occasion(workspace_id=seed.NORTHWIND, actor_id=champion, now=at), library, Rooms())
        form = Registration(
            name=f"Pilot {number:02}",
            problem="Sorts refund requests before an agent sees them.",
            champion_id=champion,
            owner_id=owner,
            channel_id=channel_of(number),
            metric=Metric(
                name="Refunds sorted without an agent", unit="%", baseline=Decimal(22), bar=Decimal(60)
            ),
        )
        pilots.register(desk, form)

    with Store.open(database_url) as store:
        store.write_sync(_settle_in)
        for number in range(PILOTS):
            store.write_sync(registered, number)


def _settle_in(tx: Tx) -> None:
    tx.workspaces.remember(seed.NORTHWIND, "Northwind Goods", "https://northwind.example/", seed.BOT)
    for number, user_id in enumerate(PEOPLE):
        zone = ZONES[number % len(ZONES)]
        tx.people.remember(Person(workspace_id=seed.NORTHWIND, user_id=user_id, name=user_id, time_zone=zone))


async def nothing_is_due(database_url: str, clock: Clock) -> None:
    """Wait until whoever is to hear by now was told, and Slack shows it."""

    def left(tx: Tx) -> int:
        now = {"now": clock.now()}
        due = tx.execute(text("SELECT count(*) FROM digest_due WHERE next_at <= :now"), now).scalar_one()
        looks = tx.execute(text("SELECT count(*) FROM pilot WHERE next_nudge_at <= :now"), now).scalar_one()
        return int(due) + int(looks) + tx.messages.count_unsent()

    with Store.open(database_url) as store:
        async with asyncio.timeout(PATIENCE):
            while await store.read(left):  # noqa: ASYNC110 - another process's rows
                await asyncio.sleep(0.2)


def digests_of(made: House) -> Counter[tuple[str, str]]:
    """Count the messages that people see, by person and day."""
    found: Counter[tuple[str, str]] = Counter()
    for message in made.of_the_bot():
        key = str(message.get("metadata", {}).get("event_payload", {}).get("key", ""))
        if key.startswith("nudge:"):
            _, person, slot = key.split(":", 2)
            found[person, slot] += 1
    return found


def expected(database_url: str) -> set[tuple[str, str]]:
    """Return who was told on which day, as the rows have it."""
    with Store.open(database_url) as store:
        rows = store.read_sync(
            lambda tx: tx.execute(
                text("SELECT DISTINCT person_id, slot FROM notice WHERE slot IS NOT NULL")
            ).all()
        )
    return {(row.person_id, row.slot) for row in rows}
