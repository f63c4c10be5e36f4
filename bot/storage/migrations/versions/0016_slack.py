"""who is who in Slack, which reflections go on there, and what the app posted there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.storage.columns import UtcTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision."""
    op.create_table(
        "slack_identities",
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("slack_user_id", sa.String(length=40), nullable=False),
        sa.Column("linked_at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_slack_identities_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_slack_identities")),
        sa.UniqueConstraint(
            "team_id", "slack_user_id", name=op.f("uq_slack_identities_team_id_slack_user_id")
        ),
    )
    op.create_table(
        "slack_lines",
        sa.Column("reflection_id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("from_turn", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcTime(timezone=True), nullable=False),
        sa.Column("left_at", UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_slack_lines_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["reflection_id"], ["reflections.id"], name=op.f("fk_slack_lines_reflection_id")
        ),
        sa.PrimaryKeyConstraint("reflection_id", name=op.f("pk_slack_lines")),
        sa.UniqueConstraint("opened_by", name=op.f("uq_slack_lines_opened_by")),
    )
    op.create_index(op.f("ix_slack_lines_account_id"), "slack_lines", ["account_id"])
    op.create_table(
        "slack_posts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("ts", sa.String(length=40), nullable=True),
        sa.Column("made_at", UtcTime(timezone=True), nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=True),
        sa.Column("answers", sa.String(length=80), nullable=True),
        sa.Column("account_id", sa.String(length=32), nullable=True),
        sa.Column("slack_user_id", sa.String(length=40), nullable=True),
        sa.Column("reflection_id", sa.String(length=32), nullable=True),
        sa.Column("turn_id", sa.String(length=32), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("is_answer", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("chosen", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_slack_posts_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slack_posts")),
        sa.UniqueConstraint("answers", name=op.f("uq_slack_posts_answers")),
        sa.UniqueConstraint(
            "turn_id", "round", "first", "part", name=op.f("uq_slack_posts_turn_id_round_first_part")
        ),
    )
    op.create_index(op.f("ix_slack_posts_account_id"), "slack_posts", ["account_id"])
    op.create_index(op.f("ix_slack_posts_reflection_id"), "slack_posts", ["reflection_id"])
    op.create_index("ix_slack_posts_waiting", "slack_posts", ["state", "channel"])


def downgrade() -> None:
    """Go down from this revision."""
    op.drop_table("slack_posts")
    op.drop_table("slack_lines")
    op.drop_table("slack_identities")
    # Words that are not known before this revision.
    op.execute("DELETE FROM consents WHERE purpose = 'slack'")
    op.execute("DELETE FROM sign_in_challenges WHERE purpose = 'link_slack'")
