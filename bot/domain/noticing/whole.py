"""What is about a pilot as a whole: whether it goes on, who is left, what its approval stands on, what it is ready for, its bar."""

from collections.abc import Iterator
from typing import Final

from bot.domain.flags import FlagKind
from bot.domain.matters import Matter, MatterKind
from bot.domain.noticing.making import matter_of
from bot.domain.readiness import Standing
from bot.domain.watched import Facts, Role

WITHOUT_A_BAR: Final = 5
"""Working days in a stage after which a missing bar waits for the champion."""


def decision(facts: Facts) -> Iterator[Matter]:
    """Return that it has to be decided by a day whether it goes on."""
    pilot = facts.pilot
    if pilot.decide_on:
        kind, day = MatterKind.DECISION, pilot.decide_on
        yield matter_of(facts, kind, pilot.id, day.isoformat(), day).model_copy(
            update={"since": pilot.stage_since}
        )


def orphaned(facts: Facts) -> Iterator[Matter]:
    """Return who has gone, once each."""
    gone = {one.person_id: one for one in facts.gone}  # one who was both is missed once
    for one in gone.values():
        day = facts.calendar.day_of(one.since)
        subject = f"{one.person_id}:{one.since.isoformat()}"  # who comes back and leaves again is missed anew
        yield matter_of(facts, MatterKind.ORPHANED, one.person_id, subject, day).model_copy(
            update={"who": one.person_id, "since": one.since}
        )


def open_again(facts: Facts) -> Iterator[Matter]:
    """Return what its last approval stands on no more: the first, and how many there are."""
    about = [one for one in facts.flags if not _is_missed_elsewhere(facts, one.kind)]
    if not about:
        return
    first = min(about, key=lambda one: (one.raised_at, one.id))
    item = facts.item(first.subject)
    yield matter_of(
        facts, MatterKind.OPEN_AGAIN, facts.pilot.id, first.id, facts.calendar.day_of(first.raised_at)
    ).model_copy(
        update={
            "what": item.title if item else first.kind.value,
            "since": first.raised_at,
            "count": len(about),
        }
    )


def _is_missed_elsewhere(facts: Facts, kind: FlagKind) -> bool:
    """Whether it is said already that the owner has gone."""
    return kind is FlagKind.OWNER and any(one.role is Role.OWNER for one in facts.gone)


def ready(facts: Facts) -> Iterator[Matter]:
    """Return that nothing is missing, and nobody asks."""
    pilot = facts.pilot
    if not is_ready(facts):
        return
    subject = f"{pilot.stage}:{pilot.last_change_at.isoformat()}"
    day = facts.calendar.day_of(pilot.last_change_at)
    yield matter_of(facts, MatterKind.READY, pilot.id, subject, day).model_copy(
        update={"person_id": pilot.champion_id, "since": pilot.last_change_at}
    )


def is_ready(facts: Facts) -> bool:
    """Whether nothing that is required is missing for the next stage, and nobody has asked for the promotion."""
    return facts.leads_on and facts.before_gate.ready and not facts.promotion


def bar(facts: Facts) -> Iterator[Matter]:
    """Return that nobody has said what would be good enough."""
    pilot = facts.pilot
    if not lacks_bar(facts):
        return
    day = facts.calendar.shifted(facts.calendar.day_of(pilot.stage_since), WITHOUT_A_BAR)
    yield matter_of(facts, MatterKind.BAR, pilot.id, pilot.stage_since.isoformat(), day).model_copy(
        update={"person_id": pilot.champion_id, "since": pilot.stage_since}
    )


def lacks_bar(facts: Facts) -> bool:
    """Whether a pilot beyond the first stage of the way has no bar, or none that could be checked."""
    item = facts.item(facts.playbook.nudges.knows.bar)
    if item is None or facts.far == 0:
        return False
    standing = facts.standing(item.id)
    return standing is not None and standing.standing in {Standing.MISSING, Standing.PARTLY}


def interview(facts: Facts) -> Iterator[Matter]:
    """Return that questions were left."""
    one = facts.interview
    if one is None:
        return
    idle = facts.playbook.nudges.idle_after_days
    day = facts.calendar.shifted(facts.calendar.day_of(one.last_turn_at), idle)
    yield matter_of(
        facts, MatterKind.INTERVIEW, one.id, f"{one.id}:{one.last_turn_at.isoformat()}", day
    ).model_copy(
        update={
            "person_id": one.started_by,
            "since": one.last_turn_at,
            "count": len([item_id for item_id in one.asked if item_id not in one.passed]),
        }
    )
