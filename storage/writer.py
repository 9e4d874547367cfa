"""The one thread that writes: it owns the write connection, serves jobs in the order they came, and commits those that wait
together in one transaction.

Each job of a group runs in a savepoint, so that one job's failure undoes only itself. Nothing is acknowledged before COMMIT
returned. A job may be run again when the database asks for it, so it must do nothing but use its transaction.
"""

import asyncio
import contextlib
import logging
import queue
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, RootTransaction
from sqlalchemy.exc import DBAPIError

from bot.domain.errors import AlreadySeen
from storage import failures
from storage.audit import Ends, PendingEntry, number_and_insert
from storage.database import begin_writing
from storage.statements import DialectName
from storage.tallies import Differences, write_differences
from storage.transaction import Tx

GROUP: Final = 128
"""How many jobs share one COMMIT at most; more would make the first of them wait for the last."""
RETRY_FOR: Final = 2.5
"""Seconds in which work that the database turned away is tried again; Slack waits three."""
FIRST_PAUSE: Final = 0.02

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Outcome:
    """What became of a job: a value or an error."""

    value: Any = None
    error: BaseException | None = None


class Kept:
    """What the jobs of a transaction leave to be written just before its commit, in an order that all processes keep."""

    def __init__(self) -> None:
        self.entries: list[PendingEntry] = []
        self.differences: Differences = Counter()


class Job:
    """One piece of work and the future of whoever waits for it, on an event loop or on a thread."""

    __slots__ = ("delivery", "future", "now", "work")

    def __init__(
        self,
        work: Callable[[Tx], Any],
        *,
        now: datetime,
        delivery: tuple[str, str] | None,
        loop: asyncio.AbstractEventLoop | None,
    ) -> None:
        self.work = work
        self.now = now
        self.delivery = delivery
        self.future: asyncio.Future[Any] | Future[Any] = Future() if loop is None else loop.create_future()

    def run(self, connection: Connection, kept: Kept) -> Outcome:
        """Do the work and add what it leaves to be written; errors that say something about the whole transaction pass through."""
        tx = Tx(connection, self.now, kept.differences, kept.entries)
        try:
            if self.delivery is not None and not tx.deliveries.claim(*self.delivery, self.now):
                return Outcome(error=AlreadySeen())
            outcome = Outcome(self.work(tx))
        except BaseException as error:
            if failures.is_transient(error) or failures.is_disconnect(error):
                raise
            return Outcome(error=error)
        else:
            kept.entries += tx.audit.pending
            for counter, by in tx.tallies.pending.items():
                kept.differences[counter] += by
            return outcome
        finally:
            tx.end()


class _NotBegun(Exception):  # noqa: N818 - never leaves this file
    """No transaction could be begun; the cause says why."""


