"""Who gets an export, of what, and where it goes."""

import json
from typing import Any

import pytest

from bot.domain.moves import MoveKind
from bot.domain.pilots import RETIRED, Pilot
from bot.exports import ordering
from bot.exports.files import Format
from bot.exports.ordering import NoSuchFormat, chosen_format, order, spoken_order
from bot.exports.reported import PilotReport
from bot.pilots import workflow as pilots
from bot.pilots.errors import NoSuchPilot, OnlyMembers, PilotGone
from bot.portfolio import overview

from .conftest import GONE, GUEST, JONAS, MAYA, PILOTS, House, registration
from .exports import GROUPS, one


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
