"""The value that an item asks for, read out of plain words: a figure, an amount, a share, a day, links, people, options.

The words are kept whole beside it. What may mean two things is not decided here: both meanings are named, and the person
is asked once. Nothing here judges whether a value is good.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from bot.domain.answers import Value
from bot.domain.coaching.choosing import choose
from bot.domain.coaching.days import Aim, Day, find_days, without_days
from bot.domain.coaching.ear import UNHEARD, Ear
from bot.domain.coaching.figures import Figure, find_figures
from bot.domain.coaching.money import find_amount
from bot.domain.coaching.phrases import folded
from bot.domain.coaching.reply import without_links
from bot.domain.playbook import AnswerKind, Detector, Item

WITHOUT_VALUE = frozenset({AnswerKind.STATUS, AnswerKind.TEXT})
_READ = 600
"""Characters in which a value is looked for; whoever has one says it early."""


class Words(NamedTuple):
    """A reply prepared for reading values: folded words without links, and what Slack marked in them."""

    text: str
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


class Heard(NamedTuple):
    """A value, or the two meanings between which only the person can choose, or neither."""

    value: Value | None = None
    meanings: tuple[str, ...] = ()


NOTHING_HEARD = Heard()


def value_in(words: Words, item: Item, ear: Ear) -> Heard:
    """Return the value that words give for an item."""
    read = _READERS.get(item.kind)
    return read(words._replace(text=words.text[:_READ]), item, ear) if read else NOTHING_HEARD


def aim_of(item: Item) -> Aim:
    """Return where an item's date lies: ahead where a past one is a concern, behind where a future one is."""
    if any(Detector.PAST_DATE in check.replace("-", "_") for check in item.checks):
        return Aim.AHEAD
    if any(Detector.FUTURE_DATE in check.replace("-", "_") for check in item.checks):
        return Aim.BEHIND
    return Aim.NEAREST


def written_day(on: date) -> str:
    """Return a day that cannot be misread: 3 April 2027."""
    return f"{on.day} {on:%B %Y}"


def plainly(number: Decimal) -> str:
    """Return a number without marks between thousands, so that it reads the same everywhere."""
    return f"{number.normalize():f}"


def meanings_of(detail: str, item: Item) -> tuple[str, ...]:
    """Return between which two values kept words leave open what they mean."""
    return value_in(Words(text=folded(without_links(detail))), item, UNHEARD).meanings


def _number(words: Words, item: Item, ear: Ear) -> Heard:
    text = without_days(words.text, ear)
    figure = _likeliest(text, find_figures(text, ear.locale), item.unit)
    if figure is None:
        return NOTHING_HEARD
    if len(figure.numbers) > 1:
        return Heard(meanings=tuple(map(plainly, figure.numbers)))
    unit = _unit_said(text[figure.end : figure.end + 60], item.unit)
    return Heard(Value(kind=AnswerKind.NUMBER, number=figure.number, unit=unit))


_SHARE = re.compile(
    r"\s?(?:%|％|percent\b|per cent\b|pct\b|prozent\b|pour cent\b|por ciento\b|por cento\b|per cento\b|procent\b|процент)"
)
_OTHER_THAN_COUNT = re.compile(r"\s?(?:[%€$£¥₹]|percent\b|eur\b|usd\b|cents?\b)")
_PERIODS = {
    "hour": "hour|stunde|heure|hora", "day": "day|tag|jour|día|dia", "week": "week|woche|semaine|semana|settimana", "month": "month|monat|mois|mes|mese",
    "quarter": "quarter|quartal|trimestre", "year": "year|jahr|an|año|ano|anno",
}  # fmt: skip
_RATE = re.compile(
    r"(?:\b(?:a|an|per|each|every|pro|im|in der|in einer|par|por|al|alla)\s|/\s?)(?P<p>"
    + "|".join(f"(?P<{name}>{words})" for name, words in _PERIODS.items())
    + r")\b|\b(?P<ly>hourly|daily|weekly|monthly|quarterly|yearly|annually|täglich|wöchentlich|monatlich|jährlich)\b"
)
_ADVERBS = {
    "hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year", "annually": "year",
    "täglich": "day", "wöchentlich": "week", "monatlich": "month", "jährlich": "year",
}  # fmt: skip
_TIMES = {
    "ms": "ms|milliseconds?|millisekunden?|msec", "seconds": "s|secs?|seconds?|sekunden?|secondes?|segundos?", "minutes": "min|mins|minutes?|minuten?|minutos?",
    "hours": "h|hrs?|hours?|stunden?|heures?|horas?", "days": "d|days?|tagen?|tage?|jours?|días?", "weeks": "weeks?|wochen?|semaines?|semanas?",
    "months": "months?|monate?n?|mois|meses",
}  # fmt: skip
_TIME = re.compile(
    r"\s?(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _TIMES.items()) + r")(?!\w)"
)


