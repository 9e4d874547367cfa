"""A house that is set on fire: the sandbox in this process, Preflight in processes of its own that tests kill.

People go on as people do: they wait for the next question and answer it, whatever happens to the processes meanwhile. At
the end `everything_is_there_once` compares what the rows say with what Slack shows.
"""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from sandbox import seed
from sandbox.clock import Clock, Timings
from sandbox.delivery import Ack, Envelope, Transport
from sandbox.reading import text_of
from sandbox.server import Sandbox, running_sandbox
from storage.store import Store
from storage.transaction import Tx
from tests.faults.nursery import Born, Nursery

PILOTS = 43
PLAYBOOK = Path(__file__).parents[1] / "playbook"
QUESTIONS = 7
"""Of that playbook's readiness gate: 43 × 7 = 301 answers."""
CHANNELS = 36
"""A channel takes a post a second, so with few channels a fire is mostly waiting; some are shared all the same."""
PATIENCE = 300.0
ARGUMENTS = ["serve", "--socket"]
TIMINGS = Timings(ack=3.0, retries=(0.0, 1.0, 2.0, 4.0, *(8.0,) * 30))
"""Slack's own retries are minutes apart; a person would not wait for them, and neither does this test."""


class HeardTransport:
    """A way to the app that remembers which deliveries were acknowledged."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.name = inner.name
        self.acknowledged: list[dict[str, Any]] = []

    @property
    def is_open(self) -> bool:
        return self._inner.is_open

    async def send(
        self, envelope: Envelope, *, attempt: int, reason: str, patience: float, cut: bool = False
    ) -> Ack:
        ack = await self._inner.send(envelope, attempt=attempt, reason=reason, patience=patience, cut=cut)
        if ack.ok:
            self.acknowledged.append(envelope.payload)
        return ack


@dataclass
class House:
    """The sandbox, the database, and the processes of Preflight."""

    sandbox: Sandbox
    database_url: str
    heard: HeardTransport
    folder: Path
    nursery: Nursery | None
    processes: list[Process | Born] = field(default_factory=list)
    kills: int = 0
    answered: list[str] = field(default_factory=list)
    """The timestamps of the answers that people gave."""

    async def start(self) -> Process | Born:
        """Start a process of Preflight and wait until it listens: the first as an operator does, later ones from the nursery."""
        before = self._connections()  # Slack may not have noticed yet that a killed one is gone
        process = self._from_nursery(self.nursery) if self.nursery and self.processes else await self._anew()
        self.processes.append(process)
        async with asyncio.timeout(60):
            while self._connections() <= before:
                assert process.returncode is None, self.log()
                await asyncio.sleep(0.02)
        return process

    def _connections(self) -> set[object]:
        return set(self.sandbox.socket_mode._connections)

    async def _anew(self) -> Process:
        with self._log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                *ARGUMENTS,
                env=self._environment(),
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _from_nursery(self, nursery: Nursery) -> Born:
        return nursery.start(ARGUMENTS, self._environment(), self._log)

    def _environment(self) -> dict[str, str]:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "PREFLIGHT_"))
        } | {
            "SLACK_BOT_TOKEN": self.sandbox.bot_token,
            "SLACK_APP_TOKEN": self.sandbox.app_token,
            "SLACK_API_URL": self.sandbox.api_url,
            "DATABASE_URL": self.database_url,
            "PREFLIGHT_PLAYBOOK": str(PLAYBOOK),
            "PREFLIGHT_REVIEW_CHANNEL": seed.GATE_REVIEWS,
            "PREFLIGHT_OPERATIONS_CHANNEL": seed.PREFLIGHT_OPS,
            "PORT": "0",
            "PREFLIGHT_LOG_LEVEL": "WARNING",
        }
        if self.sandbox.state.clock.path:
            environment["PREFLIGHT_CLOCK"] = str(self.sandbox.state.clock.path)
        return environment

    @property
    def _log(self) -> Path:
        return self.folder / "preflight.log"

    async def kill(self, process: Process | Born) -> None:
        """SIGKILL: nothing is finished, nothing is closed."""
        process.kill()
        await process.wait()
        self.kills += 1

    def log(self) -> str:
        """What the processes said."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-4000:]

    @staticmethod
    def allow(allowed: asyncio.Semaphore, answers: int) -> None:
        """Let people give so many more answers."""
        for _ in range(answers):
            allowed.release()

    # What people do

    async def register_and_coach(self, number: int) -> tuple[str, str]:
        """Register a pilot and start its interview; return the channel and the thread."""
        driver, channel = self.sandbox.driver, channel_of(number)
        name = f"Pilot {number:02}"
        await driver.command(seed.MAYA, channel, "/pilot", "new")
        await driver.wait_view(seed.MAYA, timeout=30)
        values = {
            "name": name,
            "problem": "Sorts refund requests before an agent sees them.",
            "champion": seed.MAYA,
            "owner": seed.JONAS,
            "channel": channel,
            "metric": "Refunds sorted without an agent",
            "unit": "%",
            "baseline": "22",
            "bar": "60",
        }
        assert await driver.submit_view(seed.MAYA, values) is None
        await driver.command(seed.MAYA, channel, "/pilot", f"coach {name}")
        root = await driver.wait_message(channel, f"· {name}\n▱", timeout=PATIENCE)
        return channel, str(root["ts"])

    async def answer_all(
        self, channel: str, thread_ts: str, allowed: asyncio.Semaphore | None = None
    ) -> None:
        """Answer every question of an interview as soon as it is there."""
        driver = self.sandbox.driver
        for number in range(1, QUESTIONS + 1):
            try:
                await driver.wait_message(channel, f"{number} of ", timeout=PATIENCE, thread_ts=thread_ts)
            except TimeoutError as error:
                raise AssertionError(self.state_of(thread_ts)) from error
            if allowed is not None:
                await allowed.acquire()
            words = f"Yes, live since 3 March, see https://wiki.northwind-goods.example/proof/{number}"
            self.answered.append(await driver.post(seed.MAYA, channel, words, thread_ts=thread_ts))

    def state_of(self, thread_ts: str) -> str:
        """Say what became of a thread that does not go on."""
        known = set(self.acknowledged_answers())
        said = [
            entry.request["event"]["ts"]
            for entry in self.sandbox.driver.deliveries("events_api")
            if entry.request["event"].get("thread_ts") == thread_ts and "user" in entry.request["event"]
        ]
        with Store.open(self.database_url) as store:
            recorded = set(store.read_sync(_recorded_answers))
            unsent = store.read_sync(_unsent_messages)
        answers = [(ts, ts in known, ts in recorded) for ts in dict.fromkeys(said) if ts in self.answered]
        return (
            f"the thread {thread_ts} does not go on. Its answers (acknowledged? recorded?): {answers}. "
            f"Unsent: {unsent}. Pauses and the log: {self.log()}"
        )

    # What is true in the end

    async def comes_to_rest(self) -> None:
        """Wait until every event is acknowledged and no message is unsent."""
        async with asyncio.timeout(PATIENCE):
            await self.sandbox.delivery.settled()
            with Store.open(self.database_url) as store:
                while await store.read(lambda tx: tx.messages.count_unsent()):  # noqa: ASYNC110 - another process's rows
                    await asyncio.sleep(0.2)

    def everything_is_there_once(self) -> Counter[str]:
        """Check the rows against Slack, and return some counts for the closing word."""
        acknowledged = set(self.acknowledged_answers())
        assert set(self.answered) <= acknowledged, self.attempts(set(self.answered) - acknowledged)
        with Store.open(self.database_url) as store:
            recorded = store.read_sync(_recorded_answers)
        counted = Counter(recorded)
        assert set(counted) >= acknowledged, "an acknowledged answer is missing"
        assert set(counted.values()) == {1}, "an answer was recorded twice"
        counts = Counter(answers=len(counted), messages=self.messages_are_there_once())
        if self.kills:
            counts["kills"] = self.kills
        reads = [call for call in self.sandbox.driver.calls() if call.name.startswith("conversations.")]
        counts["look-ups"] = sum(call.name.endswith(("replies", "history")) for call in reads)
        return counts

    def attempts(self, answers: set[str]) -> str:
        """Say how the deliveries of some answers went."""
        tried = [
            (entry.request["event"]["ts"], entry.attempt, f"{entry.at:%T}", entry.status)
            for entry in self.sandbox.driver.deliveries("events_api")
            if entry.request["event"].get("ts") in answers
        ]
        return f"given up: {tried}. {self.log()}"

    def messages_are_there_once(self) -> int:
        """Check that Slack shows every message that the rows hold, each once and as they say; return how many there are."""
        with Store.open(self.database_url) as store:
            messages = store.read_sync(_all_messages)
        shown = Counter(_key_of(message) for message in self.of_the_bot())
        wanted = {key: text for key, text, _ in messages}
        expected = Counter(list(wanted))
        assert expected == shown, f"not shown: {expected - shown}; not called for: {shown - expected}"
        for message in self.of_the_bot():
            assert message["text"] == wanted[_key_of(message)]
        assert all(failed is None for _, _, failed in messages)
        return len(messages)

    def acknowledged_answers(self) -> Iterable[str]:
        """The timestamps of the answers whose delivery Preflight acknowledged."""
        for payload in self.heard.acknowledged:
            event = payload.get("event", {})
            answers = event.get("type") == "message" and event.get("user") == seed.MAYA
            if answers and event.get("thread_ts") and "subtype" not in event:
                yield event["ts"]

    def of_the_bot(self) -> list[dict[str, Any]]:
        driver, found = self.sandbox.driver, []
        for channel_id in list(self.sandbox.state.channels):
            for message in driver.messages(channel_id):
                found.append(message)
                if message.get("reply_count"):
                    found += [
                        reply
                        for reply in driver.thread(channel_id, message["ts"])
                        if reply["ts"] != message["ts"]
                    ]
        return [message for message in found if message.get("user") == seed.BOT]


