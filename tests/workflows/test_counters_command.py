"""`python -m bot counters`: counters that do not add up are told, and set right from what people said."""

from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from bot.__main__ import app
from bot.commands import counters
from bot.commands.line import CommandRefused
from bot.domain.pilots import Pilot
from bot.settings import Settings
from storage.transaction import Tx

from .conftest import PLAYBOOK, WORKSPACE, House


def settings(folder: Path) -> Settings:
    return Settings.model_validate(
        {"DATABASE_URL": f"sqlite:///{folder / 'preflight.db'}", "PREFLIGHT_PLAYBOOK": PLAYBOOK}
    )


def spoil(tx: Tx) -> None:
    tx.execute(text("UPDATE tally SET n = n + 7 WHERE standing = 'missing'"))
    tx.execute(text("DELETE FROM tally WHERE standing = 'pilots'"))


def lose(tx: Tx) -> None:
    tx.execute(text("DELETE FROM counted"))
    tx.execute(text("UPDATE pilot SET next_nudge_at = NULL"))


def begin_anew(tx: Tx) -> None:
    """Leave the rows as an upgrade does: nothing is counted, and every pilot is looked at soon."""
    for table in ("counted", "tally"):
        tx.execute(text(f"DELETE FROM {table}"))


def test_counters_that_add_up_are_said_to(house: House, pilot: Pilot, tmp_path: Path) -> None:
    found = counters.checked(settings(tmp_path))
    assert (found.ok, found.said) == (True, "they add up, for 1 pilot")
    assert house.pilot(pilot.id).required
    assert counters.repaired(settings(tmp_path)) == "Counted 1 pilot anew; nothing was wrong."


def test_counters_that_are_off_are_told_and_set_right(house: House, pilot: Pilot, tmp_path: Path) -> None:
    right = house.store.read_sync(lambda tx: tx.tallies.of(WORKSPACE))
    assert sum(cell.standing == "missing" for cell in right) == pilot.required
    house.store.write_sync(spoil)
    found = counters.checked(settings(tmp_path))
    assert not found.ok
    assert found.said == f"{pilot.required + 1} counters are wrong"
    assert "counters --repair" in (found.mend or "")
    said = counters.repaired(settings(tmp_path))
    assert (
        said
        == f"Counted 1 pilot anew: 0 were counted wrongly, and {pilot.required + 1} counters did not add up."
    )
    assert house.store.read_sync(lambda tx: tx.tallies.of(WORKSPACE)) == right


def test_a_pilot_that_nobody_counted_is_counted(house: House, pilot: Pilot, tmp_path: Path) -> None:
    right = house.store.read_sync(lambda tx: tx.tallies.of(WORKSPACE))
    house.store.write_sync(lose)
    found = counters.checked(settings(tmp_path))
    assert "1 pilot is not counted" in found.said
    assert "1 was counted wrongly" in counters.repaired(settings(tmp_path))
    assert counters.checked(settings(tmp_path)).ok
    assert house.store.read_sync(lambda tx: tx.tallies.of(WORKSPACE)) == right
    assert pilot.id in house.store.read_sync(lambda tx: tx.tallies.all_counted(WORKSPACE))


def test_after_an_upgrade_nothing_is_wrong_before_the_first_look(
    house: House, pilot: Pilot, tmp_path: Path
) -> None:
    house.store.write_sync(begin_anew)
    assert counters.checked(settings(tmp_path)).ok
    assert house.pilot(pilot.id).next_nudge_at


def test_it_ends_with_an_exit_code_for_scripts(
    house: House, pilot: Pilot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'preflight.db'}")
    monkeypatch.setenv("PREFLIGHT_PLAYBOOK", str(PLAYBOOK))
    assert CliRunner().invoke(app, ["counters"]).exit_code == 0
    house.store.write_sync(spoil)
    assert CliRunner().invoke(app, ["counters"]).exit_code == 1
    assert CliRunner().invoke(app, ["counters", "--repair"]).exit_code == 0
    assert CliRunner().invoke(app, ["counters"]).exit_code == 0
    assert house.pilot(pilot.id) == pilot


def test_without_a_database_nothing_is_made(tmp_path: Path) -> None:
    for work in (counters.checked, counters.repaired):
        with pytest.raises(CommandRefused, match="There is no database"):
            work(settings(tmp_path))
    assert list(tmp_path.iterdir()) == []
