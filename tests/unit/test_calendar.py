"""When somebody may be told, in any zone and at any hour: in their hours, on a working day, never while they are away."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings, strategies as st
from pydantic import ValidationError

from bot.domain.calendar import GIVES_UP_AFTER, MOST_WORKING_DAYS, Away, Calendar, zone_of

unhurried = settings(deadline=None, derandomize=True)
"""Other tests run beside these, and a run should say the same twice."""

ZONES = [
    "UTC",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "America/Los_Angeles",
    "Europe/Lisbon",
    "Europe/Berlin",
    "Pacific/Apia",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "Pacific/Chatham",  # changes its clocks at a quarter to
    "Africa/Cairo",  # changes them at midnight, and has its weekend on Friday and Saturday
    "Atlantic/Azores",  # goes back from one o'clock to midnight
    "America/Nuuk",  # goes back from midnight to the evening before
]
FIRST, LAST = date(2024, 1, 1), date(2030, 12, 31)
DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)

WEEKS = [(0, 1, 2, 3, 4), (0, 1, 2, 3, 6), (0, 1, 2, 3, 4, 5, 6), (2,), (0, 6)]
days = st.dates(FIRST, LAST)
instants = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants bounds without a zone and adds it


def changes_of(zone: str, years: range) -> list[datetime]:
    """Return the instants at which the clocks of a zone change, to the minute."""
    found = []
    at, minute = datetime(years[0], 1, 1, tzinfo=UTC), timedelta(minutes=1)
    while at.year in years:
        if at.astimezone(ZoneInfo(zone)).utcoffset() != (at + DAY).astimezone(ZoneInfo(zone)).utcoffset():
            change = at
            while change.astimezone(ZoneInfo(zone)).utcoffset() == at.astimezone(ZoneInfo(zone)).utcoffset():
                change += minute
            found.append(change)
        at += DAY
    return found


CHANGES = {zone: changes_of(zone, range(2026, 2028)) for zone in ZONES}


# Each is made once: making one for every example that is drawn takes longer than drawing it.
zones = st.sampled_from(ZONES)
near_a_change = st.timedeltas(-3 * DAY, 3 * DAY) | st.timedeltas(-timedelta(hours=3), timedelta(hours=3))
near_midnight = st.timedeltas(-timedelta(hours=1), timedelta(hours=1))


def close_to(zone: str) -> st.SearchStrategy[datetime]:
    """Instants, often close to a change of a zone's clocks or to its midnight."""
    midnights = days.map(lambda day: datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC))
    kinds = [instants, st.builds(lambda at, by: at + by, midnights, near_midnight)]
    if CHANGES[zone]:
        kinds.append(st.builds(lambda at, by: at + by, st.sampled_from(CHANGES[zone]), near_a_change))
    return st.one_of(kinds)


CLOSE_TO = {zone: close_to(zone) for zone in ZONES}
hours = st.sampled_from([(first, last) for first in range(24) for last in range(first + 1, 25)])
weeks = st.sampled_from(WEEKS)
near = st.integers(-20, 40)
some_days = st.frozensets(near, max_size=8)
spells = st.lists(st.tuples(near, st.integers(0, 30)), max_size=3)


def calendar_drawn(draw: st.DrawFn, zone: str, around: date) -> Calendar:
    """Draw how somebody works, with days off around a day."""
    from_hour, until_hour = draw(hours)
    return Calendar(
        zone=zone,
        from_hour=from_hour,
        until_hour=until_hour,
        days=draw(weeks),
        closed=frozenset(around + n * DAY for n in draw(some_days)),
        away=tuple(Away(first=around + n * DAY, last=around + (n + more) * DAY) for n, more in draw(spells)),
    )


