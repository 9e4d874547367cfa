"""Who is there, and the pilots: where each stands, which way it went, and who is to own it."""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import JSON, Date, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from storage.columns import Document
from storage.tables.schema import Row, instant, partial, table, words

PROPOSED_HANDOVER: Final = text("state = 'proposed'")


class WorkspaceRow(Row, table=True):
    """A Slack workspace that installed Preflight."""

    __tablename__ = "workspace"
    workspace_id: str = words(primary_key=True)
    name: str = words()
    url: str = words()
    bot_user_id: str = words()
    next_digest_at: datetime | None = instant()


class PersonRow(Row, table=True):
    """A Slack user as last seen."""

    __tablename__ = "person"
    workspace_id: str = words(primary_key=True)
    user_id: str = words(primary_key=True)
    name: str = words()
    time_zone: str = words()
    locale: str = words()
    deactivated: bool
    guest: bool
    bot: bool
    home_workspace_id: str = words()


class PilotRow(Row, table=True):
    """A pilot as it stands. `name_key` is its name made comparable, and NULL once it is retired: the name is free again."""

    __tablename__ = "pilot"
    __table_args__ = (
        UniqueConstraint("workspace_id", "name_key"),
        Index("ix_pilot_workspace_id_channel_id", "workspace_id", "channel_id"),
        partial("ix_pilot_next_nudge_at", "workspace_id", "next_nudge_at", where="next_nudge_at IS NOT NULL"),
        partial("ix_pilot_next_look_at", "workspace_id", "next_look_at", where="next_look_at IS NOT NULL"),
        Index("ix_pilot_workspace_id_owner_id", "workspace_id", "owner_id"),
        Index("ix_pilot_workspace_id_champion_id", "workspace_id", "champion_id"),
        Index("ix_pilot_workspace_id_registered_by", "workspace_id", "registered_by"),
        Index("ix_pilot_workspace_id_stage_severity", "workspace_id", "stage", "severity"),
        partial("ix_pilot_decide_on", "workspace_id", "decide_on", where="decide_on IS NOT NULL"),
    )
    id: str = words(primary_key=True)
    workspace_id: str = words()
    name: str = words()
    name_key: str | None = words()
    problem: str = words()
    stage: str = words()
    champion_id: str = words()
    owner_id: str = words()
    channel_id: str = words()
    metric: dict[str, Any] = Field(sa_type=JSON)
    registered_by: str = words()
    registered_at: datetime = instant()
    stage_since: datetime = instant()
    last_change_at: datetime = instant()
    next_nudge_at: datetime | None = instant()
    required: int
    in_place: int
    tier: str = words()
    owner_accepted_at: datetime | None = instant()
    hold: dict[str, Any] | None = Field(sa_type=Document)
    flags: int
    next_look_at: datetime | None = instant()
    ready: bool
    severity: int
    stalled_since: datetime | None = instant()
    decide_on: date | None = Field(sa_type=Date)
    extended: int


class HandoverRow(Row, table=True):
    """Somebody proposed as production owner; at most one per pilot waits for an answer."""

    __tablename__ = "handover"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        partial("uq_handover_proposed", "pilot_id", where=PROPOSED_HANDOVER, unique=True),
        partial("ix_handover_to_id", "workspace_id", "to_id", where=PROPOSED_HANDOVER),
        Index("ix_handover_pilot_id", "pilot_id"),
    )
    id: str = words(primary_key=True)
    workspace_id: str = words()
    pilot_id: str = words()
    to_id: str = words()
    proposed_by: str = words()
    proposed_at: datetime = instant()
    note: str = words()
    state: str = words()
    runbook: str = words()
    contact: str = words()
    contact_id: str | None = words()
    first_review_on: date | None = Field(sa_type=Date)
    decided_by: str | None = words()
    decided_at: datetime | None = instant()
    reason: str = words()


class StageMoveRow(Row, table=True):
    """A change of a pilot's stage, never changed; `number` counts a pilot's without a gap, also those of one instant."""

    __tablename__ = "stage_move"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        UniqueConstraint("pilot_id", "number"),
        Index("ix_stage_move_workspace_id_at", "workspace_id", "at"),
    )
    id: str = words(primary_key=True)
    workspace_id: str = words()
    pilot_id: str = words()
    number: int
    kind: str = words()
    from_stage: str | None = words()
    to_stage: str = words()
    by: str = words()
    at: datetime = instant()
    reason: str = words()
    learned: str = words()
    review_id: str | None = words()


WORKSPACE: Final = table("workspace")
PERSON: Final = table("person")
PILOT: Final = table("pilot")
HANDOVER: Final = table("handover")
STAGE_MOVE: Final = table("stage_move")
