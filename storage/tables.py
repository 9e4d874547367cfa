"""The schema, and nothing but the schema: what is kept, what is unique, what is quick to find.

SQLModel classes do not validate and are never handed out; repositories read and write these tables with Core statements
and return frozen domain objects. A change here needs a migration: a test compares the two.
"""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    TextClause,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from storage.columns import Document, Listed, UtcDateTime, Words

NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)

# Conditions of partial indexes: a query or an upsert must repeat them to use the index, hence a name for each.
OPEN_INTERVIEW: Final = text("state IN ('open', 'paused')")
OPEN_REVIEW: Final = text("state = 'open'")
OPEN_ACTION: Final = text("state = 'open'")
OPEN_ASK: Final = text("state = 'open'")
OPEN_CHANGE: Final = text("state = 'open'")
PROPOSED_HANDOVER: Final = text("state = 'proposed'")
RAISED_FLAG: Final = text("cleared_at IS NULL")
STANDING_VOTE: Final = text("withdrawn_at IS NULL")
RUNNING_WAIVER: Final = text("state IN ('asked', 'granted')")
WRITTEN_ONCE: Final = text("NOT edited")


def _words(**options: Any) -> Any:
    return Field(sa_type=Words, **options)


def _instant(**options: Any) -> Any:
    return Field(sa_type=UtcDateTime, **options)


def _partial(name: str, *columns: str, where: str | TextClause, unique: bool = False) -> Index:
    """Return an index over the few rows that match; only queries that repeat the condition can use it."""
    condition = text(where) if isinstance(where, str) else where
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


class Row(SQLModel):
    """The base of all tables, with its own metadata so that nobody else's tables join ours."""

    metadata = metadata


class WorkspaceRow(Row, table=True):
    """A Slack workspace that installed Preflight."""

    __tablename__ = "workspace"
    workspace_id: str = _words(primary_key=True)
    name: str = _words()
    url: str = _words()
    bot_user_id: str = _words()


class PersonRow(Row, table=True):
    """A Slack user as last seen."""

    __tablename__ = "person"
    workspace_id: str = _words(primary_key=True)
    user_id: str = _words(primary_key=True)
    name: str = _words()
    time_zone: str = _words()
    locale: str = _words()
    deactivated: bool
    guest: bool
    bot: bool
    home_workspace_id: str = _words()


class PilotRow(Row, table=True):
    """A pilot as it stands. `name_key` is its name made comparable, and NULL once it is retired: the name is free again."""

    __tablename__ = "pilot"
    __table_args__ = (
        UniqueConstraint("workspace_id", "name_key"),
        Index("ix_pilot_workspace_id_channel_id", "workspace_id", "channel_id"),
        _partial(
            "ix_pilot_next_nudge_at", "workspace_id", "next_nudge_at", where="next_nudge_at IS NOT NULL"
        ),
        _partial("ix_pilot_next_look_at", "workspace_id", "next_look_at", where="next_look_at IS NOT NULL"),
        Index("ix_pilot_workspace_id_owner_id", "workspace_id", "owner_id"),
    )
    id: str = _words(primary_key=True)
    workspace_id: str = _words()
    name: str = _words()
    name_key: str | None = _words()
    problem: str = _words()
    stage: str = _words()
    champion_id: str = _words()
    owner_id: str = _words()
    channel_id: str = _words()
    metric: dict[str, Any] = Field(sa_type=JSON)
    registered_by: str = _words()
    registered_at: datetime = _instant()
    stage_since: datetime = _instant()
    last_change_at: datetime = _instant()
    next_nudge_at: datetime | None = _instant()
    required: int
    in_place: int
    tier: str = _words()
    owner_accepted_at: datetime | None = _instant()
    hold: dict[str, Any] | None = Field(sa_type=Document)
    flags: int
    next_look_at: datetime | None = _instant()


class OutboundMessageRow(Row, table=True):
    """What Slack should show, what it was last told, and who is telling it right now."""

    __tablename__ = "outbound_message"
    __table_args__ = (
        UniqueConstraint("id"),
        UniqueConstraint("workspace_id", "key"),
        ForeignKeyConstraint(["under"], ["outbound_message.id"]),
        _partial(
            "ix_outbound_message_slack_ts",
            "workspace_id",
            "slack_channel_id",
            "slack_ts",
            where="slack_ts IS NOT NULL",
        ),
        _partial("ix_outbound_message_unsent", "seq", where="delivered_version < version AND failed IS NULL"),
        _partial("ix_outbound_message_failed", "workspace_id", where="failed IS NOT NULL"),
        _partial("ix_outbound_message_lease_by", "lease_by", where="lease_by IS NOT NULL"),
    )
    seq: int = Field(
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    )
    id: str = _words()
    workspace_id: str = _words()
    key: str = _words()
    channel_id: str = _words()
    under: str | None = _words()
    body: dict[str, Any] = Field(sa_type=JSON)
    version: int
    delivered_version: int
    slack_channel_id: str | None = _words()
    slack_ts: str | None = _words()
    not_before: datetime | None = _instant()
    first_attempt_at: datetime | None = _instant()
    failed: str | None = _words()
    paced: bool
    lease_by: str | None = _words()
    lease_until: datetime | None = _instant()