@st.composite
def somebody_at(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """Draw somebody, and an instant of theirs."""
    zone = draw(zones)
    now = draw(CLOSE_TO[zone])
    return calendar_drawn(draw, zone, now.date()), now


@st.composite
def somebody_on(draw: st.DrawFn) -> tuple[Calendar, date]:
    """Draw somebody, and a day of theirs."""
    day = draw(days)
    return calendar_drawn(draw, draw(zones), day), day


def is_good(calendar: Calendar, at: datetime) -> bool:
    """The same in other words than the rule's."""
    local = at.astimezone(ZoneInfo(calendar.zone))
    day = local.date()
    there = all(day < one.first or day > one.last for one in calendar.away)
    works = local.strftime("%a") in [
        ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[weekday] for weekday in calendar.days
    ]
    minutes = local.hour * 60 + local.minute
    return (
        works
        and there
        and day not in calendar.closed
        and calendar.from_hour * 60 <= minutes < calendar.until_hour * 60
    )


@settings(unhurried, max_examples=150)
@given(somebody_at())
def test_the_next_good_time_is_in_hours_on_a_working_day_when_they_are_not_away(
    drawn: tuple[Calendar, datetime],
) -> None:
    calendar, now = drawn
    at = calendar.next_good(now)
    assert at >= now
    assert is_good(calendar, at)
    assert calendar.is_good(at)
    assert calendar.next_good(at) == at
    assert calendar.is_good(now) == is_good(calendar, now) == (at == now)


@settings(unhurried, max_examples=60)
@given(somebody_at())
def test_no_earlier_good_time_is_passed_over(drawn: tuple[Calendar, datetime]) -> None:
    calendar, now = drawn
    at, passed_over = calendar.next_good(now), now
    while passed_over < min(at, now + 12 * DAY):
        assert not is_good(calendar, passed_over)
        passed_over += QUARTER


@settings(unhurried, max_examples=200)
@given(
    somebody_at(),
    st.one_of(st.timedeltas(timedelta(0), 40 * DAY), st.timedeltas(timedelta(0), timedelta(hours=4))),
)
def test_who_asks_later_is_told_no_earlier(drawn: tuple[Calendar, datetime], later: timedelta) -> None:
    calendar, now = drawn
    assert calendar.next_good(now + later) >= calendar.next_good(now)
    assert calendar.next_day(now + later) >= calendar.next_day(now)


@settings(unhurried, max_examples=150)
@given(somebody_at())
def test_the_next_day_is_another_day_at_the_beginning_of_their_hours(
    drawn: tuple[Calendar, datetime],
) -> None:
    calendar, now = drawn
    at = calendar.next_day(now)
    assert calendar.day_of(at) > calendar.day_of(now)
    assert is_good(calendar, at)
    assert not is_good(calendar, at - timedelta(seconds=1)) or calendar.from_hour == 0
    assert at == calendar.start_of(calendar.day_of(at))
    assert calendar.next_day(at) > at


@settings(unhurried, max_examples=150)
@given(somebody_at(), st.integers(-2, 2))
def test_the_hours_of_a_day_begin_at_their_hour_or_when_the_clocks_have_skipped_it(
    drawn: tuple[Calendar, datetime], away_by: int
) -> None:
    calendar, now = drawn
    zone, day = ZoneInfo(calendar.zone), calendar.day_of(now) + away_by * DAY
    at = calendar.start_of(day)
    local, wanted = at.astimezone(zone), datetime.combine(day, time(calendar.from_hour))
    assert at.utcoffset() == timedelta(0)
    if local.replace(tzinfo=None) != wanted:
        moment_before = (at - timedelta(microseconds=1)).astimezone(zone).replace(tzinfo=None)
        assert moment_before < wanted < local.replace(tzinfo=None)
        assert at in CHANGES[calendar.zone] or at.year not in (2026, 2027)
    else:
        assert local.fold == 0


@pytest.mark.parametrize(
    ("zone", "day", "from_hour", "begins"),
    [
        ("Europe/Berlin", "2026-03-29", 9, "2026-03-29T07:00Z"),
        ("Europe/Berlin", "2026-03-28", 9, "2026-03-28T08:00Z"),
        ("Europe/Berlin", "2026-03-29", 2, "2026-03-29T01:00Z"),  # two o'clock is three o'clock
        (
            "Europe/Berlin",
            "2026-10-25",
            2,
            "2026-10-25T00:00Z",
        ),  # two o'clock comes twice; the first one counts
        ("Pacific/Chatham", "2026-09-27", 3, "2026-09-26T14:00Z"),  # skipped until a quarter to four
        ("Australia/Lord_Howe", "2026-10-04", 2, "2026-10-03T15:30Z"),
        ("America/Los_Angeles", "2026-11-01", 9, "2026-11-01T17:00Z"),
        ("Asia/Kathmandu", "2026-11-02", 0, "2026-11-01T18:15Z"),
        ("Africa/Cairo", "2026-04-24", 0, "2026-04-23T22:00Z"),  # a day without a midnight
        ("Pacific/Apia", "2011-12-30", 9, "2011-12-30T10:00Z"),  # a day that was none
        ("Nowhere/Land", "2026-11-02", 9, "2026-11-02T09:00Z"),
    ],
)
def test_hours_begin(zone: str, day: str, from_hour: int, begins: str) -> None:
    calendar = Calendar(zone=zone, from_hour=from_hour, until_hour=from_hour + 1)
    assert calendar.start_of(date.fromisoformat(day)) == datetime.fromisoformat(begins)


def test_an_hour_that_the_clocks_skip_is_made_up_for_on_the_next_working_day() -> None:
    calendar = Calendar(zone="Europe/Berlin", from_hour=2, until_hour=3, days=(0, 6))
    found = calendar.next_good(datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert found == datetime(2026, 3, 30, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "week", "now", "told"),
    [
        ("Europe/Berlin", (0, 1, 2, 3, 4), "2026-11-20T16:59+01:00", "2026-11-20T16:59+01:00"),
        ("Europe/Berlin", (0, 1, 2, 3, 4), "2026-11-20T17:00+01:00", "2026-11-23T09:00+01:00"),
        ("Europe/Berlin", (0, 1, 2, 3, 4), "2026-11-20T08:59+01:00", "2026-11-20T09:00+01:00"),
        ("Africa/Cairo", (0, 1, 2, 3, 6), "2026-11-19T18:00+02:00", "2026-11-22T09:00+02:00"),
        ("Africa/Cairo", (0, 1, 2, 3, 6), "2026-11-20T10:00+02:00", "2026-11-22T09:00+02:00"),
        ("Pacific/Auckland", (0, 1, 2, 3, 4), "2026-11-20T12:00+00:00", "2026-11-23T09:00+13:00"),
        ("America/Los_Angeles", (0, 1, 2, 3, 4), "2026-11-23T00:00+00:00", "2026-11-23T09:00-08:00"),
    ],
)
def test_weekends_and_evenings_wait(zone: str, week: tuple[int, ...], now: str, told: str) -> None:
    calendar = Calendar(zone=zone, days=week)
    assert calendar.next_good(datetime.fromisoformat(now)) == datetime.fromisoformat(told)


def test_days_off_count_differently_for_the_company_and_for_one_person() -> None:
    """A week of the company's own does not age a matter; a week of one person's does, although they hear of it later."""
    monday, friday = date(2026, 11, 23), date(2026, 11, 27)
    week = frozenset(monday + n * DAY for n in range(5))
    closed, away = Calendar(closed=week), Calendar(away=(Away(first=monday, last=friday),))
    after = datetime(2026, 11, 20, 18, tzinfo=UTC)
    for one in (closed, away):
        assert one.next_good(after) == one.next_day(after) == datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert closed.working_days(date(2026, 11, 20), date(2026, 11, 30)) == 1
    assert away.working_days(date(2026, 11, 20), date(2026, 11, 30)) == 6
    assert closed.shifted(date(2026, 11, 20), 1) == date(2026, 11, 30)
    assert away.shifted(date(2026, 11, 20), 1) == monday


@settings(unhurried, max_examples=150)
@given(somebody_on(), st.integers(-90, 90))
def test_there_and_back_again_is_the_same_working_day(drawn: tuple[Calendar, date], by: int) -> None:
    calendar, day = drawn
    there = calendar.shifted(day, by)
    assert calendar.is_working(there)
    if calendar.is_working(day):
        assert calendar.shifted(there, -by) == day
    if by > 0:
        assert calendar.working_days(day, there) == by
    elif by < 0:
        assert calendar.working_days(there, day) == -by - (not calendar.is_working(day))
    else:
        assert there >= day
        assert calendar.working_days(day, there) == (there != day)


@settings(unhurried, max_examples=200)
@given(somebody_on(), st.integers(-60, 60), st.integers(0, 60))
def test_more_working_days_lead_further(drawn: tuple[Calendar, date], by: int, more: int) -> None:
    calendar, day = drawn
    assume(calendar.is_working(day))
    first, second = calendar.shifted(day, by), calendar.shifted(day, by + more)
    assert second >= first
    assert (second == first) == (more == 0)
    assert calendar.shifted(first, more) == second


@settings(unhurried, max_examples=200)
@given(somebody_on(), st.lists(st.integers(0, 500), min_size=3, max_size=3))
def test_working_days_add_up(drawn: tuple[Calendar, date], ahead: list[int]) -> None:
    calendar, day = drawn
    first, middle, last = (day + n * DAY for n in sorted(ahead))
    assert calendar.working_days(first, last) == calendar.working_days(first, middle) + calendar.working_days(
        middle, last
    )
    between = [first + n * DAY for n in range(1, (last - first).days + 1)]
    assert calendar.working_days(first, last) == len([one for one in between if calendar.is_working(one)])
    assert calendar.working_days(last, first) == 0


@settings(unhurried, max_examples=100)
@given(somebody_at())
def test_one_message_a_day_is_one_message_a_day(drawn: tuple[Calendar, datetime]) -> None:
    """Following the good days one after the other misses none and repeats none."""
    calendar, now = drawn
    told = [calendar.next_good(now)]
    for _ in range(12):
        told.append(calendar.next_day(told[-1]))
    on = [calendar.day_of(at) for at in told]
    assert all(first < second for first, second in pairwise(on))
    for first, second in pairwise(on):
        skipped = [first + n * DAY for n in range(1, (second - first).days)]
        assert not any(is_good(calendar, calendar.start_of(day)) for day in skipped)


@pytest.mark.parametrize(
    "calendar",
    [
        Calendar(away=(Away(first=date(2020, 1, 1), last=date(2060, 1, 1)),)),
        Calendar(closed=frozenset(date(2024, 1, 1) + n * DAY for n in range(3650))),
        Calendar(days=(2,), closed=frozenset(date(2024, 1, 3) + 7 * n * DAY for n in range(1000))),
    ],
)
def test_who_is_never_there_is_looked_for_again_in_a_good_year(calendar: Calendar) -> None:
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    for found in (calendar.next_good(now), calendar.next_day(now)):
        assert timedelta(days=GIVES_UP_AFTER) <= found - now <= timedelta(days=GIVES_UP_AFTER + 3)
        assert not calendar.is_good(found)
        assert found.hour == 9


def test_a_company_that_never_works_ends_no_walk() -> None:
    calendar = Calendar(closed=frozenset(date(2024, 1, 1) + n * DAY for n in range(3650)))
    day = date(2026, 11, 23)
    assert calendar.shifted(day, 0) == day + GIVES_UP_AFTER * DAY
    for far in (5, -5, 10**12, -(10**12)):
        assert abs(calendar.shifted(day, far) - day) >= GIVES_UP_AFTER * DAY
    assert calendar.working_days(day, day + 1000 * DAY) == 0


def test_far_ahead_is_as_far_as_anybody_counts() -> None:
    day = date(2026, 11, 23)
    assert Calendar().shifted(day, 10**12) == Calendar().shifted(day, MOST_WORKING_DAYS)
    assert Calendar().shifted(day, -(10**12)) == Calendar().shifted(day, -MOST_WORKING_DAYS)


@pytest.mark.parametrize("by", [-(10**6), -3, -1, 0, 1, 3, 10**6])
def test_the_first_and_the_last_day_there_are_end_no_walk_in_an_error(by: int) -> None:
    for day in (date.min, date.max, date.min + DAY, date.max - DAY):
        assert date.min <= Calendar().shifted(day, by) <= date.max
        for zone in ZONES:
            assert Calendar(zone=zone).start_of(day) <= Calendar(zone=zone).start_after(day)
    assert Calendar().working_days(date.min, date.max) > 2_000_000
    assert Calendar().working_days(date.max, date.min) == 0


@pytest.mark.parametrize(
    "said",
    [
        {"from_hour": 9, "until_hour": 9},
        {"from_hour": 17, "until_hour": 9},
        {"from_hour": -1},
        {"from_hour": 24, "until_hour": 24},
        {"until_hour": 25},
        {"days": ()},
        {"days": (0, 0)},
        {"days": (1, 0)},
        {"days": (7,)},
        {"days": (-1, 0)},
        {"away": ({"first": "2026-11-24", "last": "2026-11-23"},)},
    ],
)
def test_hours_and_days_that_cannot_be_are_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Calendar.model_validate(said)


def test_a_calendar_is_the_same_after_it_was_written_down() -> None:
    calendar = Calendar(
        zone="Asia/Kolkata", closed=frozenset({FIRST}), away=(Away(first=FIRST, last=FIRST),), days=(0, 6)
    )
    assert Calendar.model_validate_json(calendar.model_dump_json()) == calendar


def test_a_zone_that_nobody_knows_is_utc() -> None:
    assert zone_of("Nowhere/Land").key == "UTC"
    assert Calendar(zone="").day_of(datetime(2026, 11, 23, 23, 59, tzinfo=UTC)) == date(2026, 11, 23)


def test_the_zones_of_these_tests_change_their_clocks_in_many_ways() -> None:
    """Otherwise they would not test it."""
    kinds = set()
    for zone, changes in CHANGES.items():
        for at in changes:
            before, after = at - timedelta(minutes=1), at
            there = ZoneInfo(zone)
            forward = after.astimezone(there).replace(tzinfo=None) - before.astimezone(there).replace(
                tzinfo=None
            )
            kinds.add((forward > timedelta(0), at.astimezone(there).strftime("%H:%M")))
    assert {True, False} == {forward for forward, _ in kinds}
    assert (False, "23:00") in kinds
    assert (True, "03:45") in kinds
    assert len(kinds) >= 9
