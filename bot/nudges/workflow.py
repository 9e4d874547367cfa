"""Nudges about pilots that went quiet: who hears, when, and what the buttons of the message do.

Who is told is decided when the time has come, from what is true then; a slot that was claimed is never used twice. What else
waits for the same person on that day stands in the same message, see `shown`.
"""

from collections import defaultdict
from datetime import datetime

from bot.desk import Desk
from bot.domain import staleness
from bot.domain.calendar import zone_of
from bot.domain.handovers import OwnerState, ownership
from bot.domain.nudges import QUIET, Nudge, Reply
from bot.domain.pilots import Pilot
from bot.domain.values import Instant
from bot.nudges import shown
from bot.pilots import errors, workflow as pilots
from bot.stages import workflow as stages
from prompts.english import short_day

DUE_AT_A_TIME = 200
"""How many due pilots one transaction takes."""


def sweep(desk: Desk) -> int:
    """Tell the owners of pilots whose quiet time has come; return how many pilots were looked at."""
    due = desk.tx.pilots.due_for_nudge(desk.at.workspace_id, desk.at.now, DUE_AT_A_TIME)
    people: dict[str, list[Pilot]] = defaultdict(list)
    for pilot in due:
        people[_addressee(desk, pilot)].append(pilot)
    for person_id, quiet in people.items():
        _tell(desk, person_id, quiet)
    return len(due)


def due_for_nudge(desk: Desk, limit: int) -> list[str]:
    """Return the pilots whose quiet time has come, by id, the longest due first."""
    return [one.id for one in desk.tx.pilots.due_for_nudge(desk.at.workspace_id, desk.at.now, limit)]


def tell_if_due(desk: Desk, pilot_id: str) -> None:
    """Tell the owner of one of them, unless somebody was told since."""
    pilot = desk.tx.pilots.lock(desk.at.workspace_id, pilot_id)
    if pilot and pilot.next_nudge_at and pilot.next_nudge_at <= desk.at.now:
        _tell(desk, _addressee(desk, pilot), [pilot])


def snooze(desk: Desk, pilot_id: str, slot: str) -> Instant:
    """Be quiet about a pilot for a while; the owner asked for it."""
    pilot = _mine(desk, pilot_id)
    if pilot.hold is not None:
        raise errors.OnHold(name=pilot.name, day=short_day(pilot.hold.until))
    zone = zone_of(pilots.time_zone_of(desk, desk.at.actor_id))
    until = staleness.snooze_until(desk.at.now, zone, desk.playbook.nudges)
    desk.tx.pilots.set_next_nudge(pilot.id, until)
    desk.tx.audit.append(
        desk.at,
        "nudge.snoozed",
        "pilot",
        pilot.id,
        {"next_nudge_at": _iso(pilot.next_nudge_at)},
        {"until": _iso(until)},
    )
    _answer(desk, pilot, slot, Reply.SNOOZED)
    return until


def note_update(desk: Desk, pilot_id: str, slot: str) -> Pilot:
    """Remember that the owner went on to update the pilot from the nudge."""
    pilot = _mine(desk, pilot_id)
    _answer(desk, pilot, slot, Reply.UPDATED)
    return pilot


def retire(desk: Desk, pilot_id: str, slot: str, reason: str, learned: str) -> Pilot:
    """End a pilot from its nudge."""
    _mine(desk, pilot_id)
    pilot = stages.retire(desk, pilot_id, reason, learned)
    _answer(desk, pilot, slot, Reply.RETIRED)
    return pilot


def _tell(desk: Desk, person_id: str, quiet: list[Pilot]) -> None:
    rhythm = desk.playbook.nudges
    zone = zone_of(pilots.time_zone_of(desk, person_id))
    now = desk.at.now
    if not staleness.within_hours(now, zone, rhythm):
        for pilot in quiet:
            desk.tx.pilots.set_next_nudge(pilot.id, staleness.next_good_hour(now, zone, rhythm))
        return
    slot = staleness.slot_of(now, zone).isoformat()
    for pilot in quiet:
        if desk.tx.nudges.claim_slot(
            pilot.workspace_id, pilot.id, QUIET, slot, person_id, now, pilot.last_change_at
        ):
            days = staleness.quiet_days(pilot, now)
            desk.tx.audit.append(
                desk.at, "nudge.sent", "pilot", pilot.id, None, {"to": person_id, "quiet_days": days}
            )
        desk.tx.pilots.set_next_nudge(pilot.id, staleness.nudge_again(now, zone, rhythm))
    shown.show(desk, person_id, slot)


def _answer(desk: Desk, pilot: Pilot, slot: str, reply: Reply) -> None:
    nudge: Nudge | None = desk.tx.nudges.reply(pilot.id, QUIET, slot, reply, desk.at.now)
    if nudge:
        shown.show(desk, nudge.person_id, slot)


def _addressee(desk: Desk, pilot: Pilot) -> str:
    """Return who hears: the owner; the champion where a group owns it, or where the owner declined or can take part no more."""
    first = pilots.nudged_person(pilot)
    person = desk.tx.people.get(pilot.workspace_id, first)
    if person is None or person.cannot_act:
        return pilot.champion_id
    declined = ownership(pilot, desk.tx.handovers.of_pilot(pilot.id)).state is OwnerState.DECLINED
    return pilot.champion_id if declined else first


def _mine(desk: Desk, pilot_id: str) -> Pilot:
    pilot = pilots.get_active(desk, pilot_id)
    if not (pilots.may_steer(pilot, desk.at.actor_id) or desk.at.actor_id == _addressee(desk, pilot)):
        raise errors.NotYours(who="its owner or champion", name=pilot.name)
    return pilot


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
