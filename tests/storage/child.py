"""A process of its own that the fault tests start, and kill. Run as `python -m tests.storage.child <task> <url> …`.

It tells what was acknowledged, line by line, so that the test knows what must be there.
"""

import asyncio
import sys
import time
from collections.abc import Callable

from storage.store import Store
from storage.transaction import Tx
from tests.storage.things import TEAM, a_body, an_occasion


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def show(tx: Tx, key: str) -> None:
    tx.messages.show(TEAM, key, "C1", a_body(key))
    tx.audit.append(an_occasion(), "shown", "message", key, None, {"key": key})


def hang(url: str) -> None:
    """Write one thing; then stay for ever between writing another and committing it."""

    def half(tx: Tx) -> None:
        show(tx, "half")
        say("half")
        time.sleep(60)

    with Store.open(url) as store:
        store.write_sync(show, "whole")
        say("whole")
        store.write_sync(half)


async def _flood(url: str, name: str, count: int) -> None:
    with Store.open(url) as store:

        async def one(number: int) -> None:
            key = f"{name}-{number}"
            await store.write(show, key, delivery=(TEAM, key))
            say(key)

        async def lane(first: int) -> None:
            for number in range(first, count, 16):
                await one(number)

        say("ready")
        await asyncio.gather(*(lane(first) for first in range(16)))


def flood(url: str, name: str, count: str) -> None:
    """Write from 16 lanes at once and tell each acknowledgement."""
    asyncio.run(_flood(url, name, int(count)))


if __name__ == "__main__":
    tasks: dict[str, Callable[..., None]] = {"hang": hang, "flood": flood}
    tasks[sys.argv[1]](*sys.argv[2:])
