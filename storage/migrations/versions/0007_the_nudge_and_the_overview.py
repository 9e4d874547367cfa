"""Who hears of what and when, why pilots stall, and the counters of the portfolio."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

RETIRED = "retired"
OPEN = sa.text("state = 'open'")

_Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    for column in _of_pilots():  # in place, as everywhere
        op.add_column("pilot", column)
    op.add_column("workspace", sa.Column("next_digest_at", _Instant, nullable=True))
    op.create_index(
        "ix_pilot_workspace_id_stage_severity", "pilot", ["workspace_id", "stage", "severity"], unique=False
    )
    for person in ("champion_id", "registered_by"):
        op.create_index(f"ix_pilot_workspace_id_{person}", "pilot", ["workspace_id", person], unique=False)
    decided = sa.text("decide_on IS NOT NULL")
    _index("ix_pilot_decide_on", "pilot", "workspace_id", "decide_on", where=decided)
    op.create_index("ix_stage_move_workspace_id_at", "stage_move", ["workspace_id", "at"], unique=False)
    # Nobody has looked for signals or counted yet, so each is looked at once, soon.
    op.execute(f"UPDATE pilot SET next_nudge_at = last_change_at WHERE stage <> '{RETIRED}'")  # noqa: S608 - our own name
    _make_notices()
    _make_what_people_said()
    _make_signals()
    _make_counters()


def _of_pilots() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("ready", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("severity", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("stalled_since", _Instant, nullable=True),
        sa.Column("decide_on", sa.Date(), nullable=True),
        sa.Column("extended", sa.Integer(), nullable=False, server_default="0"),
    )


def _make_notices() -> None:
    op.create_table(
        "notice",
        sa.Column("pilot_id", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("queued_at", _Instant, nullable=False),
        sa.Column("slot", sa.Text(), nullable=True),
        sa.Column("told_at", _Instant, nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_at", _Instant, nullable=True),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_notice_pilot_id")),
        sa.PrimaryKeyConstraint("pilot_id", "thing", "rung", "person_id", name=op.f("pk_notice")),
    )
    # What was told already named a day, and a review where it was about one: "quiet", or "review:" and its id.
    day = "date(quiet_since)" if _on_sqlite() else "(quiet_since AT TIME ZONE 'UTC')::date"
    op.execute(
        "INSERT INTO notice (pilot_id, thing, rung, person_id, workspace_id, kind, subject, day, queued_at, slot, told_at, "  # noqa: S608 - our own words
        "reply, replied_at) SELECT pilot_id, kind || ':' || slot, 0, person_id, workspace_id, "
        "CASE WHEN kind LIKE 'review:%' THEN 'review' ELSE kind END, "
        "CASE WHEN kind LIKE 'review:%' THEN substr(kind, 8) ELSE pilot_id END, "
        f"{day}, sent_at, slot, sent_at, reply, replied_at FROM nudge"
    )
    op.drop_table("nudge")
    untold = sa.text("told_at IS NULL AND reply IS NULL")
    _index("ix_notice_untold", "notice", "workspace_id", "person_id", "queued_at", where=untold)
    _index("ix_notice_open", "notice", "pilot_id", where=sa.text("reply IS NULL"))
    op.create_index("ix_notice_person", "notice", ["workspace_id", "person_id", "slot"], unique=False)
    op.create_table(
        "digest_due",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("next_at", _Instant, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "person_id", name=op.f("pk_digest_due")),
    )
    op.create_index("ix_digest_due_next_at", "digest_due", ["workspace_id", "next_at"], unique=False)


def _make_what_people_said() -> None:
    op.create_table(
        "preference",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("from_hour", sa.Integer(), nullable=True),
        sa.Column("until_hour", sa.Integer(), nullable=True),
        sa.Column("days", sa.JSON(), nullable=True),
        sa.Column("away", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name=op.f("pk_preference")),
    )
    op.create_table(
        "snooze",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("pilot_id", sa.Text(), nullable=False),
        sa.Column("thing", sa.Text(), nullable=False),
        sa.Column("until", _Instant, nullable=False),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_snooze_pilot_id")),
        sa.PrimaryKeyConstraint("workspace_id", "person_id", "pilot_id", "thing", name=op.f("pk_snooze")),
    )
    op.create_table(
        "mute",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("pilot_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("muted_by", sa.Text(), nullable=False),
        sa.Column("since", _Instant, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ended_at", _Instant, nullable=True),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_mute_pilot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mute")),
    )
    running = sa.text("ended_at IS NULL")
    _index("uq_mute_running", "mute", "workspace_id", "person_id", "pilot_id", where=running, unique=True)
    _index("ix_mute_pilot_id", "mute", "pilot_id", where=running)
    op.create_table(
        "blocker",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("pilot_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Text(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("reported_at", _Instant, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_at", _Instant, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_blocker_pilot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocker")),
    )
    op.create_index("ix_blocker_pilot_id", "blocker", ["pilot_id"], unique=False)
    _index("ix_blocker_open", "blocker", "pilot_id", where=OPEN)
    _index("ix_blocker_by_id", "blocker", "workspace_id", "by_id", where=OPEN)
    op.create_table(
        "absence",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("left_at", _Instant, nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "channel_id", "user_id", name=op.f("pk_absence")),
    )
    op.create_table(
        "home",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("opened_at", _Instant, nullable=False),
        sa.Column("page", sa.JSON(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name=op.f("pk_home")),
    )
    op.create_index("ix_home_opened_at", "home", ["workspace_id", "opened_at"], unique=False)


def _make_signals() -> None:
    op.create_table(
        "signal",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("pilot_id", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("raised_at", _Instant, nullable=False),
        sa.Column("cleared_at", _Instant, nullable=True),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_signal_pilot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
    )
    op.create_index("ix_signal_pilot_id", "signal", ["pilot_id"], unique=False)
    op.create_index("ix_signal_raised_at", "signal", ["workspace_id", "raised_at"], unique=False)
    op.create_index("ix_signal_cleared_at", "signal", ["workspace_id", "cleared_at"], unique=False)
    raised = sa.text("cleared_at IS NULL")
    _index("uq_signal_raised", "signal", "pilot_id", "cause", where=raised, unique=True)


def _make_counters() -> None:
    op.create_table(
        "counted",
        sa.Column("pilot_id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["pilot_id"], ["pilot.id"], name=op.f("fk_counted_pilot_id")),
        sa.PrimaryKeyConstraint("pilot_id", name=op.f("pk_counted")),
    )
    op.create_index("ix_counted_workspace_id", "counted", ["workspace_id"], unique=False)
    op.create_table(
        "tally",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "stage", "subject", "standing", name=op.f("pk_tally")),
    )


def _index(name: str, table: str, *columns: str, where: sa.TextClause, unique: bool = False) -> None:
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=where, postgresql_where=where)


def _on_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def downgrade() -> None:
    op.create_table(
        "nudge",
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
        sa.PrimaryKeyConstraint("pilot_id", "kind", "slot", "person_id", name=op.f("pk_nudge")),
    )
    # Of a pilot and of a review a person was told once a day; what else they heard of has no place there.
    op.execute(
        "INSERT INTO nudge (pilot_id, kind, slot, workspace_id, person_id, sent_at, quiet_since, reply, replied_at) "
        "SELECT pilot_id, CASE WHEN kind = 'review' THEN 'review:' || subject ELSE kind END, slot, workspace_id, person_id, "
        "min(told_at), min(queued_at), "
        "min(CASE WHEN reply IN ('updated', 'snoozed', 'retired', 'settled') THEN reply "
        "WHEN reply IS NOT NULL THEN 'settled' END), min(replied_at) "
        "FROM notice WHERE slot IS NOT NULL AND told_at IS NOT NULL AND kind IN ('quiet', 'review') "
        "GROUP BY pilot_id, kind, CASE WHEN kind = 'review' THEN subject END, slot, workspace_id, person_id, subject"
    )
    op.create_index("ix_nudge_person", "nudge", ["workspace_id", "person_id", "slot"], unique=False)
    for table in (
        "tally",
        "counted",
        "signal",
        "home",
        "absence",
        "blocker",
        "mute",
        "snooze",
        "preference",
        "digest_due",
        "notice",
    ):
        op.drop_table(table)
    op.drop_index("ix_stage_move_workspace_id_at", "stage_move")
    op.drop_index("ix_pilot_decide_on", "pilot")
    for person in ("champion_id", "registered_by"):
        op.drop_index(f"ix_pilot_workspace_id_{person}", "pilot")
    op.drop_index("ix_pilot_workspace_id_stage_severity", "pilot")
    op.drop_column("workspace", "next_digest_at")
    for column in _of_pilots():
        op.drop_column("pilot", column.name)
