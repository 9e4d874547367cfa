"""Makes Slack look like the message rows, one message at a time and each in one place only.

A crash at any line leaves something that the next sender finishes: a first post is on record before it is tried, and one
that may have happened is looked up by its key before it is repeated. Every failure of Slack ends in a decision; an
exception that leaves `send` is a fault of ours or of the database, and the sweep takes the message up again.
"""

import asyncio
from collections.abc import Hashable

from bot.clock import Clock
from bot.delivery.errand import Errand, Means
from bot.delivery.pacing import Lines, Pacing
from bot.delivery.ports import Gateway, OnTerminal, Rows, Sleep
from bot.delivery.turns import Outcome
from bot.domain.messages import OutboundMessage


class Sender:
    """One per process; `executor_id` is unique among the processes that live at one time."""

    def __init__(
        self,
        store: Rows,
        gateway: Gateway,
        clock: Clock,
        executor_id: str,
        *,
        on_terminal: OnTerminal | None = None,
        pacing: Pacing | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        pacing = pacing or Pacing(sleep=sleep)
        self._means = Means(store, gateway, clock, pacing, sleep, executor_id, on_terminal)
        self._looking = Lines()
        self._messages = Lines()
        self._threads = Lines()
        self._at_work: set[asyncio.Task[object]] = set()
        self._closed = False

    @property
    def sending(self) -> int:
        """How many messages are being worked on or wait for their turn."""
        return len(self._at_work)

    async def send(self, message_id: str) -> Outcome:
        """Make Slack show the message's newest version, or say why it does not yet."""
        if self._closed:
            return Outcome.LATER
        task = asyncio.current_task()
        if task is None or task in self._at_work:
            return await self._send(message_id)
        self._at_work.add(task)
        try:
            return await self._send(message_id)
        finally:
            self._at_work.discard(task)

    async def close(self, grace: float) -> None:
        """Take up nothing more and finish what is in hand; what takes longer than `grace` seconds is broken off.

        What is broken off stays recoverable: its row is unsent, and a begun post is looked up before it is repeated.
        """
        self._closed = True
        at_work = {task for task in self._at_work if task is not asyncio.current_task()}
        if not at_work:
            return
        _, late = await asyncio.wait(at_work, timeout=grace)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=grace)

    async def _send(self, message_id: str) -> Outcome:
        """Within this process one errand at a time works on a message, and posts into one thread keep their order."""
        errand = Errand(self._means, message_id, self._send)
        async with self._messages.join(message_id):
            async with self._looking.join("one look after the other"):
                view = await errand.look()
                if isinstance(view, Outcome):
                    return view
                place = self._threads.join(_thread(view.message))
            async with place:
                outcome = await errand.run(view)
        for other in errand.also:
            await self._send(other)
        return outcome


def _thread(message: OutboundMessage) -> Hashable:
    """Edits need no order among themselves, so each has a line of its own."""
    if message.slack_ts is not None:
        return message.id
    return message.workspace_id, message.channel_id, message.under
