"""Who was in their pilots' channels when that was asked last, so that it shows who left while nobody listened."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "presence",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("was_there", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "channel_id", "user_id", name=op.f("pk_presence")),
    )
    unknown = sa.text("was_there IS NULL")
    op.create_index(
        "ix_presence_unknown",
        "presence",
        ["workspace_id", "channel_id"],
        unique=False,
        sqlite_where=unknown,
        postgresql_where=unknown,
    )


def downgrade() -> None:
    op.drop_table("presence")
