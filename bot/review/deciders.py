"""Who decides a review, as it is shown: each step's roles with who has agreed and who is awaited.

Nothing here grants a right; it reads the tally and the board that the listener resolved. A role is mentioned only where the
policy notifies it and its turn has come; all others are named without a mention, in words that people chose.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain import voting
from bot.domain.policies import ApproverRole
from bot.domain.reviews import Board, Choice
from bot.domain.voting import SeatStanding, Tally
from bot.review.facts import CardFacts, Voice
from prompts.markup import references


class Turn(StrEnum):
    """Whether a role has spoken."""

    AGREED = "agreed"
    AWAITED = "awaited"
    LATER = "later"
    """An earlier step is still being decided."""


@dataclass(frozen=True)
class RoleShown:
    """A role in one step, as a part of a sentence."""

    title: str
    turn: Turn
    needs: int
    by: tuple[str, ...]
    """Who has agreed."""
    awaited: str
    """Who is awaited, mentioned or as text; empty unless it is their turn."""


@dataclass(frozen=True)
class StepShown:
    """One step, as a part of a sentence."""

    title: str
    roles: tuple[RoleShown, ...]


@dataclass(frozen=True)
class Short:
    """A role that has too few people left."""

    title: str
    nobody: bool
    group: str
    """The user group to add somebody to, by its handle; empty where it has none."""
    owner: bool
    """Whether the production owner is in it."""


def steps(facts: CardFacts) -> tuple[StepShown, ...]:
    """Return who decides, first to last; nothing once it is decided."""
    if facts.tally is None:
        return ()
    now = facts.tally.now
    return tuple(
        StepShown(step.title, tuple(_role(facts, seat, reached=step is now) for seat in step.seats))
        for step in facts.tally.steps
    )


def _role(facts: CardFacts, seat: SeatStanding, *, reached: bool) -> RoleShown:
    turn = Turn.AGREED if not seat.open else Turn.AWAITED if reached else Turn.LATER
    return RoleShown(
        title=seat.title,
        turn=turn,
        needs=seat.needs,
        by=seat.filled_by,
        awaited=named(facts, seat.role) if turn is Turn.AWAITED else "",
    )


def waiting(facts: CardFacts) -> tuple[str, ...]:
    """Return those of whom a word is awaited now, role by role: mentioned, or as text."""
    roles = facts.tally.awaited_roles if facts.tally else ()
    return tuple(dict.fromkeys(shown for seat in roles if (shown := named(facts, seat.role))))


def waiting_unpinged(facts: CardFacts) -> tuple[str, ...]:
    """Return the same for where others read it: as text, so that nobody is mentioned."""
    roles = facts.tally.awaited_roles if facts.tally and facts.board else ()
    found = (facts.board.role(seat.role) if facts.board else None for seat in roles)
    return tuple(dict.fromkeys(role.unpinged for role in found if role and role.unpinged))


def named(facts: CardFacts, role_id: str) -> str:
    """Return how a role is named: mentioned, as mrkdwn, where the policy notifies it, else as text; empty where it was not resolved."""
    found = facts.board.role(role_id) if facts.board else None
    if found is None:
        return ""
    notify = facts.procedure.policy.notify if facts.procedure else None
    return references(found.shown) if notify is None or role_id in notify else found.unpinged


def fallback(facts: CardFacts) -> str:
    """Return who may decide in place of the others: mentioned where they are notified; empty where it was not escalated."""
    policy = facts.procedure.policy if facts.procedure else None
    if policy is None or policy.fallback is None or facts.review.escalated_at is None:
        return ""
    return named(facts, policy.fallback)


def short(facts: CardFacts) -> tuple[Short, ...]:
    """Return the roles that have too few people left, with whom to ask for more."""
    return tuple(_short(facts, title) for title in facts.short)


def _short(facts: CardFacts, title: str) -> Short:
    roles: tuple[ApproverRole, ...] = facts.procedure.roles if facts.procedure else ()
    role = next((one for one in roles if one.title == title), None)
    left = frozenset(
        person
        for seat in (facts.tally.awaited_roles if facts.tally else ())
        if seat.title == title
        for person in seat.awaited | set(seat.filled_by)
    )
    later = facts.board.people_of(role.id) if facts.board and role else frozenset()
    reached = facts.tally is not None and any(seat.title == title for seat in facts.tally.awaited_roles)
    return Short(
        title=title,
        nobody=not (left if reached else later),
        group=(role.group or "") if role else "",
        owner=role.owner if role else False,
    )


def fresh(facts: CardFacts) -> tuple[Voice, ...]:
    """Return the votes on what the review shows now."""
    return tuple(voice for voice in facts.voices if not voice.stale)


def agreed(facts: CardFacts) -> tuple[str, ...]:
    """Return who agreed to what the review shows, the one who decided it in any case."""
    by = [voice.vote.user_id for voice in fresh(facts) if voice.vote.choice is Choice.APPROVE]
    decided_by = facts.review.decided_by
    return tuple(dict.fromkeys([*by, *([decided_by] if decided_by else [])]))


def asked_anew(facts: CardFacts) -> tuple[str, ...]:
    """Return whose vote counts no more because of a change, and who has not voted again since."""
    spoken = {voice.vote.user_id for voice in fresh(facts)}
    return tuple(
        dict.fromkeys(
            voice.vote.user_id for voice in facts.voices if voice.stale and voice.vote.user_id not in spoken
        )
    )


def beside(facts: CardFacts) -> tuple[Voice, ...]:
    """Return the agreements that fill no seat: whoever gave them has left the role, or others had agreed before."""
    filled = {
        person
        for step in (facts.tally.steps if facts.tally else ())
        for seat in step.seats
        for person in seat.filled_by
    }
    return tuple(
        voice
        for voice in fresh(facts)
        if voice.vote.choice is Choice.APPROVE and voice.vote.user_id not in filled
    )


def against(facts: CardFacts) -> tuple[Voice, ...]:
    """Return those who declined while it goes on, because one decline does not end it."""
    return tuple(voice for voice in fresh(facts) if voice.vote.choice is Choice.DECLINE)


def seats_of(facts: CardFacts, user_id: str) -> tuple[str, ...]:
    """Return the titles of the roles that somebody's agreement speaks for; of all their roles where it fills no seat."""
    steps = _tally(facts).steps if facts.procedure else ()
    filled = (seat.title for step in steps for seat in step.seats if user_id in seat.filled_by)
    return tuple(dict.fromkeys(filled)) or roles_of(facts, user_id)


def _tally(facts: CardFacts) -> Tally:
    """Return the tally of an open review; of a decided one that by which it was decided."""
    assert facts.procedure
    return facts.tally or voting.tally(
        facts.procedure,
        facts.board or facts.review.board or Board(),
        [voice.vote for voice in facts.voices],
        frozenset(),
        snapshot_hash=facts.review.snapshot_hash,
        escalated=facts.review.escalated_at is not None,
    )


def roles_of(facts: CardFacts, user_id: str) -> tuple[str, ...]:
    """Return the titles of the roles that somebody was in when Slack was asked last."""
    board = facts.board or facts.review.board
    return tuple(role.title for role in board.roles if user_id in role.people) if board else ()
