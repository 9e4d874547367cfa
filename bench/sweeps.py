"""Goal 6: the minute's work over a million pilots follows those whose time has come, against a scan of all in SQL.

The scan asks what nobody maintained a time for has to ask: who has not changed for so long. Both find the same pilots.
"""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from sqlalchemy import text

from bench.deliveries import TEAM
from bench.figures import Result, Verdict
from bench.many import fill, let_be_due
from bench.seeded import PLAYBOOK
from bot.desk import Desk, Rooms
from bot.domain.values import PREFLIGHT, Occasion
from bot.watching import workflow as watching
from prompts.library import Library
from storage.store import Store
from storage.transaction import Tx

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
QUICK_SIZES: Final = (1_000, 100_000)
DUE: Final = (0, 10, 100, 1_000)
JUDGED_WITH: Final = 100
"""How many are due in a minute where the goal is judged."""
FINDS, SCANS, LOOKS = 21, 5, 40
QUIET: Final = timedelta(days=2)
_SCAN: Final = text(
    "SELECT id FROM pilot NOT INDEXED WHERE workspace_id = :team AND stage <> 'retired' AND last_change_at <= :then "
    "AND next_nudge_at <= :now"
)
"""A scan that is told what to look for by rows alone; the last condition only makes it find the same."""


@dataclass
class _Size:
    """What was measured with so many pilots, by how many of them were due; in seconds."""

    count: int
    seeding: float = 0.0
    finds: dict[int, float] = field(default_factory=dict)
    scans: dict[int, float] = field(default_factory=dict)
    look: float = 0.0
    """For one pilot, from finding it to what was queued and committed."""


async def measure(folder: Path, rounds: int) -> Result:
    """Find what is due in portfolios of all sizes, and look at some of it."""
    counts = SIZES if rounds > 2 else QUICK_SIZES
    sizes = [await asyncio.to_thread(_measured, folder / str(count), count) for count in counts]
    due = [f"{number:,} due ms" for number in DUE]
    return Result(
        "The minute's work: finding whose time has come, and one look",
        ("pilots", *due, f"scan, {JUDGED_WITH} due ms", "scan ÷ ours", "a look ms"),
        tuple(_row(one) for one in sizes),
        tuple(_verdicts(sizes)),
        {str(one.count): _raw(one) for one in sizes},
    )


def _measured(folder: Path, count: int) -> _Size:
    size, started = _Size(count), perf_counter()
    url, now = fill(folder, count), datetime.now(UTC)
    size.seeding = perf_counter() - started
    for number in DUE:
        let_be_due(url, number, now)
        with Store.open(url) as store:
            found = size.finds, size.scans
            for kept, times, work in zip(found, (FINDS, SCANS), (_find(now), _scan(now)), strict=True):
                kept[number] = _middle(store, times, work, number)
    with Store.open(url) as store:
        size.look = _look(store, now)
    shutil.rmtree(folder)
    return size


def _find(now: datetime) -> Callable[[Tx], int]:
    return lambda tx: len(tx.pilots.due_for_nudge(TEAM, now, 2 * max(DUE)))


def _scan(now: datetime) -> Callable[[Tx], int]:
    values = {"team": TEAM, "then": _kept(now - QUIET), "now": _kept(now)}
    return lambda tx: len(tx.execute(_SCAN, values).all())


def _middle(store: Store, times: int, work: Callable[[Tx], int], number: int) -> float:
    took = []
    for _ in range(times):
        started = perf_counter()
        found = store.read_sync(work)
        took.append(perf_counter() - started)
        if found != number:
            raise RuntimeError(f"{found} pilots were found, {number} are due")
    return median(took)


def _look(store: Store, now: datetime) -> float:
    """Let the minute's work look at some that are due; return what one took in the middle, its commit included."""
    library = Library.load(PLAYBOOK)
    at = Occasion(workspace_id=TEAM, actor_id=PREFLIGHT, now=now)

    def look(tx: Tx, pilot_id: str) -> None:
        watching.look_if_due(Desk(tx, at, library, Rooms()), pilot_id)

    due = store.read_sync(lambda tx: tx.pilots.due_for_nudge(TEAM, now, LOOKS))
    took = []
    for pilot_id in due:
        started = perf_counter()
        store.write_sync(look, pilot_id)
        took.append(perf_counter() - started)
    return median(took)


def _row(one: _Size) -> tuple[str, ...]:
    scan, ours = one.scans[JUDGED_WITH], one.finds[JUDGED_WITH]
    return (
        f"{one.count:,}",
        *(f"{one.finds[number] * 1000:.2f}" for number in DUE),
        f"{scan * 1000:,.1f}",
        f"{scan / ours:,.0f} ×",
        f"{one.look * 1000:.1f}",
    )


def _verdicts(sizes: list[_Size]) -> Iterator[Verdict]:
    least, most = sizes[0], sizes[-1]
    faster = most.scans[JUDGED_WITH] / most.finds[JUDGED_WITH]
    yield Verdict.at_least("6", f"a scan of {most.count:,} pilots ÷ ours", [faster], 50)
    slower = most.finds[JUDGED_WITH] / least.finds[JUDGED_WITH]
    yield Verdict.at_most(
        "6", f"{JUDGED_WITH} due of {most.count:,} ÷ {JUDGED_WITH} of {least.count:,}", [slower], 2
    )
    yield Verdict.at_most("6", f"a look among {most.count:,} ÷ {least.count:,}", [most.look / least.look], 2)


def _raw(one: _Size) -> dict[str, Any]:
    return {
        "seeding_s": round(one.seeding, 1),
        "finds_ms": {str(number): round(took * 1000, 4) for number, took in one.finds.items()},
        "scans_ms": {str(number): round(took * 1000, 3) for number, took in one.scans.items()},
        "look_ms": round(one.look * 1000, 3),
    }


def _kept(at: datetime) -> str:
    """Return an instant as SQLite keeps it."""
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")
