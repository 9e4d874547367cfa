"""What waits for somebody about a pilot, found anew from what is known of it, and who that somebody is.

A matter is there as soon as its day can be told, also while that day lies ahead; when anybody hears of it is the ladder's
business. Nothing here reads, tells, or keeps anything.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Final

from bot.domain.actions import Action
from bot.domain.flags import FlagKind
from bot.domain.handovers import HandoverState
from bot.domain.matters import Matter, MatterKind, Tells
from bot.domain.notices import Blocker
from bot.domain.people import is_group
from bot.domain.pilots import Pilot
from bot.domain.readiness import ItemStanding, Standing
from bot.domain.waivers import Waiver, WaiverState
from bot.domain.watched import Facts, Role, expires_at

WITHOUT_A_BAR: Final = 5
"""Working days in a stage after which a missing bar waits for the champion."""
MORE_PRECISE: Final = (
    MatterKind.DECISION,
    MatterKind.READY,
    MatterKind.INTERVIEW,
    MatterKind.OPEN_AGAIN,
    MatterKind.BLOCKER,
)
"""What says more precisely that nothing moves, for as long as anybody still hears of it."""


def find(facts: Facts, now: datetime) -> tuple[Matter, ...]:
    """Return everything that waits for somebody about a pilot."""
    others = tuple(chain.from_iterable(finder(facts) for finder in _FINDERS))
    return (*others, *_quiet(facts, others, now))


def turns(facts: Facts) -> Iterator[datetime]:
    """Yield the instants at which time alone makes a matter appear or go, apart from what the ladder says."""
    if facts.pilot.decide_on:
        yield facts.over(facts.pilot.decide_on)
    for blocker in facts.blockers:
        yield facts.over(blocker.due_on)
    for matter in chain.from_iterable(finder(facts) for finder in _FINDERS):
        begins, ends = _told_between(facts, matter) if matter.kind in MORE_PRECISE else (None, None)
        yield from ([facts.begins(begins)] if begins else [])
        yield from ([facts.over(ends)] if ends else [])


def hears(facts: Facts, matter: Matter, tells: Iterable[Tells]) -> tuple[str, ...]:
    """Return who hears of a matter, by Slack id and once each: people who can act, or the pilot's channel."""
    found = (_who(facts, matter, one) for one in tells)
    return tuple(dict.fromkeys(one for one in found if one is not None))


def answers_for(facts: Facts, without: str | None = None) -> str | None:
    """Return who answers for a pilot: its owner, else its champion, else its sponsor; None where nobody is left."""
    left = (facts.owner, facts.champion, facts.sponsor)
    return next((one for one in left if one is not None and one != without), None)


def _who(facts: Facts, matter: Matter, tells: Tells) -> str | None:
    without = matter.subject if matter.kind is MatterKind.ORPHANED else None
    match tells:
        case Tells.CHANNEL:
            return facts.pilot.channel_id
        case Tells.SPONSOR:
            return facts.sponsor
        case Tells.OWNER:
            return answers_for(facts, without)
        case Tells.CHAMPION:
            one = _champion(facts, without)
            # Whoever was proposed has heard of it on rungs of their own, and is not asked to talk to themselves.
            return None if matter.kind is MatterKind.OWNER and one == matter.person_id else one
        case Tells.PERSON:
            one = matter.person_id
            if one is None:
                return answers_for(facts, without)
            if not is_group(one) and one not in facts.unable:
                return one
            # What is said to somebody who was proposed is no word for somebody else; the champion hears of it on a rung of its own.
            return None if matter.kind is MatterKind.OWNER else _champion(facts, without)


def _champion(facts: Facts, without: str | None) -> str | None:
    """Return the champion; whoever else answers for the pilot where that one can be told no more."""
    one = facts.champion
    return one if one is not None and one != without else answers_for(facts, without)


def _decision(facts: Facts) -> Iterator[Matter]:
    pilot = facts.pilot
    if pilot.decide_on:
        kind, day = MatterKind.DECISION, pilot.decide_on
        yield _matter(facts, kind, pilot.id, day.isoformat(), day).model_copy(
            update={"since": pilot.stage_since}
        )


