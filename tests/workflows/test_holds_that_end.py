"""A hold ends on its day by itself, whatever else happens to the pilot in the seconds, or the outage, before that is seen to."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.domain.pilots import Pilot
from bot.domain.values import PREFLIGHT
from bot.interview import workflow as interviews
from bot.reopening import workflow as reopening
from bot.stages import workflow as stages

from .conftest import MAYA, House
from .reopened import approve, put_in_place, sweep

UNTIL = date(2026, 12, 11)
ITS_DAY = datetime.combine(UNTIL, time(), tzinfo=UTC)


@pytest.mark.parametrize("late", [timedelta(), timedelta(seconds=20), timedelta(days=40)])
@pytest.mark.parametrize("approved", [False, True])
def test_a_change_that_comes_first_keeps_no_hold_alive(
    house: House, pilot: Pilot, late: timedelta, *, approved: bool
) -> None:
    if approved:
        put_in_place(house, pilot)
        approve(house, pilot)
    house.do(stages.hold, MAYA, pilot.id, "", "The billing system is replaced.", UNTIL)
    house.now = ITS_DAY + late
    house.do(interviews.start, MAYA, pilot.id)
    assert house.pilot(pilot.id).hold is not None
    assert sweep(house) == 1
    assert house.pilot(pilot.id).hold is None
    assert house.audited(pilot.id)[-1] in {"pilot.resumed", "pilot.reopened"}
    assert sweep(house) == 0


def test_until_its_day_a_hold_lasts(house: House, pilot: Pilot) -> None:
    house.do(stages.hold, MAYA, pilot.id, "", "The billing system is replaced.", UNTIL)
    house.now = ITS_DAY - timedelta(seconds=1)
    house.do(interviews.start, MAYA, pilot.id)
    assert house.do(reopening.sweep, PREFLIGHT) == 0
    assert house.pilot(pilot.id).next_look_at == ITS_DAY
