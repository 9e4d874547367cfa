"""The engine on DBOS, on both databases, with a stand-in for Slack: it starts, times, paces, sweeps, and stops cleanly."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dbos import DBOS

from bot.clock import SystemClock
from bot.delivery import dbos_settings
from bot.delivery.dbos_engine import DbosEngine
from bot.delivery.executor import executor_id
from bot.delivery.sender import Sender
from bot.slack.failures import Ambiguous
from storage.store import Store
from tests.delivery.slack_stand_in import Fault, Place, SlackStandIn
from tests.delivery.things import row, state

NEVER = "0 0 1 1 *"


class World:
    """An engine over real rows."""

    def __init__(self, url: str, store: Store) -> None:
        self.url = url
        self.store = store
        self.slack = SlackStandIn()
        self.clock = SystemClock()
        self.sleeps: list[float] = []

    def engine(self, cron: str = NEVER, grace: float = 2) -> DbosEngine:
        """A new engine that is not started; its schedule is far away, so that only `tick` does the minute's work."""
        name = executor_id(self.url)
        sender = Sender(self.store, self.slack, self.clock, name, sleep=self.sleep)
        return DbosEngine(self.store, sender, self.clock, self.url, name, cron=cron, grace=grace)

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        await asyncio.sleep(min(seconds, 0.05))

    @asynccontextmanager
    async def running(self, grace: float = 2) -> AsyncIterator[DbosEngine]:
        engine = self.engine(grace=grace)
        await engine.start()
        try:
            yield engine
        finally:
            await engine.stop()


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A world on either database."""
    with Store.open(database_url) as store:
        yield World(database_url, store)


@pytest.fixture
def lite(sqlite_url: str) -> Iterator[World]:
    """A world on SQLite."""
    with Store.open(sqlite_url) as store:
        yield World(sqlite_url, store)


async def until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - it waits for threads and databases, which set no event
            await asyncio.sleep(0.005)


async def test_a_committed_message_is_posted_without_waiting_for_a_poll(world: World) -> None:
    async with world.running() as engine:
        message = await state(world.store, "card", "hello")
        begun = asyncio.get_running_loop().time()
        engine.deliver([message])
        await until(lambda: bool(world.slack.messages))
        assert asyncio.get_running_loop().time() - begun < dbos_settings.POLLING_SECONDS / 2
    assert (await row(world.store, "card")).delivered_version == 1


async def test_messages_delivered_together_appear_in_their_order(world: World) -> None:
    async with world.running() as engine:
        root = await state(world.store, "root", "root")
        replies = [await state(world.store, f"r{n}", f"{n}", under=root.id) for n in range(3)]
        engine.deliver([root, *replies])
        await until(lambda: len(world.slack.messages) == 4)
    assert world.slack.texts("C1", world.slack.messages[0].ts) == ["0", "1", "2"]


async def test_a_message_in_the_near_future_is_timed_to_the_second(lite: World) -> None:
    async with lite.running() as engine:
        soon = await state(lite.store, "soon", "hello", not_before=datetime.now(UTC) + timedelta(seconds=0.4))
        far = await state(lite.store, "far", "later", not_before=datetime.now(UTC) + timedelta(days=1))
        engine.deliver([soon, far])
        await asyncio.sleep(0.2)
        assert lite.slack.messages == []
        await until(lambda: bool(lite.slack.messages))
    assert lite.slack.texts("C1") == ["hello"]


async def test_paced_messages_go_through_the_queue_at_one_post_a_second_in_a_channel(lite: World) -> None:
    at: dict[str, list[float]] = {}

    async with lite.running() as engine:
        posting = lite.slack.post

        async def post(*args: Any, **kwargs: Any) -> Place:
            at.setdefault(args[1], []).append(asyncio.get_running_loop().time())
            return await posting(*args, **kwargs)

        lite.slack.post = post  # type: ignore[method-assign]  # the stand-in is ours
        channels = ("U1", "U1", "U2")
        engine.deliver(
            [await state(lite.store, f"n{n}", f"{n}", to, paced=True) for n, to in enumerate(channels)]
        )
        await until(lambda: sum(map(len, at.values())) == 3)
        queued = await DBOS.list_workflows_async(queue_name=dbos_settings.PACED)
    assert sorted(str(workflow.queue_partition_key) for workflow in queued) == ["T1/U1", "T1/U1", "T1/U2"]
    assert at["U1"][1] - at["U1"][0] > 0.9
    assert abs(at["U2"][0] - at["U1"][0]) < 0.9


async def test_a_tick_starts_what_is_unsent_and_nobody_works_on(world: World) -> None:
    await state(world.store, "card", "hello")
    async with world.running() as engine:
        await engine.tick(world.clock.now())
        await until(lambda: bool(world.slack.messages))
        await engine.tick(world.clock.now())
    assert world.slack.calls == ["post"]


async def test_a_tick_leaves_alone_what_waits_in_the_queue(lite: World) -> None:
    async with lite.running() as engine:
        await engine.tick(lite.clock.now())  # the catching up of the start is over
        messages = [await state(lite.store, f"n{n}", f"{n}", paced=True) for n in range(4)]
        engine.deliver(messages)
        await engine.tick(lite.clock.now())
        await engine.tick(lite.clock.now())
        workflows = await DBOS.list_workflows_async(name="deliver")
        assert len(workflows) == 4


async def test_what_gave_up_is_started_again_by_the_sweep_under_a_new_id(lite: World) -> None:
    lite.slack.meets("post", *[Fault(Ambiguous("timeout"), accepted=True)])
    lite.slack.meets("find", *[Ambiguous("http_503")] * 4)
    async with lite.running() as engine:
        message = await state(lite.store, "card", "hello")
        engine.deliver([message])
        await until(lambda: lite.slack.calls.count("find") == 4 and engine.status().sending == 0)
        engine.deliver([message])  # the same workflow id: it does not run twice
        while lite.slack.calls.count("find") < 5:
            await engine.tick(lite.clock.now())
            await asyncio.sleep(0.05)
        await until(lambda: engine.status().sending == 0)
    assert lite.slack.texts("C1") == ["hello"]
    assert not (await row(lite.store, "card")).due


async def test_the_minutes_work_runs_on_a_tick_and_one_fault_does_not_stop_the_rest(
    lite: World, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[datetime] = []

    async def fails(_now: datetime) -> None:
        raise RuntimeError("no")

    async def works(now: datetime) -> None:
        done.append(now)

    engine = lite.engine()
    engine.every_minute("fails", fails)
    engine.every_minute("works", works)
    await engine.start()
    try:
        now = lite.clock.now() + timedelta(days=3)
        await engine.tick(now)
    finally:
        await engine.stop()
    assert now in done
    assert "the minute's work fails went wrong" in caplog.text


async def test_the_minutes_work_may_deliver_messages(lite: World) -> None:
    engine = lite.engine(cron="* * * * * *")

    async def nudges(_now: datetime) -> None:
        engine.deliver([await state(lite.store, "nudge", "hello")])

    engine.every_minute("nudges", nudges)
    await engine.start()
    try:
        await until(lambda: bool(lite.slack.messages))
        minutes = await DBOS.list_workflows_async(name="minute", status="SUCCESS")
        while not minutes:
            await asyncio.sleep(0.05)
            minutes = await DBOS.list_workflows_async(name="minute", status="SUCCESS")
    finally:
        await engine.stop()
    assert lite.slack.texts("C1") == ["hello"]


async def test_what_was_missed_while_everything_was_down_is_done_once_at_the_start(lite: World) -> None:
    done: list[datetime] = []

    async def works(now: datetime) -> None:
        done.append(now)

    for _ in range(2):
        engine = lite.engine()
        engine.every_minute("works", works)
        await engine.start()
        await until(lambda: bool(done))
        await engine.stop()
    assert len(done) == 2  # one process after the other: each start catches up once


async def test_stopping_finishes_what_is_in_hand(world: World) -> None:
    async with world.running() as engine:
        engine.deliver([await state(world.store, f"card{n}", "hello", f"C{n}") for n in range(10)])
        await until(lambda: engine.status().sending > 0)
    assert len(world.slack.messages) == len({shown.key for shown in world.slack.messages})
    async with world.running() as engine:
        await until(lambda: len(world.slack.messages) == 10)
    assert sorted(shown.key for shown in world.slack.messages) == sorted(f"card{n}" for n in range(10))


async def test_stopping_breaks_off_what_hangs_and_the_next_start_finishes_it(lite: World) -> None:
    hanging = asyncio.Event()

    class Hanging(SlackStandIn):
        async def post(self, *args: object, **kwargs: object) -> object:  # type: ignore[override]  # hangs for ever
            hanging.set()
            await asyncio.sleep(60)
            return None

    answering, lite.slack = lite.slack, Hanging()
    async with lite.running(grace=0.3) as engine:
        message = await state(lite.store, "card", "hello")
        engine.deliver([message])
        await hanging.wait()
        begun = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - begun < 5
    lite.slack = answering
    async with lite.running():
        await until(lambda: bool(answering.messages))
    assert answering.calls == ["find", "post"]


async def test_a_stopped_engine_takes_nothing_and_leaves_the_loop_its_threads(lite: World) -> None:
    async with lite.running() as engine:
        pass
    engine.deliver([await state(lite.store, "card", "hello")])
    await asyncio.sleep(0.05)
    assert lite.slack.messages == []
    assert await asyncio.to_thread(lambda: 1) == 1
    assert engine.status().trouble == "it is not started"


async def test_the_log_is_quiet_while_all_is_well(lite: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with lite.running() as engine:
        engine.deliver([await state(lite.store, "card", "hello")])
        await until(lambda: bool(lite.slack.messages))
    assert [record.getMessage() for record in caplog.records if record.name.startswith(("dbos", "bot"))] == []


async def test_a_fault_of_ours_is_logged_and_the_message_is_taken_up_again(lite: World) -> None:
    def fault(line: str) -> None:
        lite.slack.at_each_call = lambda _line: None
        raise RuntimeError(line)

    async with lite.running() as engine:
        message = await state(lite.store, "card", "hello")
        lite.slack.at_each_call = fault
        engine.deliver([message])
        await until(lambda: bool(lite.slack.at_each_call is not fault and engine.status().sending == 0))
    async with lite.running():
        await until(lambda: bool(lite.slack.messages))
    assert lite.slack.texts("C1") == ["hello"]
