"""The work of every minute: named pieces that features register, done side by side, none able to stop another.

Each piece takes what is due from the rows, so doing it twice or late is harmless; missed minutes collapse into one.
"""

import asyncio
import logging
from datetime import datetime

from bot.delivery.engine import MinuteWork

log = logging.getLogger(__name__)


class Minutes:
    """The registered work, and when it was last done here."""

    def __init__(self) -> None:
        self.last_at: datetime | None = None
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
            await asyncio.gather(*(self._run_one(name, work, now) for name, work in self._work.items()))
            self.last_at = now

    async def _run_one(self, name: str, work: MinuteWork, now: datetime) -> None:
        try:
            await work(now)
        except Exception:
            # One feature's fault must not keep the others from their minute; it is tried again in the next.
            log.exception("the minute's work %s went wrong; it is tried again in a minute", name)
