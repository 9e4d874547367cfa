"""The work of every minute: named pieces that features register, done side by side, none able to stop another.

Each piece takes what is due from the rows, so doing it twice or late is harmless; missed minutes collapse into one.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from bot.delivery.engine import MinuteWork

log = logging.getLogger(__name__)


OnTheWay = Callable[[datetime, datetime], Iterable[datetime]]
"""The moments at which work is made up for when a clock is skipped: those between two, and the later one."""


async def attempted(name: str, work: MinuteWork, now: datetime) -> None:
    """Do a piece of work; its fault keeps no other from their minute, and it is done again in the next."""
    try:
        await work(now)
    except Exception:
        log.exception("the minute's work %s went wrong; it is tried again in a minute", name)


class Minutes:
    """The registered work, and when it was last done here.

    Minutes that were missed are not made up for, unless somebody says on the way of which clock they are.
    """

    def __init__(self, on_the_way: OnTheWay | None = None, since: datetime | None = None) -> None:
        self.last_at: datetime | None = None
        self._on_the_way = on_the_way
        self._since = since
        self._work: dict[str, MinuteWork] = {}
        self._at_work = asyncio.Lock()

    def register(self, name: str, work: MinuteWork) -> None:
        """Add a piece of work; its name appears in the log and is unique."""
        if name in self._work:
            raise ValueError(f"there is already work named {name} for every minute")
        self._work[name] = work

    async def run(self, now: datetime) -> None:
        """Do all of it; within this process one run waits for the other."""
        async with self._at_work:
            for moment in self._moments(now):
                works = (attempted(name, work, moment) for name, work in self._work.items())
                await asyncio.gather(*works)
            self.last_at = now

    def _moments(self, now: datetime) -> Iterable[datetime]:
        since = self.last_at or self._since
        if self._on_the_way is None or since is None or since >= now:
            return (now,)
        return self._on_the_way(since, now)
