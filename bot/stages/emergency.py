"""Break-glass: a promotion that cannot wait for its review. One stage, by a named role, loudly, and reviewed afterwards.

Nobody is barred from it but those whom the policy lets never decide, because it is for the moment when there is nobody else.
Who did it, why, and what was not in place is on the record and in the channel, and those who decide the gate say within days
whether it was right.
"""

from dataclasses import dataclass

from bot.desk import Desk
from bot.domain.moves import MoveKind
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate, Item
from bot.domain.policies import Procedure
from bot.domain.reviews import Board
from bot.domain.text import says_something, tame
from bot.pilots import workflow as pilots
from bot.pilots.errors import FieldsRefused, StageMoved
from bot.pilots.messages import stage_title
from bot.review import concluding, requesting, workflow as reviews
from bot.slack.blocks import REASON_LENGTH
from bot.stages import errors, messages, telling
from bot.stages.workflow import close_requests, leave_stage
from prompts.english import mid_sentence, short_day
from storage.pilots import name_key


@dataclass(frozen=True)
class Emergency:
    """A promotion that somebody may make at once."""

    pilot: Pilot
    gate: Gate
    procedure: Procedure
    missing: tuple[Item, ...]
    """What the gate asks for and is neither in place nor waived."""
    waived: tuple[Item, ...] = ()


def procedure_of(desk: Desk, pilot_id: str) -> tuple[Pilot, Procedure]:
    """Return how the gate before a pilot is decided, for the listener that resolves its roles."""
    pilot, gate = reviews.gate_before(desk, pilot_id)
    procedure = desk.playbook.procedure(gate, pilot.tier)
    if procedure is None or procedure.policy.break_glass is None:
        raise errors.NoBreakGlass(name=pilot.name)
    return pilot, procedure


def may_break_glass(desk: Desk, pilot_id: str, board: Board) -> Emergency:
    """Return what somebody may promote at once; the refusal that applies otherwise."""
    pilots.check_member(desk)
    pilot, procedure = procedure_of(desk, pilot_id)
    role = procedure.policy.break_glass or ""
    if desk.at.actor_id not in board.people_of(role) - frozenset(procedure.policy.never):
        found = board.role(role)
        raise errors.NotForBreakGlass(who=found.shown if found else role, name=pilot.name)
    if pilot.hold is not None:
        raise errors.WaitsOnPurpose(name=pilot.name, day=short_day(pilot.hold.until))
    _, gate = reviews.gate_before(desk, pilot_id)
    verdict = pilots.verdict_before(desk, pilot, gate)
    missing = tuple(one.item for one in verdict.blocking)
    return Emergency(pilot, gate, procedure, missing, tuple(one.item for one in verdict.waived))


def break_glass(desk: Desk, pilot_id: str, seen_in: str, name: str, reason: str, board: Board) -> Pilot:
    """Promote a pilot one stage, and have it reviewed afterwards. `seen_in` is the stage that the person saw it in."""
    pilots.get_active(desk, pilot_id)
    found = may_break_glass(desk, pilot_id, board)
    pilot, gate = found.pilot, found.gate
    if pilot.stage != seen_in:
        raise StageMoved(name=pilot.name, stage=mid_sentence(stage_title(desk.library, pilot.stage)))
    why = reason.strip()[:REASON_LENGTH]
    empty = [] if says_something(reason) else [errors.WhyEmpty("reason")]
    mistyped = [] if name_key(tame(name)) == name_key(pilot.name) else [errors.NameNotTyped("name")]
    if empty or mistyped:
        raise FieldsRefused([*empty, *mistyped])
    close_requests(desk, pilot.id, messages.why_withdrawn(desk.library, "promoted", why))
    review = requesting.open_after_the_fact(desk, pilots.get(desk, pilot.id), gate, board, why)
    leave_stage(desk, pilot.id)
    moved = pilots.move(
        desk,
        pilot,
        gate.to_stage,
        MoveKind.BREAK_GLASS,
        "pilot.break_glass",
        reason=why,
        review_id=review.id,
        after={"role": found.procedure.policy.break_glass, "items": [one.id for one in found.missing]},
    )
    concluding.show_everywhere(desk, review, moved)
    said = messages.break_glass_message(
        desk.library,
        moved,
        pilot.stage,
        desk.at.actor_id,
        why,
        [one.title for one in found.missing],
        [one.title for one in found.waived],
        review.expires_at,
    )
    telling.tell_everybody(desk, moved, "break_glass", said, reviewed=True)
    return moved
