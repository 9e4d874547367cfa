"""What an export holds: the shape of its JSON, the rows of its CSV, and how many pilots it can tell of."""

import csv
import io
import json
import re
import resource
import time

import pytest

from bot.domain.moves import MoveKind
from bot.domain.pilots import Pilot
from bot.domain.tallies import Cell
from bot.exports.exported import Portfolio
from bot.exports.files import Format
from bot.exports.reported import PilotReport
from bot.exports.spreadsheets import BYTE_ORDER_MARK, harmless
from bot.exports.trends import trends
from bot.pilots import workflow as pilots

from .conftest import MAYA, WORKSPACE, House, registration
from .exports import HOSTILE, answered, everything, one, rows_of, stalled
from .many import many


def test_json_of_all_pilots_is_read_back_as_it_was(house: House, pilot: Pilot) -> None:
    stalled(house, pilot)
    (file,) = everything(house, Format.JSON)
    found = Portfolio.model_validate_json(file.content)
    assert found.model_dump_json(indent=1) + "\n" == file.content
    (line,) = found.pilots
    assert (line.name, line.stage.id, line.severity) == ("Refund triage", "pilot", "stalled")
    assert line.owner.name == "Jonas"
    assert line.signals[0].why
    assert line.items["rollback"] == "missing"


def test_an_export_asks_no_counters_so_that_a_wrong_one_does_not_spread(house: House, pilot: Pilot) -> None:
    (before,) = everything(house, Format.JSON)
    assert json.loads(before.content)["trends"]["failing"] == [
        one.model_dump(mode="json") for one in house.do(trends, MAYA).failing
    ]
    wrong = Cell(stage=pilot.stage, subject="rollback", standing="missing")
    house.store.write_sync(lambda tx: tx.tallies.add(WORKSPACE, {wrong: 40}))
    (after,) = everything(house, Format.JSON)
    assert after.content == before.content


def test_json_of_a_pilot_is_read_back_as_it_was(house: House, pilot: Pilot) -> None:
    answered(house, pilot, "monitoring", "Dashboard is live", "https://grafana.example/d/1")
    answered(house, pilot, "monitoring", "Dashboard is live, with alerts", "https://grafana.example/d/1")
    content = one(house, pilot, Format.JSON)
    found = PilotReport.model_validate_json(content)
    assert found.model_dump_json(indent=1) + "\n" == content
    (item,) = [one for one in found.items if one.item.id == "monitoring"]
    assert item.answer
    assert item.answer.words == "Dashboard is live, with alerts"
    assert [was.words for was in item.earlier] == ["Dashboard is live"]
    assert found.moves[0].kind is MoveKind.REGISTERED


def test_amounts_are_text_and_instants_are_utc(house: House, pilot: Pilot) -> None:
    raw = json.loads(one(house, pilot, Format.JSON))
    assert raw["format"] == "preflight.pilot"
    assert raw["version"] == 1
    assert raw["as_of"] == "2026-11-23T09:30:00Z"
    assert raw["pilot"]["bar"] == {"name": "Deflection", "unit": "%", "baseline": "22", "bar": "60"}


def test_at_the_end_of_the_way_a_pilot_is_ready_for_nothing(house: House, pilot: Pilot) -> None:
    house.do(pilots.move, MAYA, house.pilot(pilot.id), "production", MoveKind.PROMOTED, "review.approved")
    found = Portfolio.model_validate_json(everything(house, Format.JSON)[0].content)
    assert [count.ready for count in found.stages if count.pilots] == [0]
    assert all(line.verdict is None or not line.verdict.ready for line in found.pilots)


def test_csv_has_a_row_for_each_pilot_and_a_column_for_each_item(house: House, pilot: Pilot) -> None:
    answered(house, pilot, "monitoring", "Dashboard is live")
    table, over_time = everything(house, Format.CSV)
    (row,) = rows_of(table.content)
    assert (row["name"], row["stage"], row["owner"]) == ("Refund triage", "Pilot", "Jonas")
    assert (row["item:monitoring"], row["item:rollback"]) == ("in_place", "missing")
    assert row["registered_at"] == "2026-11-23T09:30:00Z"
    assert row["ready"] == "false"
    assert {one["trend"] for one in rows_of(over_time.content)} >= {"in_stage", "open_longest", "open_most"}


def test_lines_end_as_the_standard_says_and_each_row_is_as_long_as_the_head(house: House) -> None:
    house.do(pilots.register, MAYA, registration(name='Quotes " and, commas', problem="Two\nlines"))
    for file in everything(house, Format.CSV):
        content = file.content.removeprefix(BYTE_ORDER_MARK)
        assert content.endswith("\r\n")
        table = list(csv.reader(io.StringIO(content, newline=""), strict=True))
        assert {len(row) for row in table} == {len(table[0])}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_begins_as_a_formula_does(house: House, text: str) -> None:
    pilot = house.do(pilots.register, MAYA, registration(name=text[:80].strip(), problem=text))
    answered(house, pilot, "monitoring", text)
    contents = [file.content for file in everything(house, Format.CSV)] + [one(house, pilot, Format.CSV)]
    for content in contents:
        for row in csv.reader(io.StringIO(content.removeprefix(BYTE_ORDER_MARK), newline="")):
            assert not [cell for cell in row if re.match(r"\s*[=+\-@＝＋－＠\t\r]", cell)]


def test_a_figure_below_nought_stays_a_figure_and_words_get_an_apostrophe() -> None:
    assert harmless("=1") == "'=1"
    assert harmless("  =1") == "'  =1"
    assert harmless("1 = 1") == "1 = 1"
    assert harmless("") == ""


@pytest.mark.parametrize("wanted", Format)
def test_without_pilots_there_is_still_a_file(house: House, wanted: Format) -> None:
    files = everything(house, wanted)
    assert files[0].content
    if wanted is Format.JSON:
        assert Portfolio.model_validate_json(files[0].content).pilots == ()
    if wanted is Format.CSV:
        assert rows_of(files[0].content) == []
    if wanted is Format.HTML:
        assert "There is no active pilot." in files[0].content


@pytest.mark.parametrize("wanted", Format)
def test_of_several_hundred_each_is_there_the_furthest_first(house: House, wanted: Format) -> None:
    many(house, 600)
    content = everything(house, wanted)[0].content
    assert all(f"Pilot {number:06}" in content for number in range(600))
    assert content.index("Pilot 000002") < content.index("Pilot 000001") < content.index("Pilot 000000")


def test_only_some_are_shown_item_by_item_on_a_page(house: House) -> None:
    many(house, 201)
    assert "too many pilots" in everything(house, Format.HTML)[0].content


@pytest.mark.faults(seconds=10)
@pytest.mark.timeout(600)
@pytest.mark.parametrize("wanted", [Format.HTML])
def test_ten_thousand_take_seconds_and_not_all_memory(house: House, wanted: Format) -> None:
    many(house, 10_000)
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    files = everything(house, wanted)
    took, grown = time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert sum(len(file.content) for file in files) > 1_000_000
    assert took < 60
    assert grown < 800_000, "kilobytes"
