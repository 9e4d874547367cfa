"""What a message only counts, because it is so much: whoever was told has it shown, a portion at a time, and nobody else."""

import contextlib

import pytest

from bot.domain.errors import Refusal
from bot.domain.matters import MatterKind
from bot.domain.messages import Body
from bot.domain.pilots import Pilot
from bot.nudges import errors, rest, workflow as nudges
from bot.nudges.messages import LINES_SHOWN
from bot.nudges.names import ActionId
from bot.pilots import workflow as pilots

from .conftest import JONAS, MAYA, House, registration
from .nudged import days_pass, lines, moves, only, said, value_of

MORNING = "2026-12-07T12:00+00:00"
MANY = 2 * LINES_SHOWN + 3


@pytest.fixture
def many(house: House) -> list[Pilot]:
    """So many pilots that nothing moves at that one morning does not spell out half of them."""
    only(house, MatterKind.QUIET)
    made = [house.do(pilots.register, MAYA, registration(name=f"Pilot {number}")) for number in range(MANY)]
    days_pass(house, MORNING)
    assert len(lines(house, JONAS)) == LINES_SHOWN
    return made


def shown(house: House, value: str, person: str = JONAS) -> Body:
    found: Body = house.do(rest.of, person, value)
    return found


def names_in(body: Body) -> list[str]:
    return [
        one["text"]["text"].partition("*:")[0]
        for one in body["blocks"]
        if one["block_id"].startswith("line:")
    ]


def following(body: Body) -> str | None:
    """Return what the button carries that shows what comes after."""
    more = next((one for one in body["blocks"] if one["block_id"] == "more"), None)
    return str(more["accessory"]["value"]) if more else None


def test_what_is_only_counted_can_be_shown_until_all_was(house: House, many: list[Pilot]) -> None:
    first = shown(house, value_of(house, JONAS, ActionId.REST))
    assert len(names_in(first)) == LINES_SHOWN
    assert f"and {MANY - 2 * LINES_SHOWN} more" in str(first)
    value = following(first)
    assert value
    last = shown(house, value)
    assert following(last) is None
    seen = [one.partition("*:")[0] for one in lines(house, JONAS)] + names_in(first) + names_in(last)
    assert sorted(seen) == sorted(f"*{one.name}" for one in many)


def test_each_of_these_lines_can_be_acted_on_and_the_message_counts_one_less(
    house: House, many: list[Pilot]
) -> None:
    value = value_of(house, JONAS, ActionId.REST)
    body = shown(house, value)
    row = next(one for one in body["blocks"] if one["block_id"].startswith("do:"))
    entry = next(
        option["value"]
        for element in row["elements"]
        for option in element.get("options", [])
        if option["value"].startswith(ActionId.SNOOZE)
    )
    house.do(nudges.snooze, JONAS, entry.partition(" ")[2], "week", None)
    assert f"and {MANY - LINES_SHOWN - 1} more" in said(house, JONAS)
    assert f"{MANY - 1} things wait for you" in said(house, JONAS)
    assert names_in(shown(house, value))[0] != names_in(body)[0]


def test_what_was_done_meanwhile_is_shown_no_more(house: House, many: list[Pilot]) -> None:
    value = value_of(house, JONAS, ActionId.REST)
    for pilot in many:
        moves(house, MAYA, pilot.id)
    assert "Nothing of the rest waits for you any more." in str(shown(house, value))
    assert ActionId.REST not in said(house, JONAS)


@pytest.mark.parametrize("value", ["", "x", f"{JONAS}:2026-12-07", f"{JONAS}:2020-01-01:first", "a:b:c:d"])
def test_a_forged_button_shows_nothing_of_anybody(house: House, many: list[Pilot], value: str) -> None:
    for person in (JONAS, MAYA):
        with contextlib.suppress(Refusal):
            assert names_in(shown(house, value, person)) == []


def test_only_whoever_was_told_is_shown_it(house: House, many: list[Pilot]) -> None:
    with pytest.raises(errors.NotYourReminder):
        shown(house, value_of(house, JONAS, ActionId.REST), MAYA)
