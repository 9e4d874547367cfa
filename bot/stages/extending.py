"""The day by which it has to be decided whether a pilot goes on, and putting it off: with a reason, counted, and no progress.

The word about it stands in the thread of the pilot's card, once for each time in a stage, with the four ways there are.
"""

from datetime import date, datetime, timedelta
from typing import Final

from bot.desk import Desk
from bot.domain.moves import stages_behind
from bot.domain.pilots import Pilot, PutOff
from bot.domain.waivers import day_of
from bot.pilots import workflow as pilots
from bot.pilots.calendars import calendar_of_channel
from bot.pilots.errors import FieldRefusal, FieldsRefused
from bot.slack.blocks import REASON_LENGTH
from bot.stages import errors, extending_messages as messages, workflow
from bot.stages.seen import seen_decision
from prompts.english import full_day, short_day

EXTENDED: Final = "pilot.extended"
"""What is recorded when the day is put off."""
LONGEST = timedelta(days=90)
"""How far ahead the new day may lie."""


def may_extend(desk: Desk, pilot_id: str, *, owner_group: frozenset[str] = frozenset()) -> Pilot:
    """Return a pilot whose day the person may put off, for the form; the refusal that applies otherwise."""
    pilot = workflow.may_steer(desk, pilot_id, owner_group=owner_group)
    if pilot.hold is not None:
        raise errors.WaitsOnPurpose(name=pilot.name, day=short_day(pilot.hold.until))
    if pilot.decide_on is None:
        raise errors.NothingToDecide(name=pilot.name)
    return pilot


def extend(
    desk: Desk,
    pilot_id: str,
    seen: str,
    reason: str,
    until: date | None,
    *,
    owner_group: frozenset[str] = frozenset(),
) -> Pilot:
    """Put the day of decision off. `seen` is the day that the person saw. The pilot's clocks go on: nothing has moved."""
    pilots.get_active(desk, pilot_id)
    pilot = may_extend(desk, pilot_id, owner_group=owner_group)
    if seen_decision(pilot) != seen or pilot.decide_on is None:
        day = short_day(pilot.decide_on) if pilot.decide_on else ""
        raise errors.ExtendedMeanwhile(name=pilot.name, day=day)
    why, wrong = workflow.what_was_said(reason, errors.WhyEmpty("reason"))
    wrong += _objection_to_day(until, pilot.decide_on, day_of(desk.at.now))
    if wrong or until is None:
        raise FieldsRefused(wrong)
    put_off = pilot.model_copy(
        update={"decide_on": until, "extended": pilot.extended + 1, "next_nudge_at": desk.at.now}
    )
    desk.tx.pilots.note_watch(
        pilot.id,
        severity=pilot.severity,
        stalled_since=pilot.stalled_since,
        decide_on=until,
        extended=put_off.extended,
        next_nudge_at=desk.at.now,
    )
    desk.tx.audit.append(
        desk.at,
        EXTENDED,
        "pilot",
        pilot.id,
        {"decide_on": pilot.decide_on.isoformat()},
        {"until": until.isoformat(), "reason": why[:REASON_LENGTH], "extended": put_off.extended},
        on_behalf_of=workflow.group_spoken_for(desk, pilot, owner_group),
    )
    desk.changed.add(pilot.id)
    pilots.show_card(desk, put_off)
    _state(desk, put_off, PutOff(by=desk.at.actor_id, reason=why, at=desk.at.now))
    return put_off


def put_off_of(desk: Desk, pilot: Pilot) -> PutOff | None:
    """Return how the decision about a pilot was put off last in its stage; nothing is read where it was not, or is not due."""
    if not pilot.extended or pilot.decide_on is None:
        return None
    entry = desk.tx.audit.latest_of(pilot.workspace_id, "pilot", pilot.id, EXTENDED)
    if entry is None:
        return None
    said = entry.after or {}  # nothing where the words were erased
    if said and said.get("until") != pilot.decide_on.isoformat():
        return None  # the day is another one since, and nobody put that off
    return PutOff(by=entry.actor_id, reason=str(said.get("reason", "")), at=entry.at)


def _objection_to_day(until: date | None, was: date, today: date) -> list[FieldRefusal]:
    if until is None:
        return [errors.DecisionDayNeeded("until")]
    seen, last = max(today, was), today + LONGEST
    if seen >= last:
        return [errors.FarEnough("until", day=full_day(was))]
    if seen < until <= last:
        return []
    first = seen + timedelta(days=1)
    return [errors.DecisionDayOutOfReach("until", first=full_day(first), last=full_day(last))]


def show(desk: Desk, pilot: Pilot, *, is_up: bool, anew: bool) -> None:
    """State the word about the day of decision: once its time is up, and where that day is another one now.

    It calls people by name, so it comes at an hour at which they may be called.
    """
    there = desk.tx.messages.by_key(pilot.workspace_id, _key(pilot, pilot.stage_since.isoformat()))
    if anew if there else is_up:
        _state(desk, pilot, None, calendar_of_channel(desk, pilot).next_good(desk.at.now))


def follow(desk: Desk, pilot_id: str) -> None:
    """Let the word say so when the pilot has gone to another stage in this transaction, or has ended; all else costs nothing here."""
    here = (one for one in desk.tx.audit.pending if one.subject_id == pilot_id)
    if any("stage" in (one.before or {}) for one in here):
        settle(desk, pilots.get(desk, pilot_id))


def settle(desk: Desk, pilot: Pilot) -> None:
    """Let the word say that it is decided: the pilot has gone elsewhere, waits on purpose, or has ended."""
    moves = desk.tx.moves.of_pilot(pilot.id)
    began = {pilot.stage_since, *(move.at for move in moves[-2:])}
    for at in began:
        key = _key(pilot, at.isoformat())
        if desk.tx.messages.by_key(pilot.workspace_id, key):
            body = messages.decided_message(desk.library, pilot)
            desk.tx.messages.show(pilot.workspace_id, key, pilot.channel_id, body)


def ways_of(desk: Desk, pilot: Pilot) -> messages.Ways:
    """Return what can be done about a pilot of which it has to be decided whether it goes on."""
    gate = desk.playbook.gate_from(pilot.stage)
    return messages.Ways(
        may_ask=gate is not None and gate.leads_on and desk.tx.reviews.open_of(pilot.id, gate.id) is None,
        may_go_back=bool(stages_behind(desk.playbook, desk.tx.moves.of_pilot(pilot.id), pilot.stage)),
    )


def _state(desk: Desk, pilot: Pilot, put_off: PutOff | None, not_before: datetime | None = None) -> None:
    card = desk.tx.messages.by_key(pilot.workspace_id, pilots.card_key(pilot.id))
    body = messages.decision_message(desk.library, pilot, ways_of(desk, pilot), put_off)
    key = _key(pilot, pilot.stage_since.isoformat())
    desk.tx.messages.show(
        pilot.workspace_id,
        key,
        pilot.channel_id,
        body,
        under=card.id if card else None,
        not_before=not_before,
    )


def _key(pilot: Pilot, began: str) -> str:
    """Return the key of the word for one time in a stage."""
    return f"pilot:{pilot.id}:decision:{began}"
