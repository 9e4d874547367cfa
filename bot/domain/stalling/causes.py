"""The causes that have a rule of their own, what can be seen of them, and what guards against them."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from bot.domain.readiness import ItemStanding
from bot.domain.signals import Severity
from bot.domain.watched import Facts

LIVE: Final = 1 / 2
"""From this part of the way on customers meet it, and bills come."""


class Cause(StrEnum):
    """The causes that have a rule of their own; a playbook may leave any of them out."""

    WRONG_PROOF = "wrong-proof"
    NO_OWNER = "no-production-owner"
    UNDEFINED_OWNERSHIP = "undefined-ownership"
    PURGATORY = "purgatory"
    SHORTCUTS = "shortcuts"
    ORPHANED = "orphaned"
    SURPRISE = "integration-surprise"
    LATE_COST = "late-cost"
    BIG_BANG = "big-bang"


class Reason(StrEnum):
    """What was seen; each value is the name of a sentence."""

    OPEN = "open"
    """Items that guard against it have been open for long."""
    REOPENED = "reopened"
    """What an earlier gate asked for is open again, or still."""
    DOUBTFUL = "doubtful"
    """What an earlier gate asked for was answered with words that nobody can check."""
    RED_FLAG = "red_flag"
    NO_BAR = "no_bar"
    UNASKED = "unasked"
    TOO_LONG = "too_long"
    OVERDUE = "overdue"
    QUIET = "quiet"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    OWNER_GONE = "owner_gone"
    CHAMPION_GONE = "champion_gone"
    MANY_WAIVERS = "many_waivers"
    WAIVED_AGAIN = "waived_again"
    WENT_BACK = "went_back"
    DEARER = "dearer"
    ABOVE_ESTIMATE = "above_estimate"
    COST_UNKNOWN = "cost_unknown"
    BREAK_GLASS = "break_glass"


class Seen(NamedTuple):
    """A cause that is seen now."""

    cause: str
    severity: Severity
    why: Reason
    evidence: tuple[str, ...] = ()
    """Ids of items, people or reviews."""


def guarding(facts: Facts, cause: Cause) -> Iterator[ItemStanding]:
    """Return what is asked that guards against a cause."""
    return (one for one in facts.standings.values() if cause.value in one.item.guards_against)


def ids(some: Iterable[ItemStanding]) -> tuple[str, ...]:
    """Return the items by id, as evidence."""
    return tuple(one.item.id for one in some)
