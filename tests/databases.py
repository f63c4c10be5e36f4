"""Which database the tests stand on: SQLite, or PostgreSQL with `pytest --database postgresql`."""

from __future__ import annotations

from pathlib import Path

from tests import postgresql

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_chosen = [SQLITE]


def choose(name: str) -> None:
    _chosen[:] = [name]


def on_postgresql() -> bool:
    return _chosen == [POSTGRESQL]


def database_for(folder: Path) -> str | None:
    """The setting `database` of a gateway in `folder`: the same one when it starts again there."""
    return postgresql.of(folder) if on_postgresql() else None


def url_of(file: Path) -> str:
    """The address of a database by its file, or what stands for that on PostgreSQL."""
    return database_for(file) or f"sqlite+aiosqlite:///{file}"
