"""A look that comes only when one is due finds all that a look at every moment finds, whatever happens to a pilot."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.answers import Reading, Value
from bot.domain.notices import Blocker
from bot.domain.people import Person
from bot.domain.pilots import Pilot
from bot.domain.playbook import AnswerKind
from bot.domain.values import PREFLIGHT
from bot.domain.waivers import day_of
from bot.handover import workflow as handovers
from bot.interview import workflow as interviews
from bot.stages import workflow as stages
from bot.watching import workflow as watching
from prompts.library import Library
from storage.transaction import Tx
from tests.fresh import KeptEngines, fresh_database
from tests.unit.watching import EVERYTHING, PLAYBOOK

from .conftest import JONAS, MAYA, SAM, WORKSPACE, House, _settle_in
from .looked_at import IN_PLACE, NOT_YET, heard, look, registered, say, signals
from .staged import promoted

Deed = Callable[[House, Pilot, random.Random], None]


def answers(house: House, pilot: Pilot, dice: random.Random) -> None:
    for _ in range(dice.randint(1, 6)):
        say(house, pilot, dice.choice(EVERYTHING), _reading(dice))


def _reading(dice: random.Random) -> Reading:
    amount = Value(kind=AnswerKind.MONEY, number=Decimal(dice.randint(1, 9)), unit="EUR")
    return dice.choice([IN_PLACE, IN_PLACE, NOT_YET, IN_PLACE.model_copy(update={"value": amount})])


def asks_questions(house: House, pilot: Pilot, dice: random.Random) -> None:
    del dice
    if not house.store.read_sync(lambda tx: tx.interviews.open_of(pilot.id)):
        house.do(interviews.start, MAYA, pilot.id)


def goes_on(house: House, pilot: Pilot, dice: random.Random) -> None:
    order = [stage.id for stage in PLAYBOOK.stages]
    following = order[order.index(house.pilot(pilot.id).stage) + 1 :][:1]
    promoted(house, pilot.id, *following)
    del dice


def waits(house: House, pilot: Pilot, dice: random.Random) -> None:
    until = day_of(house.now) + timedelta(days=dice.randint(2, 30))
    if house.pilot(pilot.id).hold is None:
        house.do(stages.hold, MAYA, pilot.id, "", "The freeze.", until)
    else:
        house.do(stages.resume, MAYA, pilot.id)


def is_handed_over(house: House, pilot: Pilot, dice: random.Random) -> None:
    house.do(handovers.propose, MAYA, pilot.id, dice.choice([JONAS, SAM]))


def is_blocked(house: House, pilot: Pilot, dice: random.Random) -> None:
    made = Blocker(
        id=f"{dice.random()}",
        workspace_id=WORKSPACE,
        pilot_id=pilot.id,
        what="The access",
        by_id=SAM,
        reported_by=MAYA,
        reported_at=house.now,
        due_on=day_of(house.now) + timedelta(days=dice.randint(0, 12)),
    )
    house.store.write_sync(lambda tx: tx.blockers.add(made), now=house.now)
    _is_to_be_looked_at(house, pilot)


def loses_its_champion(house: House, pilot: Pilot, dice: random.Random) -> None:
    del dice
    _is_guest(house, pilot, guest=True)


def _is_guest(house: House, pilot: Pilot, *, guest: bool) -> None:
    """Let its champion be a guest from now on, or a full member again."""
    there = Person(workspace_id=WORKSPACE, user_id=MAYA, name="Maya", time_zone="Europe/Berlin", guest=guest)
    house.store.write_sync(lambda tx: tx.people.remember(there), now=house.now)
    _is_to_be_looked_at(house, pilot)


def _is_to_be_looked_at(house: House, pilot: Pilot) -> None:
    def write(tx: Tx) -> None:
        tx.pilots.set_next_nudge(pilot.id, house.now)

    house.store.write_sync(write, now=house.now)


DEEDS: tuple[Deed, ...] = (
    answers,
    answers,
    asks_questions,
    goes_on,
    waits,
    is_handed_over,
    is_blocked,
    loses_its_champion,
)


@pytest.fixture
def houses(tmp_path: Path, library: Library, kept_engines: KeptEngines) -> Iterator[tuple[House, House]]:
    with ExitStack() as stack:
        both = []
        for name in ("when_due", "always"):
            store = stack.enter_context(kept_engines.store(fresh_database(tmp_path / f"{name}.db")))
            store.write_sync(_settle_in)
            both.append(House(store, library))
        yield both[0], both[1]


@pytest.mark.parametrize("seed", range(2))
def test_what_is_due_is_found_when_it_is_due(houses: tuple[House, House], seed: int) -> None:
    lives(houses, seed, deeds=5, waits_days=(1, 3, 12))


@pytest.mark.faults(seconds=7)
@pytest.mark.parametrize("seed", range(1))
def test_what_is_due_is_found_when_it_is_due_in_a_long_life(houses: tuple[House, House], seed: int) -> None:
    lives(houses, seed, deeds=20, waits_days=(1, 3, 12, 40))


def lives(houses: tuple[House, House], seed: int, *, deeds: int, waits_days: tuple[int, ...]) -> None:
    """Let the same happen in two houses; in one of them everything is looked at all the time."""
    when_due, always = houses
    first, second = registered(when_due), registered(always)
    dice = random.Random(seed)
    for _ in range(deeds):
        deed, story = dice.choice(DEEDS), dice.random()
        for house, pilot in ((when_due, first), (always, second)):
            _is_guest(house, pilot, guest=False)  # or they could do nothing
            deed(house, pilot, random.Random(story))
        for _ in range(dice.choice(waits_days) * 2):
            for house in houses:
                house.later(hours=12)
            look(when_due)
            always.do(watching.look, PREFLIGHT, second.id)
            assert found(when_due, first) == found(always, second), when_due.now


def found(house: House, pilot: Pilot) -> object:
    """Return all that a look leaves, in words that hold no ids."""
    now = house.pilot(pilot.id)
    raised = {cause: (one.severity, one.why) for cause, one in signals(house, pilot).items()}
    return raised, sorted(heard(house, pilot)), now.severity, now.decide_on, now.stalled_since
