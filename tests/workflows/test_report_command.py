"""`python -m bot report`: a pilot's report without Slack, beside a running Preflight."""

from pathlib import Path

import pytest

from bot.commands.line import CommandRefused
from bot.commands.report import format_of, save, written
from bot.domain.pilots import Pilot
from bot.exports.files import Format
from bot.settings import Settings

from .conftest import PLAYBOOK, WORKSPACE, House


def settings(folder: Path) -> Settings:
    return Settings.model_validate(
        {"DATABASE_URL": f"sqlite:///{folder / 'preflight.db'}", "PREFLIGHT_PLAYBOOK": PLAYBOOK}
    )


def test_a_report_is_written_while_preflight_runs(house: House, pilot: Pilot, tmp_path: Path) -> None:
    assert pilot.id in {one.id for one in house.store.read_sync(lambda tx: tx.pilots.all_active(WORKSPACE))}
    (file,) = written(settings(tmp_path), "refund TRIAGE", Format.MARKDOWN)
    assert file.content.startswith("# Refund triage: where it stands")


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(
    house: House, pilot: Pilot, tmp_path: Path
) -> None:
    assert pilot.id in {one.id for one in house.store.read_sync(lambda tx: tx.pilots.all_active(WORKSPACE))}
    with pytest.raises(CommandRefused, match="Did you mean “Refund triage”"):
        written(settings(tmp_path), "refnd triage", Format.MARKDOWN)


def test_without_a_database_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(CommandRefused, match="There is no database"):
        written(settings(tmp_path), "Refund triage", Format.MARKDOWN)
    assert list(tmp_path.iterdir()) == []


def test_all_pilots_are_written_beside_their_trends(house: House, pilot: Pilot, tmp_path: Path) -> None:
    assert pilot.id in {one.id for one in house.store.read_sync(lambda tx: tx.pilots.all_active(WORKSPACE))}
    files = written(settings(tmp_path), None, Format.CSV)
    made = save(files, tmp_path / "all.csv")
    assert [place.name for place in made] == ["all.csv", "all-trends.csv"]
    assert b"Refund triage" in made[0].read_bytes()
    assert b"\r\n" in made[0].read_bytes()
    assert b"\r\r\n" not in made[0].read_bytes()


def test_a_file_that_cannot_be_written_is_said_in_a_sentence(
    house: House, pilot: Pilot, tmp_path: Path
) -> None:
    files = written(settings(tmp_path), pilot.name, Format.HTML)
    with pytest.raises(CommandRefused, match="cannot be written"):
        save(files, tmp_path / "no" / "such" / "folder.html")


@pytest.mark.parametrize(
    ("said", "place", "wanted"),
    [
        (None, None, Format.MARKDOWN),
        (None, Path("pilots.HTML"), Format.HTML),
        ("csv", Path("pilots.txt"), Format.CSV),
        (None, Path("pilots.txt"), Format.MARKDOWN),
        ("JSON", None, Format.JSON),
    ],
)
def test_the_format_is_the_one_that_is_named_or_that_the_file_ends_with(
    said: str | None, place: Path | None, wanted: Format
) -> None:
    assert format_of(said, place) is wanted


def test_a_format_that_nobody_knows_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(CommandRefused, match="csv, json, md or html"):
        format_of("pdf", None)
