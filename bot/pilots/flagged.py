"""How that a gate is open again is said in a line: the titles of what no longer holds. Structure only."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from bot.desk import Desk
from bot.domain.flags import Flag, FlagKind
from bot.domain.pilots import Pilot
from bot.domain.reopening import Cause
from prompts.library import Library

About = TypeVar("About", Flag, Cause)


def titles(library: Library, flags: Iterable[About]) -> tuple[str, ...]:
    """Return what flags are about, as titles that also stand inside a sentence: once each, items in the checklist's order."""
    words = library.words("reopening/titles")
    about = list(flags)
    several = sum(flag.kind is FlagKind.CONDITION for flag in about) > 1

    def title(flag: Flag | Cause) -> str:
        match flag.kind:
            case FlagKind.EVIDENCE | FlagKind.WAIVER:
                item = library.playbook.item(flag.subject)
                return item.title if item else flag.subject
            case FlagKind.CONDITION if several:
                return words.plain("conditions")
            case FlagKind.OWNER | FlagKind.CONDITION | FlagKind.BREAK_GLASS:
                return words.plain(flag.kind.value)

    return tuple(dict.fromkeys(title(flag) for flag in in_order(library, about)))


def in_order(library: Library, flags: Iterable[About]) -> list[About]:
    """Return flags with those about items first, in the checklist's order."""
    order = {
        item.id: number for number, item in enumerate(i for c in library.playbook.checklists for i in c.items)
    }
    return sorted(flags, key=lambda flag: order.get(flag.subject, len(order)))


def titles_of(desk: Desk, pilot: Pilot) -> tuple[str, ...]:
    """Return what no longer holds for a pilot, by title; nothing is read for one that stands as it was approved."""
    return titles(desk.library, desk.tx.flags.raised_of(pilot.id)) if pilot.flags else ()


def titles_by_pilot(desk: Desk, some: Iterable[Pilot]) -> Mapping[str, Sequence[str]]:
    """Return the same for several pilots, by id; nothing for one without any."""
    return {pilot_id: titles(desk.library, flags) for pilot_id, flags in raised_by_pilot(desk, some).items()}


def raised_by_pilot(desk: Desk, some: Iterable[Pilot]) -> Mapping[str, Sequence[Flag]]:
    """Return what no longer holds for several pilots, by id; nothing for one that stands as it was approved."""
    flagged = [pilot.id for pilot in some if pilot.flags]
    return desk.tx.flags.raised_of_pilots(flagged) if flagged else {}
