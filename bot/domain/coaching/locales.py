"""What a person's locale says about writing numbers, days and amounts, from CLDR (by Babel).

A locale that nobody knows says nothing; then what can be read in two ways is read in neither.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from bot.domain.coaching.phrases import folded

if TYPE_CHECKING:
    from babel import Locale

SPOKEN = ("en", "de", "fr", "es", "it", "pt", "nl")
"""Languages whose months and weekdays are known whatever the person's locale is."""


@lru_cache(maxsize=256)
def locale_of(name: str) -> Locale | None:
    """Return the CLDR locale, or None for a name that says nothing."""
    from babel import Locale, UnknownLocaleError

    if not name or len(name) > 40 or not name.isascii():
        return None
    try:
        return Locale.parse(name.strip().replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return _of_language(name)


def _of_language(name: str) -> Locale | None:
    """Return the language alone where the region is unknown ("en-XX")."""
    language = name.strip().replace("-", "_").partition("_")[0]
    return locale_of(language) if language != name.strip() else None


def language_of(name: str) -> str:
    """Return the language of a locale ("de"), or nothing."""
    locale = locale_of(name)
    return locale.language if locale else ""


@lru_cache(maxsize=256)
def decimal_mark(name: str) -> str | None:
    """Return the mark before decimals, "." or ",", or None where the locale does not tell."""
    from babel.numbers import get_decimal_symbol

    locale = locale_of(name)
    mark = get_decimal_symbol(locale) if locale else None
    return mark if mark in {".", ","} else None


@lru_cache(maxsize=256)
def day_first(name: str) -> bool | None:
    """Whether 3/4 is the third of April; None where the locale does not tell."""
    locale = locale_of(name)
    if locale is None or (locale.territory is None and locale.language == "en"):
        return None
    pattern = str(locale.date_formats["short"].pattern)
    return pattern.find("d") < pattern.find("M") if "d" in pattern and "M" in pattern else None


@lru_cache(maxsize=64)
def months(name: str) -> dict[str, int]:
    """Return the folded names of months, long and short, by which a date may be written."""
    found: dict[str, int] = {}
    own = (language_of(name), "en", "de")
    for locale in _spoken(name):
        for form in ("format", "stand-alone"):
            # Short names of other languages are words of this one: "9 out of 10" is no October.
            for width in ("wide", "abbreviated") if locale.language in own else ("wide",):
                for number, written in locale.months[form][width].items():
                    found.setdefault(folded(str(written)).rstrip("."), int(number))
    found.update(sept=9, okt=10, dez=12, mär=3, mrz=3, jänner=1)
    return {
        written: number for written, number in found.items() if len(written) > 2 and not written.isdigit()
    }


@lru_cache(maxsize=64)
def weekdays(name: str) -> dict[str, int]:
    """Return the folded full names of the days of the week, Monday as 0; English ones also short."""
    found: dict[str, int] = {}
    for locale in _spoken(name):
        for number, written in locale.days["format"]["wide"].items():
            found.setdefault(folded(str(written)), int(number))
    found.update(mon=0, tue=1, tues=1, wed=2, thu=3, thur=3, thurs=3, fri=4, sonnabend=5)
    return {written: number for written, number in found.items() if len(written) > 2}


def _spoken(name: str) -> list[Locale]:
    own = locale_of(name)
    languages = dict.fromkeys(([own.language] if own else []) + list(SPOKEN))
    known = (locale_of(language) for language in languages)
    return [locale for locale in known if locale is not None]
