"""Which rung of its ladder a matter has come to: who is to hear of it now, and when there is more to say.

Days are working days on the calendar of whoever answers for the pilot, and a rung comes when their hours begin on its day.
Neighbouring rungs for the same people are one flight. What was missed in a flight is made up for by the latest of it, once;
and whoever stands on the next flight hears no sooner after the one before than the ladder leaves between the two, so that
nobody is passed over, however long nobody looked. Who is on a rung and how they are told is not known here.
"""

from collections.abc import Iterator, Mapping, Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import takewhile
from typing import Final

from bot.domain.calendar import Calendar
from bot.domain.matters import Rule, Tells

NOBODY: Final[AbstractSet[Tells]] = frozenset()
Heard = Mapping[int, datetime]
"""When each rung, by its number, was first queued for anybody."""


def due(
    rule: Rule,
    day: date,
    heard: Heard,
    calendar: Calendar,
    now: datetime,
    absent: AbstractSet[Tells] = NOBODY,
) -> int | None:
    """Return the rung that is to be told now; None where nothing is. What was heard is never due again.

    `absent` are those on the ladder of whom there is nobody, a sponsor who was never named, say: a rung for them alone is
    passed over, and those after it hear as if it were not there.
    """
    climb = _Climb(rule, day, heard, calendar, _begun(calendar, now), absent)
    return next((number for number in climb.come() if climb.missing(number) <= 0), None)


def next_at(
    rule: Rule,
    day: date,
    heard: Heard,
    calendar: Calendar,
    now: datetime,
    absent: AbstractSet[Tells] = NOBODY,
) -> datetime | None:
    """Return the first instant after now at which `due` may say something else, once what it says now was queued."""
    number = due(rule, day, heard, calendar, now, absent)
    if number is not None:
        heard = {**heard, number: now}
    climb = _Climb(rule, day, heard, calendar, _begun(calendar, now), absent)
    if not climb.goes_on:
        return None
    at = calendar.start_of(max(climb.day_of(climb.following), climb.waits_until()))
    return at if at > now else calendar.next_day(now)


def _begun(calendar: Calendar, now: datetime) -> date:
    """Return the latest day whose hours have begun."""
    today = calendar.day_of(now)
    return today if calendar.start_of(today) <= now else today - timedelta(days=1)


@dataclass(frozen=True)
class _Climb:
    """How far a matter has come up its ladder by the end of a day."""

    rule: Rule
    day: date
    heard: Heard
    calendar: Calendar
    begun: date
    absent: AbstractSet[Tells]

    @cached_property
    def last(self) -> int:
        """Return the last rung that was heard; -1 where none was. Numbers below zero are reminders on no rung."""
        return max((number for number in self.heard if number >= 0), default=-1)

    @cached_property
    def ahead(self) -> list[int]:
        """Return the rungs after the last one that was heard, without those that repeat and those of whom there is nobody."""
        return [number for number in range(self.last + 1, self.listed) if self.tells(number)]

    @cached_property
    def repeats(self) -> bool:
        """Whether there is somebody for what follows after the last rung."""
        return self.rule.again is not None and bool(self.tells(self.listed))

    @property
    def goes_on(self) -> bool:
        """Whether there is a rung after the last one that was heard."""
        return self.repeats or bool(self.ahead)

    @cached_property
    def following(self) -> int:
        """Return the rung after the last one that was heard, if it goes on."""
        return next(iter(self.ahead), max(self.last + 1, self.listed))

    @property
    def listed(self) -> int:
        return len(self.rule.rungs)

    def come(self) -> Iterator[int]:
        """Yield which rungs of the flight that goes on may be told: the latest repetition, then the latest of the others."""
        if not self.goes_on:
            return
        flight = list(takewhile(lambda number: self.tells(number) == self.tells(self.following), self.ahead))
        if self.repeats and flight == self.ahead and self.tells(self.listed) == self.tells(self.following):
            yield from self.repeated()
        yield from [number for number in flight if self.has_come(number)][-1:]

    def repeated(self) -> Iterator[int]:
        """Yield the latest repetition that has come."""
        again, first, last = self.rule.again, max(self.following, self.listed), self.rule.rungs[-1].at
        if again is None:
            return
        latest = self.listed - 1 + (self.passed_since(self.day) - last) // again.every
        while latest >= first and not self.has_come(latest):
            latest -= 1  # only where what is repeated begins before the matter's day
        if latest >= first:
            yield latest

    def missing(self, number: int) -> int:
        """Return how many working days have to pass before a rung may be told, after what was told before it."""
        if self.last < 0:
            return 0
        between = 0
        if self.tells(self.following) != self.tells(self.last):
            between = self.rule.rung(self.following).at - self.rule.rung(self.last).at
        elif self.rule.again and number >= self.listed:
            between = self.rule.again.every
        return between - self.passed_since(self.calendar.day_of(self.heard[self.last]))

    def waits_until(self) -> date:
        """Return the day on which the following rung has waited long enough after the one that was heard."""
        missing = self.missing(self.following)
        if missing <= 0:
            return self.begun
        return self.calendar.shifted(max(self.begun, self.calendar.day_of(self.heard[self.last])), missing)

    def has_come(self, number: int) -> bool:
        return self.day_of(number) <= self.begun

    def day_of(self, number: int) -> date:
        """Return the day on which a rung comes, or any up to the latest that has begun where it came long ago."""
        at = self.rule.rung(number).at
        if at <= 0:
            return self.calendar.shifted(self.day, at)
        ahead = at - self.passed_since(self.day)
        return self.calendar.shifted(max(self.day, self.begun), ahead) if ahead > 0 else self.begun

    def passed_since(self, day: date) -> int:
        return self.calendar.working_days(day, self.begun)

    def tells(self, number: int) -> frozenset[Tells]:
        """Return of whom there is somebody on a rung."""
        return frozenset(self.rule.rung(number).tells) - self.absent
