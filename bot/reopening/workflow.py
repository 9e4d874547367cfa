"""Looks at a pilot: what re-opens the gate that it passed last goes up as a flag, and comes down when it holds again.

A look follows every change of a pilot, and comes by itself when time alone changes something. The stage stays; looking
twice changes nothing.
"""

from collections.abc import Sequence
from typing import Any

from bot.desk import Desk
from bot.domain import reopening as rules
from bot.domain.flags import Flag
from bot.domain.pilots import Pilot
from bot.domain.reopening import Cause
from bot.handover import workflow as handovers
from bot.interview import shown as interviews
from bot.pilots import workflow as pilots
from bot.reopening import facts, shown
from bot.reopening.facts import Passed
from bot.review import workflow as reviews
from bot.stages import workflow as stages
from storage.ids import new_id

LOOKS_AT_A_TIME = 50
"""How many pilots one transaction looks at."""


def look(desk: Desk, pilot_id: str) -> None:
    """Raise and clear a pilot's flags as they ought to be now, note when to look again, and say what has changed."""
    pilot = desk.tx.pilots.get(desk.at.workspace_id, pilot_id)
    if pilot is None:
        return
    passed = facts.passed_by(desk, pilot)
    finding = rules.find(passed.ground, desk.at.now)
    next_at = desk.at.now if stages.is_over(desk, pilot.hold) else finding.next_at  # the sweep lets it go on
    if next_at != pilot.next_look_at:
        desk.tx.pilots.set_next_look(pilot.id, next_at)
    if not (pilot.flags or finding.causes):
        return
    before = desk.tx.flags.of_pilot(pilot.id)
    stay, gone = _sorted_out([one for one in before if one.cleared_at is None], passed, finding.causes)
    gone = [one for one in gone if desk.tx.flags.clear_if_raised(one.id, desk.at.now)]
    new = _raised(desk, pilot, passed, [one for one in finding.causes if one not in map(_cause, stay)])
    if len(stay) + len(new) != pilot.flags:
        desk.tx.pilots.set_flags(pilot.id, len(stay) + len(new))
    pilot = pilot.model_copy(update={"flags": len(stay) + len(new), "next_look_at": next_at})
    if gone or new:
        pilot = pilots.count_again(desk, pilot)
        if not pilot.retired:
            desk.tx.pilots.set_next_nudge(pilot.id, desk.at.now)  # somebody is to hear of it
    ended = {one.id for one in gone}
    now = [one.model_copy(update={"cleared_at": desk.at.now}) if one.id in ended else one for one in before]
    if gone or new:
        _record(desk, pilot, gone, new)
        _show_elsewhere(desk, pilot, [*gone, *new])
    shown.tell(desk, shown.Told(pilot, passed, finding, (*now, *new), changed=bool(gone or new)))


def _sorted_out(
    raised: Sequence[Flag], passed: Passed, causes: Sequence[Cause]
) -> tuple[list[Flag], list[Flag]]:
    """Return which of the raised flags stay up and which come down; none of another gate stays."""
    gate_id = passed.gate.id if passed.gate else None
    stay = [one for one in raised if one.gate_id == gate_id and _cause(one) in causes]
    return stay, [one for one in raised if one not in stay]


def _cause(flag: Flag) -> Cause:
    return Cause(kind=flag.kind, subject=flag.subject)


def _raised(desk: Desk, pilot: Pilot, passed: Passed, causes: Sequence[Cause]) -> list[Flag]:
    if passed.gate is None:
        return []
    flags = [
        Flag(
            id=new_id(),
            workspace_id=pilot.workspace_id,
            pilot_id=pilot.id,
            gate_id=passed.gate.id,
            review_id=passed.review.id if passed.review else None,
            kind=cause.kind,
            subject=cause.subject,
            raised_at=desk.at.now,
        )
        for cause in causes
    ]
    return [flag for flag in flags if desk.tx.flags.raise_(flag)]


