"""What the overview is made of, kept as pilots change so that nobody reads them all: signals, counters, and who looks."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from storage.columns import Listed
from storage.tables.schema import Row, instant, partial, table, words

RAISED_SIGNAL: Final = text("cleared_at IS NULL")


class SignalRow(Row, table=True):
    """A cause of a stall that was seen in a pilot; at most one per pilot and cause is raised."""

    __tablename__ = "signal"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        partial("uq_signal_raised", "pilot_id", "cause", where=RAISED_SIGNAL, unique=True),
        Index("ix_signal_pilot_id", "pilot_id"),
        Index("ix_signal_raised_at", "workspace_id", "raised_at"),
        Index("ix_signal_cleared_at", "workspace_id", "cleared_at"),
    )
    id: str = words(primary_key=True)
    workspace_id: str = words()
    pilot_id: str = words()
    cause: str = words()
    severity: int
    why: str = words()
    evidence: tuple[str, ...] = Field(sa_type=Listed)
    raised_at: datetime = instant()
    cleared_at: datetime | None = instant()


class CountedRow(Row, table=True):
    """What the counters hold of one pilot, so that a change of it is a difference and they can be added up again."""

    __tablename__ = "counted"
    __table_args__ = (
        ForeignKeyConstraint(["pilot_id"], ["pilot.id"]),
        Index("ix_counted_workspace_id", "workspace_id"),
    )
    pilot_id: str = words(primary_key=True)
    workspace_id: str = words()
    stage: str = words()
    measures: list[str] = Field(sa_type=JSON)
    items: dict[str, str] = Field(sa_type=JSON)


class TallyRow(Row, table=True):
    """One counter of the portfolio: how many pilots of a stage count for a measure, or have an item stand like that."""

    __tablename__ = "tally"
    workspace_id: str = words(primary_key=True)
    stage: str = words(primary_key=True)
    subject: str = words(primary_key=True)
    standing: str = words(primary_key=True)
    n: int


class HomeRow(Row, table=True):
    """Who opened the app's Home, when last, what they looked at, and a digest of what it showed."""

    __tablename__ = "home"
    __table_args__ = (Index("ix_home_opened_at", "workspace_id", "opened_at"),)
    workspace_id: str = words(primary_key=True)
    user_id: str = words(primary_key=True)
    opened_at: datetime = instant()
    page: dict[str, Any] = Field(sa_type=JSON)
    shown: str = words()


SIGNAL: Final = table("signal")
COUNTED: Final = table("counted")
TALLY: Final = table("tally")
HOME: Final = table("home")
