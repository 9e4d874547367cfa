"""Days of the week: "next Friday", "by Monday", "Friday next week", "am Freitag", "下周五". "Every Friday" is none."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.domain.coaching.calendar_days import Aim, Day
from bot.domain.coaching.ear import Ear
from bot.domain.coaching.locales import weekdays

_WEEKDAY = re.compile(
    r"(?:\b(?P<lead>next week|last week|every|each|jeden|jede|by|on|until|till|before|next|coming|this|last|past|previous|am|bis|nächsten|kommenden"
    r"|diesen|letzten|vergangenen|bis zum)\s)?(?:coming\s)?\b(?!(?:next|this|last|past|nächsten|kommenden|diesen|letzten)\s)(?P<w>[^\W\d_]{3,12})\b(?P<s>s\b)?\.?"
    r"(?P<t>\s(?:next week|nächste woche|prochain|que viene|prossimo|last week|dernier|pasado))?"
)
_EAST_ASIAN_DAY = re.compile(
    r"(?P<n>下个?|下個?|本|这个?|這個?|来週の?|今週の?)?(?:(?:周|週|星期|礼拜|禮拜)(?P<zh>[一二三四五六日天])|(?P<ja>[月火水木金土日])曜日?)"
)
_SHORT_DAYS = frozenset({"mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun"})


def days_of_the_week(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
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


def east_asian_weekdays(text: str, ear: Ear, aim: Aim, eager: bool) -> Iterator[Day]:
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
