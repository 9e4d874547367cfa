"""When a playbook was last in force, so that what would change can be said before a restart."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("playbook", sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("playbook", "in_force_at")
