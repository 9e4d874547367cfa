"""Goals 3 and 4 at the store: 64 writers at once, against the same change made the way SQLModel's guide shows it.

Both sides read a pilot, change it and commit durably, in the same file format with the same durability: WAL, FULL, a busy
time-out of thirty seconds.
"""

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, create_engine

from bench.deliveries import TEAM
from bench.figures import Result, Round, Verdict, middle, p50, p99, per_second, ratio
from bench.seeded import database_url, seed
from storage.store import Store
from storage.tables import PilotRow
from storage.transaction import Tx

WRITERS: Final = 64
EACH: Final = 25
GUIDE_EACH: Final = 4
"""Fewer, because it takes so much longer; both are reported per second."""


async def measure(folder: Path, rounds: int) -> Result:
    """Return both sides, round by round."""
    pilots = [waiting.pilot_id for waiting in seed(folder / "writers", WRITERS)]
    ours: list[Round] = []
    guide: list[Round] = []
    errors: list[str] = []
    with Store.open(database_url(folder / "writers")) as store:
        for _ in range(rounds):
            ours.append(await _ours(store, pilots))
            guide.append(await asyncio.to_thread(_guide, folder / "writers", pilots, errors))
    rows = tuple(
        (name, f"{middle(found, p50):.3g}", f"{middle(found, p99):.4g}", f"{middle(found, per_second):,.0f}")
        for name, found in (("Preflight's store", ours), ("SQLModel get and commit", guide))
    )
    return Result(
        f"{WRITERS} writers at once, each change read, made and durably committed",
        ("what", "p50 ms", "p99 ms", "per second"),
        rows,
        tuple(_verdicts(ours, guide)),
        {"ours": [_raw(one) for one in ours], "guide": [_raw(one) for one in guide], "guide_errors": errors},
    )


def _verdicts(ours: list[Round], guide: list[Round]) -> Iterator[Verdict]:
    yield Verdict.at_least("3", "commits ÷ SQLModel's, 64 writers", ratio(ours, guide, per_second), 10)
    yield Verdict.at_most("4", "64 writers at the store, p99, no error", [one.p99 for one in ours], 150, "ms")


def _raw(one: Round) -> dict[str, float]:
    return {"p50_ms": one.p50, "p99_ms": one.p99, "per_second": one.per_second}


async def _ours(store: Store, pilots: list[str]) -> Round:
    times: list[float] = []

    async def writer(pilot_id: str) -> None:
        for _ in range(EACH):
            started = perf_counter()
            await store.write(_touch, pilot_id)
            times.append(perf_counter() - started)

    started = perf_counter()
    await asyncio.gather(*(writer(pilot_id) for pilot_id in pilots))  # any error ends the bench
    return Round(tuple(times), perf_counter() - started)


def _touch(tx: Tx, pilot_id: str) -> None:
    pilot = tx.pilots.get(TEAM, pilot_id)
    assert pilot
    tx.pilots.note_change(pilot.model_copy(update={"last_change_at": datetime.now(UTC)}))


def _guide(folder: Path, pilots: list[str], errors: list[str]) -> Round:
    engine = create_engine(
        database_url(folder), pool_size=WRITERS, connect_args={"timeout": 30, "check_same_thread": False}
    )

    def prepare(connection: Any, _: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", prepare)
    times: list[float] = []

    def writer(pilot_id: str) -> None:
        for _ in range(GUIDE_EACH):
            started = perf_counter()
            try:
                with Session(engine) as session:
                    pilot = session.get_one(PilotRow, pilot_id)
                    pilot.last_change_at = datetime.now(UTC)
                    session.add(pilot)
                    session.commit()
            except OperationalError as error:
                errors.append(str(error.orig))
            times.append(perf_counter() - started)

    threads = [threading.Thread(target=writer, args=(pilot_id,)) for pilot_id in pilots]
    started = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall = perf_counter() - started
    engine.dispose()
    return Round(tuple(times), wall)
