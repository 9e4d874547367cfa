"""Figures among the words: "about 1,200", "1.200" in German, "12k", "3 million", "half a million", "four thousand".

How a figure is written is the locale's business (Babel). Where the locale does not settle whether "1.200" is twelve hundred
or one and a fifth, both are kept, and the person is asked which.
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from bot.domain.coaching.locales import decimal_mark

_DIGITS = re.compile(
    r"(?<![\w.,#@/:$])(?<![^\W\d_]-)(?P<sign>(?<![\w-])-(?=\d))?(?P<n>\d{1,3}(?:[ '\u00a0\u202f]\d{3})+(?:[.,]\d+)?|\d+(?:[.,'٫٬]\d+)*)"
)
_AFTER_A_SIGN = re.compile(
    r"(?<=[$€£¥₹₩₪₫₱])\s?(?P<n>\d{1,3}(?:[ '\u00a0\u202f]\d{3})+(?:[.,]\d+)?|\d+(?:[.,'٫٬]\d+)*)"
)
_POWERS = {
    "k": 3, "thousand": 3, "tausend": 3, "tsd": 3, "mille": 3, "mil": 3, "mila": 3, "m": 6, "mn": 6, "mm": 6, "mio": 6, "million": 6, "millions": 6,
    "millionen": 6, "millones": 6, "milhões": 6, "milioni": 6, "bn": 9, "b": 9, "billion": 9, "billions": 9, "mrd": 9, "milliarde": 9,
    "milliarden": 9, "milliards": 9, "hundred": 2, "hundert": 2, "dozen": None, "万": 4, "萬": 4, "億": 8, "亿": 8, "만": 4, "억": 8, "千": 3,
    "lakh": 5, "lakhs": 5, "crore": 7, "crores": 7, "тыс": 3, "млн": 6,
}  # fmt: skip
_POWER = re.compile(
    r"\s?(?P<p>万|萬|億|亿|만|억|千)|(?P<pk>k|mn?|mm|bn|b)(?!\w|/)|\s?(?P<pw>thousand|tausend|tsd|mille|mil|mila|mn|mio|millions?|millionen|millones|milhões"
    r"|milioni|bn|billions?|mrd|milliarden?|milliards|hundred|hundert|dozen|lakhs?|crores?|тыс|млн)\b\.?"
)
_SMALL: dict[str, Decimal | int] = {
    "zero": 0, "null": 0, "half": Decimal("0.5"), "halbe": Decimal("0.5"), "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8,
    "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "zwanzig": 20, "dreißig": 30, "vierzig": 40, "fünfzig": 50, "deux": 2, "trois": 3,
    "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "dix": 10, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "diez": 10,
}  # fmt: skip
_GREAT = {
    "dozen": 12, "dutzend": 12, "hundred": 100, "hundert": 100, "thousand": 1000, "tausend": 1000, "million": 10**6, "millionen": 10**6,
    "billion": 10**9, "mille": 1000, "cent": None, "mil": 1000,
}  # fmt: skip
_A_GREAT_ONE = "dozen|hundred|thousand|million|billion|dutzend"
_WORDED = re.compile(
    rf"\b(?:(?P<half>half a|eine halbe|a quarter of a)\s(?P<great>{_A_GREAT_ONE})|(?P<one>a|an|one|ein|eine)\s(?P<greatb>{_A_GREAT_ONE})(?:\s(?P<greate>thousand|million))?"
    rf"|(?P<small>(?:{'|'.join(_SMALL)})(?:[\s-](?:and a half|and|{'|'.join(_SMALL)}))*)(?:\s(?P<greatc>hundred|hundert|thousand|tausend|millions?|millionen|billions?|dozen|mille|mil)\b)?"
    rf"(?:\s(?P<greatd>thousand|millions?|billions?)\b)?)\b"
)
_NO_FIGURES = re.compile(
    r"\b(?:no one|one of|one person|the one|this one|that one|one day|one thing|at one|one another)\b"
)
_RANGE = re.compile(r"\s?(?:-|to|bis|à|and|und|a)\s?")
_BETWEEN = re.compile(r"\b(?:between|zwischen|entre|from|von)\s$")
_MOST = Decimal(10) ** 18


class Figure(NamedTuple):
    """A figure in folded words: where it stands and what it may mean (two numbers where nobody can tell)."""

    start: int
    end: int
    numbers: tuple[Decimal, ...]
    written: str = ""

    @property
    def number(self) -> Decimal:
        """The first meaning."""
        return self.numbers[0]


def find_figures(text: str, locale: str) -> list[Figure]:
    """Return the figures in folded words, in order; those within names, versions, times and addresses are none."""
    found = [*_written(text, locale), *_worded(text)]
    kept: list[Figure] = []
    for figure in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or figure.start >= kept[-1].end:
            kept.append(figure)
    return _ranges_joined(text, kept)


def numbers_of(written: str, locale: str) -> tuple[Decimal, ...]:
    """Return what digits with separators may mean: one number, two where the locale does not settle it, or none."""
    plain = written.replace("٫", ".").replace("٬", ",")
    plain = re.sub(r"(?<=\d)[ '\u00a0\u202f](?=\d{3})", "", plain)
    marks = [mark for mark in plain if mark in ".,"]
    if not marks:
        return _decimals(plain)
    last = marks[-1]
    if len(set(marks)) == 2:
        grouped = marks.count(last) == 1
        return _decimals(_pointed(plain, last)) if grouped else ()
    if len(marks) > 1:
        groups = plain.split(last)
        regular = len(groups[-1]) == 3 and all(len(group) in (2, 3) for group in groups[1:-1])
        return _decimals("".join(groups)) if regular else ()
    whole, part = plain.split(last)
    if len(part) != 3 or len(whole) > 3 or whole.startswith("0"):
        return _decimals(_pointed(plain, last))
    as_group, pointed = Decimal(whole + part), Decimal(f"{whole}.{part}")
    mark = decimal_mark(locale)
    return (as_group,) if mark is not None and mark != last else (as_group, pointed)


def _pointed(plain: str, decimal: str) -> str:
    other = "," if decimal == "." else "."
    return plain.replace(other, "").replace(decimal, ".")


def _decimals(plain: str) -> tuple[Decimal, ...]:
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return ()
    return (_tidy(number),) if number.is_finite() and abs(number) < _MOST else ()


def _tidy(number: Decimal) -> Decimal:
    """Return a whole number as one: 1200 and neither 1200.0 nor 1.2E+3."""
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number


def _written(text: str, locale: str) -> Iterator[Figure]:
    for pattern in (_DIGITS, _AFTER_A_SIGN):
        for found in pattern.finditer(text):
            power = _POWER.match(text, found.end())
            end = power.end() if power else found.end()
            if not power and re.match(
                r"\.?[^\W\d_]*\d|:\d|⁄|-\d{2,}-|[/]\d", text[found.end() : found.end() + 12]
            ):
                continue  # 12:30, 2/3, 1.2.3, a part number
            numbers = numbers_of(found["n"], locale) if len(found["n"]) < 30 else ()
            if found.re is _DIGITS and found["sign"]:
                numbers = tuple(-number for number in numbers)
            if power:
                numbers = tuple(dict.fromkeys(_tidy(number * _times(power)) for number in numbers))
                numbers = (
                    numbers[-1:] if len(numbers) == 2 else numbers
                )  # "1.250 million" is no twelve hundred
            if numbers:
                yield Figure(found.start(), end, numbers, text[found.start() : end])


def _times(power: re.Match[str]) -> Decimal:
    exponent = _POWERS[power["p"] or power["pk"] or power["pw"]]
    return Decimal(12) if exponent is None else Decimal(10) ** exponent


def _worded(text: str) -> Iterator[Figure]:
    for found in _WORDED.finditer(text):
        if _NO_FIGURES.search(text[max(found.start() - 6, 0) : found.end() + 8]):
            continue
        if found["half"]:
            share = Decimal("0.25") if found["half"].startswith("a quarter") else Decimal("0.5")
            number = share * _great(found["great"])
        elif found["one"]:
            number = _great(found["greatb"]) * _great(found["greate"])
        else:
            number = _small(found["small"]) * _great(found["greatc"]) * _great(found["greatd"])
        yield Figure(found.start(), found.end(), (_tidy(number),), found[0])


def _great(word: str | None) -> Decimal:
    if word is None:
        return Decimal(1)
    return Decimal(_GREAT.get(word) or _GREAT.get(word.rstrip("s")) or 1)


def _small(words: str) -> Decimal:
    half = Decimal("0.5") if "and a half" in words else Decimal(0)
    parts = [word for word in re.split(r"[\s-]", words.replace("and a half", "")) if word in _SMALL]
    if len(parts) == 2 and parts[0] in _TENS and Decimal(_SMALL[parts[1]]) < 10:
        return Decimal(_SMALL[parts[0]]) + Decimal(_SMALL[parts[1]]) + half
    return Decimal(_SMALL[parts[0]]) + half if parts else half


_TENS = frozenset({"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"})


def _ranges_joined(text: str, figures: list[Figure]) -> list[Figure]:
    """ "3-5" and "between 3 and 5" are one figure with two readings."""
    joined: list[Figure] = []
    for figure in figures:
        before = joined[-1] if joined else None
        between = text[before.end : figure.start] if before else ""
        link = _RANGE.fullmatch(between)
        if (
            before
            and link
            and (between.strip() in {"-", "to", "bis"} or _BETWEEN.search(text[: before.start]))
        ):
            high = abs(figure.number)
            if before.number < high:
                joined[-1] = Figure(
                    before.start, figure.end, (before.number, high), text[before.start : figure.end]
                )
                continue
        joined.append(figure)
    return joined
