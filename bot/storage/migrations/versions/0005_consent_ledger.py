"""the consent ledger: what a share shows, until when, and who looked."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import context, op

from bot.privacy.sealing.envelope import Place
from bot.privacy.sealing.keyring import Keyring

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision. What is shared stays shared: its summary, until withdrawn."""
    # Not in batch where it can be avoided: that would make the table anew.
    for column in (
        sa.Column("scope", sa.String(length=40), nullable=False, server_default="summary"),
        sa.Column("last_turn", sa.Integer(), nullable=False, server_default="0"),
        # Holds the note; the default only lets the column be added, and opens nothing.
        sa.Column("sealed", sa.LargeBinary(), nullable=False, server_default=""),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_how", sa.String(length=40), nullable=True),
    ):
        op.add_column("shares", column)
    op.alter_column("shares", "withdrawn_at", new_column_name="closed_at")
    op.execute("UPDATE shares SET closed_how = 'withdrawn' WHERE closed_at IS NOT NULL")
    op.execute(
        "UPDATE shares SET last_turn = COALESCE((SELECT MAX(turns.number) FROM turns "
        "WHERE turns.reflection_id = shares.reflection_id), 0)"
    )
    _seal_an_empty_note_into_each()
    op.create_table(
        "share_turns",
        sa.Column("share_id", sa.String(length=32), nullable=False),
        sa.Column("turn_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["shares.id"], name=op.f("fk_share_turns_share_id")),
        sa.ForeignKeyConstraint(["turn_id"], ["turns.id"], name=op.f("fk_share_turns_turn_id")),
        sa.PrimaryKeyConstraint("share_id", "turn_id", name=op.f("pk_share_turns")),
    )
    op.create_table(
        "share_views",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("share_id", sa.String(length=32), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["shares.id"], name=op.f("fk_share_views_share_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_views")),
    )
    op.create_index(op.f("ix_share_views_share_id"), "share_views", ["share_id"], unique=False)


def downgrade() -> None:
    """Go down from this revision.

    The code below knows neither dates nor chosen turns and would show the whole summary:
    whatever the older rule would open wider than its author chose is withdrawn instead.
    """
    op.drop_index(op.f("ix_share_views_share_id"), table_name="share_views")
    op.drop_table("share_views")
    op.drop_table("share_turns")
    op.execute(
        "UPDATE shares SET closed_at = CURRENT_TIMESTAMP "
        "WHERE closed_at IS NULL AND (scope = 'turns' OR until IS NOT NULL OR NOT EXISTS ("
        "SELECT 1 FROM supervisions JOIN reflections "
        "ON reflections.therapist_id = supervisions.therapist_id "
        "WHERE reflections.id = shares.reflection_id AND supervisions.until IS NULL "
        "AND supervisions.supervisor_id = shares.supervisor_id "
        "AND supervisions.since <= shares.shared_at))"
    )
    op.alter_column("shares", "closed_at", new_column_name="withdrawn_at")
    for column in ("closed_how", "until", "sealed", "last_turn", "scope"):
        op.drop_column("shares", column)


def _seal_an_empty_note_into_each() -> None:
    keyring: Keyring = context.config.attributes["keyring"]
    shares = sa.table(
        "shares",
        sa.column("id", sa.String),
        sa.column("reflection_id", sa.String),
        sa.column("sealed", sa.LargeBinary),
    )
    connection = op.get_bind()
    for share_id, reflection in connection.execute(
        sa.select(shares.c.id, shares.c.reflection_id)
    ).all():
        place = Place("shares", "sealed", share_id, reflection)
        sealed = keyring.seal(json.dumps({"note": None}).encode(), place)
        connection.execute(sa.update(shares).where(shares.c.id == share_id).values(sealed=sealed))
