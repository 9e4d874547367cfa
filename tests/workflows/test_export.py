"""Exports: a pilot or all of them in each format, whole, harmless, and the same whatever people wrote."""

import csv
import io
import json
import re
import resource
import time
from html.parser import HTMLParser
from typing import Any

import pytest

from bot.domain.answers import Reading, Status
from bot.domain.moves import MoveKind
from bot.domain.pilots import RETIRED, Pilot
from bot.domain.signals import Severity, Signal
from bot.domain.tallies import Cell
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots
from bot.pilots.errors import NoSuchPilot, OnlyMembers, PilotGone
from bot.portfolio import ordering, overview
from bot.portfolio.export_files import Format, pilot_files, portfolio_files
from bot.portfolio.exported import Portfolio
from bot.portfolio.ordering import NoSuchFormat, chosen_format, order, spoken_order
from bot.portfolio.report import File
from bot.portfolio.reported import PilotReport
from bot.portfolio.spreadsheets import BYTE_ORDER_MARK, harmless
from bot.portfolio.trends import trends
from storage.ids import new_id

from .conftest import GONE, GUEST, JONAS, MAYA, PILOTS, WORKSPACE, House, registration
from .many import many

GROUPS = {"S0PAYMENTS": "payments-ops"}
HOSTILE = (
    '=HYPERLINK("https://evil.example","click")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    '</td><script>alert(1)</script><img src=x onerror="alert(1)">',
    "<!--#exec cmd=ls--> {{ 7*7 }} {% raw %}",
    "a | b\n# c\n[x](javascript:alert(1)) ![y](https://evil.example/y.png)",
    '"quoted", and, commas\r\nand lines',
    "🦜👩‍👩‍👧‍👦 返金 \u202egnihsup\u202c مرحبا",
)


def everything(house: House, wanted: Format) -> list[File]:
    return house.do(portfolio_files, MAYA, wanted, GROUPS)


def one(house: House, pilot: Pilot, wanted: Format) -> str:
    (file,) = house.do(pilot_files, MAYA, pilot.id, wanted, GROUPS)
    return file.content


def rows_of(content: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.removeprefix(BYTE_ORDER_MARK), newline="")))


def answered(house: House, pilot: Pilot, item_id: str, said: str, *links: str) -> None:
    reading = Reading(status=Status.IN_PLACE, detail=said, evidence=links)
    house.do(interviews.change_answer, MAYA, pilot.id, item_id, reading)


def stalled(house: House, pilot: Pilot) -> None:
    signal = Signal(
        id=new_id(), workspace_id=WORKSPACE, pilot_id=pilot.id, cause="purgatory", severity=Severity.STALLED,
        why="quiet", evidence=("30",), raised_at=house.now,
    )  # fmt: skip
    changed = house.pilot(pilot.id).model_copy(update={"severity": 3, "stalled_since": house.now})
    house.store.write_sync(lambda tx: tx.signals.raise_(signal))
    house.store.write_sync(lambda tx: tx.pilots.record(changed))


TAGS = frozenset(
    re.findall(
        r"\w+",
        "a b bdi body br caption dd div dl dt figcaption figure h1 h2 h3 head html li main meta ol p rect section span style"
        " svg table tbody td text th thead title tr ul",
    )
)
"""What our pages are made of."""


