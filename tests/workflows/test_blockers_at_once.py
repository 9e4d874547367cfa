"""One person who says from two devices at the same instant what is in the way: it is one blocker, and one person who hears."""

from datetime import date

from bot.domain.matters import MatterKind
from bot.domain.notices import Blocker
from bot.nudges import blocking, errors
from bot.nudges.names import ActionId
from bot.pilots import workflow as pilots

from .conftest import JONAS, MAYA, PRIYA, House, registration
from .nudged import days_pass, only, value_of
from .test_gate_at_once import Act, Two, postgres_server, postgres_url, refusals, two

__all__ = ["postgres_server", "postgres_url", "two"]

UNTIL = date(2026, 12, 18)


def test_what_is_in_the_way_is_noted_once(two: Two) -> None:
    only(two.house, MatterKind.QUIET, MatterKind.BLOCKER)
    pilot = two.house.do(pilots.register, MAYA, registration())
    days_pass(two.house, "2026-12-07T09:00+00:00")
    line = value_of(two.house, JONAS, ActionId.BLOCKED)

    def says(what: str) -> Act:
        def act(house: House) -> Blocker:
            house.now = two.house.now
            return house.do(blocking.report, JONAS, line, what, PRIYA, UNTIL)

        return act

    came = two.at_once(*(says(f"Access {n}") for n in range(8)))
    assert {type(one) for one in refusals(came)} == {errors.Answered}
    (noted,) = [one for one in came if isinstance(one, Blocker)]
    kept = two.house.store.read_sync(lambda tx: tx.blockers.of_pilot(pilot.id))
    assert [one.id for one in kept] == [noted.id]
