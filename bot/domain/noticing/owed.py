"""What somebody owes a pilot: a step or a condition by its day, an answer, a yes or no, something to renew before it ends."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from bot.domain.actions import Action
from bot.domain.handovers import HandoverState
from bot.domain.matters import Matter, MatterKind
from bot.domain.notices import Blocker
from bot.domain.noticing.making import matter_of
from bot.domain.readiness import ItemStanding
from bot.domain.waivers import Waiver, WaiverState
from bot.domain.watched import Facts, expires_at


def actions(facts: Facts) -> Iterator[Matter]:
    """Return the steps and conditions that have a day."""
    return chain.from_iterable(_action(facts, one) for one in facts.actions)


def _action(facts: Facts, action: Action) -> Iterator[Matter]:
    if action.due_on is None:
        return
    kind = MatterKind.CONDITION if action.is_condition else MatterKind.ACTION
    subject = f"{action.id}:{action.due_on.isoformat()}"
    yield matter_of(facts, kind, action.id, subject, action.due_on).model_copy(
        update={
            "person_id": action.owner_id or facts.pilot.champion_id,
            "what": action.what,
            "who": action.created_by,
            "since": action.created_at,
        }
    )


def blockers(facts: Facts) -> Iterator[Matter]:
    """Return what others have to clear out of the way."""
    return (_blocker(facts, one) for one in facts.blockers)


def _blocker(facts: Facts, one: Blocker) -> Matter:
    subject = f"{one.id}:{one.due_on.isoformat()}"
    return matter_of(facts, MatterKind.BLOCKER, one.id, subject, one.due_on).model_copy(
        update={"person_id": one.by_id, "what": one.what, "who": one.by_id, "since": one.reported_at}
    )


def asks(facts: Facts) -> Iterator[Matter]:
    """Return the questions that were put to somebody."""
    for asked in facts.asks:
        ask, item = asked.ask, facts.item(asked.ask.item_id)
        day = facts.calendar.day_of(ask.asked_at)
        matter = matter_of(facts, MatterKind.ASK, ask.id, ask.id, day)
        known = {"what": item.title if item else ask.item_id, "who": ask.asked_by, "since": ask.asked_at}
        yield from (matter.model_copy(update=known | {"person_id": one}) for one in asked.people)


def owner(facts: Facts) -> Iterator[Matter]:
    """Return who was proposed as owner and has not answered."""
    for one in facts.handovers:
        if one.state is HandoverState.PROPOSED:
            day = facts.calendar.day_of(one.proposed_at)
            yield matter_of(facts, MatterKind.OWNER, one.id, one.id, day).model_copy(
                update={"person_id": one.to_id, "who": one.proposed_by, "since": one.proposed_at}
            )


def waivers(facts: Facts) -> Iterator[Matter]:
    """Return the accepted risks that end, the latest of each item."""
    latest = {
        one.item_id: one for one in sorted(facts.waivers, key=lambda one: one.asked_at) if one.was_granted
    }
    for waiver in latest.values():
        item = facts.item(waiver.item_id)
        if item is None or not _is_needed(facts, waiver):
            continue
        subject = f"{waiver.id}:{waiver.until.isoformat()}"
        yield matter_of(facts, MatterKind.WAIVER, waiver.id, subject, waiver.until).model_copy(
            update={
                "person_id": waiver.asked_by,
                "what": item.title,
                "since": waiver.decided_at or waiver.asked_at,
            }
        )


def _is_needed(facts: Facts, waiver: Waiver) -> bool:
    """Whether an accepted risk is still one: its item is open, and its day lies ahead or came in this stage.

    What re-opens a gate is said as that.
    """
    standing = facts.standing(waiver.item_id)
    if standing is None or standing.settled or any(one.subject == waiver.item_id for one in facts.flags):
        return False
    if waiver.state is WaiverState.GRANTED:
        return True
    return waiver.state is WaiverState.LAPSED and waiver.until >= facts.calendar.day_of(
        facts.pilot.stage_since
    )


def evidence(facts: Facts) -> Iterator[Matter]:
    """Name what has to be confirmed first, and how many follow within the days that are spoken of."""
    raised = {one.subject for one in facts.flags}
    old = [
        (at, one)
        for one in facts.standings.values()
        if one.item.critical and one.counts and one.item.id not in raised and (at := expires_at(one))
    ]
    if not old:
        return
    at, first = min(old, key=_which_is_first)
    day = facts.calendar.day_of(at)
    until = facts.over(facts.calendar.shifted(day, facts.playbook.nudges.soon_days))
    revision = first.answer.revision if first.answer else 0
    yield matter_of(facts, MatterKind.EVIDENCE, first.item.id, f"{first.item.id}:{revision}", day).model_copy(
        update={
            "person_id": facts.pilot.champion_id if facts.leads_on else None,
            "what": first.item.title,
            "since": first.answer.answered_at if first.answer else None,
            "count": sum(when < until for when, _ in old),
        }
    )


def _which_is_first(one: tuple[datetime, ItemStanding]) -> tuple[datetime, str]:
    return one[0], one[1].item.id
