"""What people decide: reviews, what they showed, votes, questions handed back, waivers, and what re-opens a gate."""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import JSON, Date, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from storage.columns import Document, Listed
from storage.tables.schema import Row, instant, partial, table, words

OPEN_REVIEW: Final = text("state = 'open'")
STANDING_VOTE: Final = text("withdrawn_at IS NULL")
OPEN_CHANGE: Final = text("state = 'open'")
RUNNING_WAIVER: Final = text("state IN ('asked', 'granted')")
RAISED_FLAG: Final = text("cleared_at IS NULL")


class ReviewRow(Row, table=True):
    """A request to move a pilot over a gate; at most one per pilot and gate is open."""

    __tablename__ = "review"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        ForeignKeyConstraint(["interview_id"], ["interview.id"]),
        partial("uq_review_open", "pilot_id", "gate_id", where=OPEN_REVIEW, unique=True),
        partial("ix_review_expires_at", "workspace_id", "expires_at", where=OPEN_REVIEW),
        partial("ix_review_next_reminder_at", "workspace_id", "next_reminder_at", where=OPEN_REVIEW),
        Index("ix_review_pilot_id_requested_at", "pilot_id", "requested_at"),
    )
    id: str = words(primary_key=True)
    workspace_id: str = words()
    pilot_id: str = words()
    gate_id: str = words()
    from_stage: str = words()
    to_stage: str = words()
    state: str = words()
    requested_by: str = words()
    requested_at: datetime = instant()
    expires_at: datetime = instant()
    snapshot: dict[str, Any] = Field(sa_type=JSON)
    snapshot_hash: str = words()
    interview_id: str | None = words()
    decided_by: str | None = words()
    decided_at: datetime | None = instant()
    reason: str | None = words()
    kind: str = words()
    board: dict[str, Any] | None = Field(sa_type=Document)
    changed_at: datetime | None = instant()
    changed: tuple[str, ...] = Field(sa_type=Listed)
    escalated_at: datetime | None = instant()
    next_reminder_at: datetime | None = instant()
    reminders: int
    reminded: tuple[str, ...] = Field(sa_type=Listed)


class ReviewSnapshotRow(Row, table=True):
    """What a review showed at one time; votes name it by its hash, so that what somebody saw can always be opened."""

    __tablename__ = "review_snapshot"
    __table_args__ = (ForeignKeyConstraint(["review_id"], ["review.id"]),)
    review_id: str = words(primary_key=True)
    snapshot_hash: str = words(primary_key=True)
    workspace_id: str = words()
    content: dict[str, Any] = Field(sa_type=JSON)
    frozen_at: datetime = instant()


class VoteRow(Row, table=True):
    """An approver's word on one snapshot of a review; a person has at most one on it that is not taken back."""

    __tablename__ = "vote"
    __table_args__ = (
        ForeignKeyConstraint(["review_id"], ["review.id"]),
        partial(
            "uq_vote_standing", "review_id", "user_id", "snapshot_hash", where=STANDING_VOTE, unique=True
        ),
        Index("ix_vote_review_id", "review_id"),
    )
    id: str = words(primary_key=True)
    workspace_id: str = words()
    review_id: str = words()
    user_id: str = words()
    choice: str = words()
    reason: str = words()
    conditions: tuple[dict[str, Any], ...] = Field(sa_type=JSON)
    snapshot_hash: str = words()
    voted_at: datetime = instant()
    withdrawn_at: datetime | None = instant()
    as_fallback: bool


class ChangeRequestRow(Row, table=True):
    """A question that an approver handed back; at most one per person and review is open."""

    __tablename__ = "change_request"
    __table_args__ = (
        ForeignKeyConstraint(["review_id"], ["review.id"]),
        partial("uq_change_request_open", "review_id", "asked_by", where=OPEN_CHANGE, unique=True),
        Index("ix_change_request_review_id", "review_id"),
    )
    id: str = words(primary_key=True)
    workspace_id: str = words()
    review_id: str = words()
    asked_by: str = words()
    asked_at: datetime = instant()
    question: str = words()
    state: str = words()
    reply: str = words()
    closed_by: str | None = words()
    closed_at: datetime | None = instant()


class WaiverRow(Row, table=True):
    """An open item that somebody accepts as a risk; at most one per pilot and item is asked or granted."""

    __tablename__ = "waiver"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        partial("uq_waiver_running", "pilot_id", "item_id", where=RUNNING_WAIVER, unique=True),
        partial("ix_waiver_until", "workspace_id", "until", where=RUNNING_WAIVER),
        Index("ix_waiver_pilot_id", "pilot_id"),
        Index("ix_waiver_request_id", "request_id"),
    )
    id: str = words(primary_key=True)
    request_id: str = words()
    workspace_id: str = words()
    pilot_id: str = words()
    item_id: str = words()
    gate_id: str = words()
    reason: str = words()
    until: date = Field(sa_type=Date)
    asked_by: str = words()
    asked_at: datetime = instant()
    state: str = words()
    decided_by: str | None = words()
    decided_at: datetime | None = instant()
    refusal: str = words()
    ended_by: str | None = words()
    ended_at: datetime | None = instant()
    ending: str = words()


class FlagRow(Row, table=True):
    """A thing that re-opens the gate that a pilot passed last; at most one per pilot, kind and subject is raised."""

    __tablename__ = "flag"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        partial("uq_flag_raised", "pilot_id", "kind", "subject", where=RAISED_FLAG, unique=True),
        Index("ix_flag_pilot_id", "pilot_id"),
    )
    id: str = words(primary_key=True)
    workspace_id: str = words()
    pilot_id: str = words()
    gate_id: str = words()
    review_id: str | None = words()
    kind: str = words()
    subject: str = words()
    raised_at: datetime = instant()
    cleared_at: datetime | None = instant()


REVIEW: Final = table("review")
REVIEW_SNAPSHOT: Final = table("review_snapshot")
VOTE: Final = table("vote")
CHANGE_REQUEST: Final = table("change_request")
WAIVER: Final = table("waiver")
FLAG: Final = table("flag")
