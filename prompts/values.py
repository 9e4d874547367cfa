"""What an answer is made of, in words: "0.11 €", "120 cases a week", a day, people, the options that were chosen.

How days, people and addresses are said is handed in, so that mrkdwn and plain text share the rest.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from bot.domain.answers import Value
from bot.domain.playbook import AnswerKind, Item
from prompts import english
from prompts.markup import cut_for_plain, one_line

LONGEST_FIGURE = 40
LONGEST_UNIT = 20
MOST_PARTS = 3
"""How many people, options or links a message names; the others are counted."""


@dataclass(frozen=True)
class Saying:
    """How days, people and addresses are said in one kind of text."""

    day: Callable[[date], str]
    mention: Callable[[str], str]
    link: Callable[[str], str]
    text: Callable[[str], str]


def value_in_words(
    value: Value | None, item: Item | None, say: Saying, *, most: int | None = MOST_PARTS
) -> str:
    """Return a value in words; empty where there is none. Of many parts, `most` are named."""
    if value is None:
        return ""
    if value.number is not None:
        return say.text(_figure(value))
    if value.on is not None:
        return say.day(value.on)
    titles = {option.id: option.title for option in item.options} if item else {}

    def title(option_id: str) -> str:
        return say.text(one_line(titles.get(option_id, option_id)))

    named = {AnswerKind.PERSON: say.mention, AnswerKind.GROUP: say.mention, AnswerKind.LINK: say.link}
    return ", ".join(_some([named.get(value.kind, title)(one) for one in value.ids], most))


def _some(parts: list[str], most: int | None) -> list[str]:
    more = len(parts) - most if most is not None else 0
    return [*parts[:most], f"{more} more"] if more > 0 else parts


def _figure(value: Value) -> str:
    digits = english.grouped(value.number or Decimal(0))
    if value.kind is AnswerKind.MONEY and digits[-2:-1] == ".":
        digits += "0"  # 14.50, as prices are written
    digits = cut_for_plain(digits, LONGEST_FIGURE)
    unit = {AnswerKind.PERCENTAGE: "%", AnswerKind.MONEY: symbol(value.unit)}.get(value.kind, value.unit)
    return f"{digits} {cut_for_plain(one_line(unit), LONGEST_UNIT)}".rstrip()


@lru_cache(maxsize=64)
def symbol(currency: str) -> str:
    """Return a currency's sign ("€"), or its code where it has none."""
    from babel.numbers import get_currency_symbol

    return get_currency_symbol(currency, locale="en_US") if currency else ""