class Writer:
    """Takes jobs from any thread or event loop and answers each exactly once."""

    def __init__(self, engine: Engine, where: str, *, retry_for: float = RETRY_FOR) -> None:
        self._engine = engine
        self._retry_for = retry_for
        self._where = where
        self._dialect = cast("DialectName", engine.dialect.name)
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._connection: Connection | None = None
        self._ends = Ends()
        self._thread = threading.Thread(target=self._work_off, name="writer", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether jobs are being taken."""
        return self._thread.is_alive() and not self._closed

    def submit(self, job: Job) -> None:
        """Queue a job; StoreClosed when no more are taken."""
        with self._gate:
            if self._closed:
                raise failures.StoreClosed
            self._waiting.put(job)

    def close(self) -> None:
        """Finish what waits, then let go of the connection."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        self._thread.join()

    def _work_off(self) -> None:
        going_on = True
        while going_on:
            group: list[Job] = []
            job = self._waiting.get()
            while job is not None:
                group.append(job)
                if len(group) >= GROUP:
                    break
                try:
                    job = self._waiting.get_nowait()
                except queue.Empty:
                    break
            going_on = job is not None
            wanted = [waiting for waiting in group if not waiting.future.cancelled()]
            if wanted:
                self._answer(wanted)
        self._disconnect()

    def _answer(self, jobs: Sequence[Job]) -> None:
        deadline = time.monotonic() + self._retry_for
        try:
            outcomes = self._commit_together(jobs, deadline)
        except BaseException as error:  # noqa: BLE001 - this thread must outlive whatever a database can do
            self._one_by_one(jobs, error)
        else:
            _settle(jobs, outcomes)

    def _one_by_one(self, jobs: Sequence[Job], error: BaseException) -> None:
        """Nothing of the group was kept: do each job alone, so that the culprit harms only itself."""
        if isinstance(error, _NotBegun | failures.OutcomeUnknown):
            self._tell(jobs, error)
            return
        if len(jobs) > 1:
            _log.warning("%d changes are made again one by one: %s", len(jobs), type(error).__name__)
        deadline = time.monotonic() + self._retry_for
        first = error if len(jobs) == 1 else None
        for number, job in enumerate(jobs):
            try:
                outcome = self._alone(job, first, deadline)
            except _NotBegun as outage:
                self._tell(jobs[number:], outage)
                return
            _settle([job], [outcome])

    def _alone(self, job: Job, error: BaseException | None, deadline: float) -> Outcome:
        pause = FIRST_PAUSE
        while True:
            if error is not None:
                if not _may_pass(error) or time.monotonic() + pause > deadline:
                    return Outcome(error=self._explained(error))
                time.sleep(pause)
                pause *= 2
            try:
                return self._commit_together([job], deadline)[0]
            except _NotBegun:
                raise
            except BaseException as again:  # noqa: BLE001 - as above
                error = again

    def _tell(self, jobs: Sequence[Job], error: BaseException) -> None:
        """Tell all who wait the same."""
        cause = error.__cause__ if isinstance(error, _NotBegun) and error.__cause__ else error
        _settle(jobs, [Outcome(error=self._explained(cause)) for _ in jobs])

    def _commit_together(self, jobs: Sequence[Job], deadline: float) -> list[Outcome]:
        """Run the jobs in one transaction and commit it; raise when nothing at all was kept."""
        connection, transaction = self._begin(deadline)
        kept = Kept()
        try:
            if len(jobs) == 1:
                outcome = jobs[0].run(connection, kept)
                outcomes = [outcome]
                if outcome.error is not None:
                    transaction.rollback()
                    return [Outcome(error=self._explained(outcome.error))]
            else:
                outcomes = self._in_savepoints(connection, jobs, kept)
            write_differences(connection, self._dialect, kept.differences)
            number_and_insert(connection, self._dialect, kept.entries, self._ends)
        except BaseException as error:
            with contextlib.suppress(*failures.DATABASE_ERRORS):
                transaction.rollback()
            if failures.is_disconnect(error):
                self._disconnect()
            raise
        self._commit(connection, transaction.commit)
        return outcomes

    def _begin(self, deadline: float) -> tuple[Connection, RootTransaction]:
        """Begin, with patience. Where that fails it is nobody's job that is to blame, so all who wait share the answer."""
        pause = FIRST_PAUSE
        while True:
            try:
                connection = self._connected()
                return connection, begin_writing(connection)
            except failures.DATABASE_ERRORS as error:
                self._disconnect()
                if not _may_pass(error) or time.monotonic() + pause > deadline:
                    raise _NotBegun from error
            time.sleep(pause)
            pause *= 2

    def _in_savepoints(self, connection: Connection, jobs: Sequence[Job], kept: Kept) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for job in jobs:
            connection.exec_driver_sql("SAVEPOINT job")
            outcome = job.run(connection, kept)
            if outcome.error is not None:
                connection.exec_driver_sql("ROLLBACK TO SAVEPOINT job")
            connection.exec_driver_sql("RELEASE SAVEPOINT job")
            outcomes.append(
                outcome if outcome.error is None else Outcome(error=self._explained(outcome.error))
            )
        return outcomes

    def _explained(self, error: BaseException) -> BaseException:
        return failures.explain(error, self._where) if isinstance(error, failures.DATABASE_ERRORS) else error

    def _commit(self, connection: Connection, commit: Callable[[], None]) -> None:
        try:
            commit()
        except DBAPIError as error:
            with contextlib.suppress(*failures.DATABASE_ERRORS):
                connection.rollback()
            if failures.is_disconnect(error):
                self._disconnect()
                raise failures.OutcomeUnknown(self._where, str(error.orig)) from error
            raise

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(*failures.DATABASE_ERRORS):
                connection.close()


def _may_pass(error: BaseException) -> bool:
    """Whether trying again a moment later makes sense."""
    return failures.is_transient(error) or failures.is_disconnect(error)


def _settle(jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> None:
    """Wake whoever waits: each event loop once, however many of its jobs were done."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Outcome]]] = defaultdict(list)
    for job, outcome in zip(jobs, outcomes, strict=True):
        if isinstance(job.future, asyncio.Future):
            by_loop[job.future.get_loop()].append((job.future, outcome))
        elif job.future.set_running_or_notify_cancel():
            _resolve(job.future, outcome)
    for loop, settled in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits any more
            loop.call_soon_threadsafe(_resolve_all, settled)


def _resolve_all(settled: Sequence[tuple[asyncio.Future[Any], Outcome]]) -> None:
    for future, outcome in settled:
        if not future.done():
            _resolve(future, outcome)


def _resolve(future: "asyncio.Future[Any] | Future[Any]", outcome: Outcome) -> None:
    if outcome.error is not None:
        future.set_exception(outcome.error)
    else:
        future.set_result(outcome.value)
