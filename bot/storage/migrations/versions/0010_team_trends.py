"""team trends: what was counted of a team's month, and by what it is taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision."""
    op.create_table(
        "team_trends",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_trends_team_id")),
        sa.PrimaryKeyConstraint("team_id", "month", name=op.f("pk_team_trends")),
    )
    op.create_table(
        "team_trend_marks",
        sa.Column("team_id", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["team_id"], ["teams.id"], name=op.f("fk_team_trend_marks_team_id")
        ),
        sa.PrimaryKeyConstraint("team_id", "month", "code", name=op.f("pk_team_trend_marks")),
    )


def downgrade() -> None:
    """Go down from this revision: a month that was counted would be counted again."""
    op.drop_table("team_trend_marks")
    op.drop_table("team_trends")
