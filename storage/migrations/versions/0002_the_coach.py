"""The coach: what answers are made of, actions, handed questions, pace, and the playbooks that interviews began with."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OPEN = sa.text("state = 'open'")
FROM_A_MESSAGE = sa.text("message_ts IS NOT NULL")


def upgrade() -> None:
    _widen_what_is_there()
    _make_actions()
    _make_asks()
    op.create_table(
        "pace",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "item_id", name=op.f("pk_pace")),
    )
    op.create_table(
        "playbook",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_playbook")),
    )


def _widen_what_is_there() -> None:
    # Columns are added in place: a table made anew would lose the triggers that keep the answers.
    for table in ("answer", "current_answer"):
        for column in ("value", "plan", "message_channel_id"):
            op.add_column(table, sa.Column(column, sa.Text(), nullable=True))
    op.create_index(
        "ix_answer_message",
        "answer",
        ["workspace_id", "message_ts"],
        unique=False,
        sqlite_where=FROM_A_MESSAGE,
        postgresql_where=FROM_A_MESSAGE,
    )
    op.add_column("interview", sa.Column("scope", sa.Text(), nullable=False, server_default="missing"))
    op.add_column("interview", sa.Column("handed", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("person", sa.Column("locale", sa.Text(), nullable=False, server_default=""))


def _make_actions() -> None:
    op.create_table(
        "action",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("pilot_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=True),
        sa.Column("owner_said", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_action_pilot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    op.create_index("ix_action_pilot_id", "action", ["pilot_id"], unique=False)
    _index_open("uq_action_open", "action", "pilot_id", "item_id", unique=True)
    _index_open("ix_action_owner_id", "action", "workspace_id", "owner_id", unique=False)


def _make_asks() -> None:
    op.create_table(
        "ask",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("pilot_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("interview_id", sa.Text(), nullable=True),
        sa.Column("asked_id", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name=op.f("fk_ask_interview_id")),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_ask_pilot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask")),
    )
    op.create_index("ix_ask_pilot_id_item_id", "ask", ["pilot_id", "item_id"], unique=False)
    _index_open("uq_ask_open", "ask", "pilot_id", "item_id", unique=True)
    op.create_table(
        "asked_person",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("ask_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ask_id"], ["ask.id"], name=op.f("fk_asked_person_ask_id")),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", "ask_id", name=op.f("pk_asked_person")),
    )
    op.create_index("ix_asked_person_ask_id", "asked_person", ["ask_id"], unique=False)


def _index_open(name: str, table: str, *columns: str, unique: bool) -> None:
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    for table in ("asked_person", "ask", "action", "pace", "playbook"):
        op.drop_table(table)
    op.drop_index("ix_answer_message", "answer")
    for table, column in (
        *(
            (table, column)
            for table in ("answer", "current_answer")
            for column in ("value", "plan", "message_channel_id")
        ),
        ("interview", "scope"),
        ("interview", "handed"),
        ("person", "locale"),
    ):
        op.drop_column(table, column)
