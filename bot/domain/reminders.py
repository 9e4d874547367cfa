"""When somebody whose word is awaited hears of it again, and who that is. Calendar arithmetic; nothing is sent from here.

Days are counted on the person's own calendar, from the day on which their word began to be awaited; a
reminder falls on the start of their hours. What was missed is made up for once, however much was missed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from bot.domain.calendar import Calendar
from bot.domain.policies import Policy
from bot.domain.reviews import Board, ChangeRequest, Review, Vote
from bot.domain.values import Frozen, Instant
from bot.domain.voting import Tally


class Why(StrEnum):
    """What is awaited of somebody."""

    VOTE = "vote"
    """Their word on the review."""
    ANSWER = "answer"
    """An answer to a question that was handed back."""
    MEND = "mend"
    """That what is not in place any more is put in place again."""


class Round(Frozen):
    """One reminder of the back-off."""

    number: int
    at: Instant


def morning_after(since: datetime, working_days: int, calendar: Calendar) -> datetime:
    """Return the start of somebody's hours on the day that is so many working days after another, or when they are back."""
    start = calendar.start_of(calendar.shifted(calendar.day_of(since), working_days))
    return calendar.next_good(start)  # where the clocks skip that hour, the day may have none


def rounds(since: datetime, days: Sequence[int], calendar: Calendar) -> tuple[Round, ...]:
    """Return all reminders of a back-off, for somebody who is awaited since then."""
    return tuple(Round(number=n, at=morning_after(since, d, calendar)) for n, d in enumerate(days, 1))


def due(backoff: Iterable[Round], told_at: datetime | None, now: datetime) -> Round | None:
    """Return the reminder that is due: the latest whose time has come, unless the person was told since it came."""
    come = [one for one in backoff if one.at <= now]
    if not come or (told_at is not None and told_at >= come[-1].at):
        return None
    return come[-1]


def next_at(backoff: Iterable[Round], now: datetime) -> datetime | None:
    """Return when the next reminder is, after those whose time has come."""
    return next((one.at for one in backoff if one.at > now), None)


def escalates_at(policy: Policy, requested_at: datetime, calendar: Calendar) -> datetime | None:
    """Return when the fallback role is called in, on the requester's calendar as the expiry is; None where none is."""
    days = policy.escalate_after_working_days
    return morning_after(requested_at, days, calendar) if days and policy.fallback else None


def asked_by_name(policy: Policy, board: Board, tally: Tally, *, escalated: bool) -> frozenset[str]:
    """Return who is reminded of their vote: those awaited who are in a role that the policy notifies.

    Whoever is in no such role may decide unasked. The fallback is asked once it was called in.
    """
    roles = {seat.role for seat in tally.awaited_roles}
    if escalated and policy.fallback:
        roles.add(policy.fallback)
    meant = roles if policy.notify is None else roles & set(policy.notify)
    people = frozenset[str]().union(*(board.people_of(role) for role in meant))
    return people & tally.awaited


def awaited_since(
    review: Review, tally: Tally, votes: Iterable[Vote], questions: Iterable[ChangeRequest]
) -> datetime:
    """Return since when the votes that are missing now are awaited; the back-off begins there.

    That is the request, or the last of what makes people awaited anew: an earlier step was done, a vote was taken back, a
    change made votes stale, a question was settled. One moment holds for everybody who is awaited.
    """
    cast = list(votes)
    earlier = frozenset[str]().union(
        *(seat.filled_by for step in tally.steps if step.met for seat in step.seats)
    )
    moments = [review.requested_at]
    for vote in cast:
        if vote.withdrawn_at is not None:
            moments.append(vote.withdrawn_at)
        elif not vote.counts_for(review.snapshot_hash):
            moments += [review.changed_at] if review.changed_at else []
        elif vote.user_id in earlier:
            moments.append(vote.voted_at)
    moments += [one.closed_at for one in questions if one.closed_at]
    return max(moments)
