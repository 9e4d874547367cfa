"""One process of the engine, for tests that kill it or run two: `python -m tests.delivery.process <url> <name> <what>`.

A name of `-` takes the name that a real process takes.
It prints a line when it is up, when a post reaches Slack, and when the minute's work ran. `hang` never gets an answer from
Slack; `serve` does.
"""

import asyncio
import sys
from datetime import datetime

from bot.clock import SystemClock
from bot.delivery.dbos_engine import DbosEngine
from bot.delivery.executor import executor_id
from bot.delivery.sender import Sender
from storage.store import Store
from tests.delivery.slack_stand_in import Place, SlackStandIn


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Hanging(SlackStandIn):
    """A Slack that takes every post and never answers."""

    async def post(self, *args: object, key: str, **kwargs: object) -> Place:
        say(f"post {key}")
        await asyncio.sleep(600)
        raise AssertionError


class Speaking(SlackStandIn):
    """A Slack that says on standard output what it gets."""

    async def post(self, *args: object, key: str, **kwargs: object) -> Place:
        say(f"post {key}")
        return Place("C1", self._new_ts())


async def main(url: str, name: str, what: str) -> None:
    """Run until killed, or until standard input ends."""
    name = executor_id(url) if name == "-" else name
    with Store.open(url) as store:
        clock = SystemClock()
        slack = Hanging() if what == "hang" else Speaking()
        sender = Sender(store, slack, clock, name)
        cron = "* * * * * *" if what == "minutes" else "0 0 1 1 *"
        engine = DbosEngine(store, sender, clock, url, name, cron=cron)

        async def minute(_now: datetime) -> None:
            say("minute")

        engine.every_minute("test", minute)
        await engine.start()
        say("up")
        await asyncio.to_thread(sys.stdin.read)
        await engine.stop()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