class Page(HTMLParser):
    """What a browser would find in a page."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "br", "rect"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.text += data


# The shape of JSON


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


# CSV


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


# HTML and Markdown


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_wrote_makes_nothing_of_an_html_page(house: House, text: str) -> None:
    pilot = house.do(pilots.register, MAYA, registration(name=text[:80].strip(), problem=text))
    answered(house, pilot, "monitoring", text, "https://grafana.example/d/1", "javascript:alert(1)")
    for content in (one(house, pilot, Format.HTML), everything(house, Format.HTML)[0].content):
        page = Page(content)
        assert page.open == []
        assert set(page.tags) <= TAGS
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        leads_to = [value for name, value in page.attributes if name in {"href", "src"}]
        assert all(value and value.startswith("https://grafana.example/") for value in leads_to)


def test_a_page_fetches_nothing_and_runs_nothing(house: House, pilot: Pilot) -> None:
    stalled(house, pilot)
    for content in (one(house, pilot, Format.HTML), everything(house, Format.HTML)[0].content):
        page = Page(content)
        assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
        assert not re.search(r"url\(|@import|https?://(?!grafana)", content.split("</style>")[0])
        assert "default-src 'none'" in content


def test_beside_each_chart_there_is_a_table_and_both_have_names(house: House, pilot: Pilot) -> None:
    house.later(days=5)
    house.do(pilots.move, MAYA, house.pilot(pilot.id), "shadow", MoveKind.PROMOTED, "review.approved")
    house.later(days=5)
    content = everything(house, Format.HTML)[0].content
    assert content.count('<svg role="img" aria-label="') == content.count("<figure") == 3
    for figure in content.split("<figure")[1:]:
        inside = figure.split("</figure>")[0]
        assert "<table>" in inside
        assert "<caption>" in inside
        assert 'scope="row"' in inside


def test_words_that_look_like_markdown_stay_words(house: House) -> None:
    house.do(pilots.register, MAYA, registration(name="a | b [x](javascript:alert(1))"))
    (file,) = everything(house, Format.MARKDOWN)
    assert r"a \| b \[x\](javascript:alert(1))" in file.content
    head, *lines = [line for line in file.content.splitlines() if line.startswith("|")]
    assert head
    table = [line for line in lines if "Deflection" in line or "javascript" in line]
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 13 for line in table)


def test_the_report_says_what_was_noticed_and_what_is_to_be_decided(house: House, pilot: Pilot) -> None:
    stalled(house, pilot)
    for wanted in (Format.HTML, Format.MARKDOWN):
        assert "A trial without an end" in one(house, pilot, wanted)


# How many there are


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


# Who gets it, and where


def test_guests_and_people_who_have_left_are_refused(house: House, pilot: Pilot) -> None:
    for who in (GUEST, GONE):
        for words in ("", "csv", pilot.name):
            with pytest.raises(OnlyMembers):
                house.do(spoken_order, who, words)
        for about in ("all", pilot.id):
            with pytest.raises(OnlyMembers):
                house.do(order, who, about, Format.JSON)


@pytest.mark.parametrize(
    ("words", "name", "wanted"),
    [
        ("", None, Format.HTML),
        ("csv", None, Format.CSV),
        ("portfolio JSON", None, Format.JSON),
        ("Refund triage", "Refund triage", Format.MARKDOWN),
        ("refund  TRIAGE markdown", "Refund triage", Format.MARKDOWN),
        ("Refund triage .html", "Refund triage", Format.HTML),
        ("Notes to HTML", "Notes to HTML", Format.MARKDOWN),
        ("Notes to HTML csv", "Notes to HTML", Format.CSV),
    ],
)
def test_an_order_names_a_pilot_or_none_and_a_format_or_none(
    house: House, pilot: Pilot, words: str, name: str | None, wanted: Format
) -> None:
    house.do(pilots.register, MAYA, registration(name="Notes to HTML"))
    found = house.do(spoken_order, MAYA, words)
    assert (found.name, found.format) == (name, wanted)
    assert found.channel_id == (PILOTS if name else None)
    assert found.pilot_id is None or house.pilot(found.pilot_id).name == name
    assert house.pilot(pilot.id).name == pilot.name


def test_what_has_ended_can_be_exported_too(house: House, pilot: Pilot) -> None:
    house.do(
        pilots.move,
        MAYA,
        house.pilot(pilot.id),
        RETIRED,
        MoveKind.RETIRED,
        "pilot.retired",
        learned="Too dear",
    )
    assert house.do(spoken_order, MAYA, "Refund triage html").pilot_id == pilot.id
    assert "Too dear" in one(house, pilot, Format.HTML)
    assert json.loads(one(house, pilot, Format.JSON))["retired"] is True


def test_a_name_that_nobody_has_is_answered_with_the_nearest(house: House, pilot: Pilot) -> None:
    with pytest.raises(NoSuchPilot, match=pilot.name):
        house.do(spoken_order, MAYA, "refnd triage csv")


def test_a_forged_pilot_or_format_is_refused(house: House) -> None:
    for nobody in ("nobody", "", ":"):
        with pytest.raises(PilotGone):
            house.do(order, MAYA, nobody, Format.CSV)
    for forged in (None, "", "pdf", "HTML"):
        with pytest.raises(NoSuchFormat):
            chosen_format(forged)
    assert chosen_format("csv") is Format.CSV


def test_all_pilots_go_only_below_a_message_that_shows_them_to_everybody_there(
    house: House, pilot: Pilot
) -> None:
    shown = house.do(overview.of_today, MAYA, {})
    house.do(overview.post, MAYA, PILOTS, shown)
    waiting = house.store.read_sync(lambda tx: tx.messages.unsent(house.now, 100))
    (key,) = (one.key for one in waiting if one.key.startswith("portfolio:"))
    house.deliver(key, "1764000000.000100")
    there = house.do(order, MAYA, "all", Format.CSV, PILOTS, "1764000000.000100")
    assert (there.channel_id, there.thread_ts) == (PILOTS, "1764000000.000100")
    for channel, ts in ((PILOTS, "1764000000.000200"), ("C0OTHER", "1764000000.000100"), ("", "")):
        assert house.do(order, MAYA, "all", Format.CSV, channel, ts).channel_id is None
    house.deliver(pilots.card_key(pilot.id), "1764000000.000300")
    assert house.do(order, MAYA, "all", Format.CSV, PILOTS, "1764000000.000300").channel_id is None


def test_what_was_ordered_is_written(house: House, pilot: Pilot) -> None:
    for words, name in (
        ("csv", "ai-pilots-2026-11-23.csv"),
        (f"{pilot.name} json", "refund-triage-readiness.json"),
    ):
        wanted = house.do(spoken_order, MAYA, words)
        files: list[Any] = house.do(ordering.files, MAYA, wanted, GROUPS)
        assert files[0].name == name


def test_groups_and_people_are_told_by_name(house: House) -> None:
    owned = house.do(pilots.register, MAYA, registration(owner_id="S0PAYMENTS"))
    found = PilotReport.model_validate_json(one(house, owned, Format.JSON))
    assert (found.pilot.owner.id, found.pilot.owner.name) == ("S0PAYMENTS", "@payments-ops")
    assert (found.pilot.champion.id, found.pilot.champion.name) == (MAYA, "Maya")
    assert JONAS not in one(house, owned, Format.JSON)
