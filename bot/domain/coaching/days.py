"""Days among the words: "by 12 Dec", "12.12.", "next Friday", "end of January", "in two weeks", "Q1 2027".

What is written as a date is read here, by the calendar and the names of CLDR; phrases that count from today are left to
dateparser. A day without its year is the nearest that fits: ahead for a plan, behind for what was done. Only what is
clearly a day counts, because a day that nobody meant is worse than one more question.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

from bot.domain.coaching.ear import Ear
from bot.domain.coaching.locales import day_first, months, weekdays
from bot.domain.coaching.relative import relative_days

_LENIENT = timedelta(days=45)
"""A day without its year that just went by is that day, and not the one in a year."""
_LEADS = (
    r"by|until|till|before|on|in|from|since|after|for|to|the|at|mid|early|late|end of|beginning of|start of|next|last|this|bis|zum|am|im|ab"
    r"|vom|seit|vor|ende|mitte|anfang|nächsten|letzten|diesen|le|fin|fin de|d'ici|d'ici le|en|el|para|dia|il|entro|em|eind|op|per|planned|due|w"
)
_ISO = re.compile(r"(?<![\d.,/-])(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?![\d/]|-\d)")
_EAST_ASIAN = re.compile(
    r"(?:(?P<y>\d{4})\s?[年년]\s?)?(?P<m>\d{1,2})\s?[月월](?:\s?(?P<d>\d{1,2})\s?[日号일])?"
)
_NUMERIC = re.compile(
    rf"(?P<lead>\b(?:{_LEADS})\s(?:the\s|den\s|zum\s)?)?(?<![\d.,/$€£-])"
    r"(?P<a>\d{1,2})(?P<s>[./-])\s?(?P<b>\d{1,2})(?:(?P=s)(?:\s?(?P<y>\d{4}|\d{2})(?!\d))?)?(?![\d/%]|[.,]\d|\s?%)"
)
_DAY_MONTH = re.compile(
    r"(?<![\d.,])(?P<d>\d{1,2})(?:st|nd|rd|th|er|\.|º|ª)?\s?(?:(?:of|de|del|di)\s|d')?(?P<w>[^\W\d_]{3,12})\b\.?,?"
    r"(?:\s(?:of\s|de\s|del\s)?(?P<y>\d{4})(?!\d))?"
)
_MONTH_DAY = re.compile(
    r"\b(?P<w>[^\W\d_]{3,12})\.?\s(?:the\s)?(?P<d>\d{1,2})(?:st|nd|rd|th)?(?![\d:]|[.,]\d|\s?%|\s?[$€£])\b"
    r"(?:,?\s(?P<y>\d{4})(?!\d))?"
)
_LEAD = re.compile(rf"\b(?P<lead>{_LEADS})[\s-](?:the\s|den\s|de\s)?$")
_MONTH = re.compile(r"\b(?P<w>[^\W\d_]{3,12})\b(?:\.?,?\s(?:of\s|de\s)?(?P<y>20\d\d)(?!\d))?")
_YEAR = re.compile(r"(?<![\w.,/-])(?P<y>20[2-9]\d)(?![\w/-]|[.,]\d|\s?[%€$£]|\s[a-z]{3,})")
_QUARTER = re.compile(
    r"\bq(?P<q>[1-4])(?:(?:[\s/'-]|\sof\s)*(?P<y>20\d\d|\d\d)(?!\d|\s?%))?\b|\b(?P<qb>[1-4])\.\s?quartal(?:\s(?P<yb>20\d\d))?"
)
_WEEK = re.compile(
    r"\b(?:kw|cw|calendar week|kalenderwoche|week no\.?)\s?(?P<week>\d{1,2})(?:[\s/]+(?P<y>20\d\d))?\b"
)
_ORDINAL = re.compile(
    r"\b(?:by|on|until|before) the (?P<d>\d{1,2})(?:st|nd|rd|th)\b(?! (?:case|time|of|quarter|week))"
)
_WEEKDAY = re.compile(
    r"(?:\b(?P<lead>next week|last week|every|each|jeden|jede|by|on|until|till|before|next|coming|this|last|past|previous|am|bis|nächsten|kommenden"
    r"|diesen|letzten|vergangenen|bis zum)\s)?(?:coming\s)?\b(?P<w>[^\W\d_]{3,12})\b(?P<s>s\b)?\.?"
    r"(?P<t>\s(?:next week|nächste woche|prochain|que viene|prossimo|last week|dernier|pasado))?"
)
_WORD_AHEAD = re.compile(r"\s?[^\W\d_]")
_EAST_ASIAN_DAY = re.compile(
    r"(?P<n>下个?|下個?|本|这个?|這個?|来週の?|今週の?)?(?:(?:周|週|星期|礼拜|禮拜)(?P<zh>[一二三四五六日天])|(?P<ja>[月火水木金土日])曜日?)"
)
_SHORT_DAYS = frozenset({"mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun"})
_ENDS = re.compile(r"(?:end|ende|fin|fine|late|eind|finales)\b")
_PART = re.compile(
    r"\b(?P<part>mid|middle of|mitte|mi|early|anfang|beginning of|start of|début)[\s-](?:of\s)?(?:the\s)?$"
)
_EARLY = frozenset({"early", "anfang", "beginning of", "start of", "début"})
_BACK = re.compile(
    r"\b(?:since|last|past|previous|seit|letzten|vergangenen|started|started in|depuis|desde)\s(?:the\s|den\s)?$"
)
_UNSURE = frozenset(
    {
        "may",
        "mar",
        "mars",
        "march",
        "set",
        "jan",
        "mai",
        "juin",
        "sep",
        "dec",
        "abr",
        "ene",
        "ott",
        "mag",
        "out",
    }
)
"""Names of months that are words as well; alone they need a word that leads to a date."""


class Aim(Enum):
    """Where a day without its year is looked for."""

    AHEAD = "ahead"
    BEHIND = "behind"
    NEAREST = "nearest"


class Day(NamedTuple):
    """A day found in folded words: where it stands, and what it may mean (two days where nobody can tell)."""

    start: int
    end: int
    days: tuple[date, ...]
    lead: str = ""


def find_days(text: str, ear: Ear, aim: Aim, *, eager: bool = False) -> list[Day]:
    """Return the days in folded words, in order and apart from each other.

    `eager` takes bare "3/4" and "today" for days too, where a day is what was asked for.
    """
    found = [day for find in _FINDERS for day in find(text, ear, aim, eager)]
    found.extend(Day(start, end, (on,)) for start, end, on in relative_days(text, ear, eager=eager))
    kept: list[Day] = []
    for day in sorted(found, key=lambda day: (day.start - day.end, day.start)):
        if all(day.end <= other.start or day.start >= other.end for other in kept):
            kept.append(day)
    return sorted(kept)


def without_days(text: str, ear: Ear) -> str:
    """Return folded words with dates blanked out, so that their figures are not taken for an answer."""
    for day in find_days(text, ear, Aim.NEAREST):
        text = text[: day.start] + " " * (day.end - day.start) + text[day.end :]
    return text


def _year_of(written: str | None) -> int | None:
    if not written:
        return None
    return int(written) + (2000 if len(written) == 2 else 0)


def _fitting(month: int, day: int, ear: Ear, aim: Aim) -> date | None:
    """Return the day of the year that fits, for a date without one; None without knowing today."""
    if ear.today is None:
        return None
    years = (ear.today.year + step for step in (-1, 0, 1))
    all_of_them = [on for year in years if (on := _date(year, month, day))]
    if aim is Aim.AHEAD:
        fitting = [on for on in all_of_them if on >= ear.today - _LENIENT]
        return min(fitting, default=None)
    if aim is Aim.BEHIND:
        return max((on for on in all_of_them if on <= ear.today + _LENIENT), default=None)
    today = ear.today
    return min(all_of_them, key=lambda on: abs(on - today), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _dated(year: str | None, month: int, day: int, ear: Ear, aim: Aim) -> date | None:
    written = _year_of(year)
    return _date(written, month, day) if written else _fitting(month, day, ear, aim)


def _month_end(year: str | None, month: int, ear: Ear, aim: Aim) -> date | None:
    """A month stands for its last day: whoever says "in January" has until then."""
    written = _year_of(year)
    if written:
        return _date(written, month, monthrange(written, month)[1])
    first = _fitting(month, 28, ear, aim)
    return first.replace(day=monthrange(first.year, month)[1]) if first else None


def _isos(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    del ear, aim, eager
    for found in _ISO.finditer(text):
        on = _date(int(found["y"]), int(found["m"]), int(found["d"]))
        if on:
            yield Day(found.start(), found.end(), (on,))


def _east_asian(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    del eager
    for found in _EAST_ASIAN.finditer(text):
        month = int(found["m"])
        if not 1 <= month <= 12:
            continue
        day = found["d"]
        on = _dated(found["y"], month, int(day), ear, aim) if day else _month_end(found["y"], month, ear, aim)
        if on:
            yield Day(found.start(), found.end(), (on,))


def _numeric(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    for found in _NUMERIC.finditer(text):
        written = found[0][len(found["lead"] or "") :]
        whole = found["y"] is not None
        dotted = found["s"] == "." and (whole or written.endswith("."))
        if not whole and (found["s"] == "-" or not (eager or found["lead"])):
            continue
        if found["s"] == "." and not dotted and (not eager or _WORD_AHEAD.match(text, found.end())):
            continue
        if written == "24/7":
            continue
        days = _either_way(found, ear, aim)
        if days:
            yield Day(found.end() - len(written), found.end(), days, (found["lead"] or "").strip())


def _either_way(found: re.Match[str], ear: Ear, aim: Aim) -> tuple[date, ...]:
    """Return what a numeric date means: dots have the day first, otherwise the locale says; else it is both."""
    a, b = int(found["a"]), int(found["b"])
    first = True if found["s"] == "." else day_first(ear.locale)
    orders = {True: ((b, a),), False: ((a, b),), None: ((b, a), (a, b))}[first]
    read = [
        on for month, day in orders if 1 <= month <= 12 and (on := _dated(found["y"], month, day, ear, aim))
    ]
    if not read and found["s"] != ".":  # 12/31 is nobody's day first
        read = [
            on
            for on in (
                _dated(found["y"], a, b, ear, aim) if 1 <= a <= 12 else None,
                _dated(found["y"], b, a, ear, aim) if 1 <= b <= 12 else None,
            )
            if on
        ]
    return tuple(dict.fromkeys(read))


def _named(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    del eager
    known = months(ear.locale)
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for found in pattern.finditer(text):
            month, day = known.get(found["w"]), int(found["d"])
            if month is None or not 1 <= day <= 31 or _is_a_verb(found, text):
                continue
            on = _dated(found["y"], month, day, ear, _aim_after(text[: found.start()], aim))
            if on:
                yield Day(found.start(), found.end(), (on,), _before(text, found.start()))


def _is_a_verb(found: re.Match[str], text: str) -> bool:
    """Whether "may 2" or "march 4" goes on as a sentence: "may 2 people approve it"."""
    goes_on = re.match(
        r"\s(?!and\b|at\b|to\b|by\b|with\b|for\b|we\b|it\b|was\b)[a-z]{3,}", text[found.end() :]
    )
    return found["w"] in {"may", "set"} and found.re is _MONTH_DAY and not found["y"] and goes_on is not None


def _aim_after(before: str, aim: Aim) -> Aim:
    return Aim.BEHIND if _BACK.search(before[-20:]) else aim


def _before(text: str, start: int) -> str:
    """Return the word that leads to a day, which tells a deadline from a memory."""
    words = text[:start].split()
    return " ".join(words[-2:])


def _whole_months(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    known = months(ear.locale)
    for found in _MONTH.finditer(text):
        month = known.get(found["w"])
        if month is None:
            continue
        before = text[: found.start()]
        led = _LEAD.search(before[-24:])
        lead = led["lead"] if led else ""
        unsure = found["w"] in _UNSURE and not found["y"]
        if not (lead or found["y"] or eager) or (unsure and lead in {"", "the", "to", "at", "for"}):
            continue
        if not lead and before.rstrip(" .").endswith(tuple("0123456789")):
            continue  # "31 Feb" is no day, and not February either
        on = _month_end(found["y"], month, ear, _aim_after(before, aim))
        if on:
            yield Day(found.start(), found.end(), (_part_of(on, before),), lead)


def _part_of(end: date, before: str) -> date:
    part = _PART.search(before[-20:])
    if part is None:
        return end
    return end.replace(day=10 if part["part"] in _EARLY else 15)


def _years(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    """A year stands for its last day."""
    del ear, aim
    for found in _YEAR.finditer(text):
        alone = eager and not text[: found.start()].strip() and not text[found.end() :].strip(" .!")
        led = _LEAD.search(text[max(found.start() - 24, 0) : found.start()])
        if not (alone or led):
            continue
        part = _PART.search(text[max(found.start() - 20, 0) : found.start()])
        month, day = (12, 31) if part is None else (3, 31) if part["part"] in _EARLY else (6, 30)
        yield Day(
            found.start(), found.end(), (date(int(found["y"]), month, day),), led["lead"] if led else ""
        )


def _quarters(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    del eager
    for found in _QUARTER.finditer(text):
        month = int(found["q"] or found["qb"]) * 3
        on = _month_end(found["y"] or found["yb"], month, ear, _aim_after(text[: found.start()], aim))
        if on:
            yield Day(found.start(), found.end(), (on,), _before(text, found.start()))


def _calendar_weeks(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    """A week of the year stands for its Friday."""
    del eager
    for found in _WEEK.finditer(text):
        written = _year_of(found["y"])
        years = (written,) if written else tuple(ear.today.year + n for n in (-1, 0, 1)) if ear.today else ()
        fridays = []
        for year in years:
            try:
                fridays.append(date.fromisocalendar(year, int(found["week"]), 5))
            except ValueError:
                continue
        today = ear.today
        if today and not written:
            fridays = [on for on in fridays if (on <= today if aim is Aim.BEHIND else on >= today - _LENIENT)]
            fridays = [max(fridays) if aim is Aim.BEHIND else min(fridays)] if fridays else []
        if fridays:
            yield Day(found.start(), found.end(), (fridays[0],))


def _ordinals(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    """ "By the 12th" is the next 12th, or the last one."""
    del eager
    today = ear.today
    if today is None:
        return
    for found in _ORDINAL.finditer(text):
        near = [(today.replace(day=1) + timedelta(days=31 * n)).replace(day=1) for n in (0, 1)]
        near.append((today.replace(day=1) - timedelta(days=1)).replace(day=1))
        days = [on for first in near if (on := _date(first.year, first.month, int(found["d"])))]
        fitting = [on for on in days if (on <= today if aim is Aim.BEHIND else on >= today)]
        if fitting:
            on = max(fitting) if aim is Aim.BEHIND else min(fitting)
            yield Day(found.start(), found.end(), (on,), "by")


def _weekdays(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    del eager
    if ear.today is None:
        return
    known = weekdays(ear.locale)
    for found in _WEEKDAY.finditer(text):
        weekday, lead = known.get(found["w"]), found["lead"] or ""
        short = found["w"] in _SHORT_DAYS
        if weekday is None or lead in {"every", "each", "jeden", "jede"} or (short and not lead):
            continue
        on = _weekday(weekday, lead, found["t"] or "", ear.today, aim)
        yield Day(found.start(), found.end(), (on,), lead)


def _east_asian_weekdays(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    del eager
    if ear.today is None:
        return
    for found in _EAST_ASIAN_DAY.finditer(text):
        weekday = (
            "月火水木金土日".index(found["ja"]) if found["ja"] else "一二三四五六日".find(found["zh"]) % 7
        )
        following = (found["n"] or "").startswith(("下", "来"))
        on = _weekday(weekday, "next week" if following else "", "", ear.today, aim)
        yield Day(found.start(), found.end(), (on,))


def _weekday(weekday: int, lead: str, tail: str, today: date, aim: Aim) -> date:
    monday = today - timedelta(days=today.weekday())
    if lead == "next week" or tail.strip() in {"next week", "nächste woche"}:
        return monday + timedelta(days=7 + weekday)
    if "last week" in {lead, tail.strip()}:
        return monday + timedelta(days=weekday - 7)
    back = lead in {"last", "past", "previous", "letzten", "vergangenen"} or tail.strip() in {
        "dernier",
        "pasado",
    }
    if back or (aim is Aim.BEHIND and lead not in {"by", "until", "till", "next", "coming", "bis"}):
        return today - timedelta(days=(today.weekday() - weekday) % 7 or 7)
    ahead = (weekday - today.weekday()) % 7
    return today + timedelta(days=ahead or (7 if lead in {"next", "coming", "nächsten", "kommenden"} else 0))


_Finder = Callable[[str, Ear, Aim, bool], Iterator[Day]]
_FINDERS: tuple[_Finder, ...] = (
    _isos,
    _east_asian,
    _numeric,
    _named,
    _quarters,
    _years,
    _calendar_weeks,
    _ordinals,
    _whole_months,
    _weekdays,
    _east_asian_weekdays,
)
