"""Keeps the counters of the portfolio true: what changes about a pilot changes them by the difference to what was counted before.

Whoever counts has locked the pilot. Nothing here decides how a pilot stands; it is told.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.desk import Desk
from bot.domain.pilots import Pilot
from bot.domain.playbook import Gate
from bot.domain.readiness import Verdict
from bot.domain.reopening import midnight
from bot.domain.tallies import count, difference
from bot.domain.watched import expires_at


def is_ready(gate: Gate | None, verdict: Verdict) -> bool:
    """Whether nothing required is missing for a gate that leads on; upkeep and the end of the way lead nowhere."""
    return gate is not None and gate.leads_on and verdict.ready


def judged(pilot: Pilot, gate: Gate | None, verdict: Verdict) -> Pilot:
    """Return a pilot with what its row says of the verdict."""
    return pilot.model_copy(
        update={
            "required": verdict.required,
            "in_place": verdict.in_place,
            "ready": is_ready(gate, verdict),
        }
    )


def judge_again(desk: Desk, pilot: Pilot, gate: Gate | None, verdict: Verdict) -> Pilot:
    """Keep and count what time alone has changed about a pilot: evidence has expired, or an item counts from today."""
    now = judged(pilot, gate, verdict)
    if now != pilot:
        desk.tx.pilots.note_verdict(pilot.id, required=now.required, in_place=now.in_place, ready=now.ready)
    recount(desk, now, verdict)
    return now


def recount(desk: Desk, pilot: Pilot, verdict: Verdict) -> None:
    """Count a pilot as it stands now, by the verdict before its next gate; nothing is written where nothing has changed."""
    before, now = desk.tx.tallies.counted(pilot.id), count(pilot, verdict)
    if now == before:
        return
    desk.tx.tallies.set_counted(pilot.workspace_id, pilot.id, now)
    desk.tx.tallies.add(pilot.workspace_id, difference(before, now))


def turns(pilot: Pilot, gate: Gate | None, verdict: Verdict) -> Iterator[datetime]:
    """Yield the instants at which time alone changes what is counted of a pilot; some of them may be over."""
    for one in verdict.items:
        expires = expires_at(one)
        if expires:
            yield expires
        if one.item.enforce_from:
            yield midnight(one.item.enforce_from)
    if gate and gate.every_days is not None:
        yield pilot.stage_since + timedelta(days=gate.every_days)
