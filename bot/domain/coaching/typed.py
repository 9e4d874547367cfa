"""A figure that was typed into a field of its own, where nothing but a number is expected: read as among the words of an answer.

Pure. Two meanings are both returned, so that the person is asked which; what is no number at all is none.
"""

import re
from decimal import Decimal
from typing import Final

from bot.domain.coaching.figures import find_figures, numbers_of
from bot.domain.coaching.phrases import folded

MOST_DIGITS: Final = 15
"""Digits before the point; a figure of the business has fewer."""
_ABOUT: Final = re.compile(r"^(?:about|around|roughly|approx\.?|circa|ca\.?|etwa|≈)\s*")
_SIGN: Final = re.compile(r"^([+\-\u2212])\s?(?=[\d])")
_DIGITS: Final = re.compile(r"\d{1,3}(?:[ ']\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)*")
_LONGEST: Final = 30


def typed_figure(text: str, locale: str) -> tuple[Decimal, ...]:
    """Return what a typed number may mean: one number, two where the person's locale does not settle it, or none."""
    words = _ABOUT.sub("", folded(text)).removesuffix("%").strip()
    sign = _SIGN.match(words)
    words = words[sign.end() :] if sign else words
    numbers = _read(words, locale) if words else ()
    if any(abs(number) >= Decimal(10) ** MOST_DIGITS for number in numbers):
        return ()
    return tuple(-number for number in numbers) if sign and sign[1] != "+" else numbers


def _read(words: str, locale: str) -> tuple[Decimal, ...]:
    if len(words) > _LONGEST:
        return ()
    if _DIGITS.fullmatch(words):
        return numbers_of(words, locale)
    found = find_figures(
        words, locale
    )  # "12k", "3 million"; of a range there are two numbers, and neither is meant
    alone = len(found) == 1 and (found[0].start, found[0].end) == (0, len(words))
    return found[0].numbers if alone and len(found[0].numbers) == 1 else ()
