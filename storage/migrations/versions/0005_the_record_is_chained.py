"""The record is chained by hash, and what people said stands beside it, so that it can be erased and the chain stays whole.

The hashes are computed here once more, apart from `storage.chain`: what a migration did must not change later.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

AT_A_TIME = 1000

_Instant = sa.DateTime(timezone=True)
AUDIT = sa.table(
    "audit",
    *(
        sa.column(name, sa.Text())
        for name in (
            "workspace_id",
            "actor_id",
            "on_behalf_of",
            "what",
            "subject_kind",
            "subject_id",
            "delivery",
            "facts_digest",
            "hash_before",
            "hash",
        )
    ),
    sa.column("seq", sa.Integer()),
    sa.column("at", _Instant),
    sa.column("before", sa.JSON(none_as_null=True)),
    sa.column("after", sa.JSON(none_as_null=True)),
)
FACTS = sa.table(
    "audit_facts",
    sa.column("workspace_id", sa.Text()),
    sa.column("seq", sa.Integer()),
    sa.column("salt", sa.Text()),
    sa.column("before", sa.Text()),
    sa.column("after", sa.Text()),
)
COUNT = sa.table(
    "audit_count",
    sa.column("workspace_id", sa.Text()),
    sa.column("last_seq", sa.Integer()),
    sa.column("last_hash", sa.Text()),
)


def upgrade() -> None:
    op.create_table(
        "audit_facts",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "seq", name=op.f("pk_audit_facts")),
    )
    # In place, as everywhere: a table made anew would lose its triggers, and these are only away until the end of this.
    _drop("audit_no_update", "audit")
    for name in ("facts_digest", "hash_before", "hash"):
        op.add_column("audit", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("audit_count", sa.Column("last_hash", sa.Text(), nullable=False, server_default=""))
    _chain_what_is_there()
    op.drop_column("audit", "before")
    op.drop_column("audit", "after")
    _refuse("audit", "UPDATE")
    _refuse("audit_facts", "UPDATE")
    _refuse_replacing("audit", "audit_facts")


def _chain_what_is_there() -> None:
    connection = op.get_bind()
    for workspace_id, rows in groupby(_rows(), key=lambda row: str(row["workspace_id"])):
        last_seq, last_hash = 0, "0" * 64
        for row in rows:
            before, after = _text(row["before"]), _text(row["after"])
            salt, digest = secrets.token_hex(16), ""
            if before is not None or after is not None:
                digest = _digest([salt, before, after])
                kept = {"workspace_id": workspace_id, "seq": row["seq"], "salt": salt}
                connection.execute(FACTS.insert(), kept | {"before": before, "after": after})
            chained = {"facts_digest": digest, "hash_before": last_hash}
            last_seq, last_hash = row["seq"], _hash(row | chained)
            this = (AUDIT.c.workspace_id == workspace_id) & (AUDIT.c.seq == row["seq"])
            connection.execute(AUDIT.update().where(this).values(**chained, hash=last_hash))
        _count(workspace_id, last_seq, last_hash)


def _count(workspace_id: str, last_seq: int, last_hash: str) -> None:
    changed = COUNT.update().where(COUNT.c.workspace_id == workspace_id).values(last_hash=last_hash)
    if not op.get_bind().execute(changed).rowcount:
        op.get_bind().execute(
            COUNT.insert().values(workspace_id=workspace_id, last_seq=last_seq, last_hash=last_hash)
        )


def _rows() -> Iterator[dict[str, Any]]:
    """Return all entries in order, a page at a time, because they are changed while they are read."""
    page = sa.select(AUDIT).order_by(AUDIT.c.workspace_id, AUDIT.c.seq).limit(AT_A_TIME)
    last: tuple[str, int] | None = None
    while True:
        after = (
            sa.true()
            if last is None
            else (AUDIT.c.workspace_id > last[0])
            | ((AUDIT.c.workspace_id == last[0]) & (AUDIT.c.seq > last[1]))
        )
        rows = [dict(row) for row in op.get_bind().execute(page.where(after)).mappings()]
        yield from rows
        if len(rows) < AT_A_TIME:
            return
        last = (rows[-1]["workspace_id"], rows[-1]["seq"])


def _hash(row: dict[str, Any]) -> str:
    return _digest(
        [
            row["workspace_id"],
            row["seq"],
            _instant(row["at"]),
            row["actor_id"],
            row["on_behalf_of"],
            row["what"],
            row["subject_kind"],
            row["subject_id"],
            row["delivery"],
            row["facts_digest"],
            row["hash_before"],
        ]
    )


def _instant(at: datetime) -> str:
    aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)  # SQLite keeps no zone
    return aware.isoformat(timespec="microseconds")


def _text(facts: Any) -> str | None:
    return None if facts is None else json.dumps(facts, separators=(",", ":"))


def _digest(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()


def _refuse(table: str, change: str) -> None:
    action = (
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        if _on_sqlite()
        else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} {action}")


def _refuse_replacing(*tables: str) -> None:
    """Close the ways round the other triggers: REPLACE on SQLite, TRUNCATE on PostgreSQL."""
    if not _on_sqlite():
        op.execute(
            "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for table in tables:
        there = f"SELECT 1 FROM {table} WHERE workspace_id = NEW.workspace_id AND seq = NEW.seq"  # noqa: S608 - our own names
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({there}) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _drop(trigger: str, table: str) -> None:
    op.execute(f"DROP TRIGGER {trigger}" if _on_sqlite() else f"DROP TRIGGER {trigger} ON {table}")


def _on_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def downgrade() -> None:
    _drop("audit_no_update", "audit")
    _drop("audit_no_replace" if _on_sqlite() else "audit_no_truncate", "audit")
    for name in ("before", "after"):
        op.add_column("audit", sa.Column(name, sa.JSON(), nullable=True))
        kept = "CAST(f.{0} AS JSON)" if not _on_sqlite() else "f.{0}"
        op.execute(
            f"UPDATE audit SET {name} = (SELECT {kept.format(name)} FROM audit_facts AS f "  # noqa: S608 - our own two names
            "WHERE f.workspace_id = audit.workspace_id AND f.seq = audit.seq)"
        )
    for name in ("facts_digest", "hash_before", "hash"):
        op.drop_column("audit", name)
    op.drop_column("audit_count", "last_hash")
    op.drop_table("audit_facts")
    _refuse("audit", "UPDATE")
