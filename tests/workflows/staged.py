"""Pilots that have gone some of the way, for the tests of moving between stages."""

from bot.desk import Desk
from bot.domain.moves import MoveKind, StageMove
from bot.domain.policies import ApproverRole, Approvers, Policy, PolicyStep, Seat
from bot.domain.reviews import Board, Resolved
from bot.pilots import workflow as pilots
from prompts.library import Library

from .conftest import PRIYA, SAM, House, words_of

EMERGENCY = "emergency"
WITH_EMERGENCY = Board(
    roles=(
        Resolved(role="risk", title="Risk", people=frozenset({PRIYA}), shown=f"<@{PRIYA}>", unpinged="Priya"),
        Resolved(
            role=EMERGENCY, title="Emergency", people=frozenset({SAM}), shown=f"<@{SAM}>", unpinged="Sam"
        ),
    )
)


def promoted(house: House, pilot_id: str, *stages: str) -> None:
    """Let a pilot have gone to these stages, one after another, an hour apart."""

    def go(desk: Desk, stage: str) -> None:
        pilot = pilots.get_active(desk, pilot_id)
        pilots.move(desk, pilot, stage, MoveKind.PROMOTED, "review.approved")

    for stage in stages:
        house.later(hours=1)
        house.do(go, PRIYA, stage)
    house.later(hours=1)


def moves_of(house: House, pilot_id: str) -> list[StageMove]:
    return house.store.read_sync(lambda tx: tx.moves.of_pilot(pilot_id))


def said(house: House, channel_id: str, *, in_thread: bool = False) -> str:
    """Return what the last work said in a channel, in threads or outside of them."""
    return "\n".join(
        words_of(one.body)
        for one in house.touched
        if one.channel_id == channel_id and (one.under is not None) is in_thread
    )


def with_emergency_role(house: House) -> None:
    """Let every gate of the playbook be decided by one role, and let another promote in an emergency."""
    book = house.library.playbook
    roles = (
        ApproverRole(id="risk", title="Risk", people=(PRIYA,)),
        ApproverRole(id=EMERGENCY, title="Emergency", people=(SAM,)),
    )
    steps = (PolicyStep(seats=(Seat(role="risk"),)),)
    policy = Policy(
        id="strict", title="Strict", steps=steps, break_glass=EMERGENCY, break_glass_review_days=3
    )
    nobody: Approvers | None = None
    gates = tuple(gate.model_copy(update={"approvers": nobody, "policy": "strict"}) for gate in book.gates)
    book = book.model_copy(update={"roles": roles, "policies": (policy,), "gates": gates})
    house.library = Library(book, house.library.templates, house.library.earlier)
