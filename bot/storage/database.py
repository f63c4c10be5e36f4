"""The engine, its sessions, and the migrations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

_MIGRATIONS = Path(__file__).parent / "migrations"

Sessions = async_sessionmaker[AsyncSession]


class DatabaseTooNew(Exception):
    """The database was made by a newer version of Ballast than this one."""


def open_database(url: str) -> AsyncEngine:
    """Give an engine for `url`, an address with an asynchronous driver.

    SQLite is set so that a commit is on the disk when it returns: "kept" has to mean kept.
    """
    # hide_parameters: SQLAlchemy would otherwise put a row's text into its errors.
    engine = create_async_engine(url, hide_parameters=True, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=5000",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def sessions_of(engine: AsyncEngine) -> Sessions:
    """Give the factory of sessions; rows stay readable after a commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


async def drop_deleted_pages(sessions: Sessions) -> None:
    """Bring SQLite's journal into the file and empty it: deleted words stay in it otherwise."""
    async with sessions() as session:
        if session.get_bind().dialect.name == "sqlite":
            await session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


async def migrate(engine: AsyncEngine) -> None:
    """Bring the database to the newest revision, creating it where there is none.

    Raises `DatabaseTooNew` for a revision this code does not know.
    """
    async with engine.begin() as connection:
        await connection.run_sync(_upgrade)


def migration_config(connection: Connection) -> Config:
    """Give Alembic's configuration, bound to an open connection."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    config = migration_config(connection)
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(current)
        except CommandError:
            raise DatabaseTooNew(current) from None
    command.upgrade(config, "head")
