"""`/pilot portfolio`: the figures from the counters, the worst off first, and the same in plain blocks."""

from typing import Any

import pytest

from bot.domain.messages import Body
from bot.domain.readiness import Standing
from bot.domain.signals import Severity
from bot.domain.tallies import Cell, Measure
from bot.pilots.errors import OnlyMembers
from bot.portfolio import overview
from bot.portfolio.counts import figures
from sandbox.validator import problems_of_message

from .conftest import GUEST, JONAS, MAYA, PILOTS, House, words_of
from .overviewed import settled_in

HANDLES = {"S0PAYMENTS": "payments-ops"}


def posted(house: House) -> Body:
    house.do(overview.post, MAYA, PILOTS, house.do(overview.of_today, MAYA, HANDLES))
    (message,) = house.touched
    assert message.channel_id == PILOTS
    return message.body


def table_in(body: Body) -> list[list[str]]:
    (table,) = [block for block in body["blocks"] if block["type"] == "data_table"]
    return [[_said(cell) for cell in row] for row in table["rows"]]


def _said(cell: dict[str, Any]) -> str:
    return str(cell.get("text") or cell["value"])


def plainly(body: Body) -> dict[str, Any]:
    return {"channel": PILOTS, "text": body["text"], "blocks": body["instead"]}


@pytest.mark.parametrize("count", [0, 1, 100, 10_000])
def test_the_portfolio_fits_slack_however_many_pilots_there_are(house: House, count: int) -> None:
    settled_in(house, count)
    body = posted(house)
    assert problems_of_message({"channel": PILOTS, **body}) == []
    assert problems_of_message(plainly(body)) == []


def test_the_worst_off_come_first_and_how_many_are_left_out_is_said(house: House) -> None:
    made = settled_in(house, 480)
    rows = table_in(posted(house))
    assert rows[0] == ["Pilot", "Worst sign", "Stage", "In place", "Days in stage", "Days quiet", "Owner"]
    by_name = {" ".join(one.name.split()): one for one in made}
    severities = [by_name[row[0]].severity for row in rows[1:]]
    assert severities == sorted(severities, reverse=True)
    assert set(severities) == {Severity.STALLED}
    body = posted(house)
    assert f"The {len(rows) - 1} worst off of 480 pilots" in words_of(body["blocks"])
    assert len(rows) <= 101


def test_where_few_are_stalled_those_at_risk_follow_then_the_others(house: House) -> None:
    settled_in(house, 6, severity=int(Severity.NONE), stalled_since=None)
    settled_in(house, 2, first=10, severity=int(Severity.STALLED))
    settled_in(house, 2, first=20, severity=int(Severity.AT_RISK), stalled_since=None)
    rows = table_in(posted(house))[1:]
    assert {row[0][:11] for row in rows[:2]} == {"Pilot 00010", "Pilot 00011"}
    assert {row[0][:11] for row in rows[2:4]} == {"Pilot 00020", "Pilot 00021"}
    assert len(rows) == 10
    assert rows[0][1].startswith("🔴 Stalled: ")


def test_owners_stand_there_by_name_and_nobody_is_mentioned(house: House) -> None:
    settled_in(house, 1, owner_id=JONAS)
    settled_in(house, 1, first=1, owner_id="S0PAYMENTS")
    settled_in(house, 1, first=2, owner_id="U0UNKNOWN")
    rows = table_in(posted(house))[1:]
    assert {row[6] for row in rows} == {"Jonas", "@payments-ops", "U0UNKNOWN"}
    assert not [row for row in rows if "<@" in "".join(row)]


def test_plain_blocks_say_the_same(house: House) -> None:
    settled_in(house, 12)
    body = posted(house)
    said = words_of(body["instead"])
    for words in ("*By stage:* Pilot 4", "*Most in the way:* Rollback 11 of 12", "Pilot 00003", "Trends"):
        assert words in said
    assert {block["type"] for block in body["instead"]} == {"section", "table", "context", "actions"}


def test_guests_cannot_post_it(house: House) -> None:
    with pytest.raises(OnlyMembers):
        house.do(overview.of_today, GUEST, HANDLES)
    with pytest.raises(OnlyMembers):
        house.do(overview.post, GUEST, PILOTS, {"text": "x", "blocks": []})


def test_figures_are_the_sums_of_the_counters(house: House) -> None:
    tallies = {
        Cell(stage="pilot", subject="", standing=Measure.PILOTS.value): 5,
        Cell(stage="pilot", subject="", standing=Measure.READY.value): 2,
        Cell(stage="shadow", subject="", standing=Measure.PILOTS.value): 1,
        Cell(stage="gone", subject="", standing=Measure.PILOTS.value): 1,
        Cell(stage="pilot", subject="rollback", standing=Standing.MISSING.value): 3,
        Cell(stage="shadow", subject="rollback", standing=Standing.STALE.value): 1,
        Cell(stage="pilot", subject="rollback", standing=Standing.NOT_APPLICABLE.value): 1,
        Cell(stage="pilot", subject="monitoring", standing=Standing.PARTLY.value): 5,
        Cell(stage="pilot", subject="fallback", standing=Standing.IN_PLACE.value): 5,
    }
    found = figures(house.library.playbook, tallies)
    assert (found.pilots, found.total(Measure.READY), found.total(Measure.STALLED)) == (7, 2, 0)
    assert found.stages[-1].title == "gone"
    assert [(one.title, one.open, one.asked) for one in found.items] == [
        ("Monitoring", 5, 5),
        ("Rollback", 4, 4),
    ]