class InterviewRow(Row, table=True):
    """A coached walk through one gate's items; at most one per pilot is open or paused."""

    __tablename__ = "interview"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        ForeignKeyConstraint(["root_message_id"], ["outbound_message.id"]),
        _partial("uq_interview_open", "pilot_id", where=OPEN_INTERVIEW, unique=True),
        Index("ix_interview_pilot_id", "pilot_id"),
        Index("ix_interview_root_message_id", "root_message_id"),
    )
    id: str = _words(primary_key=True)
    workspace_id: str = _words()
    pilot_id: str = _words()
    gate_id: str = _words()
    channel_id: str = _words()
    state: str = _words()
    started_by: str = _words()
    started_at: datetime = _instant()
    last_turn_at: datetime = _instant()
    playbook_version: str = _words()
    asked: tuple[str, ...] = Field(sa_type=Listed)
    passed: tuple[str, ...] = Field(sa_type=Listed)
    followed_up: bool
    scope: str = _words()
    handed: tuple[str, ...] = Field(sa_type=Listed)
    root_message_id: str | None = _words()


class AnswerRow(Row, table=True):
    """Every revision of every answer. `edited` marks one whose Slack message gave an answer before: it was edited, or picked."""

    __tablename__ = "answer"
    __table_args__ = (
        PrimaryKeyConstraint("pilot_id", "item_id", "revision"),
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        ForeignKeyConstraint(["interview_id"], ["interview.id"]),
        _partial("uq_answer_message", "interview_id", "message_ts", where=WRITTEN_ONCE, unique=True),
        Index("ix_answer_interview_id_message_ts", "interview_id", "message_ts"),
        _partial("ix_answer_message", "workspace_id", "message_ts", where="message_ts IS NOT NULL"),
    )
    workspace_id: str = _words()
    pilot_id: str = _words()
    item_id: str = _words()
    revision: int
    status: str = _words()
    detail: str = _words()
    evidence: tuple[str, ...] = Field(sa_type=Listed)
    concern: str | None = _words()
    value: dict[str, Any] | None = Field(sa_type=Document)
    plan: dict[str, Any] | None = Field(sa_type=Document)
    answered_by: str = _words()
    answered_at: datetime = _instant()
    interview_id: str | None = _words()
    message_ts: str | None = _words()
    message_channel_id: str | None = _words()
    edited: bool


class CurrentAnswerRow(Row, table=True):
    """The latest revision of each answer, kept beside the history so that reading a pilot never reads its past."""

    __tablename__ = "current_answer"
    __table_args__ = (ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),)
    workspace_id: str = _words()
    pilot_id: str = _words(primary_key=True)
    item_id: str = _words(primary_key=True)
    revision: int
    status: str = _words()
    detail: str = _words()
    evidence: tuple[str, ...] = Field(sa_type=Listed)
    concern: str | None = _words()
    value: dict[str, Any] | None = Field(sa_type=Document)
    plan: dict[str, Any] | None = Field(sa_type=Document)
    answered_by: str = _words()
    answered_at: datetime = _instant()
    interview_id: str | None = _words()
    message_ts: str | None = _words()
    message_channel_id: str | None = _words()


