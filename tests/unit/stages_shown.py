"""Every message and window about a pilot's moves, for the tests that read all messages."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.messages import Body
from bot.domain.moves import MoveKind, StageMove
from bot.domain.pilots import Hold, Pilot
from bot.domain.playbook import Gate
from bot.domain.policies import ApproverRole, Policy, PolicyStep, Procedure, Seat
from bot.domain.readiness import Verdict
from bot.pilots.messages import Situation, card_message
from bot.stages import forms, messages
from bot.stages.emergency import Emergency
from prompts.library import Library

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def hold_of(text: str) -> Hold:
    return Hold(since=NOW, until=NOW.date() + timedelta(days=30), reason=text[:1000] or "x", by="U0MAYA")


def move_of(pilot: Pilot, kind: MoveKind, text: str) -> StageMove:
    return StageMove(
        id="a" * 16,
        workspace_id="T0",
        pilot_id=pilot.id,
        kind=kind,
        from_stage="limited",
        to_stage=pilot.stage,
        by="U0MAYA",
        at=NOW,
        reason=(text * 9)[:1000],
    )


def situations(pilot: Pilot, text: str) -> Iterator[Situation]:
    """Return what a card may have to say: one thing at a time, and everything at once."""
    titles = tuple(f"{text[:60]} {n}" for n in range(20))
    yield Situation(may_go_back=True)
    yield Situation(open_again=titles[:1], asked=True)
    for kind in (MoveKind.ROLLED_BACK, MoveKind.BREAK_GLASS):
        came = move_of(pilot, kind, text)
        yield Situation(came_by=came)
        yield Situation(came_by=came, review_due=NOW, may_go_back=True, open_again=titles)


def every_message(
    library: Library, pilot: Pilot, gate: Gate, verdict: Verdict, text: str
) -> Iterator[tuple[str, Body]]:
    """Return the cards and the words that a move leaves behind."""
    long, hold = (text * 40)[:1000], hold_of(text * 9)
    held = pilot.model_copy(update={"hold": hold})
    accepted = held.model_copy(update={"owner_accepted_at": NOW, "tier": "high"})
    for one in (pilot, held, accepted):
        for situation in situations(one, text):
            yield "card", card_message(library, one, gate, verdict, situation)
    yield "rolled back", messages.rolled_back_message(library, pilot, "limited", "U0MAYA", long)
    for missing in ([], [text[:60]], [f"{text[:60]} {n}" for n in range(40)]):
        yield (
            "break glass",
            messages.break_glass_message(library, pilot, "idea", "U0MAYA", long, missing, missing, NOW),
        )
    for again in (False, True):
        yield "held", messages.held_message(library, held, hold, again=again)
    for by in (None, "U0MAYA"):
        yield "resumed", messages.resumed_message(library, pilot, hold, by)
    yield "resumed privately", messages.resumed_privately(library, pilot)
    retired = pilot.model_copy(update={"stage": "retired"})
    yield "retired", messages.retired_message(library, retired, "U0MAYA", long, long)
    yield "revived", messages.revived_message(library, pilot, "U0MAYA", long)


def every_view(library: Library, pilot: Pilot, gate: Gate, text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return the windows."""
    held = pilot.model_copy(update={"hold": hold_of(text)})
    yield "roll back", forms.roll_back_form(library, pilot, ["idea"])
    yield (
        "roll back",
        forms.roll_back_form(library, pilot, [text[:40] or "x", *(f"s{n}" for n in range(150))]),
    )
    for waiting in (pilot, held):
        yield "hold", forms.hold_form(library, waiting, NOW.date())
    yield "retire", forms.retire_form(library, pilot, pilot.id)
    ended = move_of(pilot, MoveKind.RETIRED, text)
    for one in (None, ended, ended.model_copy(update={"learned": (text * 9)[:1000]})):
        yield "revive", forms.revive_form(library, pilot, "shadow", one)
    role = ApproverRole(id="emergency", title="Emergency", people=("U0MAYA",))
    steps = (PolicyStep(seats=(Seat(role=role.id),)),)
    policy = Policy(id="strict", title="Strict", steps=steps, break_glass=role.id)
    items = library.playbook.items_of(gate)
    hostile = tuple(item.model_copy(update={"title": f"{text[:40]} {n}"}) for n, item in enumerate(items))
    for missing in ((), hostile):
        found = Emergency(pilot, gate, Procedure(policy=policy, roles=(role,)), missing, missing)
        yield "break glass", forms.break_glass_form(library, found)
