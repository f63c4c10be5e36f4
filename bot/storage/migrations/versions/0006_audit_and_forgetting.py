"""audit and forgetting.

A note that Rasa has to forget a reflection becomes a receipt that is kept. Going down, receipts
and the audit are lost, and what is not erased to the end is still noted.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SQLITE_TRIGGERS = {
    "audit_no_update": "BEFORE UPDATE ON audit",
    "audit_no_delete": "BEFORE DELETE ON audit",
}
_POSTGRESQL_TRIGGERS = {
    "audit_no_change": "BEFORE UPDATE OR DELETE ON audit FOR EACH ROW",
    "audit_no_truncate": "BEFORE TRUNCATE ON audit FOR EACH STATEMENT",
}
_REFUSAL = "The audit is only ever added to."


def upgrade() -> None:
    """Go up to this revision."""
    op.add_column("erasures", sa.Column("therapist_id", sa.String(length=32), nullable=True))
    op.add_column("erasures", sa.Column("began_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "erasures",
        sa.Column("because", sa.String(length=40), nullable=False, server_default="therapist"),
    )
    # Only until the next statement: SQLite adds no column of times that are computed.
    op.add_column(
        "erasures",
        sa.Column(
            "asked_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default="2000-01-01 00:00:00.000000",
        ),
    )
    op.execute("UPDATE erasures SET asked_at = CURRENT_TIMESTAMP")
    op.add_column("erasures", sa.Column("done_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_erasures_therapist_id"), "erasures", ["therapist_id"])
    op.create_index(op.f("ix_erasures_done_at"), "erasures", ["done_at"])
    op.create_table(
        "erased_stores",
        sa.Column("reflection_id", sa.String(length=32), nullable=False),
        sa.Column("store", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["reflection_id"],
            ["erasures.reflection_id"],
            name=op.f("fk_erased_stores_reflection_id"),
        ),
        sa.PrimaryKeyConstraint("reflection_id", "store", name=op.f("pk_erased_stores")),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("reflection_id", sa.String(length=32), nullable=True),
        sa.Column("therapist_id", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_reflection_id"), "holds", ["reflection_id"])
    op.create_index(op.f("ix_holds_therapist_id"), "holds", ["therapist_id"])
    op.create_table(
        "exports",
        sa.Column("place", sa.String(length=1000), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_exports")),
    )
    op.create_table(
        "settings_seen",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings_seen")),
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=32), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("reflection_id", sa.String(length=32), nullable=True),
        sa.Column("account_id", sa.String(length=32), nullable=True),
        sa.Column("details", sa.String(length=2000), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit")),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"id": 1, "number": 0, "mac": ""}])
    _forbid_changes()


def _forbid_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name, when in _SQLITE_TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END")
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    for name, when in _POSTGRESQL_TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION refuse_audit_change()")


def downgrade() -> None:
    """Go down from this revision."""
    op.drop_table("audit")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_audit_change()")
    for table in ("audit_head", "settings_seen", "exports", "holds", "erased_stores"):
        op.drop_table(table)
    op.execute("DELETE FROM erasures WHERE done_at IS NOT NULL")
    for index in ("ix_erasures_done_at", "ix_erasures_therapist_id"):
        op.drop_index(op.f(index), table_name="erasures")
    for column in ("done_at", "asked_at", "because", "began_at", "therapist_id"):
        op.drop_column("erasures", column)