class ReviewRow(Row, table=True):
    """A request to move a pilot over a gate; at most one per pilot and gate is open."""

    __tablename__ = "review"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        ForeignKeyConstraint(["interview_id"], ["interview.id"]),
        _partial("uq_review_open", "pilot_id", "gate_id", where=OPEN_REVIEW, unique=True),
        _partial("ix_review_expires_at", "workspace_id", "expires_at", where=OPEN_REVIEW),
        _partial("ix_review_next_reminder_at", "workspace_id", "next_reminder_at", where=OPEN_REVIEW),
        Index("ix_review_pilot_id_requested_at", "pilot_id", "requested_at"),
    )
    id: str = _words(primary_key=True)
    workspace_id: str = _words()
    pilot_id: str = _words()
    gate_id: str = _words()
    from_stage: str = _words()
    to_stage: str = _words()
    state: str = _words()
    requested_by: str = _words()
    requested_at: datetime = _instant()
    expires_at: datetime = _instant()
    snapshot: dict[str, Any] = Field(sa_type=JSON)
    snapshot_hash: str = _words()
    interview_id: str | None = _words()
    decided_by: str | None = _words()
    decided_at: datetime | None = _instant()
    reason: str | None = _words()
    kind: str = _words()
    board: dict[str, Any] | None = Field(sa_type=Document)
    changed_at: datetime | None = _instant()
    changed: tuple[str, ...] = Field(sa_type=Listed)
    escalated_at: datetime | None = _instant()
    next_reminder_at: datetime | None = _instant()
    reminders: int
    reminded: tuple[str, ...] = Field(sa_type=Listed)


class ReviewSnapshotRow(Row, table=True):
    """What a review showed at one time; votes name it by its hash, so that what somebody saw can always be opened."""

    __tablename__ = "review_snapshot"
    __table_args__ = (ForeignKeyConstraint(["review_id"], ["review.id"]),)
    review_id: str = _words(primary_key=True)
    snapshot_hash: str = _words(primary_key=True)
    workspace_id: str = _words()
    content: dict[str, Any] = Field(sa_type=JSON)
    frozen_at: datetime = _instant()


class VoteRow(Row, table=True):
    """An approver's word on one snapshot of a review; a person has at most one on it that is not taken back."""

    __tablename__ = "vote"
    __table_args__ = (
        ForeignKeyConstraint(["review_id"], ["review.id"]),
        _partial(
            "uq_vote_standing", "review_id", "user_id", "snapshot_hash", where=STANDING_VOTE, unique=True
        ),
        Index("ix_vote_review_id", "review_id"),
    )
    id: str = _words(primary_key=True)
    workspace_id: str = _words()
    review_id: str = _words()
    user_id: str = _words()
    choice: str = _words()
    reason: str = _words()
    conditions: tuple[dict[str, Any], ...] = Field(sa_type=JSON)
    snapshot_hash: str = _words()
    voted_at: datetime = _instant()
    withdrawn_at: datetime | None = _instant()
    as_fallback: bool


class ChangeRequestRow(Row, table=True):
    """A question that an approver handed back; at most one per person and review is open."""

    __tablename__ = "change_request"
    __table_args__ = (
        ForeignKeyConstraint(["review_id"], ["review.id"]),
        _partial("uq_change_request_open", "review_id", "asked_by", where=OPEN_CHANGE, unique=True),
        Index("ix_change_request_review_id", "review_id"),
    )
    id: str = _words(primary_key=True)
    workspace_id: str = _words()
    review_id: str = _words()
    asked_by: str = _words()
    asked_at: datetime = _instant()
    question: str = _words()
    state: str = _words()
    reply: str = _words()
    closed_by: str | None = _words()
    closed_at: datetime | None = _instant()


class HandoverRow(Row, table=True):
    """Somebody proposed as production owner; at most one per pilot waits for an answer."""

    __tablename__ = "handover"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        _partial("uq_handover_proposed", "pilot_id", where=PROPOSED_HANDOVER, unique=True),
        _partial("ix_handover_to_id", "workspace_id", "to_id", where=PROPOSED_HANDOVER),
        Index("ix_handover_pilot_id", "pilot_id"),
    )
    id: str = _words(primary_key=True)
    workspace_id: str = _words()
    pilot_id: str = _words()
    to_id: str = _words()
    proposed_by: str = _words()
    proposed_at: datetime = _instant()
    note: str = _words()
    state: str = _words()
    runbook: str = _words()
    contact: str = _words()
    contact_id: str | None = _words()
    first_review_on: date | None = Field(sa_type=Date)
    decided_by: str | None = _words()
    decided_at: datetime | None = _instant()
    reason: str = _words()


class StageMoveRow(Row, table=True):
    """A change of a pilot's stage. Never changed."""

    __tablename__ = "stage_move"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        Index("ix_stage_move_pilot_id_at", "pilot_id", "at"),
    )
    id: str = _words(primary_key=True)
    workspace_id: str = _words()
    pilot_id: str = _words()
    kind: str = _words()
    from_stage: str | None = _words()
    to_stage: str = _words()
    by: str = _words()
    at: datetime = _instant()
    reason: str = _words()
    learned: str = _words()
    review_id: str | None = _words()


