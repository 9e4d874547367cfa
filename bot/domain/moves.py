"""The way that a pilot has gone: every change of its stage, with who made it and why. Nothing here is ever changed."""

from collections.abc import Iterable, Sequence, Set as AbstractSet
from enum import StrEnum

from pydantic import Field

from bot.domain.playbook import Playbook
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
    """Return where a pilot was when it was last retired, which is where a revived one goes on; moves are oldest first."""
    ended = [move for move in moves if move.kind is MoveKind.RETIRED]
    return ended[-1].from_stage if ended else None


def stage_to_revive(moves: Sequence[StageMove], confirmed: AbstractSet[str]) -> str | None:
    """Return where a revived pilot goes on: where it was, unless an emergency led there that nobody confirmed.

    Otherwise retiring and reviving would be a way around the review of an emergency. `confirmed` are the ids of the reviews
    that found one right; the moves are oldest first.
    """
    stage = stage_before_retiring(moves)
    for move in reversed(moves):
        if move.to_stage != stage:
            continue
        if move.kind is not MoveKind.BREAK_GLASS or move.review_id in confirmed:
            break
        stage = move.from_stage
    return stage


def stages_behind(playbook: Playbook, moves: Iterable[StageMove], present: str) -> tuple[str, ...]:
    """Return the stages that a rollback may lead to, nearest first: reached, and before the present one on the way.

    In a stage that the playbook has lost, every stage that was reached is one.
    """
    been_in, order = reached(moves), [stage.id for stage in playbook.stages]
    before = order[: order.index(present)] if present in order else order
    return tuple(stage for stage in reversed(before) if stage in been_in)


def came_over(moves: Sequence[StageMove], stage: str) -> StageMove | None:
    """Return the last move over a gate into a stage; whoever goes back to it, or is revived, came by it before."""
    over_a_gate = {MoveKind.PROMOTED, MoveKind.BREAK_GLASS}
    return next(
        (move for move in reversed(moves) if move.to_stage == stage and move.kind in over_a_gate), None
    )


def came_by(moves: Sequence[StageMove], present: str) -> StageMove | None:
    """Return the last move where everybody should know of it: a rollback, or an emergency promotion.

    The moves are given oldest first; one that did not lead to the present stage says nothing any more.
    """
    told = {MoveKind.ROLLED_BACK, MoveKind.BREAK_GLASS}
    return next((move for move in moves[-1:] if move.kind in told and move.to_stage == present), None)
