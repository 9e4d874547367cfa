"""The gate: votes, what they were about, questions handed back, handovers, the way of a pilot, and what re-opens a gate."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

RETIRED = "retired"
FIRST_STAGE = "pilot"
"""Where a pilot began whose record does not tell any more."""
OPEN = sa.text("state = 'open'")
LOOKED_AT = sa.text("next_look_at IS NOT NULL")

_Instant = sa.DateTime(timezone=True)
MOVE = sa.table(
    "stage_move",
    *(
        sa.column(name, sa.Text())
        for name in (
            "id",
            "workspace_id",
            "pilot_id",
            "kind",
            "from_stage",
            "to_stage",
            "by",
            "reason",
            "learned",
            "review_id",
        )
    ),
    sa.column("at", _Instant),
    sa.column("number", sa.Integer()),
)


def upgrade() -> None:
    for table, columns in _new_columns().items():
        for column in columns:  # in place, as everywhere
            op.add_column(table, column)
    _index("ix_pilot_next_look_at", "pilot", "workspace_id", "next_look_at", where=LOOKED_AT)
    op.create_index("ix_pilot_workspace_id_owner_id", "pilot", ["workspace_id", "owner_id"], unique=False)
    _index("ix_review_next_reminder_at", "review", "workspace_id", "next_reminder_at", where=OPEN)
    # Nobody has yet asked when time alone will change how a pilot stands, so each is looked at once.
    op.execute(f"UPDATE pilot SET next_look_at = last_change_at WHERE stage <> '{RETIRED}'")  # noqa: S608 - our own name
    _make_snapshots()
    _make_votes()
    _make_changes()
    _make_handovers()
    _make_moves()
    _make_flags()
    _key_nudges("pilot_id", "kind", "slot", "person_id")


def _new_columns() -> dict[str, tuple[sa.Column[Any], ...]]:
    return {
        "pilot": (
            sa.Column("tier", sa.Text(), nullable=False, server_default=""),
            sa.Column("owner_accepted_at", _Instant, nullable=True),
            sa.Column("hold", sa.Text(), nullable=True),
            sa.Column("flags", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("next_look_at", _Instant, nullable=True),
        ),
        "review": (
            sa.Column("kind", sa.Text(), nullable=False, server_default="promotion"),
            sa.Column("board", sa.Text(), nullable=True),
            sa.Column("changed_at", _Instant, nullable=True),
            sa.Column("changed", sa.Text(), nullable=False, server_default="[]"),
            sa.Column("escalated_at", _Instant, nullable=True),
            sa.Column("next_reminder_at", _Instant, nullable=True),
            sa.Column("reminders", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("reminded", sa.Text(), nullable=False, server_default="[]"),
        ),
        "action": (
            sa.Column("review_id", sa.Text(), nullable=True),
            sa.Column("outcome", sa.Text(), nullable=False, server_default=""),
        ),
    }


def _make_snapshots() -> None:
    op.create_table(
        "review_snapshot",
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("snapshot_hash", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("frozen_at", _Instant, nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_snapshot_review_id")),
        sa.PrimaryKeyConstraint("review_id", "snapshot_hash", name=op.f("pk_review_snapshot")),
    )
    op.execute(
        "INSERT INTO review_snapshot (review_id, snapshot_hash, workspace_id, content, frozen_at) "
        "SELECT id, snapshot_hash, workspace_id, snapshot, requested_at FROM review"
    )
    _refuse("review_snapshot", "UPDATE", "DELETE")
    _keep_the_first(
        "review_snapshot", "review_id = NEW.review_id AND snapshot_hash = NEW.snapshot_hash", "RAISE(IGNORE)"
    )


def _make_votes() -> None:
    op.create_table(
        "vote",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("snapshot_hash", sa.Text(), nullable=False),
        sa.Column("voted_at", _Instant, nullable=False),
        sa.Column("withdrawn_at", _Instant, nullable=True),
        sa.Column("as_fallback", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_vote_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
    )
    op.create_index("ix_vote_review_id", "vote", ["review_id"], unique=False)
    standing = sa.text("withdrawn_at IS NULL")
    _index("uq_vote_standing", "vote", "review_id", "user_id", "snapshot_hash", where=standing, unique=True)
    op.execute(
        "INSERT INTO vote (id, workspace_id, review_id, user_id, choice, reason, conditions, snapshot_hash, voted_at, "
        "withdrawn_at, as_fallback) SELECT review_id || '-' || user_id || '-' || snapshot_hash, workspace_id, review_id, "
        "user_id, choice, reason, '[]', snapshot_hash, decided_at, NULL, FALSE FROM decision"
    )
    op.drop_table("decision")
    _refuse("vote", "DELETE")
    fixed = "id, workspace_id, review_id, user_id, choice, reason, conditions, snapshot_hash, voted_at, as_fallback"
    _refuse_when("vote_no_update", f"UPDATE OF {fixed}", "vote")
    _refuse_when(
        "vote_withdrawn_once", "UPDATE OF withdrawn_at", "vote", "WHEN (OLD.withdrawn_at IS NOT NULL)"
    )
    _keep_the_first(
        "vote",
        "id = NEW.id OR (review_id = NEW.review_id AND user_id = NEW.user_id AND snapshot_hash = NEW.snapshot_hash "
        "AND withdrawn_at IS NULL AND NEW.withdrawn_at IS NULL)",
        "RAISE(IGNORE)",
    )


def _make_changes() -> None:
    op.create_table(
        "change_request",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", _Instant, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", _Instant, nullable=True),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_change_request_review_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_request")),
    )
    op.create_index("ix_change_request_review_id", "change_request", ["review_id"], unique=False)
    _index("uq_change_request_open", "change_request", "review_id", "asked_by", where=OPEN, unique=True)


def _make_handovers() -> None:
    op.create_table(
        "handover",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("pilot_id", sa.Text(), nullable=False),
        sa.Column("to_id", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", _Instant, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("runbook", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=True),
        sa.Column("first_review_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", _Instant, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_handover_pilot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index("ix_handover_pilot_id", "handover", ["pilot_id"], unique=False)
    proposed = sa.text("state = 'proposed'")
    _index("ix_handover_to_id", "handover", "workspace_id", "to_id", where=proposed)
    _index("uq_handover_proposed", "handover", "pilot_id", where=proposed, unique=True)
    # Owners were named, never asked: each is proposed now.
    op.execute(
        "INSERT INTO handover (id, workspace_id, pilot_id, to_id, proposed_by, proposed_at, note, state, runbook, contact, "  # noqa: S608 - our own name
        "reason) SELECT id || '-first', workspace_id, id, owner_id, registered_by, registered_at, '', 'proposed', '', '', '' "
        f"FROM pilot WHERE stage <> '{RETIRED}'"
    )


def _make_moves() -> None:
    op.create_table(
        "stage_move",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("pilot_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_stage", sa.Text(), nullable=True),
        sa.Column("to_stage", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", _Instant, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("learned", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_stage_move_pilot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_move")),
        sa.UniqueConstraint("pilot_id", "number", name=op.f("uq_stage_move_pilot_id_number")),
    )
    promotions = _promotions()
    endings = {row["subject_id"]: row for row in _rows(_ENDINGS)}  # the last one of each
    moves = [
        move | {"number": number}
        for pilot in _rows(_PILOTS)
        for number, move in enumerate(
            _moves_of(pilot, promotions.get(pilot["id"], []), endings.get(pilot["id"])), 1
        )
    ]
    if moves:
        op.get_bind().execute(MOVE.insert(), moves)
    _refuse("stage_move", "UPDATE", "DELETE")
    there = "id = NEW.id OR (pilot_id = NEW.pilot_id AND number = NEW.number)"
    _keep_the_first("stage_move", there, "RAISE(ABORT, 'stage_move is append-only')")


def _moves_of(
    pilot: dict[str, Any], promotions: list[dict[str, Any]], ending: dict[str, Any] | None
) -> Iterator[dict[str, Any]]:
    """Tell the way of a pilot from its approved reviews and from what is on the record about its end."""
    is_retired, was = pilot["stage"] == RETIRED, _was(ending)
    first = promotions[0]["from_stage"] if promotions else was if is_retired else pilot["stage"]
    last = promotions[-1]["to_stage"] if promotions else first
    yield _move(
        pilot, "registered", None, first or FIRST_STAGE, pilot["registered_by"], pilot["registered_at"]
    )
    for review in promotions:
        yield _move(
            pilot, "promoted", review["from_stage"], review["to_stage"], review["by"], review["at"]
        ) | {"id": f"{review['id']}-promoted", "reason": review["reason"] or "", "review_id": review["id"]}
    if is_retired:
        by = ending["actor_id"] if ending else pilot["registered_by"]
        reason = _facts(ending["after"]).get("reason") if ending else None
        yield _move(pilot, "retired", was or last or FIRST_STAGE, RETIRED, by, pilot["stage_since"]) | {
            "reason": reason or ""
        }


def _move(
    pilot: dict[str, Any], kind: str, from_stage: str | None, to_stage: str, by: str, at: Any
) -> dict[str, Any]:
    return {
        "id": f"{pilot['id']}-{kind}",
        "workspace_id": pilot["workspace_id"],
        "pilot_id": pilot["id"],
        "kind": kind,
        "from_stage": from_stage,
        "to_stage": to_stage,
        "by": by,
        "at": at,
        "reason": "",
        "learned": "",
        "review_id": None,
    }


def _columns(table: str, *words: str, instants: tuple[str, ...] = ()) -> Any:
    named = [sa.column(name, sa.Text()) for name in words] + [sa.column(name, _Instant) for name in instants]
    return sa.table(table, *named)


_PILOT = _columns(
    "pilot",
    "id",
    "workspace_id",
    "stage",
    "registered_by",
    instants=("registered_at", "stage_since"),
)
_PILOTS = sa.select(_PILOT).order_by(_PILOT.c.id)
_REVIEW = _columns(
    "review",
    "id",
    "pilot_id",
    "from_stage",
    "to_stage",
    "reason",
    "state",
    "requested_by",
    "decided_by",
    instants=("requested_at", "decided_at"),
)
_AT = sa.func.coalesce(_REVIEW.c.decided_at, _REVIEW.c.requested_at).label("at")
_PROMOTIONS = (
    sa.select(
        _REVIEW.c.id,
        _REVIEW.c.pilot_id,
        _REVIEW.c.from_stage,
        _REVIEW.c.to_stage,
        _REVIEW.c.reason,
        sa.func.coalesce(_REVIEW.c.decided_by, _REVIEW.c.requested_by).label("by"),
        _AT,
    )
    .where(_REVIEW.c.state == "approved")
    .order_by(_REVIEW.c.pilot_id, _AT, _REVIEW.c.id)
)
_AUDIT = sa.table(
    "audit",
    *(sa.column(name) for name in ("workspace_id", "seq", "what", "subject_kind", "subject_id", "actor_id")),
)
_FACTS = sa.table("audit_facts", *(sa.column(name) for name in ("workspace_id", "seq", "before", "after")))
_ENDINGS = (
    sa.select(_AUDIT.c.subject_id, _AUDIT.c.actor_id, _FACTS.c.before, _FACTS.c.after)
    .select_from(
        _AUDIT.outerjoin(
            _FACTS, sa.and_(_FACTS.c.workspace_id == _AUDIT.c.workspace_id, _FACTS.c.seq == _AUDIT.c.seq)
        )
    )
    .where(_AUDIT.c.subject_kind == "pilot", _AUDIT.c.what == "pilot.retired")
    .order_by(_AUDIT.c.workspace_id, _AUDIT.c.seq)
)


def _promotions() -> dict[str, list[dict[str, Any]]]:
    return {pilot_id: list(its) for pilot_id, its in groupby(_rows(_PROMOTIONS), lambda row: row["pilot_id"])}


def _rows(query: sa.Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in op.get_bind().execute(query).mappings()]


def _was(ending: dict[str, Any] | None) -> str | None:
    """Return the stage that a pilot was retired from; None where that is not on the record, or was erased."""
    stage = _facts(ending["before"]).get("stage") if ending else None
    return stage if isinstance(stage, str) else None


def _facts(words: str | None) -> dict[str, Any]:
    facts = json.loads(words) if words else None
    return facts if isinstance(facts, dict) else {}


def _make_flags() -> None:
    op.create_table(
        "flag",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("pilot_id", sa.Text(), nullable=False),
        sa.Column("gate_id", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("raised_at", _Instant, nullable=False),
        sa.Column("cleared_at", _Instant, nullable=True),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_flag_pilot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
    )
    op.create_index("ix_flag_pilot_id", "flag", ["pilot_id"], unique=False)
    raised = sa.text("cleared_at IS NULL")
    _index("uq_flag_raised", "flag", "pilot_id", "kind", "subject", where=raised, unique=True)


def _index(name: str, table: str, *columns: str, where: sa.TextClause, unique: bool = False) -> None:
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=where, postgresql_where=where)


def _key_nudges(*columns: str) -> None:
    """Give the nudges another key; SQLite changes one only by making the table anew, and this one has no triggers."""
    if not _on_sqlite():
        op.drop_constraint("pk_nudge", "nudge", type_="primary")
        op.create_primary_key("pk_nudge", "nudge", list(columns))
        return
    op.create_table(
        "nudge_anew",
        sa.Column("pilot_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("sent_at", _Instant, nullable=False),
        sa.Column("quiet_since", _Instant, nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_at", _Instant, nullable=True),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_nudge_pilot_id")),
        sa.PrimaryKeyConstraint(*columns, name=op.f("pk_nudge")),
    )
    op.execute(
        "INSERT INTO nudge_anew (pilot_id, kind, slot, workspace_id, person_id, sent_at, quiet_since, reply, replied_at) "
        "SELECT pilot_id, kind, slot, workspace_id, person_id, sent_at, quiet_since, reply, replied_at FROM nudge"
    )
    op.drop_table("nudge")
    op.rename_table("nudge_anew", "nudge")
    op.create_index("ix_nudge_person", "nudge", ["workspace_id", "person_id", "slot"], unique=False)


def _refuse(table: str, *changes: str) -> None:
    """Let the database itself refuse to change or drop what was recorded, whatever a program tries."""
    for change in changes:
        _refuse_when(f"{table}_no_{change.lower()}", change, table)
    if not _on_sqlite():
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _refuse_when(trigger: str, change: str, table: str, condition: str = "") -> None:
    action = (
        f"{condition} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        if _on_sqlite()
        else f"FOR EACH ROW {condition} EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"CREATE TRIGGER {trigger} BEFORE {change} ON {table} {action}")


def _keep_the_first(table: str, there: str, answer: str) -> None:
    """Close SQLite's way round the other triggers, REPLACE, which deletes without asking them.

    A row that a repository would leave alone, because it is there, is ignored; any other is refused.
    """
    if _on_sqlite():
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 - our own names
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {there}) BEGIN SELECT {answer}; END"
        )


def _on_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def downgrade() -> None:
    op.execute(
        "DELETE FROM nudge WHERE EXISTS (SELECT 1 FROM nudge AS one WHERE one.pilot_id = nudge.pilot_id "
        "AND one.kind = nudge.kind AND one.slot = nudge.slot AND one.person_id < nudge.person_id)"
    )
    _key_nudges("pilot_id", "kind", "slot")
    op.create_table(
        "decision",
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("snapshot_hash", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", _Instant, nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_decision_review_id")),
        sa.PrimaryKeyConstraint("review_id", "user_id", "snapshot_hash", name=op.f("pk_decision")),
    )
    op.execute(
        "INSERT INTO decision (review_id, user_id, snapshot_hash, workspace_id, choice, reason, decided_at) "
        "SELECT review_id, user_id, snapshot_hash, workspace_id, choice, reason, voted_at FROM vote "
        "WHERE withdrawn_at IS NULL"
    )
    for table in ("flag", "stage_move", "handover", "change_request", "vote", "review_snapshot"):
        op.drop_table(table)
    op.drop_index("ix_review_next_reminder_at", "review")
    op.drop_index("ix_pilot_workspace_id_owner_id", "pilot")
    op.drop_index("ix_pilot_next_look_at", "pilot")
    for table, columns in _new_columns().items():
        for column in columns:
            op.drop_column(table, column.name)
