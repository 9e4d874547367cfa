"""Loads what the reading of days, figures and amounts needs, off the path of anybody's answer.

The first use of the language libraries takes about half a second; the process that listens calls this once at its start.
"""

from datetime import date

from bot.domain.coaching.days import Aim, find_days
from bot.domain.coaching.ear import Ear
from bot.domain.coaching.money import find_amount

_LOCALES = ("en-US", "en-GB", "de-DE", "fr-FR", "es-ES")
_SEARCHED = {"nl-NL": "volgende week"}
"""What is looked for in its language. Each more of these holds on to megabytes; a first one in Japanese or Chinese takes a
fraction of a second."""


def warm_up(locales: tuple[str, ...] = _LOCALES) -> None:
    """Read one of each in the locales that are likely."""
    for locale in locales:
        ear = Ear(today=date(2026, 1, 1), locale=locale)
        find_days("in two weeks, by 12 dec, 3/4/2026, next friday", ear, Aim.AHEAD, eager=True)
        find_days("la semana que viene", ear, Aim.AHEAD, eager=True)
        find_amount("€ 1.20", locale, "EUR")
    for locale, words in _SEARCHED.items():
        find_days(words, Ear(today=date(2026, 1, 1), locale=locale), Aim.AHEAD)
