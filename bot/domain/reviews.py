"""A gate review as a value: what was asked, what the approvers saw, what was decided. `domain.review` holds its rules."""

from enum import StrEnum
from typing import Any

from bot.domain.values import Frozen, Instant


class ReviewState(StrEnum):
    """Where a review stands. Everything but OPEN is final."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Choice(StrEnum):
    """What an approver can say."""

    APPROVE = "approve"
    DECLINE = "decline"


class Review(Frozen):
    """A request to move a pilot over a gate."""

    id: str
    workspace_id: str
    pilot_id: str
    gate_id: str
    from_stage: str
    to_stage: str
    state: ReviewState
    requested_by: str
    requested_at: Instant
    expires_at: Instant
    snapshot: dict[str, Any]
    """What the approvers see: answers, evidence, bar, owner and playbook version at the time of the request."""
    snapshot_hash: str
    interview_id: str | None = None
    decided_by: str | None = None
    decided_at: Instant | None = None
    reason: str | None = None


class Decision(Frozen):
    """One approver's word on a review, for the record."""

    review_id: str
    user_id: str
    choice: Choice
    reason: str
    decided_at: Instant
    snapshot_hash: str
