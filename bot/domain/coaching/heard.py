"""A reply as the coach heard it: everything that a detector may look at, in one place. It decides nothing."""

from typing import NamedTuple

from bot.domain.answers import Plan, Value
from bot.domain.coaching.ear import Ear
from bot.domain.coaching.signs import Signs
from bot.domain.playbook import Item


class Said(NamedTuple):
    """What was said about an item, taken apart."""

    item: Item
    ear: Ear
    text: str
    """The folded words without links."""
    plain: str
    """The words without links, as they were written."""
    signs: Signs
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    value: Value | None = None
    meanings: tuple[str, ...] = ()
    """Between what the person has to choose, where the value can be read in two ways."""
    plan: Plan | None = None