def _orphaned(facts: Facts) -> Iterator[Matter]:
    gone = {one.person_id: one for one in facts.gone}  # one who was both is missed once
    for one in gone.values():
        day = facts.calendar.day_of(one.since)
        subject = f"{one.person_id}:{one.since.isoformat()}"  # who comes back and leaves again is missed anew
        yield _matter(facts, MatterKind.ORPHANED, one.person_id, subject, day).model_copy(
            update={"who": one.person_id, "since": one.since}
        )


def _open_again(facts: Facts) -> Iterator[Matter]:
    about = [one for one in facts.flags if not _is_missed_elsewhere(facts, one.kind)]
    if not about:
        return
    first = min(about, key=lambda one: (one.raised_at, one.id))
    item = facts.item(first.subject)
    yield _matter(
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


def _action(facts: Facts, action: Action) -> Iterator[Matter]:
    if action.due_on is None:
        return
    kind = MatterKind.CONDITION if action.is_condition else MatterKind.ACTION
    subject = f"{action.id}:{action.due_on.isoformat()}"
    yield _matter(facts, kind, action.id, subject, action.due_on).model_copy(
        update={
            "person_id": action.owner_id or facts.pilot.champion_id,
            "what": action.what,
            "who": action.created_by,
            "since": action.created_at,
        }
    )


def _actions(facts: Facts) -> Iterator[Matter]:
    return chain.from_iterable(_action(facts, one) for one in facts.actions)


def _blockers(facts: Facts) -> Iterator[Matter]:
    return (_blocker(facts, one) for one in facts.blockers)


def _blocker(facts: Facts, one: Blocker) -> Matter:
    subject = f"{one.id}:{one.due_on.isoformat()}"
    return _matter(facts, MatterKind.BLOCKER, one.id, subject, one.due_on).model_copy(
        update={"person_id": one.by_id, "what": one.what, "who": one.by_id, "since": one.reported_at}
    )


def _asks(facts: Facts) -> Iterator[Matter]:
    for asked in facts.asks:
        ask, item = asked.ask, facts.item(asked.ask.item_id)
        day = facts.calendar.day_of(ask.asked_at)
        matter = _matter(facts, MatterKind.ASK, ask.id, ask.id, day)
        known = {"what": item.title if item else ask.item_id, "who": ask.asked_by, "since": ask.asked_at}
        yield from (matter.model_copy(update=known | {"person_id": one}) for one in asked.people)


def _owner(facts: Facts) -> Iterator[Matter]:
    for one in facts.handovers:
        if one.state is HandoverState.PROPOSED:
            day = facts.calendar.day_of(one.proposed_at)
            yield _matter(facts, MatterKind.OWNER, one.id, one.id, day).model_copy(
                update={"person_id": one.to_id, "who": one.proposed_by, "since": one.proposed_at}
            )


def _waivers(facts: Facts) -> Iterator[Matter]:
    latest = {
        one.item_id: one for one in sorted(facts.waivers, key=lambda one: one.asked_at) if one.was_granted
    }
    for waiver in latest.values():
        item = facts.item(waiver.item_id)
        if item is None or not _is_needed(facts, waiver):
            continue
        subject = f"{waiver.id}:{waiver.until.isoformat()}"
        yield _matter(facts, MatterKind.WAIVER, waiver.id, subject, waiver.until).model_copy(
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


def _evidence(facts: Facts) -> Iterator[Matter]:
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
    yield _matter(facts, MatterKind.EVIDENCE, first.item.id, f"{first.item.id}:{revision}", day).model_copy(
        update={
            "person_id": facts.pilot.champion_id if facts.leads_on else None,
            "what": first.item.title,
            "since": first.answer.answered_at if first.answer else None,
            "count": sum(when < until for when, _ in old),
        }
    )


def _which_is_first(one: tuple[datetime, ItemStanding]) -> tuple[datetime, str]:
    return one[0], one[1].item.id


def _ready(facts: Facts) -> Iterator[Matter]:
    pilot = facts.pilot
    if not is_ready(facts):
        return
    subject = f"{pilot.stage}:{pilot.last_change_at.isoformat()}"
    day = facts.calendar.day_of(pilot.last_change_at)
    yield _matter(facts, MatterKind.READY, pilot.id, subject, day).model_copy(
        update={"person_id": pilot.champion_id, "since": pilot.last_change_at}
    )


def is_ready(facts: Facts) -> bool:
    """Whether nothing that is required is missing for the next stage, and nobody has asked for the promotion."""
    return facts.leads_on and facts.before_gate.ready and not facts.promotion


def _bar(facts: Facts) -> Iterator[Matter]:
    pilot = facts.pilot
    if not lacks_bar(facts):
        return
    day = facts.calendar.shifted(facts.calendar.day_of(pilot.stage_since), WITHOUT_A_BAR)
    yield _matter(facts, MatterKind.BAR, pilot.id, pilot.stage_since.isoformat(), day).model_copy(
        update={"person_id": pilot.champion_id, "since": pilot.stage_since}
    )


def lacks_bar(facts: Facts) -> bool:
    """Whether a pilot beyond the first stage of the way has no bar, or none that could be checked."""
    item = facts.item(facts.playbook.nudges.knows.bar)
    if item is None or facts.far == 0:
        return False
    standing = facts.standing(item.id)
    return standing is not None and standing.standing in {Standing.MISSING, Standing.PARTLY}


def _interview(facts: Facts) -> Iterator[Matter]:
    one = facts.interview
    if one is None:
        return
    idle = facts.playbook.nudges.idle_after_days
    day = facts.calendar.shifted(facts.calendar.day_of(one.last_turn_at), idle)
    yield _matter(
        facts, MatterKind.INTERVIEW, one.id, f"{one.id}:{one.last_turn_at.isoformat()}", day
    ).model_copy(
        update={
            "person_id": one.started_by,
            "since": one.last_turn_at,
            "count": len([item_id for item_id in one.asked if item_id not in one.passed]),
        }
    )


def _quiet(facts: Facts, others: Iterable[Matter], now: datetime) -> Iterator[Matter]:
    """Say that nothing moves, unless something else says it more precisely."""
    pilot, stage = facts.pilot, facts.stage
    if stage is None or stage.quiet_after_days is None or waits_for_others(facts, now):
        return
    if any(one.kind in MORE_PRECISE and _is_still_told(facts, one, now) for one in others):
        return
    quiet_from = pilot.last_change_at + timedelta(days=stage.quiet_after_days)
    yield _matter(
        facts,
        MatterKind.QUIET,
        pilot.id,
        pilot.last_change_at.isoformat(),
        facts.calendar.day_of(quiet_from),
    ).model_copy(update={"since": pilot.last_change_at})


def quiet_thing(pilot: Pilot) -> str:
    """Return what identifies that nothing has moved since the last change."""
    return f"{MatterKind.QUIET.value}:{pilot.last_change_at.isoformat()}"


def waits_for_others(facts: Facts, now: datetime) -> bool:
    """Whether it is somebody else's turn, so that the pilot's own people are not late: a review, or a blocker before its day."""
    return bool(facts.reviews) or any(now < facts.over(one.due_on) for one in facts.blockers)


def _is_still_told(facts: Facts, matter: Matter, now: datetime) -> bool:
    """Whether people hear of a matter these days: before its ladder begins, and once it has ended, somebody else has to."""
    begins, ends = _told_between(facts, matter)
    return begins is not None and now >= facts.begins(begins) and (ends is None or now < facts.over(ends))


def _told_between(facts: Facts, matter: Matter) -> tuple[date | None, date | None]:
    """Return the days of the first and of the last rung; no last one where it goes on, and none at all without a rule."""
    rule = facts.playbook.nudges.rule(matter.kind)
    if rule is None:
        return None, None
    first, last = (facts.calendar.shifted(matter.day, one.at) for one in (rule.rungs[0], rule.rungs[-1]))
    return first, None if rule.again else last


def _matter(facts: Facts, kind: MatterKind, subject: str, since: str, day: date) -> Matter:
    return Matter(pilot_id=facts.pilot.id, kind=kind, subject=subject, thing=f"{kind.value}:{since}", day=day)


_FINDERS: Final[tuple[Callable[[Facts], Iterable[Matter]], ...]] = (
    _decision,
    _orphaned,
    _open_again,
    _actions,
    _blockers,
    _asks,
    _owner,
    _waivers,
    _evidence,
    _ready,
    _bar,
    _interview,
)
