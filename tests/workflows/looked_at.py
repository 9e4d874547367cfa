"""Pilots that are looked at, on the small way of the rules' tests, for the tests of signals and of days of decision."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.domain.answers import Reading, Status, Value
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind
from bot.domain.signals import Signal
from bot.domain.values import PREFLIGHT
from bot.handover import workflow as handovers
from bot.handover.workflow import Entered
from bot.interview import workflow as interviews
from bot.pilots import workflow as pilots
from bot.watching import workflow as watching
from prompts.library import Library
from storage.transaction import Tx
from tests.unit.watching import PLAYBOOK

from .conftest import JONAS, MAYA, House, registration

A_WEEK = timedelta(days=7)
IN_PLACE = Reading(status=Status.IN_PLACE, detail="Live since 3 March", evidence=("https://a.example/proof",))
NOT_YET = Reading(status=Status.NOT_YET, detail="Not any more")


def on_the_small_way(house: House) -> None:
    """Let the house work by the playbook of the rules' tests."""
    house.library = Library(PLAYBOOK, house.library.templates, house.library.earlier)


def registered(house: House, **changed: Any) -> Pilot:
    on_the_small_way(house)
    made: Pilot = house.do(pilots.register, MAYA, registration(**changed))
    return made


def owned(house: House, **changed: Any) -> Pilot:
    """Register a pilot whose owner accepts at once."""
    pilot = registered(house, **changed)
    asked = house.store.read_sync(lambda tx: tx.handovers.proposed_of(pilot.id))
    assert asked
    entered = Entered("https://wiki.example/runbook", (), "the on-call rota", house.now.date() + A_WEEK)
    house.do(handovers.accept, JONAS, asked.id, entered)
    return house.pilot(pilot.id)


def look(house: House) -> int:
    """Do the minute's work of looking, until nothing is due."""
    looked = 0
    while count := house.do(watching.sweep, PREFLIGHT):
        looked += count
    return looked


def next_look(house: House, pilot: Pilot) -> datetime | None:
    """Look at a pilot that has changed, and return when the next look is due; None where nothing is expected of it."""
    look(house)
    return house.pilot(pilot.id).next_nudge_at


def pass_days(house: House, days: int) -> None:
    """Let days pass, looking at the hours at which the worker would."""
    for _ in range(days * 4):
        house.later(hours=6)
        look(house)


def say(house: House, pilot: Pilot, item_id: str, reading: Reading = IN_PLACE, by: str = MAYA) -> None:
    house.do(interviews.change_answer, by, pilot.id, item_id, reading)


def costs(amount: str) -> Reading:
    value = Value(kind=AnswerKind.MONEY, number=Decimal(amount), unit="EUR")
    return IN_PLACE.model_copy(update={"value": value, "detail": f"{amount} €"})


def all_in_place(house: House, pilot: Pilot, *but: str) -> None:
    """Answer everything that the gate ahead asks for."""
    gate = house.library.playbook.gate_from(house.pilot(pilot.id).stage)
    assert gate
    for item in house.library.playbook.items_of(gate):
        if item.id not in but:
            say(house, pilot, item.id)


def signals(house: House, pilot: Pilot) -> dict[str, Signal]:
    """Return what is raised, by cause."""
    return {one.cause: one for one in house.store.read_sync(lambda tx: tx.signals.raised_of(pilot.id))}


def heard(house: House, pilot: Pilot) -> list[tuple[str, int, str]]:
    """Return who is to hear of what, or heard: kind, rung and person, oldest first."""

    def read(tx: Tx) -> list[tuple[str, int, str]]:
        return [(one.kind.value, one.rung, one.person_id) for one in tx.notices.of_pilot(pilot.id)]

    return house.store.read_sync(read)
