"""Days that are written as dates: "2026-12-12", "12.12.", "3/4/2027", "12 Dec", "December 12th", "12月12日", "by the 12th"."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.domain.coaching.calendar_days import (
    LEADS,
    Aim,
    Day,
    aim_after,
    date_of,
    dated,
    month_end,
    words_before,
)
from bot.domain.coaching.ear import Ear
from bot.domain.coaching.locales import day_first, months

_ISO = re.compile(r"(?<![\d.,/-])(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?![\d/]|-\d)")
_EAST_ASIAN = re.compile(
    r"(?:(?P<y>\d{4})\s?[年년]\s?)?(?P<m>\d{1,2})\s?[月월](?:\s?(?P<d>\d{1,2})\s?[日号일])?"
)
_NUMERIC = re.compile(
    rf"(?P<lead>\b(?:{LEADS})\s(?:the\s|den\s|zum\s)?)?(?<![\d.,/$€£-])"
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
_ORDINAL = re.compile(
    r"\b(?:by|on|until|before) the (?P<d>\d{1,2})(?:st|nd|rd|th)\b(?! (?:case|time|of|quarter|week))"
)
_WORD_AHEAD = re.compile(r"\s?[^\W\d_]")


def iso_days(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    del ear, aim, eager
    for found in _ISO.finditer(text):
        on = date_of(int(found["y"]), int(found["m"]), int(found["d"]))
        if on:
            yield Day(found.start(), found.end(), (on,))


def east_asian_days(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    del eager
    for found in _EAST_ASIAN.finditer(text):
        month = int(found["m"])
        if not 1 <= month <= 12:
            continue
        day = found["d"]
        on = dated(found["y"], month, int(day), ear, aim) if day else month_end(found["y"], month, ear, aim)
        if on:
            yield Day(found.start(), found.end(), (on,))


def numeric_days(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
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
        on for month, day in orders if 1 <= month <= 12 and (on := dated(found["y"], month, day, ear, aim))
    ]
    if not read and found["s"] != ".":  # 12/31 is nobody's day first
        read = [
            on
            for on in (
                dated(found["y"], a, b, ear, aim) if 1 <= a <= 12 else None,
                dated(found["y"], b, a, ear, aim) if 1 <= b <= 12 else None,
            )
            if on
        ]
    return tuple(dict.fromkeys(read))


def named_days(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    del eager
    known = months(ear.locale)
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for found in pattern.finditer(text):
            month, day = known.get(found["w"]), int(found["d"])
            if month is None or not 1 <= day <= 31 or _is_a_verb(found, text):
                continue
            on = dated(found["y"], month, day, ear, aim_after(text[: found.start()], aim))
            if on:
                yield Day(found.start(), found.end(), (on,), words_before(text, found.start()))


def _is_a_verb(found: re.Match[str], text: str) -> bool:
    """Whether "may 2" or "march 4" goes on as a sentence: "may 2 people approve it"."""
    goes_on = re.match(
        r"\s(?!and\b|at\b|to\b|by\b|with\b|for\b|we\b|it\b|was\b)[a-z]{3,}", text[found.end() :]
    )
    return found["w"] in {"may", "set"} and found.re is _MONTH_DAY and not found["y"] and goes_on is not None


def ordinal_days(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
    """ "By the 12th" is the next 12th, or the last one."""
    del eager
    today = ear.today
    if today is None:
        return
    for found in _ORDINAL.finditer(text):
        near = [(today.replace(day=1) + timedelta(days=31 * n)).replace(day=1) for n in (0, 1)]
        near.append((today.replace(day=1) - timedelta(days=1)).replace(day=1))
        days = [on for first in near if (on := date_of(first.year, first.month, int(found["d"])))]
        fitting = [on for on in days if (on <= today if aim is Aim.BEHIND else on >= today)]
        if fitting:
            on = max(fitting) if aim is Aim.BEHIND else min(fitting)
            yield Day(found.start(), found.end(), (on,), "by")
