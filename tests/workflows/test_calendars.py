"""When people work, as the company says and as they say themselves."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.domain.calendar import Away
from bot.domain.notices import Preference
from bot.domain.rhythm import NudgeRhythm
from bot.pilots import workflow as pilots
from bot.pilots.calendars import calendar_from, calendar_of, calendar_of_channel, calendars_of

from .conftest import JONAS, MAYA, SAM, WORKSPACE, House, registration

COMPANY = NudgeRhythm(from_hour=9, until_hour=17, closed=(date(2026, 12, 25),))


def said(**known: Any) -> Preference:
    return Preference(workspace_id=WORKSPACE, user_id=MAYA, **known)


def test_who_says_nothing_works_as_the_company_does_in_their_own_zone(house: House) -> None:
    found = house.do(calendar_of, MAYA, JONAS)
    assert (found.zone, found.from_hour, found.until_hour) == ("Europe/Berlin", 9, 17)
    assert house.do(calendar_of, MAYA, "U0STRANGER").zone == "UTC"
    assert house.do(calendar_of, MAYA, "S0PAYMENTS").zone == "UTC"


def test_hours_days_and_days_away_of_their_own_count(house: House) -> None:
    away = (Away(first=date(2026, 12, 1), last=date(2026, 12, 4)),)
    house.store.write_sync(
        lambda tx: tx.preferences.save(said(from_hour=7, days=(1, 2), away=away)), now=house.now
    )
    found = house.do(calendars_of, SAM, [MAYA, JONAS])
    assert (found[MAYA].from_hour, found[MAYA].until_hour, found[MAYA].days) == (7, 17, (1, 2))
    assert not found[MAYA].is_good(datetime(2026, 12, 2, 9, tzinfo=UTC))
    assert found[JONAS].is_good(datetime(2026, 12, 2, 9, tzinfo=UTC))


@pytest.mark.parametrize("hours", [{"from_hour": 18}, {"until_hour": 8}, {"from_hour": 20, "until_hour": 20}])
def test_hours_that_leave_no_hour_are_the_company_s(hours: dict[str, int]) -> None:
    found = calendar_from(COMPANY, said(**hours), "UTC")
    assert (found.from_hour, found.until_hour) == (9, 17)


def test_days_in_any_order_and_no_days_at_all() -> None:
    assert calendar_from(COMPANY, said(days=(4, 0, 0)), "UTC").days == (0, 4)
    assert calendar_from(COMPANY, said(days=()), "UTC").days == (0, 1, 2, 3, 4)
    assert calendar_from(COMPANY, None, "UTC").closed == {date(2026, 12, 25)}


def test_a_channel_is_told_in_the_hours_of_the_owner_or_of_the_champion_of_a_group_s_pilot(
    house: House,
) -> None:
    house.store.write_sync(lambda tx: tx.preferences.save(said(from_hour=6)), now=house.now)
    owned = house.do(pilots.register, MAYA, registration())
    assert house.do(calendar_of_channel, MAYA, owned).from_hour == 9
    group = owned.model_copy(update={"owner_id": "S0PAYMENTS"})
    assert house.do(calendar_of_channel, MAYA, group).from_hour == 6


def test_a_channel_does_not_wait_until_the_owner_is_back(house: House) -> None:
    away = (Away(first=date(2026, 1, 1), last=date(2027, 12, 31)),)
    house.store.write_sync(
        lambda tx: tx.preferences.save(Preference(workspace_id=WORKSPACE, user_id=JONAS, away=away)),
        now=house.now,
    )
    owned = house.do(pilots.register, MAYA, registration())
    assert not house.do(calendar_of, MAYA, JONAS).is_good(house.now)
    assert house.do(calendar_of_channel, MAYA, owned).is_good(house.now)
