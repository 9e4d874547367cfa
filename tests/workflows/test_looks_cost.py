"""What a look at a pilot costs, in statements: it follows every change, so it reads each thing once."""

from typing import Any

from sqlalchemy import event

from bot.desk import Desk, Rooms
from bot.domain.pilots import Pilot
from bot.domain.values import PREFLIGHT, Occasion
from bot.watching import workflow as watching
from storage.transaction import Tx

from .conftest import MAYA, REVIEWS, WORKSPACE, House
from .looked_at import NOT_YET, look, owned, pass_days, say
from .reopened import approve, put_in_place

ORDINARY = 17
"""Statements of a look at a pilot with which all is well."""
TROUBLED = 18
"""The same where it stalls, people hear of it, and its day of decision is set."""


def looked(house: House, pilot: Pilot) -> list[str]:
    """Return the statements of a look."""
    said: list[str] = []

    def note(*told: Any) -> None:
        said.append(str(told[2]))

    def within(tx: Tx) -> None:
        at = Occasion(workspace_id=WORKSPACE, actor_id=PREFLIGHT, now=house.now)
        desk = Desk(tx, at, house.library, Rooms(review=REVIEWS))
        event.listen(tx.connection, "before_cursor_execute", note)
        watching.look(desk, pilot.id)
        event.remove(tx.connection, "before_cursor_execute", note)

    house.store.write_sync(within, now=house.now)
    return said


def test_an_ordinary_look_reads_each_thing_once(house: House) -> None:
    pilot = owned(house)
    look(house)
    house.later(hours=1)
    say(house, pilot, "problem")
    found = looked(house, pilot)
    assert len(found) <= ORDINARY, "\n\n".join(found)


def test_a_look_behind_a_gate_costs_hardly_more(house: House, pilot: Pilot) -> None:
    put_in_place(house, pilot)
    approve(house, pilot)
    house.later(hours=1)
    found = looked(house, pilot)
    assert len(found) <= TROUBLED, "\n\n".join(found)


def test_a_look_at_a_pilot_in_trouble_costs_little_when_nothing_is_new(house: House) -> None:
    pilot = owned(house)
    say(house, pilot, "problem", NOT_YET, MAYA)
    pass_days(house, 95)
    found = looked(house, pilot)
    assert len(found) <= TROUBLED, "\n\n".join(found)
