"""The field that each kind of answer has in a form, filled with what is known. Reading it back is `reading`'s business.

Structure only; the words are in `prompts/answers/form.j2`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from bot.answers.filled import UNIT, VALUE
from bot.domain.answers import Value
from bot.domain.messages import Block
from bot.domain.playbook import AnswerKind, Item
from bot.slack import blocks
from bot.slack.blocks import Choice
from prompts.words import Words

IN_SIGHT: Final = 10
"""How many options stand in the form itself; more of them make a menu."""
MENU_TAKES: Final = 100
CURRENCIES: Final = (
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "JPY",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "CZK",
    "CAD",
    "AUD",
    "NZD",
    "SGD",
    "INR",
    "CNY",
    "BRL",
    "MXN",
    "ZAR",
    "AED",
)
"""What amounts are given in, most usual first; the playbook's own currency comes before them."""


class Groups(NamedTuple):
    """The user groups of the workspace, and whether Slack said them in time."""

    all: tuple[Choice, ...] = ()
    known: bool = True


NO_GROUPS: Final = Groups()


def value_fields(words: Words, item: Item, value: Value | None, groups: Groups = NO_GROUPS) -> list[Block]:
    """Return the field for an item's kind of answer; none where the words are all there is."""
    draw = _FIELDS.get(item.kind)
    return draw(words, item, value, groups) if draw else []


def _figure(words: Words, item: Item, value: Value | None, _: Groups) -> list[Block]:
    known = value.number if value else None
    label = words.plain("percentage_label" if item.kind is AnswerKind.PERCENTAGE else "number_label")
    return [blocks.field(label, blocks.number_input("value", initial=known), VALUE, optional=True)]


def _money(words: Words, item: Item, value: Value | None, _: Groups) -> list[Block]:
    own = [unit for unit in (item.unit, value.unit if value else "") if len(unit) == 3 and unit.isupper()]
    usual = [Choice(code, code) for code in dict.fromkeys((*own[:1], *CURRENCIES, *own))]
    initial = value.unit if value and value.unit else usual[0].value
    amount = blocks.number_input("value", initial=value.number if value else None)
    return [
        blocks.field(words.plain("money_label"), amount, VALUE, optional=True),
        blocks.field(
            words.plain("currency_label"),
            blocks.static_select("unit", usual, initial=initial),
            UNIT,
            optional=True,
        ),
    ]


def _day(words: Words, _: Item, value: Value | None, __: Groups) -> list[Block]:
    day = blocks.datepicker("value", initial=value.on if value else None)
    return [blocks.field(words.plain("date_label"), day, VALUE, optional=True)]


def _link(words: Words, _: Item, value: Value | None, __: Groups) -> list[Block]:
    address = blocks.url_input(
        "value", initial=_one(value) or "", placeholder=words.plain("link_placeholder")
    )
    return [blocks.field(words.plain("link_label"), address, VALUE, optional=True)]


def _person(words: Words, _: Item, value: Value | None, __: Groups) -> list[Block]:
    person = blocks.users_select("value", initial=_one(value))
    return [blocks.field(words.plain("person_label"), person, VALUE, optional=True)]


def _group(words: Words, _: Item, value: Value | None, groups: Groups) -> list[Block]:
    """Draw a menu of the first hundred groups, the known one among them; a line where there is none to choose."""
    if not groups.all:
        return [blocks.context(words.mrkdwn("no_groups" if groups.known else "groups_unknown"), "no_groups")]
    chosen = _one(value)
    offered = sorted(groups.all, key=lambda group: group.value != chosen)[:MENU_TAKES]
    menu = blocks.static_select("value", offered, initial=chosen)
    hint = (
        words.plain("groups_hint", left=len(groups.all) - MENU_TAKES) if len(groups.all) > MENU_TAKES else ""
    )
    return [blocks.field(words.plain("group_label"), menu, VALUE, hint=hint, optional=True)]


def _choice(words: Words, item: Item, value: Value | None, _: Groups) -> list[Block]:
    draw = blocks.radio_buttons if len(item.options) <= IN_SIGHT else blocks.static_select
    menu = draw("value", _options(item), initial=_one(value))
    return [blocks.field(words.plain("choice_label"), menu, VALUE, optional=True)]


def _choices(words: Words, item: Item, value: Value | None, _: Groups) -> list[Block]:
    draw = blocks.checkboxes if len(item.options) <= IN_SIGHT else blocks.multi_static_select
    menu = draw("value", _options(item), initial=value.ids if value else ())
    return [blocks.field(words.plain("choices_label"), menu, VALUE, optional=True)]


def _options(item: Item) -> Sequence[Choice]:
    return [Choice(option.title, option.id) for option in item.options]


def _one(value: Value | None) -> str | None:
    return next(iter(value.ids), None) if value else None


_FIELDS: Final[Mapping[AnswerKind, Callable[[Words, Item, Value | None, Groups], list[Block]]]] = {
    AnswerKind.NUMBER: _figure,
    AnswerKind.PERCENTAGE: _figure,
    AnswerKind.MONEY: _money,
    AnswerKind.DATE: _day,
    AnswerKind.LINK: _link,
    AnswerKind.PERSON: _person,
    AnswerKind.GROUP: _group,
    AnswerKind.CHOICE: _choice,
    AnswerKind.CHOICES: _choices,
}
