"""The engine on DBOS: durable starts, a paced queue, one minute's work over any number of processes.

This is the only module that runs DBOS, and importing it takes a while, so it is imported where an engine is made. What
DBOS knows is disposable: each workflow is one call of the sender for one message id, and the rows are the truth.
"""

import asyncio
import contextvars
import logging
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

from dbos import DBOS, SetEnqueueOptions, SetWorkflowID
from sqlalchemy import Engine as Database

from bot.clock import Clock
from bot.delivery import dbos_settings as settings
from bot.delivery.dbos_upkeep import Upkeep
from bot.delivery.engine import EngineStatus, MinuteWork
from bot.delivery.minutes import Minutes, OnTheWay
from bot.delivery.sender import Sender
from bot.delivery.turns import Outcome
from bot.domain.messages import OutboundMessage
from storage.failures import StorageFailure
from storage.store import Store
from storage.transaction import Tx

log = logging.getLogger(__name__)
R = TypeVar("R")

DELIVER = "deliver"
MINUTE = "minute"
EVERY_MINUTE = "* * * * *"
BEAT_SECONDS = 15.0
TIMED_HERE_SECONDS = 120.0
"""Due times nearer than this are timed to the second in this process; the minute's sweep finds the others."""
GRACE_SECONDS = 10.0


