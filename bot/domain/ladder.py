"""Which rung of its ladder a matter has come to: who is to hear of it now, and when there is more to say.

Days are working days on the calendar of whoever answers for the pilot, and a rung comes when their hours begin on its day.
Neighbouring rungs for the same people are one flight. What was missed in a flight is made up for by the latest of it, once;
and whoever stands on the next flight hears no sooner after the one before than the ladder leaves between the two, so that
nobody is passed over, however long nobody looked. Who is on a rung and how they are told is not known here.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from bot.domain.calendar import Calendar
from bot.domain.matters import Rule, Tells

Heard = Mapping[int, datetime]
"""When each rung, by its number, was first queued for anybody."""


def due(rule: Rule, day: date, heard: Heard, calendar: Calendar, now: datetime) -> int | None:
    """Return the rung that is to be told now; None where nothing is. What was heard is never due again."""
    climb = _Climb(rule, day, heard, calendar, _begun(calendar, now))
    return next((number for number in climb.come() if climb.missing(number) <= 0), None)


def next_at(rule: Rule, day: date, heard: Heard, calendar: Calendar, now: datetime) -> datetime | None:
    """Return the first instant after now at which `due` may say something else, once what it says now was queued."""
    number = due(rule, day, heard, calendar, now)
    if number is not None:
        heard = {**heard, number: now}
    climb = _Climb(rule, day, heard, calendar, _begun(calendar, now))
    if not climb.goes_on:
        return None
    at = calendar.start_of(max(climb.day_of(climb.following), climb.waits_until()))
    return at if at > now else calendar.next_day(now)


def _begun(calendar: Calendar, now: datetime) -> date:
    """Return the latest day whose hours have begun."""
    today = calendar.day_of(now)
    return today if calendar.start_of(today) <= now else today - timedelta(days=1)


class _Climb(NamedTuple):
    """How far a matter has come up its ladder by the end of a day."""

    rule: Rule
    day: date
    heard: Heard
    calendar: Calendar
    begun: date

    @property
    def last(self) -> int:
        """Return the last rung that was heard; -1 where none was."""
        return max(self.heard, default=-1)

    @property
    def following(self) -> int:
        return self.last + 1

    @property
    def goes_on(self) -> bool:
        """Whether there is a rung after the last one that was heard."""
        return self.following < len(self.rule.rungs) or self.rule.again is not None

    def come(self) -> Iterator[int]:
        """Yield which rungs of the flight that goes on may be told: the latest repetition, then the latest of the others."""
        if not self.goes_on:
            return
        listed, tells = len(self.rule.rungs), self.tells(self.following)
        ahead = range(self.following, listed)
        end = next((number for number in ahead if self.tells(number) != tells), listed)
        again = self.rule.again
        if again and end >= listed and set(again.tells) == tells:
            passed = self.passed_since(self.day) - self.rule.rungs[-1].at
            latest = listed - 1 + passed // again.every
            while latest >= max(self.following, listed) and not self.has_come(latest):
                latest -= 1  # only where what is repeated begins before the matter's day
            if latest >= max(self.following, listed):
                yield latest
        yield from [number for number in ahead if number < end and self.has_come(number)][-1:]

    def missing(self, number: int) -> int:
        """Return how many working days have to pass before a rung may be told, after what was told before it."""
        if not self.heard:
            return 0
        between = 0
        if self.tells(self.following) != self.tells(self.last):
            between = self.rule.rung(self.following).at - self.rule.rung(self.last).at
        elif self.rule.again and number >= len(self.rule.rungs):
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

    def tells(self, number: int) -> set[Tells]:
        return set(self.rule.rung(number).tells)
