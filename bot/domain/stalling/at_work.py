"""What shows once a pilot does real work: it was tried on the wrong thing, leans on quick fixes, met a surprise, came to everybody at once."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.domain.answers import Status
from bot.domain.reopening import midnight
from bot.domain.signals import Severity
from bot.domain.stalling.causes import LIVE, Cause, Reason, Seen, guarding, ids
from bot.domain.stalling.left_open import is_doubtful, was_asked
from bot.domain.waivers import day_of, times_granted_before
from bot.domain.watched import Facts

RUNS: Final = 1 / 3
"""From this part of the way on it works on real cases, so what it was tried on has to be real."""
MANY_WAIVERS: Final = 3


def shortcuts(facts: Facts, now: datetime) -> Iterator[Seen]:
    """See accepted risks that pile up, or that are accepted for a second time."""
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


def surprise(facts: Facts, now: datetime) -> Iterator[Seen]:
    """See an answer about the connections that was in place, and that somebody has taken back."""
    del now  # what was said counts until something else is
    back = [
        one
        for one in guarding(facts, Cause.SURPRISE)
        if one.answer
        and one.answer.status in {Status.PARTLY, Status.NOT_YET}
        and any(was.status is Status.IN_PLACE for was in facts.earlier.get(one.item.id, ()))
    ]
    if back:
        yield Seen(Cause.SURPRISE, Severity.AT_RISK, Reason.WENT_BACK, ids(back))


def big_bang(facts: Facts, now: datetime) -> Iterator[Seen]:
    """See an emergency that nobody confirmed, and a launch to everybody at once."""
    del now  # an emergency lasts until it is confirmed
    if facts.emergency:
        yield Seen(Cause.BIG_BANG, Severity.AT_RISK, Reason.BREAK_GLASS, (facts.emergency,))
    if facts.far >= LIVE:
        yield from _still_open(facts, Cause.BIG_BANG)


def wrong_proof(facts: Facts, now: datetime) -> Iterator[Seen]:
    """See real work that rests on what was never tried on real cases."""
    del now  # behind a gate there is nothing to wait for
    if facts.far < RUNS:
        return
    yield from _still_open(facts, Cause.WRONG_PROOF)
    doubtful = [
        one
        for one in guarding(facts, Cause.WRONG_PROOF)
        if one.item.id in facts.behind and one.item.critical and is_doubtful(one)
    ]
    if doubtful:
        yield Seen(Cause.WRONG_PROOF, Severity.WATCH, Reason.DOUBTFUL, ids(doubtful))


def _still_open(facts: Facts, cause: Cause) -> Iterator[Seen]:
    """See what an earlier gate asked for and somebody has answered, though not with a yes."""
    left = [
        one
        for one in guarding(facts, cause)
        if one.item.id in facts.behind and one.blocks and was_asked(facts, one)
    ]
    if left:
        yield Seen(cause, Severity.AT_RISK, Reason.REOPENED, ids(left))


def turns(facts: Facts) -> Iterator[datetime]:
    """Yield when an accepted risk ends."""
    return (midnight(one.until) for one in facts.waivers)
