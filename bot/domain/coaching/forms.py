"""Values that come from the fields of a form instead of words. A field that cannot be read is a `Problem`, which names a sentence
for the person; nothing here raises.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from bot.domain.answers import Plan, Value
from bot.domain.coaching.ear import UNHEARD, Ear
from bot.domain.coaching.money import currency_of
from bot.domain.coaching.phrases import folded
from bot.domain.coaching.values import NOTHING_HEARD, WITHOUT_VALUE, Heard, Words, value_in
from bot.domain.people import is_group
from bot.domain.playbook import AnswerKind, Item
from bot.domain.text import cut, storable
from bot.domain.values import Frozen

_ADDRESS = re.compile(r"https?://[^\s/<>|\"()][^\s<>|\"]*", re.IGNORECASE)
_MEMBER = re.compile(r"[UWS][A-Z0-9]{1,30}")
_WHAT = 1000
"""Characters that the next step of a plan may have."""
_FARTHEST = date(2200, 1, 1)


class Trouble(StrEnum):
    """Why a field cannot be taken: the key of the sentence that is shown beside it."""

    NOT_A_NUMBER = "not_a_number"
    NOT_AN_AMOUNT = "not_an_amount"
    NOT_A_PERCENTAGE = "not_a_percentage"
    NOT_A_DATE = "not_a_date"
    NOT_A_LINK = "not_a_link"
    NOT_A_PERSON = "not_a_person"
    NOT_A_GROUP = "not_a_group"
    NOT_AN_OPTION = "not_an_option"
    TWO_MEANINGS = "two_meanings"
    TOO_LONG = "too_long"


class Problem(Frozen):
    """What is wrong with a field, and between which meanings the person has to choose."""

    trouble: Trouble
    meanings: tuple[str, ...] = ()


_TROUBLES = {
    AnswerKind.NUMBER: Trouble.NOT_A_NUMBER,
    AnswerKind.MONEY: Trouble.NOT_AN_AMOUNT,
    AnswerKind.PERCENTAGE: Trouble.NOT_A_PERCENTAGE,
    AnswerKind.DATE: Trouble.NOT_A_DATE,
    AnswerKind.LINK: Trouble.NOT_A_LINK,
    AnswerKind.PERSON: Trouble.NOT_A_PERSON,
    AnswerKind.GROUP: Trouble.NOT_A_GROUP,
    AnswerKind.CHOICE: Trouble.NOT_AN_OPTION,
    AnswerKind.CHOICES: Trouble.NOT_AN_OPTION,
}


def read_value(
    item: Item,
    *,
    text: str = "",
    number: str = "",
    on: str = "",
    ids: tuple[str, ...] = (),
    ear: Ear = UNHEARD,
) -> Value | Problem | None:
    """Return the value of a form's fields, what is wrong with them, or None where nothing was entered.

    `text` is what a person typed and is read as in the thread, by their locale; `number` comes from a number field, which
    always has a point before decimals; `on` from a date picker (ISO); `ids` are people, groups, options or links.
    """
    given = (text.strip(), number.strip(), on.strip(), any(ids))
    if item.kind in WITHOUT_VALUE or not any(given):
        return None
    if given[1]:
        heard = _numeric(given[1], item, ear)
    elif given[2]:
        heard = _on(given[2], item)
    elif given[3]:
        heard = _ids(tuple(dict.fromkeys(one.strip() for one in ids if one.strip())), item)
    else:
        heard = _typed(given[0], item, ear)
    if heard.value is not None:
        return heard.value
    if heard.meanings:
        return Problem(trouble=Trouble.TWO_MEANINGS, meanings=heard.meanings)
    return Problem(trouble=_TROUBLES[item.kind])


def plan_form(what: str = "", who: str = "", by: str = "", *, ear: Ear = UNHEARD) -> Plan | Problem:
    """Return the plan of a form: the next step in words, who does it (a Slack id or words), and by when (ISO)."""
    said = " ".join(storable(what).split())
    if len(said) > _WHAT:
        return Problem(trouble=Trouble.TOO_LONG)
    on = _iso(by.strip())
    if by.strip() and on is None:
        return Problem(trouble=Trouble.NOT_A_DATE)
    owner = " ".join(storable(who).split())
    if _MEMBER.fullmatch(owner):
        return Plan(what=said, who=owner, by=on)
    if ear.speaker_id and folded(owner) in {"me", "i", "myself", "ich", "moi"}:
        return Plan(what=said, who=ear.speaker_id, by=on)
    return Plan(what=said, who_said=cut(owner, 200), by=on)


def _numeric(number: str, item: Item, ear: Ear) -> Heard:
    try:
        read = Decimal(number)
    except InvalidOperation:
        return NOTHING_HEARD
    if not read.is_finite() or abs(read) >= 10**18:
        return NOTHING_HEARD
    if item.kind is AnswerKind.NUMBER:
        return Heard(Value(kind=item.kind, number=read, unit=item.unit))
    if item.kind is AnswerKind.PERCENTAGE:
        return Heard(Value(kind=item.kind, number=read, unit="%"))
    if item.kind is AnswerKind.MONEY:
        return Heard(Value(kind=item.kind, number=read, unit=currency_of(item.unit, ear.locale) or item.unit))
    return NOTHING_HEARD


def _on(day: str, item: Item) -> Heard:
    on = _iso(day)
    return Heard(Value(kind=item.kind, on=on)) if on and item.kind is AnswerKind.DATE else NOTHING_HEARD


def _iso(day: str) -> date | None:
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return None
    return on if on < _FARTHEST else None


def _ids(ids: tuple[str, ...], item: Item) -> Heard:
    options = {option.id for option in item.options}
    fits: dict[AnswerKind, Callable[[str], bool]] = {
        AnswerKind.PERSON: lambda one: _MEMBER.fullmatch(one) is not None and not is_group(one),
        AnswerKind.GROUP: lambda one: _MEMBER.fullmatch(one) is not None and is_group(one),
        AnswerKind.LINK: lambda one: _ADDRESS.fullmatch(one) is not None,
        AnswerKind.CHOICE: lambda one: len(ids) == 1 and one in options,
        AnswerKind.CHOICES: options.__contains__,
    }
    if item.kind not in fits or not all(map(fits[item.kind], ids)):
        return NOTHING_HEARD
    return Heard(Value(kind=item.kind, ids=ids))


def _typed(text: str, item: Item, ear: Ear) -> Heard:
    words = storable(text)
    links = tuple(dict.fromkeys(_ADDRESS.findall(words)))
    return value_in(Words(text=folded(words), links=links), item, ear)
