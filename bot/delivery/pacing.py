"""How fast and in which order this process posts.

Slack takes about one post a second in a channel and forgives short bursts, so each channel has a small bucket of posts.
Posts into one thread keep the order in which they were asked for. Nothing here is remembered over a restart or shared
between processes: it only makes a 429 rare, and a 429 is honoured all the same.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Self

from bot.delivery.ports import Sleep

BURST = 3
EVERY_SECONDS = 1.1


class Place:
    """A place in a line: entered when those before have left, and left in any case."""

    def __init__(self, line: deque["Place"], forget_line: Callable[[], None]) -> None:
        self._line = line
        self._forget_line = forget_line
        self._first: asyncio.Future[None] | None = None

    async def __aenter__(self) -> Self:
        try:
            if self._line[0] is not self:
                self._first = asyncio.get_running_loop().create_future()
                await self._first
        except BaseException:
            self._leave()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def _leave(self) -> None:
        self._line.remove(self)
        if not self._line:
            self._forget_line()
        elif (first := self._line[0]._first) is not None and not first.done():  # noqa: SLF001 - the same class
            first.set_result(None)


class Lines:
    """Lets one at a time pass per key, in the order in which they joined; keys cost nothing once nobody waits."""

    def __init__(self) -> None:
        self._lines: dict[Hashable, deque[Place]] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def join(self, key: Hashable) -> Place:
        """Take a place at the end of the line now, without waiting. Whoever joins must enter."""
        line = self._lines.setdefault(key, deque())
        place = Place(line, lambda: self._forget(key, line))
        line.append(place)
        return place

    def _forget(self, key: Hashable, line: deque[Place]) -> None:
        if self._lines.get(key) is line:
            del self._lines[key]


@dataclass
class _Bucket:
    posts: float
    at: float


class Pacing:
    """A bucket of posts per channel: `burst` at once, then one every `every` seconds."""

    def __init__(
        self,
        *,
        burst: int = BURST,
        every: float = EVERY_SECONDS,
        sleep: Sleep = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._burst = burst
        self._every = every
        self._sleep = sleep
        self._monotonic = monotonic
        self._buckets: dict[Hashable, _Bucket] = {}
        self._lines = Lines()

    async def post_allowed(self, channel: Hashable) -> None:
        """Return when the channel takes another post."""
        async with self._lines.join(channel):
            bucket = self._filled(channel)
            if bucket.posts < 1:
                await self._sleep((1 - bucket.posts) * self._every)
                bucket = self._filled(channel)
            bucket.posts = max(0.0, bucket.posts - 1)

    def refused(self, channel: Hashable) -> None:
        """Slack said that the channel had too many: start from an empty bucket."""
        self._filled(channel).posts = 0.0

    def _filled(self, channel: Hashable) -> _Bucket:
        now = self._monotonic()
        self._forget_full(now)
        bucket = self._buckets.setdefault(channel, _Bucket(float(self._burst), now))
        bucket.posts = min(float(self._burst), bucket.posts + (now - bucket.at) / self._every)
        bucket.at = now
        return bucket

    def _forget_full(self, now: float) -> None:
        if len(self._buckets) < 1000:
            return
        rested = now - self._burst * self._every
        self._buckets = {channel: bucket for channel, bucket in self._buckets.items() if bucket.at > rested}
