"""What all tests share: how many processes run them, and the figures that a test records, shown at the end."""

import gc
import os
from itertools import zip_longest
from typing import Any

import pytest

from tests.fresh import KEPT, KeptEngines


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Half as many processes again as there are processors: a good part of a journey is waiting."""
    return (os.cpu_count() or 1) * 3 // 2 or 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the fault tests into pairs of a long one and a short one, as each process gets two: the longest begin first."""
    if not all(item.get_closest_marker("faults") for item in items):
        return
    items.sort(key=_seconds, reverse=True)
    half = (len(items) + 1) // 2
    long, short = items[:half], items[: half - 1 : -1]
    items[:] = [item for pair in zip_longest(long, short) for item in pair if item]


def _seconds(item: pytest.Item) -> float:
    marker = item.get_closest_marker("faults")
    return float(marker.kwargs["seconds"]) if marker else 0.0


def pytest_collection_finish(session: pytest.Session) -> None:
    """Whatever was imported and collected stays to the end: the garbage collector need not look at it ever again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 20)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show the counts of the fault tests; pytest carries them over from its workers."""
    reports = [report for name in ("passed", "failed") for report in terminalreporter.stats.get(name, [])]
    counted = [
        (report.nodeid, said)
        for report in reports
        for name, said in report.user_properties
        if name == "counts"
    ]
    if counted:
        terminalreporter.section("counts")
    for nodeid, said in counted:
        terminalreporter.write_line(f"{nodeid.rpartition('::')[2]}: {said}")


@pytest.fixture(scope="session")
def kept_engines() -> KeptEngines:
    """Engines for stores, kept for all tests of this process."""
    return KEPT
