"""A signal: one reason why a pilot stalls, seen in what is known of it. Values only; `stalling` finds them."""

from enum import IntEnum

from bot.domain.values import Frozen, Instant


class Severity(IntEnum):
    """How bad it is. A pilot is as bad off as its worst signal."""

    NONE = 0
    WATCH = 1
    """Worth a look."""
    AT_RISK = 2
    """It will stall unless somebody acts."""
    STALLED = 3
    """It does not get anywhere."""


class Signal(Frozen):
    """A cause that was seen in a pilot. At most one per pilot and cause is raised; it goes when it is mended."""

    id: str
    workspace_id: str
    pilot_id: str
    cause: str
    """One of the playbook's causes of a stall, by id."""
    severity: Severity
    why: str
    """What was seen, as the name of a sentence in the templates."""
    evidence: tuple[str, ...] = ()
    """What shows it: ids of items, people, reviews, waivers; or days and counts, as the sentence needs them."""
    raised_at: Instant
    cleared_at: Instant | None = None
