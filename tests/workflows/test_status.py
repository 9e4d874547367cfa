"""What a status says, in which order, and how much of it: three of each spelt out, all the rest within one button."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from bot.domain.answers import Value
from bot.domain.messages import Block, Body
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind
from bot.domain.signals import Severity, Signal
from bot.domain.stalling import Reason
from bot.interview.controls import Offered
from bot.interview.summary_facts import summary_of
from bot.portfolio import workflow as portfolio
from bot.portfolio.names import ActionId
from bot.portfolio.status_messages import SPELT_OUT, signs_view, status_message
from bot.stages import extending
from bot.stages.seen import seen_decision
from bot.watching.messages import Troubles

from .conftest import JONAS, MAYA, House
from .looked_at import IN_PLACE, look, owned, say
from .staged import promoted


def sign(house: House, pilot: Pilot, number: int, severity: Severity, *evidence: str) -> Signal:
    return Signal(
        id=f"{number:016}",
        workspace_id=pilot.workspace_id,
        pilot_id=pilot.id,
        cause=f"cause-{number}",
        severity=severity,
        why=Reason.OPEN.value,
        evidence=evidence or (f"item-{number}",),
        raised_at=house.now,
    )


def status(house: House, pilot: Pilot, signals: Sequence[Signal], *, share: bool = True) -> Body:
    def made(desk: Any) -> Body:
        gate = desk.playbook.gate_from(pilot.stage)
        facts = summary_of(desk, pilot, gate)
        return status_message(desk.library, pilot, facts, house.now, share=share, troubles=Troubles(signals))

    return house.do(made, MAYA)


def ids(body: Body) -> list[str]:
    return [one["block_id"] for one in body["blocks"]]


def action_ids(blocks: Sequence[Block]) -> list[str]:
    """Return what all controls do, those behind the dots included."""
    found = []
    for block in blocks:
        for element in [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]:
            found += [element["action_id"]] if element.get("type") == "button" else []
            found += [one["value"].partition(" ")[0] for one in element.get("options", [])]
    return found


def test_the_verdict_comes_first_then_the_clocks_the_signs_what_is_missing_and_what_can_be_done(
    house: House, pilot: Pilot
) -> None:
    signs = [sign(house, pilot, number, Severity.AT_RISK) for number in range(14)]
    shown = ids(status(house, pilot, signs))
    assert shown[:3] == ["verdict", "clocks", "signals"]
    in_order = ["signals_more", "gaps", "gaps_more", "there", "actions"]
    assert [one for one in shown if one in in_order] == in_order
    assert shown[-1] == "actions"
    assert len(shown) <= 18


def test_three_signs_and_three_open_items_are_spelt_out_and_the_others_are_one_click_away(
    house: House, pilot: Pilot
) -> None:
    signs = [sign(house, pilot, number, Severity.AT_RISK) for number in range(14)]
    body = status(house, pilot, signs)
    assert len([one for one in ids(body) if one.startswith("signal:")]) == SPELT_OUT
    assert len([one for one in ids(body) if one.startswith("gap:")]) == SPELT_OUT
    (more,) = (one for one in body["blocks"] if one["block_id"] == "signals_more")
    assert "and 11 more signs" in more["text"]["text"]
    assert more["accessory"]["action_id"] == ActionId.SIGNS
    (left,) = (one for one in body["blocks"] if one["block_id"] == "gaps_more")
    assert left["text"]["text"].startswith("and 4 more: ")
    assert left["accessory"]["action_id"] == Offered.ALL_ANSWERS


def test_no_control_stands_in_it_twice(house: House, pilot: Pilot) -> None:
    for number in (0, 14):
        signs = [sign(house, pilot, one, Severity.AT_RISK) for one in range(number)]
        found = action_ids(status(house, pilot, signs)["blocks"])
        assert len(found) == len(set(found)), found


def test_what_is_posted_for_everybody_counts_the_rest_without_buttons_of_one_person(
    house: House, pilot: Pilot
) -> None:
    signs = [sign(house, pilot, number, Severity.AT_RISK) for number in range(14)]
    body = status(house, pilot, signs, share=False)
    assert ActionId.SIGNS not in action_ids(body["blocks"])
    assert "and 11 more signs" in str(body["blocks"])
    assert "and 4 more: " in str(body["blocks"])


def test_of_two_signs_that_are_seen_by_the_same_only_the_worse_is_spelt_out(
    house: House, pilot: Pilot
) -> None:
    signs = [
        sign(house, pilot, 1, Severity.AT_RISK, "integration"),
        sign(house, pilot, 2, Severity.WATCH, "integration"),
        sign(house, pilot, 3, Severity.WATCH, "rollback"),
    ]
    shown = [one for one in ids(status(house, pilot, signs)) if one.startswith("signal")]
    assert shown == ["signals", "signal:cause-1", "signal:cause-3", "signals_more"]


def test_all_signs_are_in_their_window(house: House, pilot: Pilot) -> None:
    signs = [sign(house, pilot, number, Severity.AT_RISK) for number in range(14)]
    view = signs_view(house.library, pilot, Troubles(signs))
    assert [one["block_id"] for one in view["blocks"]] == [
        "said",
        *(f"signal:cause-{number}" for number in range(14)),
    ]


def test_a_sign_that_is_mended_is_not_in_the_window_any_more(house: House, pilot: Pilot) -> None:
    view = house.do(portfolio.signs_of, MAYA, pilot.id)
    assert "no sign of a stall" in str(view)


@pytest.fixture
def late(house: House) -> Pilot:
    """A pilot whose time in its stage is up, with a team whose cost in a week is known."""
    made = owned(house)
    promoted(house, made.id, "pilot")
    house.later(days=91)
    look(house)
    return house.pilot(made.id)


def test_a_decision_that_was_put_off_says_by_whom_and_why_each_time_the_last(
    house: House, late: Pilot
) -> None:
    for by, why, until in ((MAYA, "The supplier is late.", 20), (JONAS, "The budget is not settled.", 40)):
        seen = seen_decision(house.pilot(late.id))
        day = house.now.date().toordinal() + until
        house.do(extending.extend, by, late.id, seen, why, house.now.date().fromordinal(day))
    body = house.do(portfolio.status_of, MAYA, late.id)
    (decision,) = (one for one in body["blocks"] if one["block_id"] == "decision")
    said = decision["text"]["text"]
    assert "put off twice" in said
    assert f"Last by <@{JONAS}>: “The budget is not settled.”" in said
    assert "supplier" not in said


def test_what_standing_still_has_cost_stands_with_the_clocks(house: House, late: Pilot) -> None:
    weekly = Value(kind=AnswerKind.MONEY, number=Decimal(4000), unit="EUR")
    say(house, late, "team-cost", IN_PLACE.model_copy(update={"value": weekly}))
    house.later(days=14 + 25)
    look(house)
    body = house.do(portfolio.status_of, MAYA, late.id)
    assert ids(body)[:3] == ["verdict", "clocks", "idle"]
    (idle,) = (one for one in body["blocks"] if one["block_id"] == "idle")
    assert "Standing still has cost 3 weeks" in str(idle)
    assert "12,000" in str(idle)
