"""What a pilot's card says of it beside its gate: how it came to its stage, what re-opens it, whose it is to be.

Reads the record through the desk and decides nothing.
"""

from datetime import datetime

from bot.desk import Desk
from bot.domain.moves import StageMove, came_by, stages_behind
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.reviews import ReviewKind, ReviewState
from bot.pilots import answerable, flagged, signalled
from bot.pilots.messages import Situation


def situation_of(desk: Desk, pilot: Pilot, gate: Gate | None) -> Situation:
    """Return what the card of a pilot says of it beside what the gate asks for."""
    if pilot.retired:
        return Situation()
    moves = desk.tx.moves.of_pilot(pilot.id)
    came, due = _how_it_came(desk, came_by(moves, pilot.stage))
    return Situation(
        asked=gate is not None and is_asked(desk, pilot, gate),
        came_by=came,
        review_due=due,
        may_go_back=bool(stages_behind(desk.playbook, moves, pilot.stage)),
        open_again=flagged.titles_of(desk, pilot),
        owner=answerable.ownership_of(desk, pilot),
        champion_gone=answerable.champion_gone(desk, pilot),
        worst=_worst(desk, pilot),
    )


def _worst(desk: Desk, pilot: Pilot) -> str:
    """Return why a pilot stalls, for its worst reason; nothing is read for one that does well."""
    raised = desk.tx.signals.raised_of(pilot.id) if pilot.severity and pilot.hold is None else []
    return signalled.line(desk.library, pilot, raised[0]) if raised else ""


def is_asked(desk: Desk, pilot: Pilot, gate: Gate) -> bool:
    """Whether the promotion over a gate is before its approvers; what is reviewed after an emergency is not asked for."""
    review = desk.tx.reviews.open_of(pilot.id, gate.id)
    return review is not None and review.kind is ReviewKind.PROMOTION


def _how_it_came(desk: Desk, move: StageMove | None) -> tuple[StageMove | None, datetime | None]:
    """Return a move that the card tells of, and until when it has to be reviewed; one that was found right is over."""
    review = desk.tx.reviews.get(move.workspace_id, move.review_id) if move and move.review_id else None
    if review is None:
        return move, None
    if review.state is ReviewState.APPROVED:
        return None, None
    return move, review.expires_at if review.is_open else None
