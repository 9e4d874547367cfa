"""What `/pilot coach [pilot] [full|missing|item]` means, read leniently: case, a slip of the pen, the beginning of a title.

A pilot's name may itself end in such a word, so the longest name of a pilot in the words wins. Nothing here starts anything.
"""

import difflib
from typing import NamedTuple

from bot.desk import Desk
from bot.domain.conversations import Scope
from bot.domain.pilots import Pilot
from bot.domain.playbook import Item
from bot.interview import errors
from bot.pilots import workflow as pilots

SCOPE_WORDS = {
    Scope.FULL: frozenset({"full", "all", "everything", "complete", "again"}),
    Scope.MISSING: frozenset({"missing", "open", "rest", "gaps", "only missing", "only what is missing"}),
}
ITEMS_NAMED = 6
"""How many items a refusal names."""


class Wish(NamedTuple):
    """What somebody wants to be asked."""

    scope: Scope = Scope.MISSING
    item_id: str | None = None


def read(desk: Desk, words: str, channel_id: str) -> tuple[Pilot, Wish]:
    """Return the pilot that is meant and what is to be asked; the refusal that helps where one cannot be told."""
    pilot, rest = _pilot_and_rest(desk, words.split(), channel_id)
    return pilot, _wish(desk, pilot, rest)


def _pilot_and_rest(desk: Desk, words: list[str], channel_id: str) -> tuple[Pilot, str]:
    for end in range(len(words), 0, -1):
        found = desk.tx.pilots.named(desk.at.workspace_id, " ".join(words[:end]))
        if found:
            return found, " ".join(words[end:])
    if words and _reads_as_wish(desk, " ".join(words)):
        return pilots.find(desk, "", channel_id, "coach"), " ".join(words)
    while words and _scope_of(words[-1]):
        words = words[:-1]  # the refusal is about the name
    return pilots.find(desk, " ".join(words), channel_id, "coach"), ""


def _reads_as_wish(desk: Desk, words: str) -> bool:
    every = [item for checklist in desk.playbook.checklists for item in checklist.items]
    return _scope_of(words) is not None or _exactly(words, every) is not None


def _wish(desk: Desk, pilot: Pilot, words: str) -> Wish:
    if not words:
        return Wish()
    scope = _scope_of(words)
    if scope:
        return Wish(scope)
    gate = desk.playbook.gate_from(pilot.stage)
    items = desk.playbook.items_of(gate) if gate else ()
    every = [*items, *(item for one in desk.playbook.checklists for item in one.items)]
    found = _exactly(words, every) or _nearly(words, items)
    if found is None:
        named = ", ".join(item.title for item in items[:ITEMS_NAMED]) or "none at this stage"
        raise errors.NotAsked(words=words[:60], items=named)
    return Wish(Scope.ONE, found.id)


def _scope_of(words: str) -> Scope | None:
    said = words.casefold()
    return next((scope for scope, known in SCOPE_WORDS.items() if said in known), None)


def _exactly(words: str, items: list[Item]) -> Item | None:
    said = words.casefold()
    return next((item for item in items if said in {item.id.casefold(), item.title.casefold()}), None)


def _nearly(words: str, items: tuple[Item, ...]) -> Item | None:
    said = words.casefold()
    begins = [item for item in items if item.title.casefold().startswith(said) or item.id.startswith(said)]
    if len(begins) == 1:
        return begins[0]
    by_name = {name.casefold(): item for item in items for name in (item.id, item.title)}
    close = difflib.get_close_matches(said, list(by_name), n=1, cutoff=0.7)
    return by_name[close[0]] if close else None
