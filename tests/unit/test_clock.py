"""The machine's clock, and the one that can be skipped ahead."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import SharedClock, SystemClock

LITTLE = timedelta(seconds=5)


def test_the_machines_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_a_missing_file_means_now(tmp_path: Path) -> None:
    assert abs(SharedClock(tmp_path / "clock.json").now() - datetime.now(UTC)) < LITTLE


def test_a_skip_is_seen_at_once_and_again(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    clock = SharedClock(file)
    for days in (3, 17, 170):
        file.write_text(json.dumps({"offset_seconds": days * 86400}))
        assert abs(clock.now() - datetime.now(UTC) - timedelta(days=days)) < LITTLE


@pytest.mark.parametrize(
    "broken", ["", "{", "[]", '{"offset_seconds": "soon"}', "{}", '{"offset_seconds": 1e300}', "null"]
)
def test_a_half_written_file_leaves_the_last_offset(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "clock.json"
    clock = SharedClock(file)
    file.write_text(json.dumps({"offset_seconds": 86400.0}))
    before = clock.now()
    file.write_text(broken)
    assert abs(clock.now() - before) < LITTLE
