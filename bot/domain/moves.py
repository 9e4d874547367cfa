"""The way that a pilot has gone: every change of its stage, with who made it and why. Nothing here is ever changed."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import Field

from bot.domain.values import Frozen, Instant


class MoveKind(StrEnum):
    """Why a pilot is in another stage."""

    REGISTERED = "registered"
    PROMOTED = "promoted"
    BREAK_GLASS = "break_glass"
    """Promoted in an emergency, before anybody reviewed it."""
    ROLLED_BACK = "rolled_back"
    RETIRED = "retired"
    REVIVED = "revived"


class StageMove(Frozen):
    """One change of a pilot's stage."""

    id: str
    workspace_id: str
    pilot_id: str
    kind: MoveKind
    from_stage: str | None
    """None where it was registered."""
    to_stage: str
    by: str
    at: Instant
    reason: str = Field(default="", max_length=3000)
    learned: str = Field(default="", max_length=3000)
    """What was learned, where it was retired or revived."""
    review_id: str | None = None


def reached(moves: Iterable[StageMove]) -> frozenset[str]:
    """Return the stages that a pilot has been in; a rollback leads to no other."""
    return frozenset(move.to_stage for move in moves)


def stage_before_retiring(moves: Iterable[StageMove]) -> str | None:
    """Return where a pilot was when it was last retired, which is where a revived one goes on."""
    last = [move for move in moves if move.kind is MoveKind.RETIRED]
    return max(last, key=lambda move: (move.at, move.id)).from_stage if last else None
