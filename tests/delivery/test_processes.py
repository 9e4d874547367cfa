"""Several processes over one PostgreSQL: what a dead one leaves is adopted, and a minute's work runs in one of them."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from dbos import DBOS

from bot.clock import SystemClock
from bot.delivery.dbos_engine import DbosEngine
from bot.delivery.dbos_upkeep import ADOPTING, DEAD_AFTER
from bot.delivery.executor import SOLE, executor_id, is_certainly_dead
from bot.delivery.sender import Sender
from storage.store import Store
from tests.delivery.slack_stand_in import SlackStandIn
from tests.delivery.things import row, state


async def process(url: str, name: str, what: str) -> Process:
    """Start a process and wait until it is up."""
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.delivery.process", url, name, what, stdin=PIPE, stdout=PIPE
    )
    await said(started, "up")
    return started


async def said(process: Process, wanted: str) -> list[str]:
    """Return what a process says up to a line."""
    assert process.stdout is not None
    lines: list[str] = []
    async with asyncio.timeout(20):
        while not lines or not lines[-1].startswith(wanted):
            line = (await process.stdout.readline()).decode()
            assert line, f"the process ended; it said {lines}"
            lines.append(line.strip())
    return lines


async def ended(process: Process) -> list[str]:
    """Let a process stop in good order, and return the rest of what it says."""
    rest, _ = await asyncio.wait_for(process.communicate(b""), 20)
    assert process.returncode == 0
    return rest.decode().split()


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    """Open a fresh PostgreSQL database."""
    with Store.open(postgres_url) as opened:
        yield opened


async def kill_while_posting(url: str, store: Store, name: str | None, keys: list[str]) -> str:
    """Leave behind what a process leaves that is killed while its posts are under way; return its name."""
    for key in keys:
        await state(store, key, "hello", f"C-{key}")
    victim = await process(url, name or "-", "hang")
    posted: set[str] = set()
    while len(posted) < len(keys):
        posted |= {line.split()[1] for line in await said(victim, "post") if line.startswith("post")}
    victim.kill()
    await victim.communicate()
    return name or (await store.read(lambda tx: tx.heartbeats.dead(datetime.now(UTC))))[0]


async def age(store: Store, name: str, by: timedelta) -> None:
    await store.write(lambda tx: tx.heartbeats.beat(name, datetime.now(UTC) - by))


def engine_here(url: str, store: Store, slack: SlackStandIn) -> DbosEngine:
    clock = SystemClock()

    async def no_time(_seconds: float) -> None:
        await asyncio.sleep(0)

    sender = Sender(store, slack, clock, "survivor", sleep=no_time)
    return DbosEngine(store, sender, clock, url, "survivor", cron="0 0 1 1 *")


async def test_what_a_dead_process_left_is_adopted_and_sent_once(postgres_url: str, store: Store) -> None:
    keys = [f"k{n}" for n in range(6)]
    await kill_while_posting(postgres_url, store, "victim", keys)
    slack = SlackStandIn()
    engine = engine_here(postgres_url, store, slack)
    await engine.start()
    try:
        await engine.tick(datetime.now(UTC))
        pending = await DBOS.list_workflows_async(status="PENDING", executor_id="victim")
        assert len(pending) == len(keys)  # it died a moment ago: it may only be slow
        assert slack.messages == []

        await age(store, "victim", DEAD_AFTER + timedelta(seconds=1))
        await engine.tick(datetime.now(UTC))
        async with asyncio.timeout(20):
            while len(slack.messages) < len(keys) or engine.status().sending:  # noqa: ASYNC110 - it waits for a poll
                await asyncio.sleep(0.02)
        await engine.tick(datetime.now(UTC))
    finally:
        await engine.stop()
    assert sorted(shown.key for shown in slack.messages) == keys
    assert slack.calls.count("find") == len(keys)  # each begun post was looked for before it was repeated
    for key in keys:
        assert not (await row(store, key)).due
    now = datetime.now(UTC)
    assert await store.read(lambda tx: tx.heartbeats.dead(now)) == []
    assert await store.write(lambda tx: tx.heartbeats.lease(ADOPTING, "the next", now, now))


async def test_a_restart_on_the_same_machine_goes_on_at_once(postgres_url: str, store: Store) -> None:
    victim = await kill_while_posting(postgres_url, store, None, ["k0", "k1"])
    assert is_certainly_dead(victim)
    slack = SlackStandIn()
    engine = engine_here(postgres_url, store, slack)
    await engine.start()
    try:
        async with asyncio.timeout(10):
            while len(slack.messages) < 2:  # noqa: ASYNC110 - it waits for a poll
                await asyncio.sleep(0.02)
    finally:
        await engine.stop()
    assert sorted(shown.key for shown in slack.messages) == ["k0", "k1"]
    assert slack.calls.count("find") == 2


async def test_what_slack_shows_by_now_is_not_gone_through_again(postgres_url: str, store: Store) -> None:
    """Or whoever is killed again and again would have more to go through each time than a life is long."""
    await kill_while_posting(postgres_url, store, None, ["k0", "k1"])
    shown = await row(store, "k0")
    await store.write(lambda tx: tx.messages.delivered(shown.id, "victim", shown.version, "C-k0", "1.2"))
    slack = SlackStandIn()
    engine = engine_here(postgres_url, store, slack)
    await engine.start()
    try:
        async with asyncio.timeout(10):
            while not slack.messages or engine.status().sending:  # noqa: ASYNC110 - it waits for a poll
                await asyncio.sleep(0.02)
        known = await DBOS.list_workflows_async(name="deliver")
    finally:
        await engine.stop()
    assert [one.key for one in slack.messages] == ["k1"]
    assert shown.id not in {workflow.workflow_id.split("-")[1] for workflow in known}


def test_a_process_is_certainly_dead_only_if_it_was_here_and_is_gone() -> None:
    here = executor_id("postgresql://localhost/preflight")
    machine, _, _ = here.split("-")
    assert not is_certainly_dead(here)
    assert not is_certainly_dead(f"{machine}-1-abcdef")
    assert not is_certainly_dead(f"elsewhere-{2**22 + 1}-abcdef")
    assert is_certainly_dead(f"{machine}-{2**22 + 1}-abcdef")
    for odd in (SOLE, "", machine, f"{machine}-", f"{machine}-x-y", f"{machine}-{2**80}-abcdef"):
        assert not is_certainly_dead(odd)


async def test_a_process_that_beats_again_keeps_its_work(postgres_url: str, store: Store) -> None:
    await kill_while_posting(postgres_url, store, "slow", ["k"])
    engine = engine_here(postgres_url, store, SlackStandIn())
    await engine.start()
    try:
        await age(store, "slow", DEAD_AFTER - timedelta(seconds=5))
        await engine.tick(datetime.now(UTC))
        pending = await DBOS.list_workflows_async(status="PENDING", executor_id="slow")
        assert [workflow.name for workflow in pending] == ["deliver"]
    finally:
        await engine.stop()


async def test_two_processes_do_each_minute_once(postgres_url: str, store: Store) -> None:
    both = await asyncio.gather(*(process(postgres_url, name, "minutes") for name in ("left", "right")))
    await asyncio.sleep(5)  # several slots, also on a busy machine
    ran = [line for one in await asyncio.gather(*map(ended, both)) for line in one if line == "minute"]
    engine = engine_here(postgres_url, store, SlackStandIn())
    await engine.start()
    try:
        slots = await DBOS.list_workflows_async(name="minute", status="SUCCESS")
    finally:
        await engine.stop()
    assert len(slots) >= 2
    assert len({workflow.workflow_id for workflow in slots}) == len(slots)
    catching_up = 1
    assert len(ran) in {len(slots), len(slots) + catching_up}
