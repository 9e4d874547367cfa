"""What was asked and said: interviews, answers, handed questions, actions, and the playbooks that they followed."""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import JSON, Date, ForeignKeyConstraint, Index, PrimaryKeyConstraint, text
from sqlmodel import Field

from storage.columns import Document, Listed
from storage.tables.schema import Row, instant, partial, table, words

OPEN_INTERVIEW: Final = text("state IN ('open', 'paused')")
OPEN_ACTION: Final = text("state = 'open'")
OPEN_ASK: Final = text("state = 'open'")
WRITTEN_ONCE: Final = text("NOT edited")


class InterviewRow(Row, table=True):
    """A coached walk through one gate's items; at most one per pilot is open or paused."""

    __tablename__ = "interview"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        ForeignKeyConstraint(["root_message_id"], ["outbound_message.id"]),
        partial("uq_interview_open", "pilot_id", where=OPEN_INTERVIEW, unique=True),
        Index("ix_interview_pilot_id", "pilot_id"),
        Index("ix_interview_root_message_id", "root_message_id"),
    )
    id: str = words(primary_key=True)
    workspace_id: str = words()
    pilot_id: str = words()
    gate_id: str = words()
    channel_id: str = words()
    state: str = words()
    started_by: str = words()
    started_at: datetime = instant()
    last_turn_at: datetime = instant()
    playbook_version: str = words()
    asked: tuple[str, ...] = Field(sa_type=Listed)
    passed: tuple[str, ...] = Field(sa_type=Listed)
    followed_up: bool
    scope: str = words()
    handed: tuple[str, ...] = Field(sa_type=Listed)
    root_message_id: str | None = words()


class AnswerRow(Row, table=True):
    """Every revision of every answer. `edited` marks one whose Slack message gave an answer before: it was edited, or picked."""

    __tablename__ = "answer"
    __table_args__ = (
        PrimaryKeyConstraint("pilot_id", "item_id", "revision"),
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        ForeignKeyConstraint(["interview_id"], ["interview.id"]),
        partial("uq_answer_message", "interview_id", "message_ts", where=WRITTEN_ONCE, unique=True),
        Index("ix_answer_interview_id_message_ts", "interview_id", "message_ts"),
        partial("ix_answer_message", "workspace_id", "message_ts", where="message_ts IS NOT NULL"),
    )
    workspace_id: str = words()
    pilot_id: str = words()
    item_id: str = words()
    revision: int
    status: str = words()
    detail: str = words()
    evidence: tuple[str, ...] = Field(sa_type=Listed)
    concern: str | None = words()
    value: dict[str, Any] | None = Field(sa_type=Document)
    plan: dict[str, Any] | None = Field(sa_type=Document)
    answered_by: str = words()
    answered_at: datetime = instant()
    interview_id: str | None = words()
    message_ts: str | None = words()
    message_channel_id: str | None = words()
    edited: bool


class CurrentAnswerRow(Row, table=True):
    """The latest revision of each answer, kept beside the history so that reading a pilot never reads its past."""

    __tablename__ = "current_answer"
    __table_args__ = (ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),)
    workspace_id: str = words()
    pilot_id: str = words(primary_key=True)
    item_id: str = words(primary_key=True)
    revision: int
    status: str = words()
    detail: str = words()
    evidence: tuple[str, ...] = Field(sa_type=Listed)
    concern: str | None = words()
    value: dict[str, Any] | None = Field(sa_type=Document)
    plan: dict[str, Any] | None = Field(sa_type=Document)
    answered_by: str = words()
    answered_at: datetime = instant()
    interview_id: str | None = words()
    message_ts: str | None = words()
    message_channel_id: str | None = words()


class AskRow(Row, table=True):
    """A question that was handed to somebody else; at most one per pilot and item is open."""

    __tablename__ = "ask"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        ForeignKeyConstraint(["interview_id"], ["interview.id"]),
        Index("ix_ask_pilot_id_item_id", "pilot_id", "item_id"),
        partial("uq_ask_open", "pilot_id", "item_id", where=OPEN_ASK, unique=True),
    )
    id: str = words(primary_key=True)
    workspace_id: str = words()
    pilot_id: str = words()
    item_id: str = words()
    interview_id: str | None = words()
    asked_id: str = words()
    people: tuple[str, ...] = Field(sa_type=Listed)
    note: str = words()
    asked_by: str = words()
    asked_at: datetime = instant()
    state: str = words()
    closed_by: str | None = words()
    closed_at: datetime | None = instant()


class AskedPersonRow(Row, table=True):
    """Who was told of a handed question, a row each, so that a person's open questions are found without reading all."""

    __tablename__ = "asked_person"
    __table_args__ = (
        ForeignKeyConstraint(["ask_id"], ["ask.id"]),
        Index("ix_asked_person_ask_id", "ask_id"),
    )
    workspace_id: str = words(primary_key=True)
    user_id: str = words(primary_key=True)
    ask_id: str = words(primary_key=True)


class ActionRow(Row, table=True):
    """What somebody undertook to do; at most one per pilot and item is open."""

    __tablename__ = "action"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        partial("uq_action_open", "pilot_id", "item_id", where=OPEN_ACTION, unique=True),
        partial("ix_action_owner_id", "workspace_id", "owner_id", where=OPEN_ACTION),
        Index("ix_action_pilot_id", "pilot_id"),
    )
    id: str = words(primary_key=True)
    workspace_id: str = words()
    pilot_id: str = words()
    item_id: str = words()
    what: str = words()
    owner_id: str | None = words()
    owner_said: str = words()
    due_on: date | None = Field(sa_type=Date)
    state: str = words()
    created_by: str = words()
    created_at: datetime = instant()
    closed_by: str | None = words()
    closed_at: datetime | None = instant()
    review_id: str | None = words()
    outcome: str = words()


class PaceRow(Row, table=True):
    """How long people take over a question, as a moving mean; `counted` is how many answers weigh in it."""

    __tablename__ = "pace"
    workspace_id: str = words(primary_key=True)
    item_id: str = words(primary_key=True)
    seconds: float
    counted: int


class PlaybookRow(Row, table=True):
    """A playbook as it was when it came into force; one installation has one, so no workspace owns it."""

    __tablename__ = "playbook"
    version: str = words(primary_key=True)
    content: dict[str, Any] = Field(sa_type=JSON)
    in_force_at: datetime | None = instant()


INTERVIEW: Final = table("interview")
ANSWER: Final = table("answer")
CURRENT_ANSWER: Final = table("current_answer")
ASK: Final = table("ask")
ASKED_PERSON: Final = table("asked_person")
ACTION: Final = table("action")
PACE: Final = table("pace")
PLAYBOOK: Final = table("playbook")
