"""The look at a pilot: raises and clears its signals, sets the day of decision, and lets people hear of what waits for them.

A look follows every change within a minute, and comes by itself when the next rung, day or threshold does. It is nobody's
doing on the pilot, so its clocks go on; and looking twice changes nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.desk import Desk
from bot.domain import decision_day, idling, noticing, stalling
from bot.domain.idling import Idle
from bot.domain.matters import Matter
from bot.domain.pilots import Pilot
from bot.domain.signals import Severity, Signal
from bot.domain.stalling import Reason
from bot.orphans import workflow as orphans
from bot.pilots import counting, workflow as pilots
from bot.stages import extending
from bot.watching import facts, hearing, told
from bot.watching.messages import Troubles
from storage.ids import new_id

LOOKS_AT_A_TIME: Final = 50
"""How many pilots one transaction looks at."""
_SOMEBODY_GONE: Final = frozenset({Reason.CHAMPION_GONE.value, Reason.OWNER_GONE.value})


def sweep(desk: Desk) -> int:
    """Look at the pilots whose time has come; return how many those were."""
    looked_at, people = due(desk, LOOKS_AT_A_TIME), set[str]()
    for pilot_id in looked_at:
        people |= _look_if_due(desk, pilot_id)
    hearing.make_due(desk, people)
    return len(looked_at)


def due(desk: Desk, limit: int) -> list[str]:
    """Return the pilots whose time has come, by id, the longest due first."""
    return desk.tx.pilots.due_for_nudge(desk.at.workspace_id, desk.at.now, limit)


def look_if_due(desk: Desk, pilot_id: str) -> None:
    """Look at one of them, unless somebody has since."""
    hearing.make_due(desk, _look_if_due(desk, pilot_id))


def _look_if_due(desk: Desk, pilot_id: str) -> set[str]:
    pilot = desk.tx.pilots.lock(desk.at.workspace_id, pilot_id)
    if pilot and pilot.next_nudge_at and pilot.next_nudge_at <= desk.at.now:
        return _look(desk, pilot)
    return set()


def look(desk: Desk, pilot_id: str) -> None:
    """Look at a pilot: see why it stalls, what waits for whom, and when to look again."""
    pilot = desk.tx.pilots.lock(desk.at.workspace_id, pilot_id)
    if pilot:
        hearing.make_due(desk, _look(desk, pilot))


def matters_of(desk: Desk, pilot: Pilot) -> tuple[Matter, ...]:
    """Return what waits for somebody about a pilot as it is now, reviews aside; also what only will, on a day ahead."""
    if not _is_watched(pilot):
        return ()
    return noticing.find(facts.gather(desk, pilot), desk.at.now)


def signals_of(desk: Desk, pilot: Pilot) -> list[Signal]:
    """Return why a pilot stalls, worst first; nothing is read for one that does well."""
    return desk.tx.signals.raised_of(pilot.id) if pilot.severity else []


def troubles_of(desk: Desk, pilot: Pilot) -> Troubles:
    """Return what keeps a pilot back, for its status."""
    return Troubles(
        signals=signals_of(desk, pilot),
        idle=idle_of(desk, pilot),
        ways=extending.ways_of(desk, pilot) if pilot.decide_on and _is_watched(pilot) else None,
        put_off=extending.put_off_of(desk, pilot),
    )


def idle_of(desk: Desk, pilot: Pilot) -> Idle | None:
    """Return what it has cost that a pilot stands still; nothing is read for one that does not."""
    if idling.idle(pilot, desk.playbook, {}, desk.at.now) is None:
        return None
    return idling.idle(pilot, desk.playbook, desk.tx.answers.current(pilot.id), desk.at.now)


def _is_watched(pilot: Pilot) -> bool:
    """Whether anything is expected of a pilot; one that waits on purpose, or has ended, is left alone."""
    return not pilot.retired and pilot.hold is None


def _look(desk: Desk, pilot: Pilot) -> set[str]:
    """Look at a pilot that is locked; return who is to hear of something new."""
    raised = desk.tx.signals.raised_of(pilot.id)
    if not _is_watched(pilot):
        _rest(desk, pilot, raised)
        return set()
    known, now = facts.gather(desk, pilot), desk.at.now
    if known.gone or any(one.why in _SOMEBODY_GONE for one in raised):
        orphans.look(desk, pilot.id)
    day = decision_day.day_for(known, known.calendar.day_of(now), now)
    if day != pilot.decide_on:
        known = replace(known, pilot=pilot.model_copy(update={"decide_on": day}))
    seen = stalling.find(known, now)
    is_new = _keep(desk, pilot, raised, seen)
    heard = hearing.let_hear(desk, known)
    later = [*heard.later, *stalling.turns(known), *noticing.turns(known)]
    severity = max((one.severity for one in seen), default=Severity.NONE)
    stalled_since = (pilot.stalled_since or now) if severity is Severity.STALLED else None
    looked_at = known.pilot.model_copy(
        update={
            "severity": int(severity),
            "stalled_since": stalled_since,
            "next_nudge_at": min((at for at in later if at > now), default=None),
        }
    )
    _note(desk, looked_at)
    looked_at = counting.judge_again(desk, looked_at, known.gate, known.before_gate)
    told.of_decision(desk, pilot, looked_at, is_up=decision_day.is_time_up(known, now))
    if is_new or day != pilot.decide_on:
        pilots.show_card(desk, looked_at)
    return heard.people


def _rest(desk: Desk, pilot: Pilot, raised: Sequence[Signal]) -> None:
    """Take everything down of a pilot of which nothing is expected, and look again only to count it as days go by.

    A hold that lasts beyond the day of decision takes that day with it: a new one is set when the pilot goes on.
    """
    _keep(desk, pilot, raised, ())
    day = pilot.decide_on
    if pilot.retired or (day and pilot.hold and pilot.hold.until >= day):
        day = None
    standing, now = pilots.standing_of(desk, pilot), desk.at.now
    later = (at for at in counting.turns(pilot, standing.gate, standing.verdict) if at > now)
    rested = pilot.model_copy(
        update={
            "severity": 0,
            "stalled_since": None,
            "decide_on": day,
            "next_nudge_at": None if pilot.retired else min(later, default=None),
        }
    )
    _note(desk, rested)
    rested = counting.judge_again(desk, rested, standing.gate, standing.verdict)
    told.of_decision(desk, pilot, rested, is_up=False)
    if not pilot.retired and (pilot.severity or day != pilot.decide_on):
        pilots.show_card(desk, rested)


def _note(desk: Desk, pilot: Pilot) -> None:
    desk.tx.pilots.note_watch(
        pilot.id,
        severity=pilot.severity,
        stalled_since=pilot.stalled_since,
        decide_on=pilot.decide_on,
        extended=pilot.extended,
        next_nudge_at=pilot.next_nudge_at,
    )


def _keep(desk: Desk, pilot: Pilot, raised: Sequence[Signal], seen: Sequence[stalling.Seen]) -> bool:
    """Let the signals that are kept be those that are seen; return whether anything of that is new."""
    by_cause = {one.cause: one for one in seen}
    changed = False
    for signal in raised:
        still = by_cause.pop(signal.cause, None)
        if still is None:
            if desk.tx.signals.clear_if_raised(signal.id, desk.at.now):
                told.record(desk, "pilot.signal_cleared", signal)
                changed = True
        elif (still.severity, still.why.value, still.evidence) != (
            signal.severity,
            signal.why,
            signal.evidence,
        ):
            desk.tx.signals.change(signal.id, still.severity, still.why.value, still.evidence)
            changed = True
            if still.severity > signal.severity:
                worse = signal.model_copy(update={"severity": still.severity, "why": still.why.value})
                told.record(desk, "pilot.signal_raised", worse)
    for one in by_cause.values():
        signal = _signal(desk, pilot, one)
        if desk.tx.signals.raise_(signal):
            told.record(desk, "pilot.signal_raised", signal)
            changed = True
    return changed


def _signal(desk: Desk, pilot: Pilot, seen: stalling.Seen) -> Signal:
    return Signal(
        id=new_id(),
        workspace_id=pilot.workspace_id,
        pilot_id=pilot.id,
        cause=seen.cause,
        severity=seen.severity,
        why=seen.why.value,
        evidence=seen.evidence,
        raised_at=desk.at.now,
    )
