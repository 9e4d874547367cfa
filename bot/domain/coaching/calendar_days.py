"""What a day found in words is, and which year a day without one belongs to: the nearest that fits, by what it is wanted for."""

import re
from calendar import monthrange
from datetime import date, timedelta
from enum import Enum
from typing import NamedTuple

from bot.domain.coaching.ear import Ear

LENIENT = timedelta(days=45)
"""A day without its year that just went by is that day, and not the one in a year."""
LEADS = (
    r"by|until|till|before|on|in|from|since|after|for|to|the|at|mid|early|late|end of|beginning of|start of|next|last|this|bis|zum|am|im|ab"
    r"|vom|seit|vor|ende|mitte|anfang|nächsten|letzten|diesen|le|fin|fin de|d'ici|d'ici le|en|el|para|dia|il|entro|em|eind|op|per|planned|due|w"
)
_BACK = re.compile(
    r"\b(?:since|last|past|previous|seit|letzten|vergangenen|started|started in|depuis|desde)\s(?:the\s|den\s)?$"
)


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


def year_of(written: str | None) -> int | None:
    if not written:
        return None
    return int(written) + (2000 if len(written) == 2 else 0)


def date_of(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def fitting(month: int, day: int, ear: Ear, aim: Aim) -> date | None:
    """Return the day of the year that fits, for a date without one; None without knowing today."""
    if ear.today is None:
        return None
    years = (ear.today.year + step for step in (-1, 0, 1))
    all_of_them = [on for year in years if (on := date_of(year, month, day))]
    if aim is Aim.AHEAD:
        fitting = [on for on in all_of_them if on >= ear.today - LENIENT]
        return min(fitting, default=None)
    if aim is Aim.BEHIND:
        return max((on for on in all_of_them if on <= ear.today + LENIENT), default=None)
    today = ear.today
    return min(all_of_them, key=lambda on: abs(on - today), default=None)


def dated(year: str | None, month: int, day: int, ear: Ear, aim: Aim) -> date | None:
    written = year_of(year)
    return date_of(written, month, day) if written else fitting(month, day, ear, aim)


def month_end(year: str | None, month: int, ear: Ear, aim: Aim) -> date | None:
    """A month stands for its last day: whoever says "in January" has until then."""
    written = year_of(year)
    if written:
        return date_of(written, month, monthrange(written, month)[1])
    first = fitting(month, 28, ear, aim)
    return first.replace(day=monthrange(first.year, month)[1]) if first else None


def aim_after(before: str, aim: Aim) -> Aim:
    return Aim.BEHIND if _BACK.search(before[-20:]) else aim


def words_before(text: str, start: int) -> str:
    """Return the word that leads to a day, which tells a deadline from a memory."""
    words = text[:start].split()
    return " ".join(words[-2:])
