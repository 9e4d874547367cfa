"""When somebody wants to hear: what the form keeps, what it refuses, and that what waits follows it at once."""

from datetime import date

import pytest

from bot.domain.calendar import Away
from bot.domain.matters import MatterKind
from bot.domain.notices import Preference
from bot.nudges import errors, preferring
from bot.nudges.preferring import Filled
from bot.pilots import workflow as pilots
from bot.pilots.errors import FieldRefusal, FieldsRefused, OnlyMembers

from .conftest import GUEST, JONAS, MAYA, WORKSPACE, House, registration
from .nudged import comes_back, days_pass, due_at, only, told

WEEKDAYS = ("0", "1", "2", "3", "4")
CHRISTMAS = Away(first=date(2026, 12, 24), last=date(2027, 1, 6))


def filled(
    hours: tuple[str, str] = ("9", "17"),
    days: tuple[str, ...] = WEEKDAYS,
    keep: tuple[str, ...] = (),
    away: tuple[date | None, date | None] = (None, None),
) -> Filled:
    return Filled(*hours, days, keep, *away)


def kept(house: House, person: str = JONAS) -> Preference | None:
    return house.store.read_sync(lambda tx: tx.preferences.get(WORKSPACE, person))


def test_what_is_as_the_company_has_it_follows_the_company(house: House) -> None:
    house.do(preferring.prefer, JONAS, filled())
    assert kept(house) == Preference(workspace_id=WORKSPACE, user_id=JONAS)
    house.do(preferring.prefer, JONAS, filled(("7", "15"), ("6", "0", "1")))
    own = kept(house)
    assert own
    assert (own.from_hour, own.until_hour, own.days) == (7, 15, (0, 1, 6))


def test_days_away_are_added_one_by_one_and_taken_away_by_unticking(house: House) -> None:
    house.do(preferring.prefer, JONAS, filled(away=(CHRISTMAS.first, CHRISTMAS.last)))
    one_day = Away(first=date(2026, 12, 1), last=date(2026, 12, 1))
    house.do(
        preferring.prefer,
        JONAS,
        filled(keep=("2026-12-24 2027-01-06",), away=(one_day.first, one_day.last)),
    )
    own = kept(house)
    assert own
    assert own.away == (one_day, CHRISTMAS)
    house.do(preferring.prefer, JONAS, filled(keep=("2026-12-24 2027-01-06", "1999-01-01 1999-01-02")))
    assert house.do(preferring.reminders_of, JONAS).away == (CHRISTMAS,)


@pytest.mark.parametrize(
    ("form", "refused"),
    [
        (filled(("17", "9")), errors.HoursTurned("until")),
        (filled(("9", "9")), errors.HoursTurned("until")),
        (filled(("", "")), errors.HoursTurned("until")),
        (filled(("-1", "99")), errors.HoursTurned("until")),
        (filled(("24", "25")), errors.HoursTurned("until")),
        (filled(days=()), errors.NoDays("days")),
        (filled(days=("7", "x", "")), errors.NoDays("days")),
        (filled(away=(CHRISTMAS.first, None)), errors.AwayHalf("last")),
        (filled(away=(None, CHRISTMAS.last)), errors.AwayHalf("first")),
        (filled(away=(CHRISTMAS.last, CHRISTMAS.first)), errors.AwayTurned("last")),
        (filled(away=(CHRISTMAS.first, date(2029, 1, 6))), errors.AwayTooFar("last", last="23 Nov 2027")),
        (filled(away=(date(2026, 1, 1), date(2026, 1, 2))), errors.AwayOver("last")),
    ],
)
def test_what_cannot_be_is_said_at_its_field(house: House, form: Filled, refused: FieldRefusal) -> None:
    with pytest.raises(FieldsRefused) as raised:
        house.do(preferring.prefer, JONAS, form)
    assert [(type(one), one.field) for one in raised.value.fields] == [(type(refused), refused.field)]
    assert kept(house) is None


def test_there_is_an_end_to_days_away(house: House) -> None:
    keep: list[str] = []
    for day in range(1, preferring.MOST_AWAY + 1):
        house.do(
            preferring.prefer, JONAS, filled(keep=tuple(keep), away=(date(2027, 1, day), date(2027, 1, day)))
        )
        keep.append(f"2027-01-{day:02} 2027-01-{day:02}")
    with pytest.raises(FieldsRefused):
        house.do(preferring.prefer, JONAS, filled(keep=tuple(keep), away=(CHRISTMAS.first, CHRISTMAS.last)))


def test_guests_have_no_reminders_to_set(house: House) -> None:
    with pytest.raises(OnlyMembers):
        house.do(preferring.prefer, GUEST, filled())


def test_what_waits_is_told_when_the_new_hours_say_so(house: House) -> None:
    only(house, MatterKind.QUIET)
    house.do(pilots.register, MAYA, registration())
    comes_back(house, "2026-12-07T18:00+00:00")
    assert told(house, JONAS) == []
    house.do(preferring.prefer, JONAS, filled(("18", "22")))
    assert due_at(house, JONAS) == house.now
    days_pass(house, "2026-12-07T18:05+00:00")
    assert told(house, JONAS) == ["2026-12-07"]
