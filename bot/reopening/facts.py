"""What a look at a pilot is told: the gate that it passed last, who let it pass, and what that stood on. Reads only.

This is read after every answer, so each thing is read once, and nothing at all for a stage into which no gate leads.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.desk import Desk
from bot.domain import reopening as rules
from bot.domain.actions import Action
from bot.domain.moves import StageMove, came_over
from bot.domain.people import Person, is_group
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.reopening import Ground
from bot.domain.reviews import Review, ReviewState
from bot.domain.waivers import day_of


@dataclass(frozen=True)
class Passed:
    """The gate that a pilot passed last, as far as that can be open again."""

    ground: Ground
    gate: Gate | None = None
    """None in a stage into which no gate leads, and for a pilot that has ended."""
    review: Review | None = None
    """The review that approved it; or the one that did not confirm an emergency promotion."""


def passed_by(desk: Desk, pilot: Pilot) -> Passed:
    """Return what a pilot stands on in its stage."""
    gate = None if pilot.retired else desk.playbook.gate_to(pilot.stage)
    nothing = Passed(Ground(hold=None if pilot.retired else pilot.hold), gate)
    if gate is None:
        return nothing
    came_by = came_over(desk.tx.moves.of_pilot(pilot.id), pilot.stage)
    if came_by is None:
        return nothing
    review = _review_of(desk, pilot, came_by)
    if review is None or review.is_open:
        return nothing
    if review.state is ReviewState.APPROVED:
        return Passed(_ground(desk, pilot, gate, review), gate, review)
    return Passed(Ground(unconfirmed=review.id, hold=pilot.hold), gate, review)


def _review_of(desk: Desk, pilot: Pilot, move: StageMove) -> Review | None:
    """Return the review that led over the gate; of an emergency promotion the one that was opened when it was made."""
    if move.review_id:
        return desk.tx.reviews.get(pilot.workspace_id, move.review_id)
    return desk.tx.reviews.approved_into(pilot.id, move.to_stage)


def _ground(desk: Desk, pilot: Pilot, gate: Gate, review: Review) -> Ground:
    return Ground(
        items=desk.playbook.items_of(gate),
        held=rules.held_in(review.snapshot),
        answers=desk.tx.answers.current(pilot.id),
        waivers=desk.tx.waivers.of_pilot(pilot.id, day_of(desk.at.now)),
        conditions=tuple(_on_the_way(desk, pilot, review, desk.tx.actions.conditions_of_pilot(pilot.id))),
        owner=owner_of(desk, pilot),
        hold=pilot.hold,
    )


def _on_the_way(desk: Desk, pilot: Pilot, review: Review, conditions: Iterable[Action]) -> Iterator[Action]:
    """Yield the conditions of approvals that led where the pilot is; of a stage that it has gone back from none hold here."""
    order = {stage.id: number for number, stage in enumerate(desk.playbook.stages)}
    here = order.get(pilot.stage, -1)
    for action in conditions:
        if action.review_id == review.id:
            yield action
        elif action.review_id:
            other = desk.tx.reviews.get(pilot.workspace_id, action.review_id)
            if other and order.get(other.to_stage, here) <= here:
                yield action


def owner_of(desk: Desk, pilot: Pilot) -> Person | None:
    """Return the owner as last seen; None for a user group."""
    return None if is_group(pilot.owner_id) else desk.tx.people.get(pilot.workspace_id, pilot.owner_id)
