"""When somebody works, on their own clock; the only arithmetic of working days and hours that there is.

Instants come in with any zone and go out in UTC; days are the person's own. Nothing here knows what is told to whom, or why.
No walk is longer than a good year: who is never there is looked for again later, and nobody waits for an answer.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, model_validator

from bot.domain.values import Frozen

GIVES_UP_AFTER = 400
"""How many days in a row are looked at for a working or a good one."""
MOST_WORKING_DAYS = 1000
"""How far a day is shifted at most."""

A_DAY = timedelta(days=1)
A_SECOND = timedelta(seconds=1)
FIRST_DAY, LAST_DAY = date(2, 1, 1), date(9998, 12, 31)
"""Between these there is room for every zone; whatever somebody enters beyond them counts as the one or the other."""


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone, or UTC where Slack gave a name that is not known here."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


class Away(Frozen):
    """Days on which somebody is not there, the first and the last of them included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("the last day must not be before the first")
        return self

    def covers(self, day: date) -> bool:
        """Whether somebody is away on a day."""
        return self.first <= day <= self.last


class Calendar(Frozen):
    """When somebody works, on their own clock."""

    zone: str = "UTC"
    """The time zone; a name that nobody knows is read as UTC."""
    from_hour: int = Field(default=9, ge=0, le=23)
    """The hour in which their day begins."""
    until_hour: int = Field(default=17, ge=1, le=24)
    """The hour from which they are left alone."""
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    """The days of the week on which they work; Monday is 0."""
    closed: frozenset[date] = frozenset()
    """The company's days off, which are no working days."""
    away: tuple[Away, ...] = ()
    """Their own days off: the matter's working days go on, but nobody is told then."""

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.until_hour <= self.from_hour:
            raise ValueError("until_hour must be later than from_hour")
        if not self.days or list(self.days) != sorted({day for day in self.days if 0 <= day <= 6}):
            raise ValueError("days must be at least one of 0 (Monday) to 6 (Sunday), in order and each once")
        return self

    def day_of(self, now: datetime) -> date:
        """Return the person's calendar day."""
        return self._local(now).date()

    def is_working(self, day: date) -> bool:
        """Whether a day counts: on one of their weekdays and not a day off of the company. Being away does not matter."""
        return day.weekday() in self.days and day not in self.closed

    def is_good(self, now: datetime) -> bool:
        """Whether they may be told now: on a working day, when they are not away, inside their hours."""
        local = self._local(now)
        return self.from_hour <= local.hour < self.until_hour and self._is_there(local.date())

    def next_good(self, now: datetime) -> datetime:
        """Return `now` if it is good, else the start of the next good day's hours.

        Who is not there for longer than `GIVES_UP_AFTER` days gets the start of the day after those; whether that is good
        has to be asked then, as for every instant that lies ahead.
        """
        if self.is_good(now):
            return now
        today = self.day_of(now)
        return self._first_start(today, now)

    def next_day(self, now: datetime) -> datetime:
        """Return the start of the hours of the first good day after today's, for one message a day; gives up like `next_good`."""
        return self._first_start(self.day_of(now) + A_DAY, now)

    def start_of(self, day: date) -> datetime:
        """Return when the hours begin on a day, whoever is there; where the clocks skip that hour, the first instant after it."""
        starts, change = self._starts(min(max(day, FIRST_DAY), LAST_DAY))
        return starts[0] if starts or change is None else change

    def start_after(self, day: date) -> datetime:
        """Return when the hours of the following day begin, so that a day is over for whoever was to do something on it."""
        return self.start_of(min(day, LAST_DAY) + A_DAY)

    def shifted(self, day: date, working_days: int) -> date:
        """Return the day that is so many working days after another (before it, when negative).

        For 0 that is the day itself or, where it is none, the next working day. At most `MOST_WORKING_DAYS` are counted;
        where no working day follows for `GIVES_UP_AFTER` days, the last day that was looked at is returned.
        """
        if working_days == 0 and self.is_working(day):
            return day
        step = -A_DAY if working_days < 0 else A_DAY
        for _ in range(min(abs(working_days) or 1, MOST_WORKING_DAYS)):
            day = self._next_working(day, step)
        return day

    def working_days(self, first: date, last: date) -> int:
        """Count the working days after one day up to and including another; none where that lies before it."""
        if last <= first:
            return 0
        weeks, rest = divmod((last - first).days, 7)
        count = weeks * len(self.days)
        count += sum((last - n * A_DAY).weekday() in self.days for n in range(rest))
        return count - sum(first < day <= last and day.weekday() in self.days for day in self.closed)

    def _local(self, now: datetime) -> datetime:
        return now.astimezone(zone_of(self.zone))

    def _is_there(self, day: date) -> bool:
        return self.is_working(day) and not any(one.covers(day) for one in self.away)

    def _next_working(self, day: date, step: timedelta) -> date:
        looked_at = day
        for looked_at in _days(day, step):
            if self.is_working(looked_at):
                break
        return looked_at

    def _first_start(self, first: date, now: datetime) -> datetime:
        """Return when hours begin first, on a day from that one on and not before now."""
        for day in [first, *_days(first, A_DAY)]:
            later = [start for start in self._starts(day)[0] if start >= now] if self._is_there(day) else []
            if later:
                return later[0]
        return self.start_of(first + GIVES_UP_AFTER * A_DAY + A_DAY)

    def _starts(self, day: date) -> tuple[list[datetime], datetime | None]:
        """Return when the hours of a day begin, and when the clocks change, if they do around that day.

        There is one beginning as a rule, none where the clocks skip all the hours, and two where the hours are cut by clocks
        that go back (or where they merely change in between; the second is then inside the hours).
        """
        midnight = datetime.combine(day, time.min, tzinfo=UTC)
        opens, closes = (
            midnight + timedelta(hours=self.from_hour),
            midnight + timedelta(hours=self.until_hour),
        )
        before, after = midnight - A_DAY, midnight + 2 * A_DAY  # however far the zone is from UTC
        earlier, later = self._offset(before), self._offset(after)
        if earlier == later:
            return [opens - earlier], None
        change = self._change(before, after)
        starts = [opens - earlier] if opens - earlier < change else []
        if closes - later > change:
            starts.append(max(opens - later, change))
        return starts, change

    def _offset(self, at: datetime) -> timedelta:
        return self._local(at).utcoffset() or timedelta(0)

    def _change(self, before: datetime, after: datetime) -> datetime:
        """Return the instant between two at which the clocks change."""
        earlier = self._offset(before)
        while after - before > A_SECOND:
            middle = before + (after - before) // (2 * A_SECOND) * A_SECOND
            before, after = (middle, after) if self._offset(middle) == earlier else (before, middle)
        return after


def _days(day: date, step: timedelta) -> Iterator[date]:
    """Yield the days after one, or before it, as far as anybody looks and as far as there are days."""
    for _ in range(GIVES_UP_AFTER):
        if day in (date.min, date.max):
            return
        day += step
        yield day