def say(record: Callable[[str, object], None], database_url: str, counts: Counter[str]) -> None:
    """Show the counts of a fire to whoever runs the tests, in the summary at the end."""
    kind = database_url.partition(":")[0]
    record("counts", f"{kind}: {', '.join(f'{count} {what}' for what, count in counts.items())}")


def channel_of(number: int) -> str:
    return f"C0FAULTS{number % CHANNELS:02}"


def _key_of(message: dict[str, Any]) -> str:
    return str(
        message.get("metadata", {}).get("event_payload", {}).get("key", f"without a key: {text_of(message)}")
    )


def _recorded_answers(tx: Tx) -> list[str]:
    return [
        str(answer.message_ts)
        for pilot in tx.pilots.all_active(seed.NORTHWIND)
        for answer in tx.answers.history(pilot.id)
    ]


def _all_messages(tx: Tx) -> list[tuple[str, str, str | None]]:
    rows = tx.execute(text("SELECT key, body, failed FROM outbound_message")).all()
    return [(row.key, _text_in(row.body), row.failed) for row in rows]


def _unsent_messages(tx: Tx) -> list[str]:
    rows = tx.execute(
        text("SELECT * FROM outbound_message WHERE delivered_version < version AND failed IS NULL")
    )
    return [str({name: value for name, value in row.items() if name != "body"}) for row in rows.mappings()]


def _text_in(body: Any) -> str:
    return str((json.loads(body) if isinstance(body, str) else body)["text"])


@contextlib.asynccontextmanager
async def house(
    folder: Path, database_url: str, clock: Clock | None = None, nursery: Nursery | None = None
) -> AsyncIterator[House]:
    """A sandbox with Slack's own limits on posts, and no process of Preflight yet."""
    async with running_sandbox(clock=clock or Clock(), timings=TIMINGS) as sandbox:
        for number in range(CHANNELS):
            seed.add_channel(
                sandbox.state,
                seed.NORTHWIND,
                channel_of(number),
                f"faults-{number}",
                [seed.MAYA, seed.JONAS, seed.PRIYA, seed.BOT],
            )
        heard = HeardTransport(sandbox.delivery._transports[0])
        sandbox.delivery._transports[0] = heard
        made = House(sandbox, database_url, heard, folder, nursery)
        try:
            yield made
        finally:
            for process in made.processes:
                if process.returncode is None:
                    process.terminate()
            for process in made.processes:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), 15)
