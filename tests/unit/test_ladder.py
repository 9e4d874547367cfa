"""Who hears of a matter when: each rung once, upwards, on its day or later, and nobody's rung before those below had theirs."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings, strategies as st

from bot.domain import ladder
from bot.domain.calendar import Away, Calendar
from bot.domain.matters import Again, MatterKind, Rule, Rung, Tells

unhurried = settings(deadline=None, derandomize=True)
"""Other tests run beside these, and a run should say the same twice."""

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MONDAY = date(2026, 11, 23)
OFFICE = Calendar()
ZONES = [
    "UTC",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "America/Los_Angeles",
    "Europe/Berlin",
    "Pacific/Chatham",
]
PEOPLE = [(Tells.PERSON,), (Tells.CHAMPION, Tells.OWNER), (Tells.SPONSOR,), (Tells.CHANNEL,)]


def rule(*rungs: tuple[int, Tells], again: tuple[int, Tells] | None = None) -> Rule:
    return Rule(
        about=MatterKind.QUIET,
        rungs=tuple(Rung(at=at, tells=(tells,), says="words") for at, tells in rungs),
        again=Again(every=again[0], tells=(again[1],), says="words") if again else None,
    )


# Each is made once: making one for every ladder that is drawn takes longer than drawing it.
people = st.sampled_from(PEOPLE)
climbs = st.dictionaries(st.integers(-12, 30), people, min_size=1, max_size=7)
climbs_from_the_day = st.dictionaries(st.integers(0, 30), people, min_size=1, max_size=7)
repetitions = st.none() | st.tuples(st.integers(1, 15), people)
first_hours = st.integers(0, 22)
zones = st.sampled_from(ZONES)
weeks = st.sampled_from([(0, 1, 2, 3, 4), (0, 1, 2, 3, 6), (0, 2), tuple(range(7))])
some_days = st.sets(st.integers(-20, 60), max_size=6)
spells = st.sampled_from([(), (Away(first=MONDAY, last=MONDAY + 9 * DAY),)])


@st.composite
def rules(draw: st.DrawFn, on: st.SearchStrategy[dict[int, tuple[Tells, ...]]] = climbs) -> Rule:
    rungs = tuple(Rung(at=at, tells=tells, says="words") for at, tells in sorted(draw(on).items()))
    repeated = draw(repetitions)
    again = Again(every=repeated[0], tells=repeated[1], says="words") if repeated else None
    return Rule(about=MatterKind.QUIET, rungs=rungs, again=again)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    first = draw(first_hours)
    return Calendar(
        zone=draw(zones),
        from_hour=first,
        until_hour=first + 2,
        days=draw(weeks),
        closed=frozenset(MONDAY + n * DAY for n in draw(some_days)),
        away=draw(spells),
    )


instants = st.timedeltas(-40 * DAY, 60 * DAY).map(lambda by: datetime(2026, 11, 23, 10, tzinfo=UTC) + by)
days = st.integers(-30, 30).map(lambda n: MONDAY + n * DAY)
pauses = st.lists(st.integers(1, 24 * 12), max_size=40)
"""Hours between one look and the next; some are outages."""

Told = list[tuple[int, datetime]]


def looked(
    rule: Rule, day: date, calendar: Calendar, looks: list[datetime], heard: dict[int, datetime] | None = None
) -> Told:
    """Return what was told when somebody looks at these instants."""
    heard = dict(heard or {})
    told: Told = []
    for now in looks:
        number = ladder.due(rule, day, heard, calendar, now)
        if number is not None:
            assert number not in heard
            heard[number] = now
            told.append((number, now))
        assert ladder.due(rule, day, heard, calendar, now) is None
    return told


def followed(
    rule: Rule,
    day: date,
    calendar: Calendar,
    now: datetime,
    *,
    until: datetime,
    absent: frozenset[Tells] = frozenset(),
) -> Told:
    """Return what is told when somebody looks exactly when there may be more to say."""
    heard: dict[int, datetime] = {}
    at: datetime | None = now
    while at is not None and at <= until:
        number = ladder.due(rule, day, heard, calendar, at, absent)
        if number is not None:
            heard[number] = at
        after = ladder.next_at(rule, day, heard, calendar, at, absent)
        assert after is None or after > at
        at = after
    return list(heard.items())


def day_of_rung(rule: Rule, number: int, day: date, calendar: Calendar) -> date:
    """Count to a rung's day, plainly."""
    left, step = rule.rung(number).at, DAY
    if left == 0:
        left = 0 if calendar.is_working(day) else 1
    elif left < 0:
        left, step = -left, -DAY
    while left:
        day += step
        left -= calendar.is_working(day)
    return day


