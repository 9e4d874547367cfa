"""A company whose days pass: everything that is due is done hour by hour, and what people were told can be read."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.domain.matters import Again, MatterKind, Rule, Rung, Tells
from bot.domain.messages import Block
from bot.domain.notices import Notice
from bot.domain.values import PREFLIGHT
from bot.nudges import digest
from bot.pilots import workflow as pilots
from bot.slack.blocks import MORE
from bot.watching import workflow as watching
from prompts.library import Library
from storage.tables import NOTICE
from storage.transaction import Tx

from .conftest import WORKSPACE, House


def minute(house: House) -> None:
    """Do what a minute brings."""
    while house.do(watching.sweep, PREFLIGHT):
        pass
    while house.do(digest.sweep, PREFLIGHT):
        pass


def days_pass(house: House, until: str) -> None:
    """Let time pass hour by hour until then."""
    end = datetime.fromisoformat(until)
    minute(house)
    while house.now < end:
        house.now = min(end, (house.now + timedelta(hours=1)).replace(minute=0))
        minute(house)


def comes_back(house: House, when: str) -> None:
    """Let everything be down until then."""
    house.now = datetime.fromisoformat(when)
    minute(house)


def told(house: House, person: str) -> list[str]:
    """Return the days on which somebody got a message, in order."""
    slots = select(NOTICE.c.slot).where(NOTICE.c.person_id == person, NOTICE.c.slot.is_not(None)).distinct()
    return sorted(house.store.read_sync(lambda tx: list(tx.execute(slots).scalars())))


def said(house: House, person: str, day: str = "") -> str:
    """Return all words of the message of a day, of the last one where none is named; empty where there is none."""
    days = told(house, person)
    if not days:
        return ""
    return house.words(f"nudge:{person}:{day or days[-1]}")


def notices(house: House, pilot_id: str) -> list[Notice]:
    return house.store.read_sync(lambda tx: tx.notices.of_pilot(pilot_id))


def controls(house: House, person: str, day: str = "") -> dict[str, str]:
    """Return the controls of a message, those behind the dots included: their values by action id without what makes it one of several."""
    message = house.message(f"nudge:{person}:{day or told(house, person)[-1]}")
    assert message
    found: dict[str, str] = {}
    for element in _elements(message.body["blocks"]):
        action_id = str(element["action_id"]).partition(":")[0]
        if action_id == MORE:
            for option in element["options"]:
                name, _, value = option["value"].partition(" ")
                found.setdefault(name, value)
        elif element["type"] == "button":
            found.setdefault(action_id, str(element.get("value", "")))
    return found


def value_of(house: House, person: str, action_id: str, day: str = "") -> str:
    """Return what a control of somebody's message carries."""
    return controls(house, person, day)[action_id]


def lines(house: House, person: str, day: str = "") -> list[str]:
    """Return the lines of a message, as they are read."""
    message = house.message(f"nudge:{person}:{day or told(house, person)[-1]}")
    assert message
    parts = message.body["blocks"]
    return [one["text"]["text"] for one in parts if one["block_id"].startswith("line:")]


def _elements(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for block in blocks:
        found += block.get("elements", []) if block["type"] == "actions" else []
        found += [block["accessory"]] if block.get("accessory") else []
    return found


def only(house: House, *kinds: MatterKind) -> None:
    """Let the company speak of these kinds of matter alone."""
    rules = tuple(rule for rule in house.library.playbook.nudges.rules if rule.about in kinds)
    with_rules(house, *rules)


def with_rules(house: House, *rules: Rule) -> None:
    book = house.library.playbook
    nudges = book.nudges.model_copy(update={"rules": rules})
    house.library = Library(book.model_copy(update={"nudges": nudges}), house.library.templates)


def ladder(about: MatterKind, *rungs: tuple[int, Tells, str], again: Again | None = None) -> Rule:
    """Return a rule in short."""
    steps = tuple(Rung(at=at, tells=(tells,), says=says) for at, tells, says in rungs)
    return Rule(about=about, rungs=steps, again=again)


def moves(house: House, by: str, pilot_id: str) -> None:
    """Let something real happen to a pilot."""
    house.do(pilots.changed, by, pilot_id, "test.moved")


def due_at(house: House, person: str) -> datetime | None:
    def read(tx: Tx) -> datetime | None:
        return tx.digests.next_at(WORKSPACE, person)

    return house.store.read_sync(read)
