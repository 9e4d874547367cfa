"""What is in the way of a pilot, and who can clear it: they hear of it at once, and it is done when somebody says so.

Saying that something is in the way is no progress; that it is out of the way is.
"""

from datetime import date, timedelta
from typing import Final

from bot.desk import Desk
from bot.domain.notices import Blocker, BlockerState, Notice, Reply
from bot.domain.people import mention
from bot.domain.pilots import Pilot
from bot.domain.text import says_something
from bot.nudges import blocked_messages, errors, shown
from bot.nudges.names import mark_of
from bot.nudges.workflow import answer, day_within, own_line
from bot.pilots import answerable, workflow as pilots
from bot.pilots.calendars import calendar_of
from bot.pilots.errors import FieldRefusal, FieldsRefused
from bot.slack.blocks import REASON_LENGTH
from bot.stages import telling
from prompts.english import join_words
from storage.ids import new_id

LONGEST: Final = timedelta(days=180)
NOBODY: Final = frozenset[str]()


def may_report(desk: Desk, value: str) -> tuple[Notice, Pilot]:
    """Return the line from which somebody says that something is in the way."""
    return own_line(desk, value)


def report(desk: Desk, value: str, what: str, by_id: str | None, until: date | None) -> Blocker:
    """Note what a pilot waits for, tell whoever can clear it, and say it in the card's thread. Raises FieldsRefused."""
    _, pilot = may_report(desk, value)
    pilots.get_active(desk, pilot.id)
    notice, pilot = may_report(
        desk, value
    )  # anew under the lock: somebody may say it from two devices at once
    due_on = _checked(desk, what, by_id, until)
    made = Blocker(
        id=new_id(),
        workspace_id=pilot.workspace_id,
        pilot_id=pilot.id,
        what=what.strip()[:REASON_LENGTH],
        by_id=by_id or "",
        reported_by=desk.at.actor_id,
        reported_at=desk.at.now,
        due_on=due_on,
    )
    desk.tx.blockers.add(made)
    _record(desk, pilot, "pilot.blocked", made)
    answer(desk, notice, Reply.BLOCKED)
    _tell(desk, pilot, made)
    return made


def get(desk: Desk, blocker_id: str) -> tuple[Pilot, Blocker]:
    """Return what is in the way, and of which pilot; a forged or old id is refused."""
    found = desk.tx.blockers.get(desk.at.workspace_id, blocker_id)
    if found is None:
        raise errors.BlockerGone
    return pilots.get(desk, found.pilot_id), found


def may_solve(desk: Desk, blocker_id: str, owner_group: frozenset[str] = NOBODY) -> tuple[Pilot, Blocker]:
    """Return what somebody may call solved: whoever can clear it, whoever reported it, and those who answer for the pilot."""
    pilot, found = get(desk, blocker_id)
    pilots.check_member(desk)
    owner = answerable.owner_of(desk, pilot)
    may = dict.fromkeys(one for one in (found.by_id, found.reported_by, pilot.champion_id, owner) if one)
    steers = answerable.may_steer(desk, pilot, desk.at.actor_id, owner_group)
    if desk.at.actor_id not in may and not steers:
        who = join_words([mention(one) for one in may], "or")
        raise errors.NotYoursToClear(who=who, name=pilot.name)
    return _open(pilot, found)


def may_pass_on(desk: Desk, blocker_id: str) -> tuple[Pilot, Blocker]:
    """Return what somebody may say is not theirs to clear: whoever was named."""
    pilot, found = get(desk, blocker_id)
    pilots.check_member(desk)
    if desk.at.actor_id != found.by_id:
        raise errors.NotYoursToClear(who=mention(found.by_id), name=pilot.name)
    return _open(pilot, found)


def solve(desk: Desk, blocker_id: str, how: str, owner_group: frozenset[str] = NOBODY) -> Blocker:
    """Say that something is out of the way, and how; that is progress."""
    get_locked(desk, blocker_id)
    pilot, found = may_solve(desk, blocker_id, owner_group)
    if not says_something(how):
        raise FieldsRefused([errors.HowEmpty("how")])
    return _close(desk, pilot, found, BlockerState.SOLVED, how)


def pass_on(desk: Desk, blocker_id: str, word: str) -> Blocker:
    """Say that one cannot clear it; the team reads that and asks somebody else."""
    get_locked(desk, blocker_id)
    pilot, found = may_pass_on(desk, blocker_id)
    return _close(desk, pilot, found, BlockerState.DROPPED, word)


