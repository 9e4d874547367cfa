"""`python -m bench [GOALS] [--quick]`: measure, print, and keep the figures under bench/results/."""

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from bench import acks, report, resting, summaries, sweeps, turns, visible, writers
from bench.figures import Result

Part = Callable[[Path, int], Awaitable[Result]]

PARTS: Final[tuple[tuple[str, str, Part], ...]] = (
    ("acks", "1234", acks.measure),
    ("writers", "34", writers.measure),
    ("summaries", "5", summaries.measure),
    ("sweeps", "6", sweeps.measure),
    ("turns", "7", turns.measure),
    ("visible", "8", visible.measure),
    ("resting", "9", resting.measure),
)
RESULTS: Final = Path(__file__).parent / "results"
ROUNDS, QUICK_ROUNDS = 7, 2


async def _measured(wanted: set[str], rounds: int) -> list[Result]:
    results = []
    for name, goals, part in PARTS:
        if wanted & {name, *goals}:
            print(f"measuring {name} ...", flush=True)
            with tempfile.TemporaryDirectory(prefix="preflight-bench-") as folder:
                results.append(await part(Path(folder), rounds))
    return results


def main() -> None:
    """Measure what was asked for."""
    names = [name for name, _, _ in PARTS]
    goals = sorted({goal for _, served, _ in PARTS for goal in served})
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "wanted", nargs="*", metavar="GOAL", help=f"{', '.join(goals)}, or parts: {', '.join(names)}"
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds: for a first look only")
    parser.add_argument("--rounds", type=int, help=f"how often everything is repeated (default {ROUNDS})")
    options = parser.parse_args()
    if unknown := set(options.wanted) - set(goals) - set(names):
        parser.error(f"there is no goal {', '.join(sorted(unknown))}; there are {', '.join(goals + names)}")
    before = report.machine()
    rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    results = asyncio.run(_measured(set(options.wanted) or set(goals), rounds))
    kept = report.keep(RESULTS, before, results)
    print(report.show(results))
    print(
        f"\n{before['cores']} cores, load {before['load']} at the start, Python {before['python']}, {rounds} rounds"
    )
    print(f"kept in {kept}")


if __name__ == "__main__":
    main()
