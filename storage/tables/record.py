"""The record: who did what and when, chained by hash, with what people said beside it."""

from datetime import datetime
from typing import Final

from sqlalchemy import Index, PrimaryKeyConstraint

from storage.tables.schema import Row, instant, table, words


class AuditRow(Row, table=True):
    """Who did what, and when; `seq` counts without a gap within a workspace, and each row's hash covers the one before.

    What people said stands in `audit_facts`; here only its digest, which is empty where there was nothing to keep.
    """

    __tablename__ = "audit"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "seq"),
        Index("ix_audit_subject", "workspace_id", "subject_kind", "subject_id", "seq"),
    )
    workspace_id: str = words()
    seq: int
    at: datetime = instant()
    actor_id: str = words()
    on_behalf_of: str | None = words()
    what: str = words()
    subject_kind: str = words()
    subject_id: str = words()
    delivery: str | None = words()
    facts_digest: str = words()
    hash_before: str = words()
    hash: str = words()


class AuditFactsRow(Row, table=True):
    """The state before and after, as JSON text: rows may be erased, never changed, and are bound by their digest."""

    __tablename__ = "audit_facts"
    __table_args__ = (PrimaryKeyConstraint("workspace_id", "seq"),)
    workspace_id: str = words()
    seq: int
    salt: str = words()
    before: str | None = words()
    after: str | None = words()


class AuditCountRow(Row, table=True):
    """The last audit number and hash of a workspace; the row's lock orders the processes that append."""

    __tablename__ = "audit_count"
    workspace_id: str = words(primary_key=True)
    last_seq: int
    last_hash: str = words()


AUDIT: Final = table("audit")
AUDIT_FACTS: Final = table("audit_facts")
AUDIT_COUNT: Final = table("audit_count")
