"""Amounts among the words: "3.2 cents", "0,11 € a case", "$1,200", "EUR 0.11", "11 ct", and "1.90 per case" where the item
has a currency. Signs are found by price-parser; which currency a sign stands for is said by the item, the locale and CLDR.
"""

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from bot.domain.coaching.figures import Figure, find_figures
from bot.domain.coaching.locales import locale_of

_CENTS = re.compile(
    r"\s?(?:of an?\s|an?\s)?(?:(?:us |euro[- ]?|u\.s\. )?cents?|¢|ct\.?|cts|c|pence|p|rappen|rp\.?|centimes?|céntimos?|centesimi|centavos?)(?!\w)"
)
_NAMES = {
    "euros": "EUR", "euro": "EUR", "eur": "EUR", "us dollars": "USD", "us dollar": "USD", "dollars": "$", "dollar": "$", "bucks": "$", "quid": "GBP",
    "pounds": "GBP", "pound": "GBP", "pfund": "GBP", "francs": "CHF", "franken": "CHF", "sfr": "CHF", "fr.": "CHF", "rupees": "INR", "rupien": "INR",
    "yen": "JPY", "円": "JPY", "yuan": "CNY", "rmb": "CNY", "元": "CNY", "원": "KRW", "won": "KRW", "zloty": "PLN", "złoty": "PLN", "złotych": "PLN", "zł": "PLN",
    "reais": "BRL", "real": "BRL", "kronor": "SEK", "kroner": "kr", "kronen": "kr", "kr": "kr", "rubles": "RUB", "рублей": "RUB", "руб": "RUB", "lira": "TRY",
    "pesos": "$", "shekels": "ILS",
}  # fmt: skip
_NAME_AFTER = re.compile(
    rf"\s?(?:of an?\s|an?\s)?(?P<name>{'|'.join(sorted(map(re.escape, _NAMES), key=len, reverse=True))})(?!\w)"
)
_NAME_BEFORE = re.compile(
    rf"(?<!\w)(?P<name>{'|'.join(sorted(map(re.escape, _NAMES), key=len, reverse=True))})\s?$"
)
_CODE_AFTER, _CODE_BEFORE = (
    re.compile(r"\s?(?P<code>[a-z]{3})(?!\w)"),
    re.compile(r"(?<!\w)(?P<code>[a-z]{3})\s?$"),
)
_SIGN_AFTER = re.compile(r"\s?[^\w\s.,;:!?()'\"/+*=&|-]{1,2}")
_SIGN_BEFORE = re.compile(
    r"(?:(?:(?<!\w)(?:us|ca|au|nz|hk|r|s|a|c))?[^\w\s.,;:!?()'\"/+*=&|-]{1,2}|\brs\.?)\s?$"
)
_VOLUME = re.compile(
    r"(?:\s[^\s.,;]+){0,2}\s?(?:a|per|/|each|every|pro|im|in der|par|por)\s?(?:month|week|day|year|hour|monat|woche|tag|jahr|mois|mes)\b"
)
_LEADS_TO_VOLUME = re.compile(
    r"\b(?:at|bei|for|with|of|from|to|over|after|top|version|section|about (?:our|the))\s$"
)
_COUNTED = re.compile(
    r"\s?(?:%|‰|percent|per cent|prozent|ms\b|s\b|h\b|min\b|sec|hours?\b|minutes?\b|days?\b|cases?\b|people\b|fälle\b|tickets?\b|users?\b)"
)


class Amount(NamedTuple):
    """An amount: where it stands, what it may be, and its ISO 4217 currency (empty where nobody said)."""

    figure: Figure
    numbers: tuple[Decimal, ...]
    currency: str


def find_amount(text: str, locale: str, currency: str) -> Amount | None:
    """Return the first amount with a currency in folded words, or the first plain figure where the item has a currency."""
    figures = find_figures(text, locale)
    for figure in figures:
        found = _with_currency(text, figure, locale, currency)
        if found:
            return found
    plain = (figure for figure in figures if not _is_something_else(text, figure))
    first = next(plain, None)
    return Amount(first, first.numbers, currency or _of_region(locale)) if first else None


def currency_of(written: str, locale: str, preferred: str = "") -> str:
    """Return the ISO code that a sign or code stands for: the item's own where it fits, then the region's."""
    sign = written.strip().upper()
    if sign in _codes():
        return sign
    candidates = _signs(locale).get(sign.casefold(), ())
    for likely in (preferred, _of_region(locale)):
        if likely and likely in candidates:
            return likely
    return candidates[0] if candidates else ""


