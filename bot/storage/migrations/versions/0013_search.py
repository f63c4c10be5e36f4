"""the words that a share shows, sealed and in one piece, for searching.

Entries of what is shared already are written when the gateway starts: only it can read them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision."""
    op.create_table(
        "search_entries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("reflection_id", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["shares.id"], name=op.f("fk_search_entries_id")),
        sa.ForeignKeyConstraint(
            ["reflection_id"], ["reflections.id"], name=op.f("fk_search_entries_reflection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
    )
    op.create_index("ix_search_entries_reflection_id", "search_entries", ["reflection_id"])


def downgrade() -> None:
    """Go down from this revision."""
    op.drop_table("search_entries")
