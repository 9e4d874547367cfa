"""Somebody who answers for very many pilots leaves: no transaction grows with how many those are."""

from bot.domain.matters import MatterKind
from bot.domain.pilots import Pilot
from bot.domain.values import PREFLIGHT
from bot.handover import workflow as handovers
from bot.handover.workflow import AT_A_TIME
from bot.nudges import digest
from bot.nudges.digest import PILOTS_AT_A_TIME
from bot.pilots import workflow as pilots
from bot.reopening import workflow as reopening
from bot.watching import workflow as watching

from .conftest import JONAS, MAYA, PRIYA, SAM, WORKSPACE, House, registration
from .nudged import only, told

MANY = reopening.LOOKS_AT_A_TIME + 3


def many(house: House) -> list[Pilot]:
    return [house.do(pilots.register, MAYA, registration(name=f"Pilot {n}")) for n in range(MANY)]


def leaves(house: House, user_id: str) -> None:
    person = house.store.read_sync(lambda tx: tx.people.get(WORKSPACE, user_id))
    assert person
    gone = person.model_copy(update={"deactivated": True})
    house.store.write_sync(lambda tx: tx.people.remember(gone))


def test_some_pilots_are_looked_at_at_once_and_the_others_in_the_next_minute(house: House) -> None:
    made = many(house)
    house.later(hours=1)
    leaves(house, JONAS)
    while house.do(reopening.ask_no_more, PREFLIGHT, JONAS):
        pass
    assert house.do(reopening.person_gone, PREFLIGHT, JONAS) == MANY
    put_off = [one for one in made if house.pilot(one.id).next_look_at == house.now]
    assert len(put_off) == 3
    assert house.do(reopening.sweep, PREFLIGHT) == 3
    assert house.do(reopening.sweep, PREFLIGHT) == 0


def test_who_was_proposed_for_many_is_asked_no_more_in_portions(house: House) -> None:
    many(house)
    leaves(house, JONAS)
    assert house.do(handovers.gone, PREFLIGHT, JONAS) == AT_A_TIME
    assert house.do(handovers.gone, PREFLIGHT, JONAS) == MANY - AT_A_TIME
    assert house.do(handovers.gone, PREFLIGHT, JONAS) == 0


def test_who_hears_of_many_is_told_in_a_transaction_without_many_others(house: House) -> None:
    half = PILOTS_AT_A_TIME // 2
    owners = [owner for owner in (JONAS, PRIYA, SAM) for _ in range(half)]
    only(house, MatterKind.QUIET)
    for number, owner_id in enumerate(owners):
        house.do(pilots.register, MAYA, registration(name=f"Pilot {number}", owner_id=owner_id))
    house.later(days=14)
    while house.do(watching.sweep, PREFLIGHT):
        pass
    assert [house.do(digest.sweep, PREFLIGHT) for _ in range(3)] == [2, 1, 0]
    assert len(told(house, SAM)) == len(told(house, JONAS)) == 1
