"""Why an approval no longer stands on what it stood on: the gate is open again, and the pilot stays where it is."""

from enum import StrEnum

from bot.domain.values import Frozen, Instant


class FlagKind(StrEnum):
    """What has gone from under an approval."""

    EVIDENCE = "evidence"
    """An item that was in place is not any more: its evidence has expired, or its answer was changed."""
    WAIVER = "waiver"
    """A risk was accepted for a while, and the while is over."""
    OWNER = "owner"
    """The production owner has left, or can own nothing any more."""
    CONDITION = "condition"
    """A condition of the approval is overdue."""
    BREAK_GLASS = "break_glass"
    """An emergency promotion was declined afterwards, or nobody reviewed it in time."""


class Flag(Frozen):
    """One thing that re-opens a gate. At most one per pilot, kind and subject is raised."""

    id: str
    workspace_id: str
    pilot_id: str
    gate_id: str
    """The gate that the pilot passed last."""
    review_id: str | None
    """The review that approved it; None where none is known."""
    kind: FlagKind
    subject: str
    """The id of the item, waiver, person, action or review that it is about."""
    raised_at: Instant
    cleared_at: Instant | None = None