def flights(rule: Rule, numbers: list[int]) -> list[int]:
    """Return for each number which flight it belongs to."""
    found, last = [0], numbers[-1] if numbers else 0
    for before, after in pairwise(range(last + 1)):
        found.append(found[-1] + (set(rule.rung(before).tells) != set(rule.rung(after).tells)))
    return [found[number] for number in numbers]


@settings(unhurried, max_examples=150)
@given(rules(), days, calendars(), instants, pauses)
def test_each_rung_is_told_once_upwards_and_not_before_its_day(
    rule: Rule, day: date, calendar: Calendar, start: datetime, hours: list[int]
) -> None:
    looks = [start + sum(hours[:n]) * HOUR for n in range(len(hours) + 1)]
    told = looked(rule, day, calendar, looks)
    numbers = [number for number, _ in told]
    assert numbers == sorted(set(numbers))
    for number, at in told:
        assert at >= calendar.start_of(day_of_rung(rule, number, day, calendar))


def test_what_is_repeated_waits_its_days_after_a_last_rung_that_was_told_late() -> None:
    repeated = rule((0, Tells.OWNER), again=(5, Tells.OWNER))
    due = MONDAY + 14 * DAY
    late = OFFICE.start_of(due + 4 * DAY)  # a Friday: the fifth working day after it is the next one
    looks = [late + n * DAY for n in range(9)]
    assert looked(repeated, due, OFFICE, looks) == [(0, late), (1, late + 7 * DAY)]


@settings(unhurried, max_examples=150)
@given(rules(), days, calendars(), instants, pauses)
def test_whoever_stands_higher_hears_no_sooner_after_those_below_than_the_ladder_says(
    rule: Rule, day: date, calendar: Calendar, start: datetime, hours: list[int]
) -> None:
    looks = [start + sum(hours[:n]) * HOUR for n in range(len(hours) + 1)]
    told = looked(rule, day, calendar, looks)
    order = flights(rule, [number for number, _ in told])
    assert order == sorted(order)
    assert not told or order[0] == 0
    for ((number, at), flight), ((after, then), next_flight) in pairwise(zip(told, order, strict=True)):
        assert next_flight - flight in (0, 1)
        passed = calendar.working_days(calendar.day_of(at), calendar.day_of(then))
        if next_flight > flight:
            first = next(n for n in range(number, after + 1) if flights(rule, [n]) == [next_flight])
            assert passed >= rule.rung(first).at - rule.rung(number).at
        elif rule.again and after >= len(rule.rungs):
            assert passed >= rule.again.every


@settings(unhurried, max_examples=30)
@given(rules(), days, calendars(), instants)
def test_looking_when_there_may_be_more_to_say_misses_nothing(
    rule: Rule, day: date, calendar: Calendar, start: datetime
) -> None:
    until = start + 30 * DAY
    hourly = looked(rule, day, calendar, [start + n * HOUR for n in range(30 * 24 + 1)])
    exactly = followed(rule, day, calendar, start, until=until)
    assert [number for number, _ in exactly][: len(hourly)] == [number for number, _ in hourly]
    assert len(exactly) - len(hourly) in (0, 1)
    for (_, at), (_, looked_at) in zip(exactly, hourly, strict=False):
        assert timedelta(0) <= looked_at - at < HOUR


@settings(unhurried, max_examples=100)
@given(rules(), days, calendars(), instants, st.lists(st.floats(0, 0.999), max_size=3))
def test_before_the_next_look_nothing_else_is_said(
    rule: Rule, day: date, calendar: Calendar, now: datetime, shares: list[float]
) -> None:
    said = ladder.due(rule, day, {}, calendar, now)
    heard = {} if said is None else {said: now}
    following = ladder.next_at(rule, day, {}, calendar, now)
    assert following == ladder.next_at(rule, day, heard, calendar, now)
    if following is None:
        assert rule.again is None
        assert said == len(rule.rungs) - 1
        return
    assert ladder.due(rule, day, heard, calendar, following) is not None
    for share in [*shares, 0.999]:
        assert ladder.due(rule, day, heard, calendar, now + share * (following - now)) is None


