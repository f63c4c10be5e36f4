"""double readings: who reads twice, which labels count, what was settled, what was exported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision."""
    op.create_table(
        "double_readings",
        _id("id"),
        _id("reflection_id"),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("for_study", sa.Boolean(), nullable=False),
        _refers("double_readings", "reflection_id", "reflections"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_double_readings")),
    )
    _index("double_readings", "reflection_id")
    op.create_table(
        "double_readers",
        _id("reading_id"),
        _id("supervisor_id"),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        _refers("double_readers", "reading_id", "double_readings"),
        _refers("double_readers", "supervisor_id", "accounts"),
        sa.PrimaryKeyConstraint("reading_id", "supervisor_id", name=op.f("pk_double_readers")),
    )
    _index("double_readers", "supervisor_id")
    op.create_table(
        "counted_labels",
        _id("label_id"),
        _id("reading_id"),
        _refers("counted_labels", "label_id", "labels"),
        _refers("counted_labels", "reading_id", "double_readings"),
        sa.PrimaryKeyConstraint("label_id", name=op.f("pk_counted_labels")),
    )
    _index("counted_labels", "reading_id")
    op.create_table(
        "settlements",
        _id("id"),
        _id("reading_id"),
        _id("reflection_id"),
        _id("supervisor_id"),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _refers("settlements", "reading_id", "double_readings"),
        _refers("settlements", "reflection_id", "reflections"),
        _refers("settlements", "supervisor_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
    )
    _index("settlements", "reading_id")
    _index("settlements", "reflection_id")
    op.create_table(
        "study_exports",
        _id("id"),
        _id("supervisor_id"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approval", sa.String(length=200), nullable=False),
        _refers("study_exports", "supervisor_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_exports")),
    )
    _index("study_exports", "supervisor_id")
    op.create_table(
        "exported_readings",
        _id("export_id"),
        _id("reading_id"),
        _refers("exported_readings", "export_id", "study_exports"),
        _refers("exported_readings", "reading_id", "double_readings"),
        sa.PrimaryKeyConstraint("export_id", "reading_id", name=op.f("pk_exported_readings")),
    )
    _index("exported_readings", "reading_id")


def downgrade() -> None:
    """Go down from this revision: labels stay, and that they were of a double reading is lost."""
    for table in (
        "exported_readings",
        "study_exports",
        "settlements",
        "counted_labels",
        "double_readers",
        "double_readings",
    ):
        op.drop_table(table)


def _id(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=32), nullable=False)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _index(table: str, column: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, [column])
