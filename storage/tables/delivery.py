"""What keeps delivery exact: messages, each once, and which processes carry them out."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, Column, ForeignKeyConstraint, Index, Integer, UniqueConstraint
from sqlmodel import Field

from storage.tables.schema import Row, instant, partial, table, words


class OutboundMessageRow(Row, table=True):
    """What Slack should show, what it was last told, and who is telling it right now."""

    __tablename__ = "outbound_message"
    __table_args__ = (
        UniqueConstraint("id"),
        UniqueConstraint("workspace_id", "key"),
        ForeignKeyConstraint(["under"], ["outbound_message.id"]),
        partial(
            "ix_outbound_message_slack_ts",
            "workspace_id",
            "slack_channel_id",
            "slack_ts",
            where="slack_ts IS NOT NULL",
        ),
        partial("ix_outbound_message_unsent", "seq", where="delivered_version < version AND failed IS NULL"),
        partial("ix_outbound_message_failed", "workspace_id", where="failed IS NOT NULL"),
        partial("ix_outbound_message_lease_by", "lease_by", where="lease_by IS NOT NULL"),
    )
    seq: int = Field(
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    )
    id: str = words()
    workspace_id: str = words()
    key: str = words()
    channel_id: str = words()
    under: str | None = words()
    body: dict[str, Any] = Field(sa_type=JSON)
    version: int
    delivered_version: int
    slack_channel_id: str | None = words()
    slack_ts: str | None = words()
    not_before: datetime | None = instant()
    first_attempt_at: datetime | None = instant()
    failed: str | None = words()
    paced: bool
    lease_by: str | None = words()
    lease_until: datetime | None = instant()


class SeenDeliveryRow(Row, table=True):
    """A Slack delivery that was carried out; its key makes a repeated one harmless."""

    __tablename__ = "seen_delivery"
    __table_args__ = (Index("ix_seen_delivery_seen_at", "seen_at"),)
    workspace_id: str = words(primary_key=True)
    key: str = words(primary_key=True)
    seen_at: datetime = instant()


class MethodPauseRow(Row, table=True):
    """Until when Slack asked us to leave a method alone; outlives a restart."""

    __tablename__ = "method_pause"
    workspace_id: str = words(primary_key=True)
    method: str = words(primary_key=True)
    until: datetime = instant()


class HeartbeatRow(Row, table=True):
    """When a process last said that it lives."""

    __tablename__ = "heartbeat"
    executor_id: str = words(primary_key=True)
    beat_at: datetime = instant()


class LeaseRow(Row, table=True):
    """Who may do a piece of work that only one process at a time should do."""

    __tablename__ = "lease"
    name: str = words(primary_key=True)
    holder: str = words()
    until: datetime = instant()


MESSAGE: Final = table("outbound_message")
SEEN_DELIVERY: Final = table("seen_delivery")
METHOD_PAUSE: Final = table("method_pause")
HEARTBEAT: Final = table("heartbeat")
LEASE: Final = table("lease")
