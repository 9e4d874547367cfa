"""Days that are counted from today: "tomorrow", "in two weeks", "two weeks ago", "end of next month", "la semaine prochaine".

Where such a phrase stands is found here; dateparser says which day it is. Ends of weeks, months, quarters and years are
worked out here, because whoever says "next week" has until its Friday.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from bot.domain.coaching.ear import Ear
from bot.domain.coaching.locales import language_of

_COUNT = (
    r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|eine[rmn]?|zwei|drei|vier|fünf|sechs|sieben|acht|zehn|zwölf"
    r"|une?|deux|trois|quatre|cinq|dix|quinze|una?|dos|tres|cuatro|cinco|diez|due|duas|três|twee|drie|a couple of|a few)"
)
_UNIT = (
    r"(?:working days?|business days?|days?|weeks?|fortnights?|months?|quarters?|years?|tage?n?|wochen?|monate?n?|jahre?n?|jours?|semaines?|mois|ans?"
    r"|días?|semanas?|meses|mes|años?|giorni|settimane|mesi|dias?|mês|dagen|weken|maanden)"
)
_AHEAD = re.compile(
    rf"\b(?:in|within|innerhalb von|binnen|dans|en|dentro de|tra|fra|em|over)\s(?:the next\s|about\s|around\s|~\s?|ca\.?\s|etwa\s)?(?P<n>{_COUNT})\s(?P<u>{_UNIT})\b(?!\s(?:ago|per|a\b|we\b|of\b|a\s))"
    rf"|\b(?P<nb>{_COUNT})\s(?P<ub>{_UNIT})\sfrom\s(?:now|today)\b"
)
_AGO = re.compile(
    rf"\b(?P<n>{_COUNT})\s(?P<u>{_UNIT})\sago\b"
    rf"|\b(?:vor|il y a|hace|há)\s(?:etwa\s|about\s|ca\.?\s|unos\s)?(?P<nb>{_COUNT})\s(?P<ub>{_UNIT})\b"
)
_PERIOD = re.compile(
    r"\b(?P<end>(?:the\s)?end of(?: the)?|ende(?: des| der)?|fin (?:de la|de l'|du|de)|by the end of(?: the)?)?\s?"
    r"(?P<which>this|next|last|the current|dieses|dieser|diese[nm]?|nächste[rmns]?|nächsten|kommende[rmns]?|letzte[rmns]?)?\s?"
    r"\b(?P<what>weekend|week|months?|quarter|year|woche|monats?|quartals?|jahr(?:es)?|semaine|mois|trimestre|année)\b(?!\s(?:days?|ago|\d))"
)
_AFTER_THE_PERIOD = re.compile(
    r"\b(?P<what>semaine|mois|trimestre|année|semana|mes|mês|año|ano|settimana|mese|anno)\s(?:prochaine?|qui vient|que viene|que vem|prossim[oa]|próxim[oa])\b"
    r"|\b(?:próxim[oa]|prossim[oa])\s(?P<whatb>semana|mes|mês|trimestre|año|ano|settimana|mese|anno)\b"
)
_WORDS_FOR_ENDS = re.compile(
    r"\b(?P<w>eod|eow|eom|eoq|eoy|month[ -]end|year[ -]end|quarter[ -]end|monatsende|jahresende|quartalsende|wochenende|end of day)\b"
)
_NAMED = {
    "tomorrow": 1, "the day after tomorrow": 2, "day after tomorrow": 2, "übermorgen": 2, "morgen": 1, "demain": 1,
    "après-demain": 2, "mañana": 1, "pasado mañana": 2, "domani": 1, "dopodomani": 2, "amanhã": 1, "明天": 1, "明日": 1, "后天": 2,
    "내일": 1, "завтра": 1, "jutro": 1,
}  # fmt: skip
_NAMED_BACK = {
    "yesterday": -1, "day before yesterday": -2, "the day before yesterday": -2, "gestern": -1, "vorgestern": -2, "ayer": -1,
    "ieri": -1, "ontem": -1, "昨天": -1, "昨日": -1, "어제": -1, "вчера": -1, "wczoraj": -1, "today": 0, "heute": 0, "aujourd'hui": 0, "hoy": 0,
    "oggi": 0, "hoje": 0, "今天": 0, "今日": 0, "오늘": 0, "сегодня": 0, "dzisiaj": 0,
}  # fmt: skip
_EDGED = r"(?<!\w)(?:{})(?!\w)(?! (?:morning|früh))"


def _any(named: dict[str, int]) -> re.Pattern[str]:
    words = sorted(named, key=len, reverse=True)
    spaced = [word for word in words if word.isascii() or not word[0] >= "\u3000"]
    unspaced = [word for word in words if word not in spaced]
    return re.compile("|".join([_EDGED.format("|".join(map(re.escape, spaced))), *map(re.escape, unspaced)]))


_TOMORROW, _TODAY = _any(_NAMED), _any(_NAMED_BACK)
_FEW = {"a couple of": "2", "a few": "3"}
_NEXT, _LAST = ("next", "nächst", "kommend"), ("last", "letzt")
_WORTH_ASKING = re.compile(
    r"volgend|vorig|przyszł|zeszł|через|недел|месяц|понедельник|вторник|сред[уы]|четверг|пятниц|суббот|воскрес|来週|来月|来年|下[周週个個]|次の|先[週月]|上[周个]|다음|지난"
)
"""Words beside which dateparser is asked to find a day in languages that have no patterns here."""
_SEARCHED = 200


def relative_days(text: str, ear: Ear, *, eager: bool) -> Iterator[tuple[int, int, date]]:
    """Yield where a phrase that counts from today stands in folded words, and its day."""
    if ear.today is None:
        return
    yield from _counted(text, ear.today)
    yield from _periods(text, ear.today, eager=eager)
    for found in _TOMORROW.finditer(text):
        if found[0] != "morgen" or _is_tomorrow(text, found.start()):
            yield found.start(), found.end(), ear.today + timedelta(days=_NAMED[found[0]])
    if eager:
        for found in _TODAY.finditer(text):
            yield found.start(), found.end(), ear.today + timedelta(days=_NAMED_BACK[found[0]])
    if _WORTH_ASKING.search(text, 0, _SEARCHED):
        yield from _searched(text[:_SEARCHED], ear, ear.today)


def _is_tomorrow(text: str, start: int) -> bool:
    """ "Jeden Morgen" is a morning."""
    return not text[:start].endswith(("jeden ", "am ", "guten ", "diesen ", "heute "))


def _counted(text: str, today: date) -> Iterator[tuple[int, int, date]]:
    for pattern, sign in ((_AHEAD, 1), (_AGO, -1)):
        for found in pattern.finditer(text):
            count, unit = found["n"] or found["nb"], found["u"] or found["ub"]
            on = _interpreted(count, unit, today, sign)
            if on is not None:
                yield found.start(), found.end(), on


def _interpreted(count: str, unit: str, today: date, sign: int) -> date | None:
    """Let dateparser count; what it does not know as a phrase is said to it in English."""
    number, plain = _number(count), _english(unit)
    if number is None or plain is None:
        return None
    if plain == "quarter":
        number, plain = number * 3, "month"
    if plain == "fortnight":
        number, plain = number * 2, "week"
    said = f"in {number} {plain}s" if sign > 0 else f"{number} {plain}s ago"
    return _parsed(said, ("en",), today)


_NUMBERS = {
    1: "a an one ein eine einem einen einer un une una", 2: "two zwei deux dos due duas twee", 3: "three drei trois tres três drie",
    4: "four vier quatre cuatro", 5: "five fünf cinq cinco", 6: "six sechs", 7: "seven sieben", 8: "eight acht", 9: "nine",
    10: "ten zehn dix diez", 12: "twelve zwölf", 15: "quinze",
}  # fmt: skip
_BY_WORD = {word: number for number, words in _NUMBERS.items() for word in words.split()}
_UNITS = {
    "day": ("day", "working day", "business day", "tag", "jour", "día", "dia", "giorn", "dagen"),
    "week": ("week", "woche", "semain", "semana", "settiman", "weken"),
    "fortnight": ("fortnight",),
    "month": ("month", "monat", "mois", "mes", "mês", "maand"),
    "quarter": ("quarter",),
    "year": ("year", "jahr", "an", "año"),
}


def _number(word: str) -> int | None:
    word = _FEW.get(word, word)
    return int(word) if word.isdigit() else _BY_WORD.get(word)


def _english(unit: str) -> str | None:
    return next((plain for plain, starts in _UNITS.items() if unit.startswith(starts)), None)


def _parsed(said: str, languages: tuple[str, ...], today: date) -> date | None:
    import dateparser

    at = dateparser.parse(said, languages=list(languages), settings={"RELATIVE_BASE": _noon(today)})
    return at.date() if at else None


def _noon(today: date) -> datetime:
    return datetime(today.year, today.month, today.day)  # noqa: DTZ001 - days have no zone


def _searched(text: str, ear: Ear, today: date) -> Iterator[tuple[int, int, date]]:
    """Ask dateparser to find days in a language that has no patterns here; times of day are no answer."""
    from dateparser.search import search_dates

    language = language_of(ear.locale)
    languages = [language] if language in _SEARCHABLE else _guessed(text)
    found = search_dates(text, languages=languages, settings={"RELATIVE_BASE": _noon(today)}) or []
    at = 0
    for words, moment in found:
        start = text.find(words, at)
        if start < 0 or len(words) < 2 or words.isdigit() or moment.time() != datetime.min.time():
            continue
        at = start + len(words)
        yield start, at, moment.date()


_SEARCHABLE = frozenset({"fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "ja", "zh", "ko"})


def _guessed(text: str) -> list[str]:
    if re.search(r"[\u3040-\u30ff]", text):
        return ["ja"]
    if re.search(r"[\u4e00-\u9fff]", text):
        return ["zh", "ja"]
    if re.search(r"[\uac00-\ud7af]", text):
        return ["ko"]
    return ["ru"] if re.search(r"[\u0400-\u04ff]", text) else ["fr", "es", "it", "pt", "nl"]


def _periods(text: str, today: date, *, eager: bool) -> Iterator[tuple[int, int, date]]:
    for found in _PERIOD.finditer(text):
        if not (found["end"] or found["which"]):
            continue
        step = _step(found["which"] or "")
        if step < 0 and not eager:
            continue
        yield found.start(), found.end(), _end_of(found["what"], step, today)
    for found in _AFTER_THE_PERIOD.finditer(text):
        yield found.start(), found.end(), _end_of(found["what"] or found["whatb"], 1, today)
    for found in _WORDS_FOR_ENDS.finditer(text):
        yield found.start(), found.end(), _end_of(_whole(found["w"]), 0, today)


def _step(which: str) -> int:
    if which.startswith(_NEXT):
        return 1
    return -1 if which.startswith(_LAST) else 0


def _whole(word: str) -> str:
    ends = {
        "eod": "day",
        "end of day": "day",
        "eow": "week",
        "wochenende": "week",
        "eom": "month",
        "monatsende": "month",
        "eoq": "quarter",
    }
    if word in ends:
        return ends[word]
    return next(
        (whole for whole in ("month", "quarter", "quartal", "year", "jahr") if word.startswith(whole)), "year"
    )


def _end_of(what: str, step: int, today: date) -> date:
    """Return the last day of a period; the last working day of a week."""
    if what == "day":
        return today
    if what.startswith(("week", "woche", "semain", "semana", "settimana")):
        return today - timedelta(days=today.weekday()) + timedelta(days=4 + 7 * step)
    if what.startswith(("month", "monat", "mois", "mes", "mês")):
        return _month_end(today.year, today.month + step)
    if what.startswith(("quarter", "quartal", "trimestre")):
        return _month_end(today.year, (today.month - 1) // 3 * 3 + 3 + 3 * step)
    return date(today.year + step, 12, 31)


def _month_end(year: int, month: int) -> date:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, monthrange(year, month)[1])
