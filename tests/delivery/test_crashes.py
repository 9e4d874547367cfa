"""A crash between any two lines of the sender: a fresh one over the same rows leaves each message in Slack exactly once.

A crash is an exception that nothing in the sender catches. It strikes at the n-th touch of the world (a transaction, a
call to Slack, a sleep), before or after it, for every n that the story has.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, TypeVarTuple

import pytest

from bot.delivery.pacing import Pacing
from bot.delivery.sender import Sender
from bot.delivery.turns import Outcome
from bot.slack.failures import Ambiguous, RateLimited, Retryable, Uneditable
from storage.store import Store
from storage.transaction import Tx
from tests.delivery.slack_stand_in import Fault, SlackStandIn
from tests.delivery.things import ManualClock, row, state

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")
MANY = 400


class Crash(BaseException):
    """The process is gone."""


@dataclass
class Fate:
    """Counts lines, and strikes at one of them."""

    strikes_at: int | None = None
    lines: int = 0

    def line(self, _name: str = "") -> None:
        self.lines += 1
        if self.lines == self.strikes_at:
            raise Crash


@dataclass
class FatefulStore:
    """The store, with a line before and after each transaction."""

    store: Store
    fate: Fate

    async def write(self, work: Callable[[Tx, *Arguments], Result], /, *args: *Arguments) -> Result:
        self.fate.line()
        result = await self.store.write(work, *args)
        self.fate.line()
        return result

    async def read(self, work: Callable[[Tx, *Arguments], Result], /, *args: *Arguments) -> Result:
        self.fate.line()
        return await self.store.read(work, *args)


@dataclass
class Life:
    """One process after another over the same rows, the same Slack and the same clock."""

    store: Store
    slack: SlackStandIn
    clock: ManualClock
    lives: int = 0
    lines: int = field(default=0)

    async def send(self, message_id: str, strikes_at: int | None = None) -> Outcome | None:
        """Send in a new process; None when it crashed."""
        fate = Fate(strikes_at)
        self.slack.at_each_call = fate.line
        self.lives += 1
        sender = Sender(
            FatefulStore(self.store, fate),
            self.slack,
            self.clock,
            f"life {self.lives}",
            pacing=Pacing(sleep=self.clock.sleep, monotonic=self.clock.monotonic),
            sleep=self.clock.sleep,
        )
        try:
            return await sender.send(message_id)
        except Crash:
            return None
        finally:
            self.lines = fate.lines
            self.clock.turn(seconds=46)  # the lease of a life that crashed runs out

    async def send_until_shown(self, message_id: str) -> None:
        """What the sweep does, minute after minute."""
        for _ in range(20):
            if await self.send(message_id) is Outcome.SHOWN:
                return
        pytest.fail("the message never got through")


@pytest.fixture
def life(store: Store, slack: SlackStandIn, clock: ManualClock) -> Life:
    """A world in which processes come and go."""
    return Life(store, slack, clock)


Story = Callable[[SlackStandIn], None]


def _plain(_slack: SlackStandIn) -> None:
    """Nothing else goes wrong."""


def _accepted_then_silent(slack: SlackStandIn) -> None:
    slack.meets("post", Fault(Ambiguous("timeout"), accepted=True))


def _silent(slack: SlackStandIn) -> None:
    slack.meets("post", Ambiguous("timeout"), Fault(Ambiguous("http_502"), accepted=True))


def _limited(slack: SlackStandIn) -> None:
    slack.meets("post", RateLimited(3, "chat.postMessage"), Fault(Ambiguous("timeout"), accepted=True))
    slack.meets("find", RateLimited(2, "conversations.history"))


def _refused_connection(slack: SlackStandIn) -> None:
    slack.meets("post", Retryable("no connection"), Retryable("no connection"))


STORIES: list[Story] = [_plain, _accepted_then_silent, _silent, _limited, _refused_connection]


@pytest.mark.parametrize("story", STORIES)
async def test_a_crash_at_any_line_of_a_post_leaves_it_once(life: Life, story: Story) -> None:
    for strikes_at in range(1, MANY):
        message = await state(life.store, f"card {strikes_at}", "hello", f"C{strikes_at}")
        story(life.slack)
        outcome = await life.send(message.id, strikes_at)
        await life.send_until_shown(message.id)
        life.slack.faults.clear()
        assert life.slack.texts(f"C{strikes_at}") == ["hello"]
        if outcome is Outcome.SHOWN:
            return
    pytest.fail("the story never came to its end")


async def test_a_crash_at_any_line_of_a_reply_leaves_root_and_reply_once(life: Life) -> None:
    for strikes_at in range(1, MANY):
        channel = f"C{strikes_at}"
        root = await state(life.store, f"root {strikes_at}", "root", channel)
        reply = await state(life.store, f"reply {strikes_at}", "reply", channel, under=root.id)
        outcome = await life.send(reply.id, strikes_at)
        await life.send_until_shown(reply.id)
        posted = await row(life.store, f"root {strikes_at}")
        assert life.slack.texts(channel) == ["root"]
        assert life.slack.texts(channel, posted.slack_ts) == ["reply"]
        if outcome is Outcome.SHOWN:
            return
    pytest.fail("the story never came to its end")


@pytest.mark.parametrize("error", ["message_not_found", "edit_window_closed"])
async def test_a_crash_at_any_line_of_a_fallback_says_the_new_version_once(life: Life, error: str) -> None:
    for strikes_at in range(1, MANY):
        channel, key = f"C{strikes_at}", f"card {strikes_at}"
        message = await state(life.store, key, "one", channel)
        await life.send_until_shown(message.id)
        if error == "message_not_found":
            life.slack.delete(key)
        else:
            life.slack.meets("update", *[Uneditable(error)] * 5)
        await state(life.store, key, "two", channel)
        outcome = await life.send(message.id, strikes_at)
        await life.send_until_shown(message.id)
        for unsent in await life.store.read(lambda tx: tx.messages.unsent(life.clock.now(), 10)):
            await life.send_until_shown(unsent.id)
        life.slack.faults.clear()
        texts = [shown.text for shown in life.slack.messages if shown.channel_id == channel]
        assert texts == (["two"] if error == "message_not_found" else ["one", "two"])
        if outcome is Outcome.SHOWN:
            return
    pytest.fail("the story never came to its end")


@pytest.mark.parametrize("seed", range(12))
async def test_random_histories_of_changes_faults_and_crashes_end_in_the_last_version_once(
    life: Life, seed: int
) -> None:
    chance = random.Random(seed)
    keys = [f"card {n}" for n in range(4)]
    ids: dict[str, str] = {}
    for step in range(60):
        key = chance.choice(keys)
        if key not in ids or chance.random() < 0.5:
            options = (
                {"under": ids["card 0"]} if key != "card 0" and "card 0" in ids and key not in ids else {}
            )
            ids[key] = (await state(life.store, key, f"{key} at {step}", **options)).id
        _perhaps_trouble(life.slack, chance)
        await life.send(ids[key], chance.choice([None, chance.randint(1, 14)]))
    life.slack.faults.clear()
    for key, message_id in ids.items():
        await life.send_until_shown(message_id)
        wanted = (await row(life.store, key)).body["text"]
        assert [shown.text for shown in life.slack.messages if shown.key == key] == [wanted]


def _perhaps_trouble(slack: SlackStandIn, chance: random.Random) -> None:
    kinds: list[BaseException | Fault] = [
        Ambiguous("timeout"),
        Fault(Ambiguous("timeout"), accepted=True),
        Fault(Ambiguous("http_500"), accepted=True),
        Retryable("no connection"),
        RateLimited(chance.randint(1, 90), "chat.postMessage"),
    ]
    slack.faults.clear()
    for call in ("post", "update", "find"):
        if chance.random() < 0.5:
            slack.meets(call, *chance.choices(kinds, k=chance.randint(1, 3)))
