"""Who is to hear of what, and when they want to: notices, digests, hours, snoozes, mutes, blockers, and who left a channel."""

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import JSON, Date, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from storage.tables.schema import Row, instant, partial, table, words

UNTOLD_NOTICE: Final = text("told_at IS NULL AND reply IS NULL")
OPEN_NOTICE: Final = text("reply IS NULL")
RUNNING_MUTE: Final = text("ended_at IS NULL")
OPEN_BLOCKER: Final = text("state = 'open'")


class NoticeRow(Row, table=True):
    """One person, or channel, who hears of one rung of one matter; the key keeps anybody from hearing twice for one thing."""

    __tablename__ = "notice"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        partial("ix_notice_untold", "workspace_id", "person_id", "queued_at", where=UNTOLD_NOTICE),
        partial("ix_notice_open", "pilot_id", where=OPEN_NOTICE),
        Index("ix_notice_person", "workspace_id", "person_id", "slot"),
    )
    pilot_id: str = words(primary_key=True)
    thing: str = words(primary_key=True)
    rung: int = Field(primary_key=True)
    person_id: str = words(primary_key=True)
    workspace_id: str = words()
    kind: str = words()
    subject: str = words()
    day: date = Field(sa_type=Date)
    queued_at: datetime = instant()
    slot: str | None = words()
    told_at: datetime | None = instant()
    reply: str | None = words()
    replied_at: datetime | None = instant()


class DigestDueRow(Row, table=True):
    """When a person, or a channel, is to hear next; no row where nothing waits for them."""

    __tablename__ = "digest_due"
    __table_args__ = (Index("ix_digest_due_next_at", "workspace_id", "next_at"),)
    workspace_id: str = words(primary_key=True)
    person_id: str = words(primary_key=True)
    next_at: datetime = instant()


class PreferenceRow(Row, table=True):
    """When somebody wants to hear, where it differs from the company's hours."""

    __tablename__ = "preference"
    workspace_id: str = words(primary_key=True)
    user_id: str = words(primary_key=True)
    from_hour: int | None
    until_hour: int | None
    days: list[int] | None = Field(sa_type=JSON)
    away: list[dict[str, Any]] = Field(sa_type=JSON)


class SnoozeRow(Row, table=True):
    """One matter of which a person hears nothing for a while. Two pilots may have changed at one instant, so both name it."""

    __tablename__ = "snooze"
    __table_args__ = (ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),)
    workspace_id: str = words(primary_key=True)
    person_id: str = words(primary_key=True)
    pilot_id: str = words(primary_key=True)
    thing: str = words(primary_key=True)
    until: datetime = instant()


class MuteRow(Row, table=True):
    """A pilot of which a person, or a channel, hears nothing for a while; at most one of each pair was not ended."""

    __tablename__ = "mute"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        partial("uq_mute_running", "workspace_id", "person_id", "pilot_id", where=RUNNING_MUTE, unique=True),
        partial("ix_mute_pilot_id", "pilot_id", where=RUNNING_MUTE),
    )
    id: str = words(primary_key=True)
    workspace_id: str = words()
    person_id: str = words()
    pilot_id: str = words()
    reason: str = words()
    muted_by: str = words()
    since: datetime = instant()
    until: date = Field(sa_type=Date)
    ended_at: datetime | None = instant()


class BlockerRow(Row, table=True):
    """Something without which a pilot cannot go on, and who can do something about it."""

    __tablename__ = "blocker"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        Index("ix_blocker_pilot_id", "pilot_id"),
        partial("ix_blocker_open", "pilot_id", where=OPEN_BLOCKER),
        partial("ix_blocker_by_id", "workspace_id", "by_id", where=OPEN_BLOCKER),
    )
    id: str = words(primary_key=True)
    workspace_id: str = words()
    pilot_id: str = words()
    what: str = words()
    by_id: str = words()
    reported_by: str = words()
    reported_at: datetime = instant()
    due_on: date = Field(sa_type=Date)
    state: str = words()
    closed_by: str | None = words()
    closed_at: datetime | None = instant()
    outcome: str = words()


class AbsenceRow(Row, table=True):
    """Somebody who left a channel and has not come back."""

    __tablename__ = "absence"
    workspace_id: str = words(primary_key=True)
    channel_id: str = words(primary_key=True)
    user_id: str = words(primary_key=True)
    left_at: datetime = instant()


UNKNOWN_PRESENCE: Final = text("was_there IS NULL")


class PresenceRow(Row, table=True):
    """Whether somebody who answers for a pilot was in its channel when that was asked last; nothing where it has to be."""

    __tablename__ = "presence"
    __table_args__ = (partial("ix_presence_unknown", "workspace_id", "channel_id", where=UNKNOWN_PRESENCE),)
    workspace_id: str = words(primary_key=True)
    channel_id: str = words(primary_key=True)
    user_id: str = words(primary_key=True)
    was_there: bool | None


NOTICE: Final = table("notice")
DIGEST_DUE: Final = table("digest_due")
PREFERENCE: Final = table("preference")
SNOOZE: Final = table("snooze")
MUTE: Final = table("mute")
BLOCKER: Final = table("blocker")
ABSENCE: Final = table("absence")
PRESENCE: Final = table("presence")
