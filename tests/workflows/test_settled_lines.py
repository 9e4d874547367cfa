"""What is said of what waits, wherever it stands: what a line says once it is settled, and which ways a decision has."""

from datetime import date

from bot.domain.matters import MatterKind
from bot.nudges import muting
from bot.nudges.names import ActionId
from bot.pilots import workflow as pilots
from bot.pilots.messages import ActionId as PilotActionId
from bot.portfolio import workflow as portfolio
from bot.stages import extending
from bot.stages.seen import seen_decision
from prompts.library import Library

from .conftest import JONAS, MAYA, House, registration, words_of
from .nudged import controls, days_pass, only, said

MORNING = "2026-12-15T09:00+00:00"


def test_two_lines_of_a_pilot_that_is_muted_say_so_once(house: House) -> None:
    only(house, MatterKind.QUIET, MatterKind.OWNER)
    house.do(pilots.register, MAYA, registration())
    days_pass(house, MORNING)
    value = controls(house, JONAS)[ActionId.MUTE]
    assert said(house, JONAS).count("Refund triage") >= 1
    house.do(muting.mute, JONAS, value, "The budget round decides", date(2027, 1, 15))
    assert said(house, JONAS).count("muted until") == 1
    assert "Nothing more waits for you here" in said(house, JONAS)


def test_a_decision_that_was_put_off_says_until_when(house: House) -> None:
    book = house.library.playbook
    short = tuple(one.model_copy(update={"decide_after_days": 20}) for one in book.stages)
    house.library = Library(book.model_copy(update={"stages": short}), house.library.templates)
    only(house, MatterKind.DECISION)
    pilot = house.do(pilots.register, MAYA, registration())
    days_pass(house, "2026-12-15T20:00+00:00")
    seen, until = seen_decision(house.pilot(pilot.id)), date(2027, 1, 29)
    house.do(extending.extend, JONAS, pilot.id, seen, "The peak comes first", until)
    for person in (JONAS, MAYA):
        assert "the decision was put off to" in said(house, person)


def test_a_pilot_that_began_where_it_is_has_no_stage_to_go_back_to(house: House) -> None:
    book = house.library.playbook
    short = tuple(one.model_copy(update={"decide_after_days": 20}) for one in book.stages)
    before = short[0].model_copy(update={"id": "idea", "title": "Idea"})
    way = {"stages": (before, *short), "first_stage": "idea", "may_start_in": ("pilot",)}
    house.library = Library(book.model_copy(update=way), house.library.templates)
    only(house, MatterKind.DECISION)
    house.do(pilots.register, MAYA, registration(stage="pilot"))
    days_pass(house, "2026-12-15T20:00+00:00")
    awaits = words_of(house.do(portfolio.mine, JONAS, None))
    assert "decide whether it goes on" in awaits
    assert PilotActionId.EXTEND in awaits
    assert PilotActionId.ROLL_BACK not in awaits
    assert PilotActionId.ROLL_BACK not in controls(house, JONAS)