def get_locked(desk: Desk, blocker_id: str) -> None:
    """Keep everybody else from closing it meanwhile: the pilot first, as everywhere."""
    pilot, _ = get(desk, blocker_id)
    desk.tx.pilots.lock(desk.at.workspace_id, pilot.id)


def key_of(blocker_id: str) -> str:
    """Return the key of the direct message to whoever can clear it."""
    return f"blocker:{blocker_id}"


def _open(pilot: Pilot, found: Blocker) -> tuple[Pilot, Blocker]:
    if found.state is not BlockerState.OPEN:
        raise errors.BlockerGone
    return pilot, found


def _checked(desk: Desk, what: str, by_id: str | None, until: date | None) -> date:
    wrong: list[FieldRefusal] = [] if says_something(what) else [errors.WhatEmpty("what")]
    if not by_id:
        wrong.append(errors.ByNobody("by"))
    elif by_id == desk.at.actor_id:
        wrong.append(errors.ByYourself("by"))
    else:
        wrong += [_at(one, "by") for one in pilots.objections_to_people(desk, by_id, None)]
    today = calendar_of(desk, desk.at.actor_id).day_of(desk.at.now)
    try:
        day = day_within("until", until, today, LONGEST)
    except FieldsRefused as refused:
        raise FieldsRefused([*wrong, *refused.fields]) from refused
    if wrong:
        raise FieldsRefused(wrong)
    return day


def _at(refused: FieldRefusal, field: str) -> FieldRefusal:
    return type(refused)(field, **refused.facts)


def _tell(desk: Desk, pilot: Pilot, made: Blocker) -> None:
    body = blocked_messages.asked_message(desk.library, pilot, made)
    desk.tx.messages.show(pilot.workspace_id, key_of(made.id), made.by_id, body)
    telling.tell_under_card(
        desk, pilot, "blocked", blocked_messages.reported_message(desk.library, pilot, made)
    )


def _close(desk: Desk, pilot: Pilot, found: Blocker, state: BlockerState, outcome: str) -> Blocker:
    said = outcome.strip()[:REASON_LENGTH]
    if not desk.tx.blockers.close_if_open(found.id, state, desk.at.actor_id, desk.at.now, said):
        raise errors.BlockerGone
    _, closed = get(desk, found.id)
    if state is BlockerState.DROPPED:
        _record(desk, pilot, "pilot.blocker_dropped", closed)
    elif pilot.retired or pilot.hold:
        _record(desk, pilot, "pilot.unblocked", closed)
    else:
        pilots.changed(desk, pilot.id, "pilot.unblocked", before=_facts(found), after=_facts(closed))
    body = blocked_messages.closed_message(desk.library, pilot, closed)
    desk.tx.messages.show(pilot.workspace_id, key_of(closed.id), closed.by_id, body)
    line_below = blocked_messages.outcome_message(desk.library, pilot, closed)
    telling.tell_under_card(desk, pilot, "unblocked", line_below)
    _tell_reporter(desk, closed)
    return closed


def _tell_reporter(desk: Desk, closed: Blocker) -> None:
    """Let the lines from which it was reported say what became of it."""
    told = desk.tx.notices.of_pilot(closed.pilot_id)
    for one in told:
        if one.reply is Reply.BLOCKED and one.person_id == closed.reported_by and one.slot:
            shown.settle(desk, one.person_id, one.slot, {mark_of(one)})


def _record(desk: Desk, pilot: Pilot, what: str, blocker: Blocker) -> None:
    """Keep it on the record and have the pilot looked at soon, without moving its clocks."""
    desk.tx.audit.append(desk.at, what, "pilot", pilot.id, None, _facts(blocker))
    desk.changed.add(pilot.id)
    if not (pilot.retired or pilot.hold):
        desk.tx.pilots.set_next_nudge(pilot.id, desk.at.now)


def _facts(blocker: Blocker) -> dict[str, str]:
    """Return what the record keeps of it."""
    said = {
        "blocker": blocker.id,
        "to": blocker.by_id,
        "what": blocker.what,
        "due_on": blocker.due_on.isoformat(),
        "state": blocker.state.value,
        "reason": blocker.outcome,
    }
    return {name: one for name, one in said.items() if one}
