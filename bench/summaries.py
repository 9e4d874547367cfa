"""Goal 5: the portfolio in figures, from counters that every change keeps, against loading every pilot and every answer.

Each way of adding up runs in a process of its own, so that memory is told apart; all must come to the same figures.
"""

import asyncio
import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from bench.figures import Result, Verdict
from bench.many import ANSWERED, fill

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
QUICK_SIZES: Final = (1_000, 10_000)
LOADED_UP_TO: Final = 100_000
"""An ORM would want some twenty gigabytes for a million pilots."""
READS: Final = 200
PAGES: Final = 15
LOADS: Final = {1_000: 5, 10_000: 3}
"""How often so many are loaded; more of them once."""


@dataclass
class _Size:
    """What was measured with so many pilots."""

    count: int
    seeding: float = 0.0
    seconds: dict[str, list[float]] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    found: dict[str, Mapping[str, int]] = field(default_factory=dict)

    def middle(self, way: str) -> float:
        """Return how long it took in the middle, in milliseconds."""
        return median(self.seconds[way]) * 1000


async def measure(folder: Path, rounds: int) -> Result:
    """Add up portfolios of all sizes."""
    sizes = [await _measured(folder / str(count), count) for count in (SIZES if rounds > 2 else QUICK_SIZES)]
    return Result(
        f"A portfolio in figures, {ANSWERED} answers a pilot",
        (
            "pilots",
            "counters ms",
            "MiB more",
            "a page ms",
            "rebuilt in SQL ms",
            "ORM ms",
            "ORM MiB more",
            "ORM ÷ counters",
        ),
        tuple(_row(one) for one in sizes),
        tuple(_verdicts(sizes)),
        {str(one.count): _raw(one) for one in sizes},
    )


async def _measured(folder: Path, count: int) -> _Size:
    size, started = _Size(count), perf_counter()
    loaded = count <= LOADED_UP_TO
    url = await asyncio.to_thread(lambda: fill(folder, count, answers=loaded, counted=True))
    size.seeding = perf_counter() - started
    await _add_up(size, "counters", url, READS)
    await _add_up(size, "page", url, PAGES)
    await _add_up(size, "rebuild", url, 1)
    if loaded:
        await _add_up(size, "orm", url, LOADS.get(count, 1))
    _same(size)
    shutil.rmtree(folder)
    return size


async def _add_up(size: _Size, way: str, url: str, times: int) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bench.summing", way, url, str(times)),
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"adding up by {way} failed")
    told = json.loads(said)
    size.seconds[way], size.memory[way], size.found[way] = told["seconds"], told["memory"], told["found"]


def _same(size: _Size) -> None:
    """Make sure that all ways come to the same; an ORM counts what was answered, and pilots by stage."""
    ours = size.found["counters"]
    if size.found["rebuild"] != ours:
        raise RuntimeError("the counters are not what they add up to")
    for name, number in size.found.get("orm", {}).items():
        if not name.endswith("missing") and ours[name] != number:
            raise RuntimeError(f"{name}: {ours[name]} by the counters, {number} by the ORM")


def _row(one: _Size) -> tuple[str, ...]:
    loaded = "orm" in one.seconds
    return (
        f"{one.count:,}",
        f"{one.middle('counters'):.2f}",
        f"{one.memory['counters']:.1f}",
        f"{one.middle('page'):.1f}",
        f"{one.middle('rebuild'):,.0f}",
        f"{one.middle('orm'):,.0f}" if loaded else "not tried",
        f"{one.memory['orm']:,.0f}" if loaded else "",
        f"{one.middle('orm') / one.middle('counters'):,.0f} ×" if loaded else "",
    )


def _verdicts(sizes: list[_Size]) -> Iterator[Verdict]:
    least, judged = sizes[0], max((one for one in sizes if "orm" in one.seconds), key=lambda one: one.count)
    what = f"{judged.count:,} pilots"
    faster = judged.middle("orm") / judged.middle("counters")
    yield Verdict.at_least("5", f"loading {what} with an ORM ÷ counters", [faster], 1000)
    yield Verdict.at_most("5", f"{what}, memory more", [judged.memory["counters"]], 10, "MiB")
    for one in sizes[1:]:
        slower = one.middle("counters") / least.middle("counters")
        yield Verdict.at_most("5", f"{one.count:,} pilots ÷ {least.count:,}", [slower], 2)


def _raw(one: _Size) -> dict[str, Any]:
    return {
        "seeding_s": round(one.seeding, 1),
        "ms": {way: round(one.middle(way), 4) for way in one.seconds},
        "memory_mib": {way: round(memory, 2) for way, memory in one.memory.items()},
    }
