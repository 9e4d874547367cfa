"""Months, quarters, years and weeks of the year, each standing for its last day: whoever says "in January" has until then."""

import re
from collections.abc import Iterator
from datetime import date

from bot.domain.coaching.calendar_days import (
    LEADS,
    LENIENT,
    Aim,
    Day,
    aim_after,
    month_end,
    words_before,
    year_of,
)
from bot.domain.coaching.ear import Ear
from bot.domain.coaching.locales import months

_LEAD = re.compile(rf"\b(?P<lead>{LEADS})[\s-](?:the\s|den\s|de\s)?$")
_MONTH = re.compile(r"\b(?P<w>[^\W\d_]{3,12})\b(?:\.?,?\s(?:of\s|de\s)?(?P<y>20\d\d)(?!\d))?")
_YEAR = re.compile(r"(?<![\w.,/-])(?P<y>20[2-9]\d)(?![\w/-]|[.,]\d|\s?[%€$£]|\s[a-z]{3,})")
_QUARTER = re.compile(
    r"\bq(?P<q>[1-4])(?:(?:[\s/'-]|\sof\s)*(?P<y>20\d\d|\d\d)(?!\d|\s?%))?\b|\b(?P<qb>[1-4])\.\s?quartal(?:\s(?P<yb>20\d\d))?"
)
_WEEK = re.compile(
    r"\b(?:kw|cw|calendar week|kalenderwoche|week no\.?)\s?(?P<week>\d{1,2})(?:[\s/]+(?P<y>20\d\d))?\b"
)
_PART = re.compile(
    r"\b(?P<part>mid|middle of|mitte|mi|early|anfang|beginning of|start of|début)[\s-](?:of\s)?(?:the\s)?$"
)
EARLY = frozenset({"early", "anfang", "beginning of", "start of", "début"})
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


def whole_months(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
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
        on = month_end(found["y"], month, ear, aim_after(before, aim))
        if on:
            yield Day(found.start(), found.end(), (_part_of(on, before),), lead)


def _part_of(end: date, before: str) -> date:
    part = _PART.search(before[-20:])
    if part is None:
        return end
    return end.replace(day=10 if part["part"] in EARLY else 15)


def whole_years(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    """A year stands for its last day."""
    del ear, aim
    for found in _YEAR.finditer(text):
        alone = eager and not text[: found.start()].strip() and not text[found.end() :].strip(" .!")
        led = _LEAD.search(text[max(found.start() - 24, 0) : found.start()])
        if not (alone or led):
            continue
        part = _PART.search(text[max(found.start() - 20, 0) : found.start()])
        month, day = (12, 31) if part is None else (3, 31) if part["part"] in EARLY else (6, 30)
        yield Day(
            found.start(), found.end(), (date(int(found["y"]), month, day),), led["lead"] if led else ""
        )


def quarters(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    del eager
    for found in _QUARTER.finditer(text):
        month = int(found["q"] or found["qb"]) * 3
        on = month_end(found["y"] or found["yb"], month, ear, aim_after(text[: found.start()], aim))
        if on:
            yield Day(found.start(), found.end(), (on,), words_before(text, found.start()))


def calendar_weeks(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    """A week of the year stands for its Friday."""
    del eager
    for found in _WEEK.finditer(text):
        written = year_of(found["y"])
        years = (written,) if written else tuple(ear.today.year + n for n in (-1, 0, 1)) if ear.today else ()
        fridays = []
        for year in years:
            try:
                fridays.append(date.fromisocalendar(year, int(found["week"]), 5))
            except ValueError:
                continue
        today = ear.today
        if today and not written:
            fridays = [on for on in fridays if (on <= today if aim is Aim.BEHIND else on >= today - LENIENT)]
            fridays = [max(fridays) if aim is Aim.BEHIND else min(fridays)] if fridays else []
        if fridays:
            yield Day(found.start(), found.end(), (fridays[0],))