def _likeliest(text: str, figures: list[Figure], unit: str) -> Figure | None:
    """Return the figure that counts what the item counts, or the first that could."""
    stem = unit.casefold().split(" ")[0][:4]
    counted = [
        f
        for f in figures
        if len(stem) > 1
        and re.match(rf"(?:\s[^\s.,;]+){{0,2}}?\s{re.escape(stem)}", text[f.end : f.end + 60])
    ]
    timed = [f for f in figures if _time_unit(unit) and _TIME.match(text[f.end : f.end + 20])]
    if counted or timed:
        return (counted or timed)[0]
    plain = [f for f in figures if not _OTHER_THAN_COUNT.match(text[f.end : f.end + 12])]
    if not _time_unit(unit):
        plain = [f for f in plain if not _TIME.match(text[f.end : f.end + 20])]
    return next(iter(plain or (figures if unit.startswith("%") else [])), None)


def _time_unit(unit: str) -> str | None:
    found = _TIME.match(unit.casefold())
    return found.lastgroup if found else None


def _unit_said(after: str, unit: str) -> str:
    """Return what a number counts as it was said: "5,000 a month" is no number of cases a week."""
    asked, said = _time_unit(unit), _TIME.match(after)
    if asked and said and said.lastgroup and said.lastgroup != asked:
        return said.lastgroup
    wanted, given = _RATE.search(unit.casefold()), _RATE.search(after)
    if wanted and given and _period(wanted) != _period(given):
        return (
            f"{unit[: wanted.start()].rstrip()} a{'n' if _period(given) == 'hour' else ''} {_period(given)}"
        )
    return unit


def _period(found: re.Match[str]) -> str:
    if found["ly"]:
        return _ADVERBS[found["ly"]]
    return next(name for name in _PERIODS if found[name])


def _money(words: Words, item: Item, ear: Ear) -> Heard:
    amount = find_amount(without_days(words.text, ear), ear.locale, item.unit)
    if amount is None:
        return NOTHING_HEARD
    if len(amount.numbers) > 1:
        return Heard(
            meanings=tuple(f"{plainly(number)} {amount.currency}".rstrip() for number in amount.numbers)
        )
    return Heard(Value(kind=AnswerKind.MONEY, number=amount.numbers[0], unit=amount.currency))


_OUT_OF = re.compile(r"\s(?:out of|in|von|sur|de|of)\s$")


_FRACTIONS = {
    "twothirds": Decimal("66.7"), "threequarters": Decimal(75), "third": Decimal("33.3"), "quarter": Decimal(25), "half": Decimal(50),
}  # fmt: skip
_FRACTION = re.compile(
    r"\b(?:(?P<twothirds>two[ -]thirds|zwei drittel|deux tiers|dos tercios)|(?P<threequarters>three[ -]quarters|drei viertel|trois quarts)"
    r"|(?P<third>(?:a|one)[ -]third|ein drittel|un tiers)|(?P<quarter>(?:a|one)[ -]quarter|ein viertel|un quart)"
    r"|(?P<half>half|die hälfte|la moitié|la mitad)(?! (?:a|an) ))\b"
)


