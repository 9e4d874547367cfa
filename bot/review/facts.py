"""What the card and the windows of a review state, read from the record. Reads through the desk and decides nothing."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.actions import Action
from bot.domain.pilots import Pilot
from bot.domain.policies import Procedure, Tier
from bot.domain.reviews import Board, ChangeRequest, Review, Vote
from bot.domain.voting import Tally


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
