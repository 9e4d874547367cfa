"""Where it is said who is missed at a pilot: one word in its channel for each of them, edited until somebody has taken it on."""

from collections.abc import Mapping, Sequence

from bot.desk import Desk
from bot.domain.messages import OutboundMessage
from bot.domain.pilots import Pilot
from bot.domain.watched import Gone, Role
from bot.orphans import messages
from bot.orphans.messages import Orphan, State
from bot.pilots.messages import stage_title


def key_of(pilot_id: str, person_id: str) -> str:
    """Return the key of the one word about one person who is missed at a pilot."""
    return f"pilot:{pilot_id}:orphan:{person_id}"


def state(desk: Desk, pilot: Pilot, gone: Sequence[Gone], also: Sequence[str]) -> None:
    """State every such word as it ought to be now; `also` are people who may have been missed before.

    On hold nothing new is said; it comes when the pilot goes on.
    """
    missed = {one.person_id for one in gone}
    there = _there(desk, pilot, {*missed, *also})
    for person_id in sorted({*missed, *there}):
        before = there.get(person_id)
        orphan = _orphan(desk, pilot, person_id, [one for one in gone if one.person_id == person_id])
        if before is None and pilot.hold:
            continue
        if orphan.state.is_settled and (before is None or messages.is_settled(before)):
            continue  # it is over, and later changes of people are none of its business
        body = messages.orphan_message(desk.library, orphan)
        desk.tx.messages.show(pilot.workspace_id, key_of(pilot.id, person_id), pilot.channel_id, body)


def _there(desk: Desk, pilot: Pilot, people: set[str]) -> Mapping[str, OutboundMessage]:
    keys = {key_of(pilot.id, one): one for one in people}
    if not keys:
        return {}
    return {keys[key]: found for key, found in desk.tx.messages.by_keys(pilot.workspace_id, *keys).items()}


def _orphan(desk: Desk, pilot: Pilot, person_id: str, gone: Sequence[Gone]) -> Orphan:
    if not gone:
        return Orphan(pilot, person_id, _settled(pilot, person_id))
    asked = asked_instead(desk, pilot, person_id) if _is_owner(gone) else None
    roles = tuple(one.role for one in gone if not (one.role is Role.OWNER and asked))
    gate = desk.playbook.gate_from(pilot.stage)
    return Orphan(
        pilot=pilot,
        person_id=person_id,
        state=State.OPEN if roles else State.OFFERED,
        roles=roles,
        why=gone[0].why,
        offered_to=asked,
        next_stage=stage_title(desk.library, gate.to_stage) if gate and gate.leads_on else None,
        in_place=pilot.in_place,
        required=pilot.required,
    )


def _is_owner(gone: Sequence[Gone]) -> bool:
    return any(one.role is Role.OWNER for one in gone)


def _settled(pilot: Pilot, person_id: str) -> State:
    if pilot.retired:
        return State.ENDED
    return State.BACK if person_id in {pilot.champion_id, pilot.owner_id} else State.TAKEN


def asked_instead(desk: Desk, pilot: Pilot, person_id: str) -> str | None:
    """Return who is asked to own a pilot in the place of somebody who is missed; None where nobody is."""
    waiting = desk.tx.handovers.proposed_of(pilot.id)
    return waiting.to_id if waiting and waiting.to_id != person_id else None