@settings(unhurried, max_examples=100)
@given(rules(), days, calendars())
def test_with_nobody_asleep_every_rung_is_told_as_its_day_begins(
    rule: Rule, day: date, calendar: Calendar
) -> None:
    assume(calendar.is_working(day))
    start = calendar.start_of(day_of_rung(rule, 0, day, calendar)) - 3 * DAY
    told = followed(rule, day, calendar, start, until=start + 150 * DAY)
    listed = [one for one in told if one[0] < len(rule.rungs)]
    assert [number for number, _ in listed] == list(range(len(rule.rungs)))
    for number, at in told:
        assert at == calendar.start_of(day_of_rung(rule, number, day, calendar))
    assert (len(told) > len(listed)) == (rule.again is not None)


@settings(unhurried, max_examples=60)
@given(rules(), days, calendars(), instants, pauses)
def test_everybody_on_the_ladder_hears_in_the_end(
    rule: Rule, day: date, calendar: Calendar, start: datetime, hours: list[int]
) -> None:
    looks = [start + sum(hours[:n]) * HOUR for n in range(len(hours) + 1)]
    looks += [looks[-1] + n * DAY for n in range(1, 400)]
    told = looked(rule, day, calendar, looks)
    last = len(rule.rungs) - (rule.again is None)
    wanted = set(range(flights(rule, [last])[0] + 1))
    assert set(flights(rule, [number for number, _ in told])) == wanted


@settings(unhurried, max_examples=60)
@given(rules(climbs_from_the_day), calendars(), st.integers(200, 1500))
def test_what_nobody_looked_at_for_years_is_told_once_to_each(
    rule: Rule, calendar: Calendar, ago: int
) -> None:
    """However long ago it was, those below have their days before those above hear."""
    now = datetime(2026, 11, 23, 10, tzinfo=UTC)
    told = followed(rule, MONDAY - ago * DAY, calendar, now, until=now + 120 * DAY)
    listed = [number for number, at in told if number < len(rule.rungs) or at < now + HOUR]
    order = flights(rule, listed)
    assert len(set(order)) == len(order)
    assert told[0][1] == now


@settings(unhurried, max_examples=100)
@given(rules(), days, calendars(), instants, st.sampled_from([Tells.SPONSOR, Tells.PERSON, Tells.CHANNEL]))
def test_a_rung_of_whom_there_is_nobody_is_as_if_it_were_not_there(
    rule: Rule, day: date, calendar: Calendar, now: datetime, absent: Tells
) -> None:
    left = [number for number, rung in enumerate(rule.rungs) if rung.tells != (absent,)]
    assume(left and not (rule.again and rule.again.tells == (absent,)))
    assume(rule.again is None or left[-1] == len(rule.rungs) - 1)  # or what is repeated would begin earlier
    without = rule.model_copy(update={"rungs": tuple(rule.rungs[number] for number in left)})
    until = now + 60 * DAY
    told = followed(rule, day, calendar, now, until=until, absent=frozenset({absent}))
    passed_over = len(rule.rungs) - len(left)
    numbers = dict(enumerate(left))
    assert told == [
        (numbers.get(number, number + passed_over), at)
        for number, at in followed(without, day, calendar, now, until=until)
    ]


def test_a_ladder_of_which_nobody_is_left_says_nothing() -> None:
    everybody = frozenset(Tells)
    assert ladder.due(LADDER, MONDAY, {}, OFFICE, at("2027-01-04T12:00"), everybody) is None
    assert ladder.next_at(LADDER, MONDAY, {}, OFFICE, at("2027-01-04T12:00"), everybody) is None


LADDER = rule(
    (0, Tells.PERSON),
    (5, Tells.PERSON),
    (10, Tells.PERSON),
    (12, Tells.CHAMPION),
    (15, Tells.CHAMPION),
    (20, Tells.SPONSOR),
)


def at(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=UTC)


def test_a_ladder_that_is_climbed_in_time() -> None:
    told = followed(LADDER, MONDAY, OFFICE, at("2026-11-20T12:00"), until=at("2027-06-01T00:00"))
    assert [(number, when.strftime("%m-%d %H:%M")) for number, when in told] == [
        (0, "11-23 09:00"),
        (1, "11-30 09:00"),
        (2, "12-07 09:00"),
        (3, "12-09 09:00"),
        (4, "12-14 09:00"),
        (5, "12-21 09:00"),
    ]


