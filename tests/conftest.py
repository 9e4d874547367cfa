"""What all tests share: figures that a test records are shown at the end, whichever process it ran in."""

from typing import Any

import pytest

from tests.fresh import KeptEngines


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
def kept_engines(tmp_path_factory: pytest.TempPathFactory) -> KeptEngines:
    """Engines for stores, kept for all tests of this process."""
    return KeptEngines(tmp_path_factory.mktemp("kept"))
