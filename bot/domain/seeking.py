"""Which pilots somebody wants to see. The database answers it, a page at a time."""

from enum import StrEnum

from bot.domain.values import Frozen


class Shown(StrEnum):
    """Which pilots of all."""

    ALL = "all"
    STALLED = "stalled"
    AT_RISK = "at_risk"
    """At risk, or stalled."""
    READY = "ready"
    """Nothing is missing for the next gate."""
    HELD = "held"
    OPEN_AGAIN = "open_again"
    TO_DECIDE = "to_decide"
    """A day is set on which it has to be decided whether they go on."""
    RETIRED = "retired"


class Sought(Frozen):
    """A filter; what is left out filters nothing. Retired pilots are found only when asked for."""

    shown: Shown = Shown.ALL
    stage: str | None = None
    owners: frozenset[str] | None = None
    """Pilots owned by one of these, by Slack id."""
    answerable: frozenset[str] | None = None
    """Pilots that one of these owns, champions or registered: somebody's own."""
    not_answerable: frozenset[str] | None = None
    """All others."""
