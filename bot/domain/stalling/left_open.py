"""What guards against a cause and is open: ahead of a gate after a while, behind one at once; and answers that are a warning."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from bot.domain.answers import SETTLED, Status
from bot.domain.flags import FlagKind
from bot.domain.framework import StallCause
from bot.domain.readiness import ItemStanding, Standing
from bot.domain.reopening import midnight
from bot.domain.signals import Severity
from bot.domain.stalling.causes import Reason, Seen, ids
from bot.domain.watched import Facts, expires_at


def seen_of(facts: Facts, cause: StallCause, now: datetime) -> Iterator[Seen]:
    """See what guards against a cause and is open: behind a gate at once, ahead of it after a while."""
    theirs = [one for one in facts.standings.values() if cause.id in one.item.guards_against]
    raised = {one.subject for one in facts.flags if one.kind in {FlagKind.EVIDENCE, FlagKind.WAIVER}}
    behind = [
        one
        for one in theirs
        if one.item.id in raised or (one.blocks and one.item.id in facts.behind and was_asked(facts, one))
    ]
    if behind:
        yield Seen(cause.id, Severity.AT_RISK, Reason.REOPENED, ids(behind))
    flagged = [one for one in theirs if _is_red_flag(one)]
    if flagged:
        yield Seen(cause.id, Severity.WATCH, Reason.RED_FLAG, ids(flagged))
    for severity, times in ((Severity.AT_RISK, 2), (Severity.WATCH, 1)):
        long = timedelta(days=cause.after_days * times)
        open_ = [one for one in theirs if _is_open(one) and now >= open_since(facts, one) + long]
        if open_:
            yield Seen(cause.id, severity, Reason.OPEN, ids(open_))


def turns(facts: Facts) -> Iterator[datetime]:
    """Yield when something open is so for long, or counts, or has to be confirmed."""
    if facts.gate and facts.gate.every_days is not None:  # what upkeep asks is due, and counts
        yield facts.pilot.stage_since + timedelta(days=facts.gate.every_days)
    for one in facts.standings.values():
        yield from _turns_of(facts, one)


def _turns_of(facts: Facts, one: ItemStanding) -> Iterator[datetime]:
    expires = expires_at(one)
    if expires:
        yield expires
    if one.item.enforce_from:
        yield midnight(one.item.enforce_from)
    since = {open_since(facts, one), *([expires] if expires else [])}
    for cause in _causes(facts, one):
        yield from (at + timedelta(days=cause.after_days * times) for at in since for times in (1, 2))


def _causes(facts: Facts, one: ItemStanding) -> Iterator[StallCause]:
    return (cause for cause in facts.playbook.framework.stalls if cause.id in one.item.guards_against)


def was_asked(facts: Facts, one: ItemStanding) -> bool:
    """Whether the gate behind asked for it when the pilot passed; what the playbook asks since then has no answer."""
    return one.answer is not None or facts.emergency is not None


def _is_open(one: ItemStanding) -> bool:
    return one.blocks or (one.item.critical and one.counts and is_doubtful(one))


def is_doubtful(one: ItemStanding) -> bool:
    """Whether something is said to be in place in words that nobody can check."""
    return one.standing is Standing.IN_PLACE and one.answer is not None and not one.answer.checkable


def _is_red_flag(one: ItemStanding) -> bool:
    """Whether the answer to a question like "does anybody copy it by hand?" is yes."""
    said = one.answer.status if one.answer else None
    return one.item.red_flag and one.counts and not one.waived and said in {Status.NOT_YET, Status.PARTLY}


def open_since(facts: Facts, one: ItemStanding) -> datetime:
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
