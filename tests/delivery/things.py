"""What delivery's tests are made of: a clock that sleeps in no time, a body, and a way to state messages."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.messages import Body, OutboundMessage
from storage.store import Store
from storage.transaction import Tx

WORKSPACE = "T1"
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class ManualClock:
    """Stands still until somebody sleeps or turns it."""

    instant: datetime = START
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return (self.instant - START).total_seconds()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.instant += timedelta(seconds=seconds)
        await asyncio.sleep(0)

    def turn(self, **by: float) -> None:
        self.instant += timedelta(**by)


def body(text: str) -> Body:
    return {"text": text, "blocks": [{"type": "section", "text": {"type": "plain_text", "text": text}}]}


def stated(tx: Tx, key: str, text: str, channel_id: str = "C1", options: Any = None) -> OutboundMessage:
    return tx.messages.show(WORKSPACE, key, channel_id, body(text), **(options or {}))


async def state(store: Store, key: str, text: str, channel_id: str = "C1", **options: Any) -> OutboundMessage:
    """Commit that a message should say this."""
    return await store.write(stated, key, text, channel_id, options)


async def row(store: Store, key: str) -> OutboundMessage:
    """Return a message's row."""
    found = await store.read(lambda tx: tx.messages.by_key(WORKSPACE, key))
    assert found is not None
    return found
