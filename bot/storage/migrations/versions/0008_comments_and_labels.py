"""a review's steps by name, comments, and supervisors' labels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_changes = sa.table(
    "review_changes",
    sa.column("id", sa.String),
    sa.column("reflection_id", sa.String),
    sa.column("supervisor_id", sa.String),
    sa.column("state", sa.String),
    sa.column("deed", sa.String),
    sa.column("at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    """Go up to this revision."""
    with op.batch_alter_table("review_changes") as table:
        table.add_column(
            sa.Column("deed", sa.String(length=40), nullable=False, server_default="opened")
        )
    _name_the_steps()
    with op.batch_alter_table("review_changes") as table:
        table.alter_column("deed", existing_type=sa.String(length=40), server_default=None)
        table.drop_column("state")
    # What was shared before shows no more than its author was shown beforehand.
    op.add_column(
        "shares",
        sa.Column("with_course", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "comments",
        _id("id"),
        _id("reflection_id"),
        _id("supervisor_id"),
        _id("author_id"),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        _id("root_id", nullable=True),
        _id("turn_id", nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        _id("mentioned_id", nullable=True),
        sa.Column("mention_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _refers("comments", "reflection_id", "reflections"),
        _refers("comments", "supervisor_id", "accounts"),
        _refers("comments", "author_id", "accounts"),
        _refers("comments", "root_id", "comments"),
        _refers("comments", "turn_id", "turns"),
        _refers("comments", "mentioned_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint("author_id", "client_id", name=op.f("uq_comments_author_id_client_id")),
    )
    op.create_index("ix_comments_review", "comments", ["reflection_id", "supervisor_id"])
    op.create_index("ix_comments_mentioned_id", "comments", ["mentioned_id"])
    op.create_table(
        "labels",
        _id("id"),
        _id("reflection_id"),
        _id("finding_id"),
        _id("supervisor_id"),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _refers("labels", "reflection_id", "reflections"),
        _refers("labels", "finding_id", "findings"),
        _refers("labels", "supervisor_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
    )
    op.create_index("ix_labels_reflection_id", "labels", ["reflection_id"])


def downgrade() -> None:
    """Go down from this revision: comments and labels are lost, and why a review was closed."""
    op.drop_table("labels")
    op.drop_table("comments")
    op.drop_column("shares", "with_course")
    with op.batch_alter_table("review_changes") as table:
        table.add_column(
            sa.Column("state", sa.String(length=40), nullable=False, server_default="in_review")
        )
    ends = _changes.c.deed.in_(["closed", "signed_off"])
    op.execute(_changes.update().where(ends).values(state="closed"))
    with op.batch_alter_table("review_changes") as table:
        table.alter_column("state", existing_type=sa.String(length=40), server_default=None)
        table.drop_column("deed")
    reviews = sa.table("reviews", sa.column("state", sa.String))
    op.execute(
        reviews.update().where(reviews.c.state == "waiting").values(state="in_review")
    )


def _id(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=32), nullable=nullable)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _name_the_steps() -> None:
    """Tell closing, opening for the first time and opening again apart."""
    op.execute(_changes.update().where(_changes.c.state == "closed").values(deed="closed"))
    earlier = _changes.alias("earlier")
    is_again = sa.exists().where(
        earlier.c.reflection_id == _changes.c.reflection_id,
        earlier.c.supervisor_id == _changes.c.supervisor_id,
        earlier.c.state == "closed",
        earlier.c.at < _changes.c.at,
    )
    op.execute(
        _changes.update()
        .where(_changes.c.state == "in_review", is_again)
        .values(deed="reopened")
    )
