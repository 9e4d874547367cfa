"""The one door to the database: work goes in as a function, its result comes out after the commit.

`write` runs on the one writer thread, `read` on a few reader threads that see one consistent moment and never block the
writer. The work gets a `Tx`, uses it, and returns plain values; it may be run again, so it has no other effects.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Self, TypeVar, TypeVarTuple, cast

from sqlalchemy import Engine, text

from storage import database
from storage.failures import DATABASE_ERRORS, SchemaOutdated, StoreClosed, explain
from storage.transaction import Tx
from storage.writer import RETRY_FOR, Job, Writer

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


class Store:
    """An open database."""

    def __init__(self, *, where: str, write_engine: Engine, read_engine: Engine, retry_for: float) -> None:
        self._where = where
        self._engines = (write_engine, read_engine)
        self._read_engine = read_engine
        self._writer = Writer(write_engine, where, retry_for=retry_for)
        self._readers = ThreadPoolExecutor(database.READERS, thread_name_prefix="reader")
        self._closed = False

    @classmethod
    def open(
        cls, database_url: str, *, patience_ms: int = database.PATIENCE_MS, retry_for: float = RETRY_FOR
    ) -> Self:
        """Open a database whose tables are current; a StorageFailure with one clear sentence otherwise.

        A transaction waits `patience_ms` for somebody else's lock, and is tried again for `retry_for` seconds.
        """
        url = database.parse(database_url)
        where = database.where(url)
        read_engine = database.read_engine(url, patience_ms=patience_ms)
        try:
            state = database.state_of(read_engine)
        except DATABASE_ERRORS as error:
            read_engine.dispose()
            raise explain(error, where) from error
        if state is not database.SchemaState.CURRENT:
            read_engine.dispose()
            raise SchemaOutdated(where, f"they are {state}")
        return cls(
            where=where,
            write_engine=database.write_engine(url, patience_ms=patience_ms),
            read_engine=read_engine,
            retry_for=retry_for,
        )

    async def write(
        self,
        work: Callable[[Tx, *Arguments], Result],
        *args: *Arguments,
        delivery: tuple[str, str] | None = None,
        now: datetime | None = None,
    ) -> Result:
        """Do the work in a transaction and return its result once it is durably committed.

        `delivery` is a workspace and a key that may be carried out once: `AlreadySeen` is raised the second time. Whatever
        the work raises undoes it and is raised here.
        """
        job = Job(_bound(work, args), now=_instant(now), delivery=delivery, loop=asyncio.get_running_loop())
        self._writer.submit(job)
        return await cast("asyncio.Future[Result]", job.future)

    def write_sync(
        self,
        work: Callable[[Tx, *Arguments], Result],
        *args: *Arguments,
        delivery: tuple[str, str] | None = None,
        now: datetime | None = None,
    ) -> Result:
        """Do the same for the command line and for tests, where no event loop runs."""
        job = Job(_bound(work, args), now=_instant(now), delivery=delivery, loop=None)
        self._writer.submit(job)
        return cast("Result", job.future.result())

    async def read(self, work: Callable[[Tx, *Arguments], Result], *args: *Arguments) -> Result:
        """Do work that only reads, and sees one consistent moment."""
        if self._closed:
            raise StoreClosed
        reading = partial(self._read, _bound(work, args))
        return await asyncio.get_running_loop().run_in_executor(self._readers, reading)

    def read_sync(self, work: Callable[[Tx, *Arguments], Result], *args: *Arguments) -> Result:
        """Do the same where no event loop runs."""
        if self._closed:
            raise StoreClosed
        return self._readers.submit(self._read, _bound(work, args)).result()

    async def healthy(self) -> None:
        """Return when reading works and writes are taken; raise a StorageFailure that says what is wrong."""
        await self.read(_ask)
        self._taking_writes()

    def healthy_sync(self) -> None:
        """Do the same where no event loop runs."""
        self.read_sync(_ask)
        self._taking_writes()

    def close(self) -> None:
        """Finish the writes that wait, then let go of the database. Closing twice is harmless."""
        self._closed = True
        self._writer.close()
        self._readers.shutdown(wait=True, cancel_futures=True)
        for engine in self._engines:
            engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _taking_writes(self) -> None:
        if not self._writer.alive:
            raise StoreClosed

    def _read(self, work: Callable[[Tx], Result]) -> Result:
        try:
            with self._read_engine.connect() as connection, database.begin_reading(connection):
                tx = Tx(connection, _instant(None))
                try:
                    return work(tx)
                finally:
                    tx.end()
        except DATABASE_ERRORS as error:
            explained = explain(error, self._where)
            if explained is error:
                raise
            raise explained from error


def _ask(tx: Tx) -> None:
    tx.execute(text("SELECT 1"))


def _instant(now: datetime | None) -> datetime:
    return datetime.now(UTC) if now is None else now


def _bound(work: Callable[[Tx, *Arguments], Result], args: tuple[*Arguments]) -> Callable[[Tx], Result]:
    if not args:
        return cast("Callable[[Tx], Result]", work)
    return lambda tx: work(tx, *args)
