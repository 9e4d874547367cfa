"""When somebody hears that their word is awaited: in their hours, on a weekday, in order, and once for each reminder."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from bot.domain import reminders as rules, review as review_rules
from bot.domain.calendar import Away, Calendar, zone_of
from bot.domain.policies import Policy, PolicyStep, Seat
from bot.domain.reminders import Round

ZONES = [
    "UTC",
    "Europe/Berlin",
    "Europe/Lisbon",
    "Asia/Kolkata",
    "America/Los_Angeles",
    "Pacific/Auckland",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
]
zones = st.sampled_from(ZONES)
offices = zones.map(lambda zone: Calendar(zone=zone))
instants = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants bounds without a zone and adds it
backoffs = st.lists(st.integers(1, 15), min_size=1, max_size=6, unique=True).map(sorted)
hours = st.integers(0, 21).flatmap(lambda first: st.tuples(st.just(first), st.integers(first + 2, 24)))
calendars = st.builds(
    lambda zone, hours: Calendar(zone=zone, from_hour=hours[0], until_hour=hours[1]), zones, hours
)


def at(said: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=ZoneInfo(zone))


def working_days_between(since: datetime, then: datetime, zone: ZoneInfo) -> int:
    """Count the weekdays after one day up to another, plainly."""
    day, last = since.astimezone(zone).date(), then.astimezone(zone).date()
    return sum((day + timedelta(days=n)).weekday() < 5 for n in range(1, (last - day).days + 1))


@given(since=instants, days=backoffs, calendar=calendars)
def test_nobody_hears_outside_their_hours_or_on_a_weekend(
    since: datetime, days: list[int], calendar: Calendar
) -> None:
    for one in rules.rounds(since, days, calendar):
        assert calendar.is_good(one.at)
        assert one.at > since


@given(since=instants, days=backoffs, calendar=calendars)
def test_reminders_come_in_order_each_on_its_working_day(
    since: datetime, days: list[int], calendar: Calendar
) -> None:
    found, zone = rules.rounds(since, days, calendar), zone_of(calendar.zone)
    assert [one.number for one in found] == list(range(1, len(days) + 1))
    for before, after in pairwise(found):
        assert before.at < after.at
    assert [working_days_between(since, one.at, zone) for one in found] == days


@given(
    since=instants,
    later=st.timedeltas(timedelta(0), timedelta(days=30)),
    days=st.integers(1, 20),
    office=offices,
)
def test_who_is_awaited_later_hears_no_earlier(
    since: datetime, later: timedelta, days: int, office: Calendar
) -> None:
    first = rules.morning_after(since, days, office)
    assert rules.morning_after(since + later, days, office) >= first


@given(
    since=instants,
    days=backoffs,
    office=offices,
    looks=st.lists(st.integers(1, 60 * 24 * 8), min_size=1, max_size=60),
)
def test_whenever_it_is_looked_at_nobody_hears_twice_of_a_round_or_outside_hours(
    since: datetime, days: list[int], office: Calendar, looks: list[int]
) -> None:
    """Looks come after pauses of any length, as after an outage; two at the same minute are one."""
    found, told, now = rules.rounds(since, days, office), list[tuple[Round, datetime]](), since
    for minutes in looks:
        now += timedelta(minutes=minutes)
        one = rules.due(found, told[-1][1] if told else None, now)
        if one and office.is_good(now):
            told.append((one, now))
            assert rules.due(found, now, now) is None
    numbers = [one.number for one, _ in told]
    assert numbers == sorted(set(numbers))
    assert all(one.at <= when for one, when in told)


@given(since=instants, days=backoffs, office=offices)
def test_looking_when_the_next_one_is_due_misses_none(
    since: datetime, days: list[int], office: Calendar
) -> None:
    found = rules.rounds(since, days, office)
    heard, now = [], since
    while (following := rules.next_at(found, now)) is not None:
        one = rules.due(found, now, following)
        assert one
        heard.append(one.number)
        now = following
    assert heard == [one.number for one in found]


def test_what_was_missed_in_a_week_without_power_is_made_up_for_once() -> None:
    found = rules.rounds(at("2026-11-23T10:00"), [1, 3], Calendar())
    back = at("2026-11-30T09:30")
    late = rules.due(found, None, back)
    assert late
    assert late.number == 2
    assert rules.due(found, back, back + timedelta(days=5)) is None


@pytest.mark.parametrize(
    ("asked", "zone", "days", "heard"),
    [
        # a Friday evening in Berlin is a Saturday morning in Auckland; both hear on their Monday
        ("2026-11-20T20:00+01:00", "Europe/Berlin", 1, "2026-11-23T09:00"),
        ("2026-11-20T20:00+01:00", "Pacific/Auckland", 1, "2026-11-23T09:00"),
        # late on a Thursday in Los Angeles it is Friday in Kolkata, so a working day later is Monday there
        ("2026-11-19T23:30-08:00", "America/Los_Angeles", 1, "2026-11-20T09:00"),
        ("2026-11-19T23:30-08:00", "Asia/Kolkata", 1, "2026-11-23T09:00"),
        # a minute before and after midnight
        ("2026-11-24T23:59+05:30", "Asia/Kolkata", 1, "2026-11-25T09:00"),
        ("2026-11-25T00:01+05:30", "Asia/Kolkata", 1, "2026-11-26T09:00"),
        # on a weekend
        ("2026-11-21T12:00+00:00", "UTC", 1, "2026-11-23T09:00"),
        ("2026-11-22T12:00+00:00", "UTC", 3, "2026-11-25T09:00"),
        # over the end and the beginning of daylight saving, on the person's clock either way
        ("2026-10-23T15:00+02:00", "Europe/Berlin", 1, "2026-10-26T09:00"),
        ("2027-03-26T15:00+01:00", "Europe/Berlin", 1, "2027-03-29T09:00"),
        ("2026-10-30T15:00-07:00", "America/Los_Angeles", 1, "2026-11-02T09:00"),
        ("2027-03-12T15:00-08:00", "America/Los_Angeles", 1, "2027-03-15T09:00"),
        ("2026-09-25T15:00+12:00", "Pacific/Auckland", 1, "2026-09-28T09:00"),
        ("2027-04-02T15:00+13:00", "Pacific/Auckland", 1, "2027-04-05T09:00"),
    ],
)
def test_days_are_counted_on_the_persons_own_calendar(asked: str, zone: str, days: int, heard: str) -> None:
    found = rules.morning_after(datetime.fromisoformat(asked), days, Calendar(zone=zone))
    assert found.astimezone(zone_of(zone)).strftime("%Y-%m-%dT%H:%M") == heard


@pytest.mark.parametrize(
    ("asked", "zone", "days", "closes"),
    [
        ("2026-11-20T20:00+01:00", "Europe/Berlin", 1, "2026-11-23T17:00+01:00"),  # a Friday evening
        ("2026-11-21T12:00+01:00", "Europe/Berlin", 1, "2026-11-23T17:00+01:00"),  # a Saturday
        ("2026-11-23T17:30+01:00", "Europe/Berlin", 1, "2026-11-24T17:00+01:00"),  # after five
        ("2026-11-23T23:59+05:30", "Asia/Kolkata", 1, "2026-11-24T17:00+05:30"),
        ("2026-11-24T00:01+05:30", "Asia/Kolkata", 1, "2026-11-25T17:00+05:30"),
        ("2026-10-23T15:00+02:00", "Europe/Berlin", 1, "2026-10-26T17:00+01:00"),  # the clocks go back
        ("2027-03-26T15:00+01:00", "Europe/Berlin", 1, "2027-03-29T17:00+02:00"),  # and forward
        ("2026-10-30T15:00-07:00", "America/Los_Angeles", 5, "2026-11-06T17:00-08:00"),
        ("2026-09-25T15:00+12:00", "Pacific/Auckland", 2, "2026-09-29T17:00+13:00"),
    ],
)
def test_a_request_expires_at_five_on_the_requesters_clock(
    asked: str, zone: str, days: int, closes: str
) -> None:
    found = review_rules.expires(datetime.fromisoformat(asked), days, Calendar(zone=zone))
    assert found == datetime.fromisoformat(closes)


@given(now=instants, days=st.integers(1, 30), zone=st.sampled_from(ZONES))
def test_a_request_expires_on_a_weekday_after_its_working_days(now: datetime, days: int, zone: str) -> None:
    found = review_rules.expires(now, days, Calendar(zone=zone)).astimezone(zone_of(zone))
    assert found.weekday() < 5
    assert found.hour == 17
    assert working_days_between(now, found, zone_of(zone)) == days


def test_who_is_away_hears_when_they_are_back_and_what_has_come_since_only_once() -> None:
    away = Calendar(away=(Away(first=datetime(2026, 11, 24).date(), last=datetime(2026, 11, 30).date()),))  # noqa: DTZ001 - days
    found = rules.rounds(at("2026-11-23T10:00"), [1, 3, 6], away)
    back = at("2026-12-01T09:00")
    assert [one.at for one in found] == [back, back, back]
    due = rules.due(found, None, back)
    assert due
    assert due.number == 3
    assert rules.next_at(found, back) is None


def test_days_off_of_the_company_are_no_working_days() -> None:
    closed = Calendar(closed=frozenset({datetime(2026, 11, 26).date()}))  # noqa: DTZ001 - a day
    assert rules.morning_after(at("2026-11-25T10:00"), 1, closed) == at("2026-11-27T09:00")
    assert review_rules.expires(at("2026-11-25T10:00"), 1, closed) == at("2026-11-27T17:00")


def policy(**said: object) -> Policy:
    steps = (PolicyStep(seats=(Seat(role="risk"),)),)
    return Policy.model_validate({"id": "p", "title": "P", "steps": steps, **said})


def test_the_fallback_is_called_in_on_the_requesters_calendar_and_never_where_there_is_none() -> None:
    asked, office = at("2026-11-20T20:00", "Europe/Berlin"), Calendar(zone="Europe/Berlin")
    with_one = policy(escalate_after_working_days=4, fallback="office")
    assert rules.escalates_at(with_one, asked, office) == at("2026-11-26T09:00", "Europe/Berlin")
    assert rules.escalates_at(policy(), asked, office) is None
