"""Days among the words: "by 12 Dec", "12.12.", "next Friday", "end of January", "in two weeks", "Q1 2027".

What is written as a date is read by our own grammar, with the calendar and the names of CLDR; phrases that count from today
are left to dateparser. A day without its year is the nearest that fits: ahead for a plan, behind for what was done. Only what
is clearly a day counts, because a day that nobody meant is worse than one more question.
"""

from collections.abc import Callable, Iterator

from bot.domain.coaching.calendar_days import Aim, Day
from bot.domain.coaching.ear import Ear
from bot.domain.coaching.periods import calendar_weeks, quarters, whole_months, whole_years
from bot.domain.coaching.relative import relative_days
from bot.domain.coaching.weekdays import days_of_the_week, east_asian_weekdays
from bot.domain.coaching.written_days import east_asian_days, iso_days, named_days, numeric_days, ordinal_days

__all__ = ["Aim", "Day", "find_days", "without_days"]

_Finder = Callable[[str, Ear, Aim, bool], Iterator[Day]]
_FINDERS: tuple[_Finder, ...] = (
    iso_days,
    east_asian_days,
    numeric_days,
    named_days,
    quarters,
    whole_years,
    calendar_weeks,
    ordinal_days,
    whole_months,
    days_of_the_week,
    east_asian_weekdays,
)


def find_days(text: str, ear: Ear, aim: Aim, *, eager: bool = False) -> list[Day]:
    """Return the days in folded words, in order and apart from each other.

    `eager` takes bare "3/4" and "today" for days too, where a day is what was asked for.
    """
    found = [day for find in _FINDERS for day in find(text, ear, aim, eager)]
    found.extend(Day(start, end, (on,)) for start, end, on in relative_days(text, ear, eager=eager))
    kept: list[Day] = []
    taken = bytearray(len(text))
    for day in sorted(found, key=lambda day: (day.start - day.end, day.start)):
        # The longest come first, so a shorter one that meets any of them has an end inside of it.
        if not (taken[day.start] or taken[day.end - 1]):
            kept.append(day)
            taken[day.start : day.end] = b"\x01" * (day.end - day.start)
    return sorted(kept)


def without_days(text: str, ear: Ear) -> str:
    """Return folded words with dates blanked out, so that their figures are not taken for an answer."""
    parts, at = [], 0
    for day in find_days(text, ear, Aim.NEAREST):
        parts += [text[at : day.start], " " * (day.end - day.start)]
        at = day.end
    return "".join([*parts, text[at:]])
