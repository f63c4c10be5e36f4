"""Runs migrations on the connection that `bot.storage.database` hands over."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from bot.storage import (  # noqa: F401 - their tables
    concern_tables,
    double_reading_tables,
    keeping,
    review_tables,
    trend_tables,
)
from bot.storage.columns import UtcTime
from bot.storage.models import Base
from bot.storage.sealed import SealedBytes
from bot.storage.sign_in_tables import Passkey


def _plain_types(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write column types as SQLAlchemy's own: a migration must not change with the code."""
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, SealedBytes):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String(length={item.length})"
    return False


# Named, so that the module is read: only then do its tables stand in the metadata.
assert Passkey.metadata is Base.metadata  # noqa: S101

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    render_item=_plain_types,
)
with context.begin_transaction():
    context.run_migrations()
