"""sealed.

Words, and what was made of them, move from columns in plain into one sealed column a row. Keys
are made in the keyring's folder; going down opens everything and leaves the keys where they are.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import sqlalchemy as sa
from alembic import context, op
from rich.console import Console
from rich.progress import track

from bot.privacy.sealing.envelope import Place
from bot.privacy.sealing.keyring import Keyring
from bot.privacy.sealing.problems import KeyGone

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Each table's columns in plain: name, type, and what stands there when nothing does.
PLAIN: dict[str, list[tuple[str, Any, str | None]]] = {
    "reflections": [
        ("arousal_before", sa.Double(), None),
        ("arousal_after", sa.Double(), None),
        ("people", sa.JSON(), "{}"),
    ],
    "turns": [
        ("text", sa.Text(), ""),
        ("payload", sa.Text(), None),
        ("masked", sa.JSON(), "{}"),
    ],
    "messages": [("text", sa.Text(), ""), ("choices", sa.JSON(), "[]")],
    "findings": [
        ("theme", sa.String(40), ""),
        ("subtheme", sa.String(40), None),
        ("confidence", sa.Double(), None),
        ("evidence", sa.JSON(), "[]"),
        ("verdict", sa.String(40), None),
    ],
    "concerns": [
        ("kind", sa.String(40), ""),
        ("level", sa.String(40), ""),
        ("sign", sa.String(60), ""),
    ],
    "step_offers": [("step_id", sa.String(60), ""), ("response", sa.String(40), None)],
}
# These knew their reflection only by their turn; a row has to know whose key opens it.
OF_A_TURN = ("messages", "findings", "concerns")


def upgrade() -> None:
    """Go up to this revision."""
    for table in PLAIN:
        # The default only lets the column be added to rows that are there; it opens nothing.
        op.add_column(
            table, sa.Column("sealed", sa.LargeBinary(), nullable=False, server_default="")
        )
    for table in OF_A_TURN:
        op.add_column(table, sa.Column("reflection_id", sa.String(length=32), nullable=True))
        op.execute(
            f"UPDATE {table} SET reflection_id ="  # noqa: S608 - names from above
            f" (SELECT reflection_id FROM turns WHERE turns.id = {table}.turn_id)"
        )
        op.create_index(op.f(f"ix_{table}_reflection_id"), table, ["reflection_id"])
    _each_row("Sealing", _seal)
    for table in OF_A_TURN:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(
                "reflection_id", existing_type=sa.String(length=32), nullable=False
            )
            batch_op.create_foreign_key(
                op.f(f"fk_{table}_reflection_id"), "reflections", ["reflection_id"], ["id"]
            )
    for table, columns in PLAIN.items():
        for name, _, _ in columns:
            op.drop_column(table, name)


def downgrade() -> None:
    """Go down from this revision."""
    for table, columns in PLAIN.items():
        for name, kind, empty in columns:
            column = sa.Column(name, kind, nullable=empty is None, server_default=empty)
            op.add_column(table, column)
    _each_row("Opening", _open)
    for table in OF_A_TURN:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(f"fk_{table}_reflection_id"), type_="foreignkey")
            batch_op.drop_index(op.f(f"ix_{table}_reflection_id"))
            batch_op.drop_column("reflection_id")
    for table in PLAIN:
        op.drop_column(table, "sealed")


def _each_row(what: str, change: Any) -> None:
    keyring: Keyring = context.config.attributes["keyring"]
    connection = op.get_bind()
    ids = list(connection.scalars(sa.text("SELECT id FROM reflections")))
    console = Console(stderr=True)
    shown = track(ids, f"{what} reflections", console=console, disable=not sys.stderr.isatty())
    for reflection in shown:
        if change is _seal:
            keyring.ensure(reflection)
        for name, columns in PLAIN.items():
            table = sa.table(
                name,
                sa.column("id", sa.String),
                sa.column("reflection_id", sa.String),
                sa.column("sealed", sa.LargeBinary),
                *(sa.column(column, kind) for column, kind, _ in columns),
            )
            owner = table.c.id if name == "reflections" else table.c.reflection_id
            wanted = [table.c.id, table.c.sealed, *(table.c[column] for column, _, _ in columns)]
            query = sa.select(*wanted).where(owner == reflection)
            for row in connection.execute(query).mappings().all():
                place = Place(name, "sealed", row["id"], reflection)
                values = change(keyring, place, row, [column for column, _, _ in columns])
                connection.execute(sa.update(table).where(table.c.id == row["id"]).values(values))


def _seal(keyring: Keyring, place: Place, row: Any, columns: list[str]) -> dict[str, Any]:
    plain = {column: row[column] for column in columns}
    return {"sealed": keyring.seal(json.dumps(plain).encode(), place)}


def _open(keyring: Keyring, place: Place, row: Any, columns: list[str]) -> dict[str, Any]:
    try:
        plain = json.loads(keyring.open(row["sealed"], place))
    except KeyGone:
        # Erased: its words are gone, and the row waits to be deleted.
        return {"sealed": row["sealed"]}
    return {column: plain[column] for column in columns}