def _record(desk: Desk, pilot: Pilot, gone: Sequence[Flag], new: Sequence[Flag]) -> None:
    """Put on the record what went down and what went up; that is nobody's doing on the pilot, so its clock goes on."""
    if gone:
        desk.tx.audit.append(desk.at, "pilot.mended", "pilot", pilot.id, _told(gone), {"open": pilot.flags})
    if new:
        desk.tx.audit.append(desk.at, "pilot.reopened", "pilot", pilot.id, None, _told(new))


def _told(flags: Sequence[Flag]) -> dict[str, Any]:
    return {
        "gate": flags[0].gate_id,
        "review": flags[0].review_id,
        "flags": [{"kind": one.kind.value, "subject": one.subject} for one in flags],
    }


def _show_elsewhere(desk: Desk, pilot: Pilot, flags: Sequence[Flag]) -> None:
    """Let the pilot's card, its latest summary and the cards of the reviews say how it stands."""
    pilots.show_card(desk, pilot)
    if not pilot.retired:
        interviews.refresh_summary(desk, pilot)
    for review_id in sorted({one.review_id for one in flags if one.review_id}):
        review = desk.tx.reviews.get(pilot.workspace_id, review_id)
        if review:
            reviews.show_card(desk, review, None)


def sweep(desk: Desk) -> int:
    """Look at the pilots that time alone may have changed, and let those go on whose hold is over; return how many those were."""
    due = due_for_a_look(desk, LOOKS_AT_A_TIME)
    for pilot_id in due:
        look_if_due(desk, pilot_id)
    return len(due)


def due_for_a_look(desk: Desk, limit: int) -> list[str]:
    """Return the pilots that time alone may have changed, by id, the longest due first."""
    return desk.tx.pilots.due_for_a_look(desk.at.workspace_id, desk.at.now, limit)


def look_if_due(desk: Desk, pilot_id: str) -> None:
    """Look at one of them, unless somebody has since; one whose hold is over goes on."""
    pilot = desk.tx.pilots.lock(desk.at.workspace_id, pilot_id)
    if pilot is None or pilot.next_look_at is None or pilot.next_look_at > desk.at.now:
        return
    if not stages.resume_if_over(desk, pilot):  # going on is a change, and a look follows every change
        _look_and_show(desk, pilot.id)


def _look_and_show(desk: Desk, pilot_id: str) -> None:
    """Look at a pilot about which nobody did anything; its card says also what raises no flag, such as an owner who has left."""
    look(desk, pilot_id)
    pilots.show_card(desk, pilots.get(desk, pilot_id))


def look_at_all(desk: Desk) -> int:
    """Have every pilot that passed a gate looked at in the next minutes: the playbook may be another one now."""
    here = [
        pilot
        for pilot in desk.tx.pilots.all_active(desk.at.workspace_id)
        if desk.playbook.gate_to(pilot.stage)
    ]
    for pilot in here:
        desk.tx.pilots.set_next_look(pilot.id, desk.at.now)
    return len(here)


def person_gone(desk: Desk, user_id: str) -> int:
    """Look at the pilots of somebody who has left, or come back; return how many those were.

    At a few of them at once, and at the others in the next minute, in portions.
    """
    here = desk.at.workspace_id
    ask_no_more(desk, user_id)
    both = [*desk.tx.pilots.owned_by(here, user_id), *desk.tx.pilots.championed_by(here, user_id)]
    theirs = sorted({pilot.id for pilot in both})
    for number, pilot_id in enumerate(theirs):
        if number >= LOOKS_AT_A_TIME:
            desk.tx.pilots.set_next_look(pilot_id, desk.at.now)
        elif desk.tx.pilots.lock(here, pilot_id):
            _look_and_show(desk, pilot_id)
    return len(theirs)


def ask_no_more(desk: Desk, user_id: str) -> int:
    """Ask somebody who has left no more to own anything; return for how many pilots, to be done again until that is nothing."""
    if not rules.has_left(desk.tx.people.get(desk.at.workspace_id, user_id)):
        return 0
    return handovers.gone(desk, user_id)
