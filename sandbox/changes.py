"""The change feed: whoever waits for something to happen in the workspace subscribes here instead of polling.

The driver waits on it, and the page pushes server-sent events from it. A change says where to look, not what is there:
readers look at the state, so a lost or doubled change does no harm.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Literal, Self

ChangeKind = Literal["message", "ephemeral", "view", "home", "person", "channel", "clock", "traffic", "reset"]

_KEPT_PER_READER = 1000


@dataclass(frozen=True)
class Change:
    kind: ChangeKind
    channel_id: str | None = None
    user_id: str | None = None
    ts: str | None = None
    view_id: str | None = None


RESET = Change("reset")
"""Anything may be different now."""


class Subscription:
    """One reader's queue. `async for change in subscription`, inside `with changes.subscribe() as subscription`."""

    def __init__(self, feed: "ChangeFeed") -> None:
        self._feed = feed
        self._queue: asyncio.Queue[Change] = asyncio.Queue()

    def offer(self, change: Change) -> None:
        # A reader that does not read must not fill the memory; it looks at the state anyway.
        if self._queue.qsize() < _KEPT_PER_READER:
            self._queue.put_nowait(change)

    async def next(self, timeout: float | None = None) -> Change | None:  # noqa: ASYNC109 - a reader's own patience
        """The next change, or None when `timeout` real seconds pass without one."""
        try:
            return await asyncio.wait_for(self._queue.get(), timeout)
        except TimeoutError:
            return None

    async def next_that(self, concerns: Callable[[Change], bool]) -> None:
        """Return when a change has come that concerns the reader; all that came by then are read."""
        while not any(map(concerns, (await self._queue.get(), *self.drain()))):
            pass

    async def __aiter__(self) -> AsyncIterator[Change]:
        while True:
            yield await self._queue.get()

    def drain(self) -> list[Change]:
        """What has not been read, and is so now; a RESET last where there was more than is kept."""
        unread = [self._queue.get_nowait() for _ in range(self._queue.qsize())]
        return unread if len(unread) < _KEPT_PER_READER - 1 else [*unread, RESET]

    def close(self) -> None:
        self._feed.unsubscribe(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ChangeFeed:
    def __init__(self) -> None:
        self._readers: set[Subscription] = set()

    def subscribe(self) -> Subscription:
        reader = Subscription(self)
        self._readers.add(reader)
        return reader

    def unsubscribe(self, reader: Subscription) -> None:
        self._readers.discard(reader)

    def announce(self, change: Change) -> None:
        for reader in tuple(self._readers):
            reader.offer(change)
