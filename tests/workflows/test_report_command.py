"""`python -m bot report`: a pilot's report without Slack, beside a running Preflight."""

from pathlib import Path

import pytest

from bot.command_line import CommandRefused
from bot.domain.pilots import Pilot
from bot.report_command import written
from bot.settings import Settings

from .conftest import PLAYBOOK, WORKSPACE, House


def settings(folder: Path) -> Settings:
    return Settings.model_validate(
        {"DATABASE_URL": f"sqlite:///{folder / 'preflight.db'}", "PREFLIGHT_PLAYBOOK": PLAYBOOK}
    )


def test_a_report_is_written_while_preflight_runs(house: House, pilot: Pilot, tmp_path: Path) -> None:
    assert pilot.id in {one.id for one in house.store.read_sync(lambda tx: tx.pilots.all_active(WORKSPACE))}
    assert written(settings(tmp_path), "refund TRIAGE").startswith("# Refund triage: where it stands")


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(
    house: House, pilot: Pilot, tmp_path: Path
) -> None:
    assert pilot.id in {one.id for one in house.store.read_sync(lambda tx: tx.pilots.all_active(WORKSPACE))}
    with pytest.raises(CommandRefused, match="Did you mean “Refund triage”"):
        written(settings(tmp_path), "refnd triage")


def test_without_a_database_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(CommandRefused, match="There is no database"):
        written(settings(tmp_path), "Refund triage")
    assert list(tmp_path.iterdir()) == []
