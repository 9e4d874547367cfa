"""The port behind which the engine works: start deliveries, do the minute's work, say how it is.

Features and the desk know this file only. An engine decides when and where a message is worked on; what is done to it is
the sender's alone, and the message rows are the truth. An engine may forget everything and nothing is lost.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.messages import OutboundMessage

MinuteWork = Callable[[datetime], Awaitable[None]]


@dataclass(frozen=True)
class EngineStatus:
    """How an engine is, for `/readyz` and the log."""

    running: bool
    sending: int
    """Messages that this process is working on."""
    last_minute_at: datetime | None
    """When this process last did the minute's work; another process may have done it since."""
    trouble: str | None = None
    """Why it is not well, in a few words; None when it is."""


class Engine(Protocol):
    """Starts deliveries and the minute's work, each once over any number of processes."""

    async def start(self) -> None:
        """Begin to work; register the minute's work first."""
        ...

    async def stop(self) -> None:
        """Finish what is in hand, for a few seconds; the rest is left for the next start."""
        ...

    def deliver(self, messages: Sequence[OutboundMessage]) -> None:
        """Start on committed messages at once, without blocking. Call it on the event loop, after the commit."""
        ...

    def every_minute(self, name: str, work: MinuteWork) -> None:
        """Have work done once a minute, in one process at a time. It must bear being done twice or skipped."""
        ...

    async def tick(self, now: datetime) -> None:
        """Do the minute's work now, because the clock jumped; return when it is done and its messages are started."""
        ...

    def status(self) -> EngineStatus:
        """Return how it is, without asking anybody."""
        ...
