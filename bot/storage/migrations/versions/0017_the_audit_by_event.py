"""an index by which the audit's entries of one kind are found, however many others there are."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up to this revision."""
    op.create_index("ix_audit_event", "audit", ["event", "number"])


def downgrade() -> None:
    """Go down from this revision."""
    op.drop_index("ix_audit_event", table_name="audit")
