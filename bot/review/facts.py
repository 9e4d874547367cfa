"""What the card and the windows of a review state, read from the record. Reads through the desk and decides nothing."""

from dataclasses import dataclass
from datetime import datetime

from bot.desk import Desk
from bot.domain import snapshots
from bot.domain.actions import Action
from bot.domain.flags import Flag, FlagKind
from bot.domain.pilots import Pilot
from bot.domain.policies import Procedure, Tier
from bot.domain.reviews import Board, ChangeRequest, ChangeState, Review, ReviewKind, ReviewState, Vote
from bot.domain.voting import Tally
from bot.interview import shown
from bot.pilots import flagged, workflow as pilots
from bot.review.ballot import Ballot, ballot_of, procedure_of


@dataclass(frozen=True)
class Voice:
    """A vote as it is shown."""

    vote: Vote
    stale: bool
    """Whether it is about an earlier snapshot."""


@dataclass(frozen=True)
class CardFacts:
    """Everything that the card of a review may say."""

    review: Review
    pilot: Pilot
    """As it is now."""
    procedure: Procedure | None
    """None where the playbook has lost the gate."""
    tally: Tally | None
    """None once it is decided."""
    board: Board | None
    voices: tuple[Voice, ...]
    """Those not taken back, oldest first."""
    questions: tuple[ChangeRequest, ...]
    """Open and answered ones, oldest first."""
    conditions: tuple[Action, ...]
    """Open conditions of earlier approvals; those of this one once it is approved."""
    since_last: tuple[str, ...]
    """What has changed since the last decided review, by title."""
    last: Review | None
    """That review."""
    missing: tuple[str, ...]
    """The titles of what keeps it from being approved now."""
    short: tuple[str, ...]
    """The titles of roles that have too few people left."""
    flags: tuple[str, ...]
    """After an approval: what no longer holds, by title."""
    interview_link: str | None
    tier: Tier | None
    now: datetime
    """When this is said: it tells which conditions are overdue."""
    open_again_since: datetime | None = None
    """When the first of the flags was raised."""
    emergency: str = ""
    """Why it was promoted before anybody reviewed it; empty for a promotion that was asked for."""


def card_facts(desk: Desk, review: Review, board: Board | None = None) -> CardFacts:
    """Read what the card of a review says now; without a board, with the one that Slack told of last."""
    pilot = pilots.get(desk, review.pilot_id)
    procedure = _procedure(desk, review, pilot)
    board = board or review.board
    counted = (
        ballot_of(desk, review, pilot, procedure, board) if review.is_open and procedure and board else None
    )
    votes = desk.tx.votes.of_review(review.id)
    last = desk.tx.reviews.latest_decided_of(pilot.id, before=review.id)
    flags = (
        [] if review.is_open else [f for f in desk.tx.flags.raised_of(pilot.id) if f.review_id == review.id]
    )
    return CardFacts(
        review=review,
        pilot=pilot,
        procedure=procedure,
        tally=counted.tally if counted else None,
        board=board,
        voices=tuple(
            Voice(vote, stale=not vote.counts_for(review.snapshot_hash))
            for vote in votes
            if vote.withdrawn_at is None
        ),
        questions=tuple(
            one for one in desk.tx.changes.of_review(review.id) if one.state is not ChangeState.TAKEN_BACK
        ),
        conditions=_conditions(desk, review),
        since_last=tuple(snapshots.changed_between(last.snapshot, review.snapshot)) if last else (),
        last=last,
        missing=_missing(desk, review, pilot),
        short=_short(counted),
        flags=tuple(_named(desk, flag) for flag in flagged.in_order(desk.library, flags)),
        interview_link=_link(desk, review),
        tier=desk.playbook.tier(pilot.tier),
        now=desk.at.now,
        open_again_since=min((flag.raised_at for flag in flags), default=None),
        emergency=str(review.snapshot.get("emergency", "")),
    )


def _procedure(desk: Desk, review: Review, pilot: Pilot) -> Procedure | None:
    """Return how it is decided now; once it is decided, how it was."""
    kept = None if review.is_open else snapshots.procedure_in(review.snapshot)
    return kept or procedure_of(desk, review, pilot)


def _conditions(desk: Desk, review: Review) -> tuple[Action, ...]:
    if review.state is ReviewState.APPROVED:
        every = desk.tx.actions.conditions_of_pilot(review.pilot_id, open_only=False)
        return tuple(one for one in every if one.review_id == review.id)
    return tuple(desk.tx.actions.conditions_of_pilot(review.pilot_id)) if review.is_open else ()


def _missing(desk: Desk, review: Review, pilot: Pilot) -> tuple[str, ...]:
    gate = desk.playbook.gate(review.gate_id)
    asked = review.is_open and review.kind is ReviewKind.PROMOTION and pilot.stage == review.from_stage
    if gate is None or not asked:
        return ()
    return tuple(one.item.title for one in pilots.verdict_before(desk, pilot, gate).blocking)


def _short(counted: Ballot | None) -> tuple[str, ...]:
    if counted is None:
        return ()
    found = ((counted.board.role(role), role) for role in counted.short)
    return tuple(one.title if one else role for one, role in found)


def _named(desk: Desk, flag: Flag) -> str:
    """Return what a flag is about, as a part of a sentence."""
    if flag.kind is FlagKind.OWNER:
        return "the owner"
    if flag.kind is FlagKind.BREAK_GLASS:
        return "the emergency promotion"
    if flag.kind is FlagKind.CONDITION:
        action = desk.tx.actions.get(flag.workspace_id, flag.subject)
        return action.what if action else "a condition"
    waiver = desk.tx.waivers.get(flag.workspace_id, flag.subject) if flag.kind is FlagKind.WAIVER else None
    item = desk.playbook.item(waiver.item_id if waiver else flag.subject)
    return item.title if item else "an answer"


def _link(desk: Desk, review: Review) -> str | None:
    held = desk.tx.interviews.get(review.workspace_id, review.interview_id) if review.interview_id else None
    return desk.link_to(shown.root_of(desk, held)) if held else None
