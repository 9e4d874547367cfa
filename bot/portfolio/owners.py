"""Who a list of pilots can be narrowed to: those who own any, by name. Reads a page of owners, however many pilots there are.

A menu of Slack's holds a hundred entries. Where more own pilots than that, it keeps the user groups, which nothing else
offers, and people are chosen from Slack's own menu of everybody.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from bot.desk import Desk
from bot.domain.people import is_group
from bot.portfolio.wanted import Wanted
from prompts.markup import cut_for_plain

Handles = Mapping[str, str]
"""What user groups are called, by id, which only Slack knows."""

MOST: Final = 98
"""How many owners a menu has room for, beside the entries for all of them and for several at once."""


class Owner(NamedTuple):
    """Somebody whose pilots can be shown."""

    id: str
    name: str


class Owners(NamedTuple):
    """What a menu of owners offers."""

    offered: tuple[Owner, ...] = ()
    """Groups and people by name; whoever was chosen is among them."""
    others: bool = False
    """Whether there are people who own pilots and are not offered."""


NAME_SHOWN: Final = 30
"""How much of a name a menu shows: a hundred of them have to fit a message beside the list."""
NOBODY: Final = Owners()


def owners(desk: Desk, wanted: Wanted, handles: Handles) -> Owners:
    """Return whose pilots can be shown, beside a list that shows what is `wanted`."""
    found = desk.tx.pilots.owners(desk.at.workspace_id, MOST + 1)
    others = len(found) > MOST
    offered = [one for one in found if is_group(one)][: MOST - 1] if others else found[:MOST]
    if len(wanted.owners) == 1 and wanted.owners[0] not in offered:
        offered = [*offered[: MOST - 1], wanted.owners[0]]
    return Owners(_named(desk, offered, handles), others)


def _named(desk: Desk, ids: list[str], handles: Handles) -> tuple[Owner, ...]:
    """Return them by name, groups first; whom nobody knows by name has their id, and so have two of one name."""
    people = desk.tx.people.some(desk.at.workspace_id, [one for one in ids if not is_group(one)])
    names = {one: f"@{handles.get(one, one)}" for one in ids if is_group(one)}
    names |= {one: people[one].name if one in people else "" for one in ids if not is_group(one)}
    names = {one: cut_for_plain(name, NAME_SHOWN) for one, name in names.items()}
    often = [name.casefold() for name in names.values()]
    told = [
        Owner(one, f"{name} ({one})" if often.count(name.casefold()) > 1 and name else name or one)
        for one, name in names.items()
    ]
    return tuple(sorted(told, key=lambda one: (not is_group(one.id), one.name.casefold(), one.id)))
