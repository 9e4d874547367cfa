"""A gate review as a value: what was asked, what the approvers saw, what was decided. `domain.review` holds its rules."""

from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import Field

from bot.domain.values import Frozen, Instant


class ReviewState(StrEnum):
    """Where a review stands. Everything but OPEN is final."""

    OPEN = "open"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class ReviewKind(StrEnum):
    """Why people decide."""

    PROMOTION = "promotion"
    """Whether a pilot goes on to the next stage."""
    BREAK_GLASS = "break_glass"
    """Whether an emergency promotion, which has happened, was right."""


class Choice(StrEnum):
    """What an approver can say."""

    APPROVE = "approve"
    DECLINE = "decline"


class Condition(Frozen):
    """What somebody has to do after a promotion that was approved on this condition."""

    what: str = Field(min_length=1, max_length=500)
    owner_id: str
    """A person or user group by Slack id."""
    due_on: date


class Resolved(Frozen):
    """A role and who was in it when Slack was asked."""

    role: str
    """Its id."""
    title: str
    people: frozenset[str]
    shown: str
    """How it is named in a sentence, as mrkdwn that mentions those in it."""
    unpinged: str
    """The same without mentioning anybody."""


class Board(Frozen):
    """All roles that have a say in a review, resolved at one moment."""

    roles: tuple[Resolved, ...] = ()

    def role(self, role_id: str) -> Resolved | None:
        return next((one for one in self.roles if one.role == role_id), None)

    def people_of(self, role_id: str) -> frozenset[str]:
        """Return who is in a role; nobody where it was not resolved."""
        found = self.role(role_id)
        return found.people if found else frozenset()


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
    """What the approvers see: answers, evidence, bar, owner, policy and playbook version, as last frozen."""
    snapshot_hash: str
    interview_id: str | None = None
    decided_by: str | None = None
    decided_at: Instant | None = None
    reason: str | None = None
    kind: ReviewKind = ReviewKind.PROMOTION
    board: Board | None = None
    """Who was in the roles when Slack was asked last: to show and to remind; rights are never taken from it."""
    changed_at: Instant | None = None
    """When what is reviewed was frozen anew, because it had changed."""
    changed: tuple[str, ...] = ()
    """What had changed then, by title."""
    escalated_at: Instant | None = None
    """When the fallback role was asked to step in."""
    next_reminder_at: Instant | None = None
    reminders: int = 0
    """How many rounds of reminders are done."""
    reminded: tuple[str, ...] = ()
    """Who was reminded in the round under way."""

    @property
    def is_open(self) -> bool:
        return self.state is ReviewState.OPEN


class Vote(Frozen):
    """One approver's word on one snapshot of a review. It counts until it is taken back or the snapshot gives way."""

    id: str
    workspace_id: str
    review_id: str
    user_id: str
    choice: Choice
    reason: str = ""
    conditions: tuple[Condition, ...] = ()
    """On what an approval depends; they become actions."""
    snapshot_hash: str
    voted_at: Instant
    withdrawn_at: Instant | None = None
    as_fallback: bool = False
    """Whether the person stepped in for others after the request was escalated."""

    def counts_for(self, snapshot_hash: str) -> bool:
        """Whether it is about what is reviewed now."""
        return self.withdrawn_at is None and self.snapshot_hash == snapshot_hash


class ChangeState(StrEnum):
    """Where a question that an approver handed back stands."""

    OPEN = "open"
    ANSWERED = "answered"
    TAKEN_BACK = "taken_back"


class ChangeRequest(Frozen):
    """What an approver wants changed or answered before deciding. At most one per person and review is open."""

    id: str
    workspace_id: str
    review_id: str
    asked_by: str
    asked_at: Instant
    question: str = Field(max_length=1000)
    state: ChangeState = ChangeState.OPEN
    reply: str = Field(default="", max_length=3000)
    closed_by: str | None = None
    closed_at: Instant | None = None
