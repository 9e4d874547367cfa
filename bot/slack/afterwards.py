"""Work that a click asks for and that takes longer than Slack waits for its answer: it goes on after the ack.

Nothing durable belongs here: what must not be lost is a row. Whoever asked is told in private when it did not work.
"""

import asyncio
from collections.abc import Awaitable, Callable

from bot.slack.failures import Answering, Whisper


class Afterwards:
    """The work that is under way; it ends with the process."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def do(self, what: str, work: Callable[[], Awaitable[None]], whisper: Whisper, *, key: str) -> None:
        """Begin a piece of work, unless that of the same key is under way: a second click asks for nothing more.

        Its refusal, or that it went wrong, is whispered.
        """
        name = f"{what} {key}"
        if any(task.get_name() == name for task in self._tasks):
            return
        task = asyncio.create_task(self._done(what, work, whisper), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _done(self, what: str, work: Callable[[], Awaitable[None]], whisper: Whisper) -> None:
        async with Answering(what, whisper):
            await work()
