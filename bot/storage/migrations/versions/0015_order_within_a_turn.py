"""findings and concerns of one turn in the order in which they were put there.

Those that stand there already have no order but that of their ids, and keep it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("findings", "concerns")


def upgrade() -> None:
    """Go up to this revision."""
    for table in TABLES:
        op.add_column(table, sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
        op.execute(
            f"UPDATE {table} SET position ="  # noqa: S608 - names from above
            f" (SELECT count(*) FROM {table} AS other"
            f" WHERE other.turn_id = {table}.turn_id AND other.id < {table}.id)"
        )


def downgrade() -> None:
    """Go down from this revision."""
    for table in TABLES:
        op.drop_column(table, "position")