class DbosEngine:
    """One per process."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        clock: Clock,
        database_url: str,
        executor_id: str,
        *,
        cron: str = EVERY_MINUTE,
        grace: float = GRACE_SECONDS,
        on_the_way: OnTheWay | None = None,
        opening: Callable[[str], Database] | None = None,
    ) -> None:
        self._store = store
        self._sender = sender
        self._clock = clock
        self._database_url = database_url
        self._opening = opening or settings.open_system_database
        self._executor_id = executor_id
        self._cron = cron
        self._grace = grace
        self._minutes = Minutes(on_the_way, clock.now())
        self._upkeep = Upkeep(
            store, executor_id, DELIVER, self._start_again, lambda: frozenset(self._being_started)
        )
        self._own_minutes = Minutes()
        self._own_minutes.register("adopting orphans", self._upkeep.adopt_orphans)
        self._own_minutes.register("starting what is unsent", self._upkeep.start_unsent)
        self._own_minutes.register("dropping what is old", self._upkeep.drop_old)
        self._database: Database | None = None
        self._outside = contextvars.copy_context()
        self._living: set[asyncio.Task[None]] = set()
        self._runs: set[asyncio.Task[None]] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._being_started: set[str] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._running = False
        self._trouble: str | None = None

    def every_minute(self, name: str, work: MinuteWork) -> None:
        """Register work before the start."""
        self._minutes.register(name, work)

    def status(self) -> EngineStatus:
        """Return how it is, without asking anybody."""
        return EngineStatus(
            running=self._running,
            sending=self._sender.sending,
            last_minute_at=self._minutes.last_at,
            trouble=self._trouble if self._running else "it is not started",
        )

    async def start(self) -> None:
        """Launch DBOS on this event loop, take over what an earlier life left, and begin to beat."""
        await self._store.write(_arrive, self._executor_id)
        self._outside = contextvars.copy_context()
        self._loop = asyncio.get_running_loop()
        try:
            await self._launch()
            await self._upkeep.adopt_orphans(self._clock.now())
            await self._upkeep.start_unsent(self._clock.now(), at_start=True)
        except BaseException:
            await self._shut_down()
            raise
        self._running = True
        self._task(self._beat(), self._living)
        self._task(self._catch_up(), self._runs)

    async def _launch(self) -> None:
        settings.quieten()
        settings.refuse_pickles()
        self._database = self._opening(self._database_url)
        settings.warn_of_pooler(self._database)
        DBOS(config=settings.dbos_config(self._database, self._executor_id))
        self._define_workflows()
        DBOS.launch()  # on the loop's own thread: DBOS runs dequeued workflows on the loop that launched it
        await DBOS.register_queue_async(
            settings.PACED,
            partition_limiter={"limit": 1, "period": settings.PACE_SECONDS},
            worker_concurrency=settings.PACED_AT_ONCE,
            polling_interval_sec=settings.POLLING_SECONDS,
        )
        await DBOS.apply_schedules_async(
            [{"schedule_name": MINUTE, "workflow_fn": self._minute_workflow, "schedule": self._cron}]
        )

    async def stop(self) -> None:
        """Finish what is in hand within the grace, then let go of everything; nothing is lost by what is broken off."""
        self._running = False
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        await _ended(self._living, grace=0)
        await _ended(self._starting | self._runs, self._grace)
        await self._sender.close(self._grace)
        try:
            await self._store.write(_leave, self._executor_id, await self._unfinished())
        finally:
            await self._shut_down()

    def deliver(self, messages: Sequence[OutboundMessage]) -> None:
        """Start on committed messages at once, in their order, without blocking."""
        now = self._clock.now()
        at_once = []
        for message in messages:
            if not self._running or not message.due:
                continue
            wait = (message.not_before - now).total_seconds() if message.not_before else 0.0
            if wait <= 0:
                at_once.append(message)
            elif wait <= TIMED_HERE_SECONDS:
                self._time(message, wait)
        if at_once:
            self._start_in_background(at_once)

    async def tick(self, now: datetime) -> None:
        """Do the minute's work now and wait until its messages are started."""
        if not self._running:
            return
        await self._outside_workflows(self._minute(now))
        if self._starting:
            await asyncio.wait(set(self._starting))

    # What DBOS runs

    def _define_workflows(self) -> None:
        @DBOS.workflow(name=DELIVER)
        async def deliver(message_id: str) -> str:
            try:
                return str(await self._on_our_loop(self._sender.send(message_id)))
            except StorageFailure as failure:
                log.warning("message %s is left to the next sweep: %s", message_id, failure)
                return str(Outcome.LATER)

        @DBOS.workflow(name=MINUTE)
        async def minute(_slot: datetime, _context: Any) -> None:
            if self._running:
                await self._on_our_loop(self._outside_workflows(self._minute(self._clock.now())))

        self._deliver_workflow = deliver
        self._minute_workflow = minute

    async def _minute(self, now: datetime) -> None:
        await asyncio.gather(self._own_minutes.run(now), self._minutes.run(now))

    async def _on_our_loop(self, work: Coroutine[Any, Any, R]) -> R:
        """DBOS takes to a loop of its own while ours rests for a moment; connections and lines are at home on ours."""
        if asyncio.get_running_loop() is self._loop:
            return await work
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _outside_workflows(self, work: Coroutine[Any, Any, None]) -> None:
        """Inside a workflow DBOS takes every call to it for a step to be replayed; ours are none."""
        await self._task(work, self._runs)

    def _task(self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, context=self._outside.copy())
        among.add(task)
        task.add_done_callback(among.discard)
        return task

    # Starting deliveries

    def _time(self, message: OutboundMessage, seconds: float) -> None:
        def due() -> None:
            self._timers.discard(timer)
            self._start_in_background([message])

        timer = asyncio.get_running_loop().call_later(seconds, due)
        self._timers.add(timer)

    def _start_again(self, messages: Sequence[OutboundMessage]) -> None:
        """Start under a new id: the first one is spent, and a workflow id runs once."""
        self._start_in_background(messages, again=f"-{datetime.now(UTC):%Y%m%dT%H%M%S}")

    def _start_in_background(self, messages: Sequence[OutboundMessage], again: str = "") -> None:
        self._being_started.update(message.id for message in messages)
        self._task(self._start(messages, again), self._starting)

    async def _start(self, messages: Sequence[OutboundMessage], again: str) -> None:
        for message in messages:
            try:
                await self._start_one(message, f"msg-{message.id}-v{message.version}{again}")
            except Exception:
                # The row stays unsent, and the next sweep starts it; a full disk must not end the others.
                log.exception("message %s could not be started; it is tried again in a minute", message.key)
            finally:
                self._being_started.discard(message.id)

    async def _start_one(self, message: OutboundMessage, workflow_id: str) -> None:
        with SetWorkflowID(workflow_id):
            if message.paced and message.slack_ts is None:
                with SetEnqueueOptions(queue_partition_key=f"{message.workspace_id}/{message.channel_id}"):
                    await DBOS.enqueue_workflow_async(settings.PACED, self._deliver_workflow, message.id)
            else:
                await DBOS.start_workflow_async(self._deliver_workflow, message.id)

    # Living and leaving

    async def _beat(self) -> None:
        """Say that this process lives."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self._store.write(_beat, self._executor_id)
                self._trouble = None
            except Exception as error:  # noqa: BLE001 - a database that is away comes back; until then the status says so
                self._trouble = f"no heartbeat: {error}"
                log.warning("this process could not say that it lives: %s", error)

    async def _catch_up(self) -> None:
        """Do once what was missed while everything was down, in whichever process comes first."""
        if await self._store.write(_first_to_catch_up, self._executor_id):
            await self._minutes.run(self._clock.now())

    async def _unfinished(self) -> bool:
        """Whether workflows of ours stay behind; waits a moment for those that are writing down how they ended."""
        for _ in range(50):
            mine = await DBOS.list_workflows_async(
                status="PENDING", executor_id=self._executor_id, load_input=False, load_output=False, limit=1
            )
            if not mine:
                return False
            await asyncio.sleep(0.02)
        return True

    async def _shut_down(self) -> None:
        """DBOS made its threads the loop's default ones; give the loop others before they end."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as aside:
            await loop.run_in_executor(aside, lambda: DBOS.destroy(destroy_registry=True))
        loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="loop"))
        if self._database is not None:
            self._database.dispose()


def _arrive(tx: Tx, executor_id: str) -> None:
    """A process of this name held what it held before it died: nobody holds it now."""
    tx.messages.release_all(executor_id)
    tx.heartbeats.beat(executor_id, datetime.now(UTC))


def _beat(tx: Tx, executor_id: str) -> None:
    tx.heartbeats.beat(executor_id, datetime.now(UTC))


def _leave(tx: Tx, executor_id: str, unfinished: bool) -> None:
    """Leave the heartbeat to grow cold where something is unfinished, so that another process adopts it."""
    tx.messages.release_all(executor_id)
    if not unfinished:
        tx.heartbeats.forget(executor_id)


def _first_to_catch_up(tx: Tx, executor_id: str) -> bool:
    now = datetime.now(UTC)
    return tx.heartbeats.lease("catch up", executor_id, now, now + settings.CATCH_UP_LEASE)


async def _ended(tasks: set[asyncio.Task[None]], grace: float) -> None:
    """Wait for tasks of ours to end, and break off those that take longer."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=grace)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late)