class FlagRow(Row, table=True):
    """A thing that re-opens the gate that a pilot passed last; at most one per pilot, kind and subject is raised."""

    __tablename__ = "flag"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        _partial("uq_flag_raised", "pilot_id", "kind", "subject", where=RAISED_FLAG, unique=True),
        Index("ix_flag_pilot_id", "pilot_id"),
    )
    id: str = _words(primary_key=True)
    workspace_id: str = _words()
    pilot_id: str = _words()
    gate_id: str = _words()
    review_id: str | None = _words()
    kind: str = _words()
    subject: str = _words()
    raised_at: datetime = _instant()
    cleared_at: datetime | None = _instant()


class ActionRow(Row, table=True):
    """What somebody undertook to do; at most one per pilot and item is open."""

    __tablename__ = "action"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        _partial("uq_action_open", "pilot_id", "item_id", where=OPEN_ACTION, unique=True),
        _partial("ix_action_owner_id", "workspace_id", "owner_id", where=OPEN_ACTION),
        Index("ix_action_pilot_id", "pilot_id"),
    )
    id: str = _words(primary_key=True)
    workspace_id: str = _words()
    pilot_id: str = _words()
    item_id: str = _words()
    what: str = _words()
    owner_id: str | None = _words()
    owner_said: str = _words()
    due_on: date | None = Field(sa_type=Date)
    state: str = _words()
    created_by: str = _words()
    created_at: datetime = _instant()
    closed_by: str | None = _words()
    closed_at: datetime | None = _instant()
    review_id: str | None = _words()
    outcome: str = _words()


class AskRow(Row, table=True):
    """A question that was handed to somebody else; at most one per pilot and item is open."""

    __tablename__ = "ask"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        ForeignKeyConstraint(["interview_id"], ["interview.id"]),
        Index("ix_ask_pilot_id_item_id", "pilot_id", "item_id"),
        _partial("uq_ask_open", "pilot_id", "item_id", where=OPEN_ASK, unique=True),
    )
    id: str = _words(primary_key=True)
    workspace_id: str = _words()
    pilot_id: str = _words()
    item_id: str = _words()
    interview_id: str | None = _words()
    asked_id: str = _words()
    people: tuple[str, ...] = Field(sa_type=Listed)
    note: str = _words()
    asked_by: str = _words()
    asked_at: datetime = _instant()
    state: str = _words()
    closed_by: str | None = _words()
    closed_at: datetime | None = _instant()


class AskedPersonRow(Row, table=True):
    """Who was told of a handed question, a row each, so that a person's open questions are found without reading all."""

    __tablename__ = "asked_person"
    __table_args__ = (
        ForeignKeyConstraint(["ask_id"], ["ask.id"]),
        Index("ix_asked_person_ask_id", "ask_id"),
    )
    workspace_id: str = _words(primary_key=True)
    user_id: str = _words(primary_key=True)
    ask_id: str = _words(primary_key=True)


class WaiverRow(Row, table=True):
    """An open item that somebody accepts as a risk; at most one per pilot and item is asked or granted."""

    __tablename__ = "waiver"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        _partial("uq_waiver_running", "pilot_id", "item_id", where=RUNNING_WAIVER, unique=True),
        _partial("ix_waiver_until", "workspace_id", "until", where=RUNNING_WAIVER),
        Index("ix_waiver_pilot_id", "pilot_id"),
        Index("ix_waiver_request_id", "request_id"),
    )
    id: str = _words(primary_key=True)
    request_id: str = _words()
    workspace_id: str = _words()
    pilot_id: str = _words()
    item_id: str = _words()
    gate_id: str = _words()
    reason: str = _words()
    until: date = Field(sa_type=Date)
    asked_by: str = _words()
    asked_at: datetime = _instant()
    state: str = _words()
    decided_by: str | None = _words()
    decided_at: datetime | None = _instant()
    refusal: str = _words()
    ended_by: str | None = _words()
    ended_at: datetime | None = _instant()
    ending: str = _words()


class PaceRow(Row, table=True):
    """How long people take over a question, as a moving mean; `counted` is how many answers weigh in it."""

    __tablename__ = "pace"
    workspace_id: str = _words(primary_key=True)
    item_id: str = _words(primary_key=True)
    seconds: float
    counted: int


class PlaybookRow(Row, table=True):
    """A playbook as it was when it came into force; one installation has one, so no workspace owns it."""

    __tablename__ = "playbook"
    version: str = _words(primary_key=True)
    content: dict[str, Any] = Field(sa_type=JSON)
    in_force_at: datetime | None = _instant()