def _with_currency(text: str, figure: Figure, locale: str, preferred: str) -> Amount | None:
    before, after = text[max(figure.start - 12, 0) : figure.start], text[figure.end : figure.end + 20]
    cents = _CENTS.match(after)
    if cents:
        small = tuple(number / 100 for number in figure.numbers)
        return Amount(figure, small, _of_cents(cents[0], preferred, locale))
    for found in (_NAME_AFTER.match(after), _NAME_BEFORE.search(before)):
        if found:
            return Amount(figure, figure.numbers, _named(found["name"], locale, preferred))
    for found in (_CODE_AFTER.match(after), _CODE_BEFORE.search(before)):
        if found and found["code"].upper() in _codes() and found["code"] not in _WORDS:
            return Amount(figure, figure.numbers, found["code"].upper())
    for found in (_SIGN_BEFORE.search(before), _SIGN_AFTER.match(after)):
        code = currency_of(_sign_in(found[0]), locale, preferred) if found else ""
        if code:
            return Amount(figure, figure.numbers, code)
    return None


_WORDS = frozenset(
    {
        "all",
        "try",
        "top",
        "ars",
        "mad",
        "pen",
        "cup",
        "sos",
        "gel",
        "bam",
        "ron",
        "lak",
        "bob",
        "cop",
        "ang",
        "mop",
        "mur",
        "nad",
        "lsl",
    }
)
"""Codes of currencies that are words."""


def _sign_in(near: str) -> str:
    from price_parser import Price

    sign = Price.fromstring(f"{near.strip()} 1").currency
    return near.strip() if sign is None or len(sign) < len(near.strip()) else sign


def _of_cents(written: str, preferred: str, locale: str) -> str:
    said = written.strip()
    if said in {"pence", "p"}:
        return "GBP"
    if said.startswith(("rappen", "rp")):
        return "CHF"
    if said.startswith("euro"):
        return "EUR"
    return preferred or _of_region(locale) or ("USD" if said == "¢" or said.startswith("us") else "")


def _named(name: str, locale: str, preferred: str) -> str:
    meant = _NAMES[name]
    return meant if len(meant) == 3 else currency_of(meant, locale, preferred)


def _is_something_else(text: str, figure: Figure) -> bool:
    """Whether a figure counts something: "at 40,000 a month", "94 %", "in 3 days"."""
    after = text[figure.end : figure.end + 40]
    if _COUNTED.match(after):
        return True
    return _LEADS_TO_VOLUME.search(text[: figure.start]) is not None or (
        figure.number >= 1000 and _VOLUME.match(after) is not None
    )


@lru_cache(maxsize=1)
def _codes() -> frozenset[str]:
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


@lru_cache(maxsize=64)
def _signs(locale: str) -> dict[str, tuple[str, ...]]:
    """Return the currencies by their signs, as written in the person's region first and in America second."""
    from babel.numbers import get_currency_symbol

    found: dict[str, list[str]] = {
        "kr": ["SEK", "NOK", "DKK"],
        "rs": ["INR", "PKR"],
        "rs.": ["INR", "PKR"],
        "us$": ["USD"],
        "au$": ["AUD"],
        "c$": ["CAD"],
        "s$": ["SGD"],
        "zł": ["PLN"],
    }
    for known in filter(None, (locale_of(locale), locale_of("en-US"))):
        for code in ("USD", "EUR", "GBP", "JPY", *sorted(_codes())):
            sign = str(get_currency_symbol(code, known)).casefold()
            if sign != code.casefold() and code not in found.setdefault(sign, []):
                found[sign].append(code)
    found["$"] = [*dict.fromkeys([*found.get("$", []), "USD", "CAD", "AUD", "MXN", "NZD", "SGD", "HKD"])]
    found["¥"] = [*dict.fromkeys([*found.get("¥", []), "JPY", "CNY"])]
    return {sign: tuple(codes) for sign, codes in found.items()}


@lru_cache(maxsize=256)
def _of_region(locale: str) -> str:
    from babel.numbers import get_territory_currencies

    known = locale_of(locale)
    current = get_territory_currencies(known.territory) if known and known.territory else []
    return str(current[0]) if current else ""
