"""concerns: what was done about them, by what the open ones are found, messages about them.

By what the concerns of older shares are found is written when the gateway starts: only it can
read them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision."""
    op.create_table(
        "concern_reviews",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("reflection_id", sa.String(length=32), nullable=False),
        sa.Column("supervisor_id", sa.String(length=32), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reflection_id"], ["reflections.id"], name=op.f("fk_concern_reviews_reflection_id")
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["accounts.id"], name=op.f("fk_concern_reviews_supervisor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern_reviews")),
    )
    op.create_index("ix_concern_reviews_reflection_id", "concern_reviews", ["reflection_id"])
    op.create_table(
        "concern_watches",
        sa.Column("share_id", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["share_id"], ["shares.id"], name=op.f("fk_concern_watches_share_id")
        ),
        sa.PrimaryKeyConstraint("share_id", name=op.f("pk_concern_watches")),
    )
    op.create_index("ix_concern_watches_open", "concern_watches", ["code", "since", "share_id"])
    op.create_table(
        "notifications",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("supervisor_id", sa.String(length=32), nullable=False),
        sa.Column("share_id", sa.String(length=32), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["accounts.id"], name=op.f("fk_notifications_supervisor_id")
        ),
        sa.ForeignKeyConstraint(["share_id"], ["shares.id"], name=op.f("fk_notifications_share_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
    )
    op.create_index("ix_notifications_supervisor_id", "notifications", ["supervisor_id"])
    op.create_index("ix_notifications_share_id", "notifications", ["share_id"])
    op.create_index("ix_notifications_due", "notifications", ["state", "try_at"])
    op.create_table(
        "mail_addresses",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_mail_addresses_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_mail_addresses")),
    )


def downgrade() -> None:
    """Go down from this revision: what was done about concerns is not known any more."""
    for table in ("mail_addresses", "notifications", "concern_watches", "concern_reviews"):
        op.drop_table(table)