def test_after_a_long_outage_each_hears_once_and_the_sponsor_last() -> None:
    told = followed(LADDER, MONDAY, OFFICE, at("2027-01-04T12:00"), until=at("2027-06-01T00:00"))
    assert [(number, when.strftime("%m-%d %H:%M")) for number, when in told] == [
        (2, "01-04 12:00"),
        (4, "01-06 09:00"),  # two working days between the owner's last rung and the champion's first
        (5, "01-13 09:00"),
    ]


def test_a_day_before_and_the_day_itself_are_both_told_after_a_short_outage() -> None:
    due_on = rule((-3, Tells.PERSON), (0, Tells.PERSON), (1, Tells.OWNER))
    told = followed(due_on, MONDAY, OFFICE, at("2026-11-20T15:00"), until=at("2027-01-01T00:00"))
    assert [(number, when.strftime("%m-%d %H:%M")) for number, when in told] == [
        (0, "11-20 15:00"),
        (1, "11-23 09:00"),
        (2, "11-24 09:00"),
    ]


def test_what_is_repeated_keeps_its_distance_when_one_was_late() -> None:
    weekly = rule((0, Tells.PERSON), again=(5, Tells.PERSON))
    heard = {
        0: at("2026-11-23T09:00"),
        1: at("2026-12-04T09:00"),
    }  # a week late, on the Friday before the second one
    assert ladder.due(weekly, MONDAY, heard, OFFICE, at("2026-12-07T09:00")) is None
    assert ladder.next_at(weekly, MONDAY, heard, OFFICE, at("2026-12-07T09:00")) == at("2026-12-11T09:00")
    assert ladder.due(weekly, MONDAY, heard, OFFICE, at("2026-12-11T09:00")) == 2


def test_what_was_told_again_because_somebody_put_it_off_is_on_no_rung() -> None:
    again = {-1: at("2026-11-25T09:00"), -2: at("2026-11-26T09:00")}
    for heard in ({}, {0: at("2026-11-23T09:00")}):
        for now in (at("2026-11-27T12:00"), at("2026-12-10T12:00")):
            for answer in (ladder.due, ladder.next_at):
                assert answer(LADDER, MONDAY, heard | again, OFFICE, now) == answer(
                    LADDER, MONDAY, heard, OFFICE, now
                )


def test_a_due_date_on_a_weekend_is_spoken_of_on_working_days() -> None:
    due_on = rule((-1, Tells.PERSON), (0, Tells.PERSON), (1, Tells.OWNER))
    told = followed(due_on, date(2026, 11, 22), OFFICE, at("2026-11-16T15:00"), until=at("2027-01-01T00:00"))
    assert [(number, when.strftime("%a %H:%M")) for number, when in told] == [
        (0, "Fri 09:00"),
        (1, "Mon 09:00"),
        (2, "Tue 09:00"),
    ]


def test_days_are_those_of_whoever_answers_for_the_pilot() -> None:
    two = rule((0, Tells.PERSON), (1, Tells.PERSON))
    cairo = Calendar(zone="Africa/Cairo", days=(0, 1, 2, 3, 6))
    assert ladder.next_at(two, date(2026, 11, 19), {}, cairo, at("2026-11-19T12:00")) == at(
        "2026-11-22T07:00"
    )
    assert ladder.next_at(two, date(2026, 11, 19), {}, OFFICE, at("2026-11-19T12:00")) == at(
        "2026-11-20T09:00"
    )


@pytest.mark.parametrize("again", [None, (5, Tells.PERSON)])
def test_a_playbook_that_has_grown_shorter_says_nothing_twice(again: tuple[int, Tells] | None) -> None:
    shorter = rule((0, Tells.PERSON), again=again)
    heard = {n: at("2026-11-23T09:00") for n in range(5)}
    assert ladder.due(shorter, MONDAY, heard, OFFICE, at("2026-11-30T12:00")) is None
    following = ladder.next_at(shorter, MONDAY, heard, OFFICE, at("2026-11-30T12:00"))
    assert (following is None) == (again is None)


def test_a_company_that_never_works_is_told_nothing_and_looked_at_again_in_a_good_year() -> None:
    closed = Calendar(closed=frozenset(MONDAY + n * DAY for n in range(3650)))
    now = at("2026-11-25T12:00")
    two = rule((1, Tells.PERSON), (2, Tells.OWNER))
    assert ladder.due(two, MONDAY, {}, closed, now) is None
    following = ladder.next_at(two, MONDAY, {}, closed, now)
    assert following
    assert following - now > 300 * DAY
