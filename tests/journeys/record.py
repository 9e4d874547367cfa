"""What the database holds, for tests that say "nothing was written" or "nothing was lost". Reading only."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy import select

from bot.domain.answers import Answer
from bot.domain.conversations import Interview
from bot.domain.messages import OutboundMessage
from bot.domain.pilots import Pilot
from bot.domain.reviews import Review, Vote
from sandbox import seed
from storage.tables import metadata
from storage.transaction import Tx

from .conftest import Workplace

R = TypeVar("R")

LOOKS_EVERY = 0.05
_OWN_LIFE = {"heartbeat", "lease", "method_pause", "person"}
"""Tables that change without anybody asking for something, or that only remember who somebody is."""
_OF_A_REFUSAL = {"audit", "audit_facts", "audit_count", "seen_delivery"}
"""Tables in which it stands that somebody tried to decide without the right to."""
REFUSED = "_refused"
"""How the kinds of entries end that say that somebody moved a pilot, or decided about a waiver, without the right to."""
_SHOWN = ("key", "channel_id", "body", "version")
"""What a message should say; how far Slack is with it changes by itself."""


async def ask(place: Workplace, read: Callable[[Tx], R]) -> R:
    """Read something in one consistent look."""
    return await place.house.office.store.read(read)


async def everything(place: Workplace) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table that a person's doing can change, once the work of this minute is done.

    Without that, what follows from an earlier change would be written while somebody is refused.
    """
    await place.house.office.engine.tick(place.house.office.clock.now())
    return await _as_it_is(place)


async def _as_it_is(place: Workplace) -> dict[str, list[tuple[Any, ...]]]:
    def rows(tx: Tx) -> dict[str, list[tuple[Any, ...]]]:
        found = {}
        for name, table in metadata.tables.items():
            if name in _OWN_LIFE:
                continue
            columns = [c for c in table.c if name != "outbound_message" or c.name in _SHOWN]
            found[name] = sorted((tuple(row) for row in tx.connection.execute(select(*columns))), key=repr)
        return found

    return await ask(place, rows)


async def refused_since(place: Workplace, before: dict[str, list[tuple[Any, ...]]]) -> int:
    """Return how many refusals were put on the record since, after making sure that nothing else was written."""
    now = await _as_it_is(place)
    assert {name: rows for name, rows in now.items() if name not in _OF_A_REFUSAL} == {
        name: rows for name, rows in before.items() if name not in _OF_A_REFUSAL
    }
    what = [column.name for column in metadata.tables["audit"].c].index("what")
    recorded = [row[what] for row in now["audit"] if row not in before["audit"]]
    assert all(one == "review.refused" or one.endswith(REFUSED) for one in recorded)
    return len(recorded)


async def counts(place: Workplace) -> dict[str, int]:
    """Return how many rows each of those tables has."""
    return {name: len(rows) for name, rows in (await everything(place)).items()}


async def pilot_called(place: Workplace, name: str) -> Pilot:
    """Return an active pilot by its name."""
    found = await ask(place, lambda tx: tx.pilots.named(seed.NORTHWIND, name))
    assert found is not None, f"no pilot {name}"
    return found


async def pilots_called(place: Workplace, name: str) -> int:
    """Return how many active pilots bear a name."""
    everyone = await ask(place, lambda tx: tx.pilots.all_active(seed.NORTHWIND))
    return sum(pilot.name == name for pilot in everyone)


async def interview_of(place: Workplace, pilot: Pilot) -> Interview:
    """Return the pilot's latest interview."""
    found = await ask(place, lambda tx: tx.interviews.latest_of(pilot.id))
    assert found is not None
    return found


async def answers_of(place: Workplace, pilot: Pilot) -> list[Answer]:
    """Return everything that was ever answered about a pilot, revision by revision."""
    return await ask(place, lambda tx: tx.answers.history(pilot.id))


async def current_answers(place: Workplace, pilot: Pilot) -> dict[str, Answer]:
    """Return the answers that stand."""
    return await ask(place, lambda tx: tx.answers.current(pilot.id))


async def review_of(place: Workplace, pilot: Pilot) -> Review:
    """Return the pilot's latest review."""
    found = await ask(place, lambda tx: tx.reviews.latest_of(pilot.id))
    assert found is not None
    return found


async def decisions_on(place: Workplace, pilot: Pilot) -> list[Vote]:
    """Return what was decided on the pilot's latest review."""
    review = await review_of(place, pilot)
    return await ask(place, lambda tx: tx.votes.of_review(review.id))


async def message_rows(place: Workplace) -> list[OutboundMessage]:
    """Return all durable messages."""

    def rows(tx: Tx) -> list[OutboundMessage]:
        table = metadata.tables["outbound_message"]
        keys = tx.connection.execute(select(table.c.key)).scalars()
        return [found for key in keys if (found := tx.messages.by_key(seed.NORTHWIND, key))]

    return await ask(place, rows)


async def until(look: Callable[[], Awaitable[R]], patience: float = 10.0) -> R:
    """Look until the answer is true, and return it: for what nobody announces, such as a commit."""
    async with asyncio.timeout(patience):
        while True:
            found = await look()
            if found:
                return found
            await asyncio.sleep(LOOKS_EVERY)


async def all_delivered(place: Workplace, patience: float = 30.0) -> list[OutboundMessage]:
    """Skip over the seconds that cards may lag, and wait until Slack shows every row; return the rows."""
    await place.driver.settled(patience)
    await place.driver.fast_forward(hours=0.05)

    async def rows() -> list[OutboundMessage] | None:
        found = await message_rows(place)
        return None if any(row.due for row in found) else found

    return await until(rows, patience) or []


async def check_shown_exactly_once(place: Workplace, patience: float = 30.0) -> None:
    """Check that Slack shows each durable message once, where its row says, in its newest words, and none besides."""
    rows = {row.key: row for row in await all_delivered(place, patience) if not row.failed}
    state = place.sandbox.state
    shown = [
        (channel, message)
        for channel, messages in state.messages.items()
        for message in messages.values()
        if message.get("metadata")
    ]
    times = Counter(message["metadata"]["event_payload"]["key"] for _, message in shown)
    assert times == Counter(rows.keys())
    for channel, message in shown:
        row = rows[message["metadata"]["event_payload"]["key"]]
        assert (row.slack_channel_id, row.slack_ts) == (channel, message["ts"])
        assert message["text"] == row.body["text"], row.key
        said = [block["block_id"] for block in row.body["blocks"]]
        assert [block["block_id"] for block in message["blocks"]] == said, row.key
