"""Why a pilot stalls: each cause of the playbook that can be seen in what is known of it, how bad that is, and what shows it.

Items say which causes they guard against, so most is seen from what is open for too long; the rest has a rule of its own here.
A cause that the playbook does not have is never seen. Nothing here reads, keeps or tells; the words of each reason are in
`prompts/watching/why.j2`. What needs measurements cannot be seen here, see docs/stalls.md.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple

from bot.domain import decision_day, noticing
from bot.domain.answers import SETTLED, Answer, Status
from bot.domain.flags import FlagKind
from bot.domain.framework import StallCause
from bot.domain.handovers import HandoverState
from bot.domain.playbook import AnswerKind
from bot.domain.readiness import ItemStanding, Standing
from bot.domain.reopening import midnight
from bot.domain.signals import Severity
from bot.domain.waivers import day_of, times_granted_before
from bot.domain.watched import Facts, Role, expires_at

RUNS: Final = 1 / 3
"""From this part of the way on it works on real cases, so what it was tried on has to be real."""
LIVE: Final = 1 / 2
"""From this part of the way on customers meet it, and bills come."""
UNANSWERED: Final = (10, 20)
"""Working days after which a proposed owner who has not answered is a sign, and a bad one."""
UNASKED: Final = (2, 10)
"""Working days in which a pilot that is ready may wait for somebody to ask."""
MANY_WAIVERS: Final = 3
DEARER: Final = Decimal("1.1")
"""A cost that rose by a tenth is a surprise."""
UP_THE_LADDER: Final = 2
"""The rung with which a quiet pilot has been told of to more than those who run it."""


class Cause(StrEnum):
    """The causes that have a rule of their own; a playbook may leave any of them out."""

    WRONG_PROOF = "wrong-proof"
    NO_OWNER = "no-production-owner"
    UNDEFINED_OWNERSHIP = "undefined-ownership"
    PURGATORY = "purgatory"
    SHORTCUTS = "shortcuts"
    ORPHANED = "orphaned"
    SURPRISE = "integration-surprise"
    LATE_COST = "late-cost"
    BIG_BANG = "big-bang"


class Reason(StrEnum):
    """What was seen; each value is the name of a sentence."""

    OPEN = "open"
    """Items that guard against it have been open for long."""
    REOPENED = "reopened"
    """What an earlier gate asked for is open again, or still."""
    DOUBTFUL = "doubtful"
    """What an earlier gate asked for was answered with words that nobody can check."""
    RED_FLAG = "red_flag"
    NO_BAR = "no_bar"
    UNASKED = "unasked"
    TOO_LONG = "too_long"
    OVERDUE = "overdue"
    QUIET = "quiet"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    OWNER_GONE = "owner_gone"
    CHAMPION_GONE = "champion_gone"
    MANY_WAIVERS = "many_waivers"
    WAIVED_AGAIN = "waived_again"
    WENT_BACK = "went_back"
    DEARER = "dearer"
    ABOVE_ESTIMATE = "above_estimate"
    COST_UNKNOWN = "cost_unknown"
    BREAK_GLASS = "break_glass"


class Seen(NamedTuple):
    """A cause that is seen now."""

    cause: str
    severity: Severity
    why: Reason
    evidence: tuple[str, ...] = ()
    """Ids of items, people or reviews."""


def find(facts: Facts, now: datetime) -> tuple[Seen, ...]:
    """Return the causes that are seen, worst first, each once and for its worst reason."""
    known = {one.id: number for number, one in enumerate(facts.playbook.framework.stalls)}
    worst: dict[str, Seen] = {}
    for seen in _all(facts, now):
        before = worst.get(seen.cause)
        if seen.cause in known and (before is None or seen.severity > before.severity):
            worst[seen.cause] = seen
    return tuple(sorted(worst.values(), key=lambda one: (-one.severity, known[one.cause])))


def turns(facts: Facts) -> Iterator[datetime]:
    """Yield the instants at which time alone changes what is seen; some of them may be over."""
    pilot, stage = facts.pilot, facts.stage
    if stage and stage.decide_after_days is not None:
        yield pilot.stage_since + timedelta(days=stage.decide_after_days)
    if pilot.decide_on:
        yield facts.over(pilot.decide_on)
    if stage and stage.quiet_after_days is not None:
        yield pilot.last_change_at + timedelta(days=stage.quiet_after_days)
        yield pilot.last_change_at + timedelta(days=2 * stage.quiet_after_days)
    if facts.gate and facts.gate.every_days is not None:  # what upkeep asks is due, and counts
        yield pilot.stage_since + timedelta(days=facts.gate.every_days)
    yield from (facts.over(one.due_on) for one in facts.blockers)
    for since, days in _waits(facts):
        yield facts.begins(facts.calendar.shifted(facts.calendar.day_of(since), days))
    for one in facts.standings.values():
        yield from _turns_of_item(facts, one)
    yield from (midnight(one.until) for one in facts.waivers)


def _waits(facts: Facts) -> Iterator[tuple[datetime, int]]:
    """Yield from when on working days are counted, and how many."""
    yield facts.pilot.stage_since, noticing.WITHOUT_A_BAR
    for one in facts.handovers:
        yield from ((one.proposed_at, days) for days in UNANSWERED)
    yield from ((facts.pilot.last_change_at, days) for days in UNASKED)


def _turns_of_item(facts: Facts, one: ItemStanding) -> Iterator[datetime]:
    expires = expires_at(one)
    if expires:
        yield expires
    if one.item.enforce_from:
        yield midnight(one.item.enforce_from)
    since = {_open_since(facts, one), *([expires] if expires else [])}
    for cause in _causes(facts, one):
        yield from (at + timedelta(days=cause.after_days * times) for at in since for times in (1, 2))


def _causes(facts: Facts, one: ItemStanding) -> Iterator[StallCause]:
    return (cause for cause in facts.playbook.framework.stalls if cause.id in one.item.guards_against)


def _all(facts: Facts, now: datetime) -> Iterator[Seen]:
    """Yield everything that is seen; of what is equally bad, what comes first is said."""
    for detector in _DETECTORS:
        yield from detector(facts, now)
    for cause in facts.playbook.framework.stalls:
        yield from _guards(facts, cause, now)


def _guards(facts: Facts, cause: StallCause, now: datetime) -> Iterator[Seen]:
    """See what guards against a cause and is open: behind a gate at once, ahead of it after a while."""
    theirs = [one for one in facts.standings.values() if cause.id in one.item.guards_against]
    raised = {one.subject for one in facts.flags if one.kind in {FlagKind.EVIDENCE, FlagKind.WAIVER}}
    behind = [
        one
        for one in theirs
        if one.item.id in raised or (one.blocks and one.item.id in facts.behind and _was_asked(facts, one))
    ]
    if behind:
        yield Seen(cause.id, Severity.AT_RISK, Reason.REOPENED, _ids(behind))
    flagged = [one for one in theirs if _is_red_flag(one)]
    if flagged:
        yield Seen(cause.id, Severity.WATCH, Reason.RED_FLAG, _ids(flagged))
    for severity, times in ((Severity.AT_RISK, 2), (Severity.WATCH, 1)):
        long = timedelta(days=cause.after_days * times)
        open_ = [one for one in theirs if _is_open(one) and now >= _open_since(facts, one) + long]
        if open_:
            yield Seen(cause.id, severity, Reason.OPEN, _ids(open_))


def _was_asked(facts: Facts, one: ItemStanding) -> bool:
    """Whether the gate behind asked for it when the pilot passed; what the playbook asks since then has no answer."""
    return one.answer is not None or facts.emergency is not None


def _is_open(one: ItemStanding) -> bool:
    return one.blocks or (one.item.critical and one.counts and _is_doubtful(one))


def _is_doubtful(one: ItemStanding) -> bool:
    """Whether something is said to be in place in words that nobody can check."""
    return one.standing is Standing.IN_PLACE and one.answer is not None and not one.answer.checkable


def _is_red_flag(one: ItemStanding) -> bool:
    """Whether the answer to a question like "does anybody copy it by hand?" is yes."""
    said = one.answer.status if one.answer else None
    return one.item.red_flag and one.counts and not one.waived and said in {Status.NOT_YET, Status.PARTLY}


def _open_since(facts: Facts, one: ItemStanding) -> datetime:
    """Return since when in its stage something is open: what grew old or was taken back, since then."""
    moments = [facts.pilot.stage_since]
    if one.item.enforce_from:
        moments.append(midnight(one.item.enforce_from))
    expired = expires_at(one) if one.standing is Standing.STALE else _taken_back_at(facts, one)
    return max([*moments, expired] if expired else moments)


def _taken_back_at(facts: Facts, one: ItemStanding) -> datetime | None:
    """Return when something that was in place ceased to be; None where it is in place, or never was."""
    if one.answer is None or one.answer.status in SETTLED:
        return None
    said = [*facts.earlier.get(one.item.id, ()), one.answer]
    for was, following in reversed(list(pairwise(said))):
        if was.status in SETTLED:
            grew_old = was.answered_at + timedelta(days=one.item.freshness_days)
            return min(grew_old, following.answered_at)
    return None


def _ids(some: Iterable[ItemStanding]) -> tuple[str, ...]:
    return tuple(one.item.id for one in some)


def _purgatory(facts: Facts, now: datetime) -> Iterator[Seen]:
    pilot = facts.pilot
    if pilot.decide_on and now >= facts.over(pilot.decide_on):
        yield Seen(Cause.PURGATORY, Severity.STALLED, Reason.OVERDUE)
    yield from _quiet(facts, now)
    if decision_day.has_had_its_time(facts, now):
        yield Seen(Cause.PURGATORY, Severity.AT_RISK, Reason.TOO_LONG)
    if noticing.lacks_bar(facts) and _has_waited(facts, pilot.stage_since, noticing.WITHOUT_A_BAR, now):
        yield Seen(Cause.PURGATORY, Severity.AT_RISK, Reason.NO_BAR, (facts.playbook.nudges.knows.bar or "",))
    if noticing.is_ready(facts):
        severity = _how_long(facts, pilot.last_change_at, UNASKED, now)
        if severity:
            yield Seen(Cause.PURGATORY, severity, Reason.UNASKED)


def _quiet(facts: Facts, now: datetime) -> Iterator[Seen]:
    pilot, stage = facts.pilot, facts.stage
    days = stage.quiet_after_days if stage else None
    if days is None or noticing.waits_for_others(facts, now):
        return
    quiet_for = now - pilot.last_change_at
    told = max(facts.heard.get(noticing.quiet_thing(pilot), {}), default=-1)
    if quiet_for >= timedelta(days=2 * days) or told >= UP_THE_LADDER:
        yield Seen(Cause.PURGATORY, Severity.STALLED, Reason.QUIET)
    elif quiet_for >= timedelta(days=days):
        yield Seen(Cause.PURGATORY, Severity.WATCH, Reason.QUIET)


def _ownership(facts: Facts, now: datetime) -> Iterator[Seen]:
    owner_id = facts.pilot.owner_id
    if facts.declined:
        yield Seen(Cause.NO_OWNER, Severity.AT_RISK, Reason.DECLINED, (owner_id,))
    for one in facts.handovers:
        if one.state is HandoverState.PROPOSED:
            severity = _how_long(facts, one.proposed_at, UNANSWERED, now)
            if severity:
                yield Seen(Cause.NO_OWNER, severity, Reason.UNANSWERED, (one.to_id,))
    if any(one.role is Role.OWNER for one in facts.gone):
        yield Seen(Cause.UNDEFINED_OWNERSHIP, Severity.AT_RISK, Reason.OWNER_GONE, (owner_id,))


def _orphaned(facts: Facts, now: datetime) -> Iterator[Seen]:
    del now  # who has gone has gone
    for one in facts.gone:
        if one.role is Role.CHAMPION:
            yield Seen(Cause.ORPHANED, Severity.AT_RISK, Reason.CHAMPION_GONE, (one.person_id, one.why.value))


def _shortcuts(facts: Facts, now: datetime) -> Iterator[Seen]:
    running = [one for one in facts.waivers if one.holds_on(day_of(now))]
    again = [one for one in running if times_granted_before(one, facts.waivers)]
    if again:
        yield Seen(
            Cause.SHORTCUTS, Severity.AT_RISK, Reason.WAIVED_AGAIN, tuple(one.item_id for one in again)
        )
    if len(running) >= MANY_WAIVERS:
        yield Seen(
            Cause.SHORTCUTS, Severity.AT_RISK, Reason.MANY_WAIVERS, tuple(one.item_id for one in running)
        )


def _surprise(facts: Facts, now: datetime) -> Iterator[Seen]:
    """See an answer about the connections that was in place, and that somebody has taken back."""
    del now  # what was said counts until something else is
    back = [
        one
        for one in _guarding(facts, Cause.SURPRISE)
        if one.answer
        and one.answer.status in {Status.PARTLY, Status.NOT_YET}
        and any(was.status is Status.IN_PLACE for was in facts.earlier.get(one.item.id, ()))
    ]
    if back:
        yield Seen(Cause.SURPRISE, Severity.AT_RISK, Reason.WENT_BACK, _ids(back))


def _late_cost(facts: Facts, now: datetime) -> Iterator[Seen]:
    team = facts.playbook.nudges.knows.team_cost  # what the team costs is no cost of the thing
    asked = {one.item.id: one for one in _guarding(facts, Cause.LATE_COST)}
    on_the_way = (item for checklist in facts.playbook.checklists for item in checklist.items)
    money = [
        asked[item.id]
        for item in on_the_way
        if item.id in asked and item.kind is AnswerKind.MONEY and item.id != team
    ]
    dearer = [one for one in money if _has_risen(one.answer, facts.earlier.get(one.item.id, ()))]
    if dearer:
        yield Seen(Cause.LATE_COST, Severity.AT_RISK, Reason.DEARER, _ids(dearer))
    above = [one for was, one in pairwise(money) if _is_dearer(one.answer, was.answer)]
    if above:
        yield Seen(Cause.LATE_COST, Severity.AT_RISK, Reason.ABOVE_ESTIMATE, _ids(above))
    cause = next((one for one in facts.playbook.framework.stalls if one.id == Cause.LATE_COST), None)
    unknown = [one for one in money if one.blocks]
    if cause and unknown and facts.far >= LIVE:
        long = timedelta(days=cause.after_days)
        late = [one for one in unknown if now >= _open_since(facts, one) + long]
        if late:
            yield Seen(Cause.LATE_COST, Severity.AT_RISK, Reason.COST_UNKNOWN, _ids(late))


def _has_risen(answer: Answer | None, earlier: Iterable[Answer]) -> bool:
    """Whether a cost is dearer than it was said to be just before; saying the same again makes it the one that is known."""
    before = [one for one in earlier if _amount(one) is not None]
    return bool(before) and _is_dearer(answer, before[-1])


def _is_dearer(answer: Answer | None, than: Answer | None) -> bool:
    """Whether one amount is above another by a tenth; amounts in two currencies are not compared."""
    more, less = _amount(answer), _amount(than)
    if more is None or less is None or answer is None or than is None:
        return False
    same = answer.value is not None and than.value is not None and answer.value.unit == than.value.unit
    return same and less > 0 and more >= less * DEARER


def _amount(answer: Answer | None) -> Decimal | None:
    return answer.value.number if answer and answer.value else None


def _big_bang(facts: Facts, now: datetime) -> Iterator[Seen]:
    del now  # an emergency lasts until it is confirmed
    if facts.emergency:
        yield Seen(Cause.BIG_BANG, Severity.AT_RISK, Reason.BREAK_GLASS, (facts.emergency,))
    if facts.far >= LIVE:
        yield from _still_open(facts, Cause.BIG_BANG)


def _wrong_proof(facts: Facts, now: datetime) -> Iterator[Seen]:
    del now  # behind a gate there is nothing to wait for
    if facts.far < RUNS:
        return
    yield from _still_open(facts, Cause.WRONG_PROOF)
    doubtful = [
        one
        for one in _guarding(facts, Cause.WRONG_PROOF)
        if one.item.id in facts.behind and one.item.critical and _is_doubtful(one)
    ]
    if doubtful:
        yield Seen(Cause.WRONG_PROOF, Severity.WATCH, Reason.DOUBTFUL, _ids(doubtful))


def _still_open(facts: Facts, cause: Cause) -> Iterator[Seen]:
    """See what an earlier gate asked for and somebody has answered, though not with a yes."""
    left = [
        one
        for one in _guarding(facts, cause)
        if one.item.id in facts.behind and one.blocks and _was_asked(facts, one)
    ]
    if left:
        yield Seen(cause, Severity.AT_RISK, Reason.REOPENED, _ids(left))


def _guarding(facts: Facts, cause: Cause) -> Iterator[ItemStanding]:
    return (one for one in facts.standings.values() if cause.value in one.item.guards_against)


def _how_long(facts: Facts, since: datetime, days: tuple[int, int], now: datetime) -> Severity:
    """Return how bad a wait is: nothing at first, then a sign, then a bad one."""
    sign, bad = days
    if _has_waited(facts, since, bad, now):
        return Severity.AT_RISK
    return Severity.WATCH if _has_waited(facts, since, sign, now) else Severity.NONE


def _has_waited(facts: Facts, since: datetime, days: int, now: datetime) -> bool:
    """Whether so many working days have passed, on the calendar of whoever answers for the pilot."""
    return now >= facts.begins(facts.calendar.shifted(facts.calendar.day_of(since), days))


_DETECTORS: Final[tuple[Callable[[Facts, datetime], Iterable[Seen]], ...]] = (
    _purgatory,
    _ownership,
    _orphaned,
    _shortcuts,
    _surprise,
    _late_cost,
    _big_bang,
    _wrong_proof,
)