class NudgeRow(Row, table=True):
    """A nudge that was sent: one row per pilot, kind, slot and person, so that neither a re-run nor a backfill nudges twice."""

    __tablename__ = "nudge"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        Index("ix_nudge_person", "workspace_id", "person_id", "slot"),
    )
    pilot_id: str = _words(primary_key=True)
    kind: str = _words(primary_key=True)
    slot: str = _words(primary_key=True)
    person_id: str = _words(primary_key=True)
    workspace_id: str = _words()
    sent_at: datetime = _instant()
    quiet_since: datetime = _instant()
    reply: str | None = _words()
    replied_at: datetime | None = _instant()


class SeenDeliveryRow(Row, table=True):
    """A Slack delivery that was carried out; its key makes a repeated one harmless."""

    __tablename__ = "seen_delivery"
    __table_args__ = (Index("ix_seen_delivery_seen_at", "seen_at"),)
    workspace_id: str = _words(primary_key=True)
    key: str = _words(primary_key=True)
    seen_at: datetime = _instant()


class AuditRow(Row, table=True):
    """Who did what, and when; `seq` counts without a gap within a workspace, and each row's hash covers the one before.

    What people said stands in `audit_facts`; here only its digest, which is empty where there was nothing to keep.
    """

    __tablename__ = "audit"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "seq"),
        Index("ix_audit_subject", "workspace_id", "subject_kind", "subject_id", "seq"),
    )
    workspace_id: str = _words()
    seq: int
    at: datetime = _instant()
    actor_id: str = _words()
    on_behalf_of: str | None = _words()
    what: str = _words()
    subject_kind: str = _words()
    subject_id: str = _words()
    delivery: str | None = _words()
    facts_digest: str = _words()
    hash_before: str = _words()
    hash: str = _words()


class AuditFactsRow(Row, table=True):
    """The state before and after, as JSON text: rows may be erased, never changed, and are bound by their digest."""

    __tablename__ = "audit_facts"
    __table_args__ = (PrimaryKeyConstraint("workspace_id", "seq"),)
    workspace_id: str = _words()
    seq: int
    salt: str = _words()
    before: str | None = _words()
    after: str | None = _words()


class AuditCountRow(Row, table=True):
    """The last audit number and hash of a workspace; the row's lock orders the processes that append."""

    __tablename__ = "audit_count"
    workspace_id: str = _words(primary_key=True)
    last_seq: int
    last_hash: str = _words()


class MethodPauseRow(Row, table=True):
    """Until when Slack asked us to leave a method alone; outlives a restart."""

    __tablename__ = "method_pause"
    workspace_id: str = _words(primary_key=True)
    method: str = _words(primary_key=True)
    until: datetime = _instant()


class HeartbeatRow(Row, table=True):
    """When a process last said that it lives."""

    __tablename__ = "heartbeat"
    executor_id: str = _words(primary_key=True)
    beat_at: datetime = _instant()


class LeaseRow(Row, table=True):
    """Who may do a piece of work that only one process at a time should do."""

    __tablename__ = "lease"
    name: str = _words(primary_key=True)
    holder: str = _words()
    until: datetime = _instant()


def _table(name: str) -> Table:
    return metadata.tables[name]


WORKSPACE: Final = _table("workspace")
PERSON: Final = _table("person")
PILOT: Final = _table("pilot")
MESSAGE: Final = _table("outbound_message")
INTERVIEW: Final = _table("interview")
ANSWER: Final = _table("answer")
CURRENT_ANSWER: Final = _table("current_answer")
REVIEW: Final = _table("review")
REVIEW_SNAPSHOT: Final = _table("review_snapshot")
VOTE: Final = _table("vote")
CHANGE_REQUEST: Final = _table("change_request")
HANDOVER: Final = _table("handover")
STAGE_MOVE: Final = _table("stage_move")
FLAG: Final = _table("flag")
ACTION: Final = _table("action")
ASK: Final = _table("ask")
ASKED_PERSON: Final = _table("asked_person")
WAIVER: Final = _table("waiver")
PACE: Final = _table("pace")
PLAYBOOK: Final = _table("playbook")
NUDGE: Final = _table("nudge")
SEEN_DELIVERY: Final = _table("seen_delivery")
AUDIT: Final = _table("audit")
AUDIT_FACTS: Final = _table("audit_facts")
AUDIT_COUNT: Final = _table("audit_count")
METHOD_PAUSE: Final = _table("method_pause")
HEARTBEAT: Final = _table("heartbeat")
LEASE: Final = _table("lease")
