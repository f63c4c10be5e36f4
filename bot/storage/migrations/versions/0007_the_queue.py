"""the queue: by what shares are found, and where their reviews stand.

Facets of what is shared already are written when the gateway starts: only it can read them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision."""
    op.create_table(
        "share_facets",
        sa.Column("share_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["shares.id"], name=op.f("fk_share_facets_share_id")),
        sa.PrimaryKeyConstraint("share_id", "code", name=op.f("pk_share_facets")),
    )
    op.create_index(
        "ix_share_facets_queue", "share_facets", ["code", "shared_at", "share_id"]
    )
    op.create_table(
        "reviews",
        sa.Column("reflection_id", sa.String(length=32), nullable=False),
        sa.Column("supervisor_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reflection_id"], ["reflections.id"], name=op.f("fk_reviews_reflection_id")
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["accounts.id"], name=op.f("fk_reviews_supervisor_id")
        ),
        sa.PrimaryKeyConstraint("reflection_id", "supervisor_id", name=op.f("pk_reviews")),
    )
    op.create_table(
        "review_changes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("reflection_id", sa.String(length=32), nullable=False),
        sa.Column("supervisor_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reflection_id"], ["reflections.id"], name=op.f("fk_review_changes_reflection_id")
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["accounts.id"], name=op.f("fk_review_changes_supervisor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_changes")),
    )
    op.create_index("ix_review_changes_reflection_id", "review_changes", ["reflection_id"])
    op.create_index(_QUEUE, "shares", ["supervisor_id", "shared_at", "id"])
    op.drop_index("ix_shares_supervisor_id", table_name="shares")


def downgrade() -> None:
    """Go down from this revision: what was reviewed is not known any more."""
    op.create_index("ix_shares_supervisor_id", "shares", ["supervisor_id"])
    op.drop_index(_QUEUE, table_name="shares")
    for table in ("review_changes", "reviews", "share_facets"):
        op.drop_table(table)


_QUEUE = "ix_shares_queue"