def _percentage(words: Words, item: Item, ear: Ear) -> Heard:
    del item
    text = without_days(words.text, ear)
    figures = find_figures(text, ear.locale)
    for figure in figures:
        if _SHARE.match(text[figure.end : figure.end + 12]):
            return _share(tuple(n for n in figure.numbers if n <= 100) or figure.numbers)
    fraction = _FRACTION.search(text)
    if fraction:
        return _share((_FRACTIONS[fraction.lastgroup or ""],))
    parts = _out_of(text, figures)
    if parts is not None:
        return _share((parts,))
    bare = next(
        (figure for figure in figures if not _OTHER_THAN_COUNT.match(text[figure.end : figure.end + 12])),
        None,
    )
    if bare is None or (len(figures) > 1 and not _alone(text, bare)):
        return NOTHING_HEARD
    if 0 < bare.number < 1:
        return Heard(meanings=(f"{plainly(bare.number * 100)} %", f"{plainly(bare.number)} %"))
    return _share(tuple(number for number in bare.numbers if abs(number) <= 1000))


def _share(numbers: tuple[Decimal, ...]) -> Heard:
    if len(numbers) == 1:
        return Heard(Value(kind=AnswerKind.PERCENTAGE, number=numbers[0], unit="%"))
    return Heard(meanings=tuple(f"{plainly(number)} %" for number in numbers))


def _out_of(text: str, figures: list[Figure]) -> Decimal | None:
    """Return "nine out of ten" as a percentage."""
    for part, whole in pairwise(figures):
        between = text[part.end : whole.start]
        if _OUT_OF.fullmatch(between) and whole.number > 0 and part.number <= whole.number:
            share = (part.number * 100 / whole.number).quantize(Decimal("0.1"))
            return share.quantize(Decimal(1)) if share == share.to_integral_value() else share
    return None


def _alone(text: str, figure: Figure) -> bool:
    """Whether hardly anything else is said beside a bare figure."""
    return len(text.strip()) - (figure.end - figure.start) < 12


_NOT_THE_DAY = re.compile(r"\b(?:not|from|instead of|rather than|moved from|was|statt|nicht|vom)\s$")


def _date(words: Words, item: Item, ear: Ear) -> Heard:
    days = find_days(words.text, ear, aim_of(item), eager=True)
    meant = [day for day in days if not _NOT_THE_DAY.search(words.text[: day.start])] or days
    if not meant:
        return NOTHING_HEARD
    day: Day = meant[0]
    if len(day.days) > 1:
        return Heard(meanings=tuple(map(written_day, day.days)))
    return Heard(Value(kind=AnswerKind.DATE, on=day.days[0]))


def _link(words: Words, item: Item, ear: Ear) -> Heard:
    del item, ear
    return Heard(Value(kind=AnswerKind.LINK, ids=words.links)) if words.links else NOTHING_HEARD


_MYSELF = re.compile(
    r"\W*(?:(?:it's|it is|das|das (?:bin|wäre|mache)|that's|that would be|just|only|yes,?|ja,?)\s)?(?:me|i|myself|ich|moi|yo|io|eu)\b(?:\s(?:am|do|will|bin|mache|own|did)\b.*|\s*[,;:(](?!.*\b(?:and|with|und|mit|et|y)\b).*|\W*)$"
)


def is_myself(text: str) -> bool:
    """Whether folded words name the one who speaks, and nobody else."""
    return _MYSELF.match(text) is not None


def _person(words: Words, item: Item, ear: Ear) -> Heard:
    del item
    people = words.people or ((ear.speaker_id,) if ear.speaker_id and is_myself(words.text) else ())
    return Heard(Value(kind=AnswerKind.PERSON, ids=people)) if people else NOTHING_HEARD


def _group(words: Words, item: Item, ear: Ear) -> Heard:
    del item, ear
    return Heard(Value(kind=AnswerKind.GROUP, ids=words.groups)) if words.groups else NOTHING_HEARD


def _options(words: Words, item: Item, ear: Ear) -> Heard:
    del ear
    chosen = choose(words.text, item)
    return Heard(Value(kind=item.kind, ids=chosen.ids) if chosen.ids else None, chosen.either)


_READERS: dict[AnswerKind, Callable[[Words, Item, Ear], Heard]] = {
    AnswerKind.NUMBER: _number,
    AnswerKind.MONEY: _money,
    AnswerKind.PERCENTAGE: _percentage,
    AnswerKind.DATE: _date,
    AnswerKind.LINK: _link,
    AnswerKind.PERSON: _person,
    AnswerKind.GROUP: _group,
    AnswerKind.CHOICE: _options,
    AnswerKind.CHOICES: _options,
}
