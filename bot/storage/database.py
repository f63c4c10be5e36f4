"""The engine, its sessions, and the migrations."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, ExceptionContext, event, func, inspect, select, text
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from bot.privacy.sealing.keyring import Keyring
from bot.storage import few_hops
from bot.storage.addresses import address_with_options, is_postgresql
from bot.storage.connecting import open_postgresql
from bot.storage.sealed import KEYRING

_MIGRATIONS = Path(__file__).parent / "migrations"

# What all who migrate one database wait for: any number, as long as it stays the same one.
_MIGRATION_LOCK = 5_225_527_801

Sessions = async_sessionmaker[AsyncSession]


class DatabaseTooNew(Exception):
    """The database was made by a newer version of Ballast than this one."""


def open_database(url: str) -> AsyncEngine:
    """Give an engine for `url`: SQLite, or PostgreSQL with whichever driver it names.

    A commit is on the disk when it returns: "kept" has to mean kept.
    """
    address = address_with_options(url)
    if is_postgresql(address):
        return open_postgresql(address)
    engine = create_async_engine(
        address,
        # SQLAlchemy would otherwise put a row's text into its errors.
        hide_parameters=True,
        connect_args={"async_creator_fn": few_hops.connect},
    )
    event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    event.listen(engine.sync_engine, "handle_error", _let_go_of_damage)
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


def _let_go_of_damage(fault: ExceptionContext) -> None:
    """Close the connections that read damaged pages: they would remember them when all is well."""
    code = getattr(fault.original_exception, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        fault.is_disconnect = True


def sessions_of(engine: AsyncEngine, keyring: Keyring) -> Sessions:
    """Give the factory of sessions; rows stay readable after a commit, with `keyring`'s keys."""
    return async_sessionmaker(engine, expire_on_commit=False, info={KEYRING: keyring})


async def drop_deleted_pages(sessions: Sessions) -> None:
    """Bring SQLite's journal into the file and empty it: deleted words stay in it otherwise."""
    async with sessions() as session:
        if session.get_bind().dialect.name == "sqlite":
            await session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


async def holds_sealed_rows(engine: AsyncEngine) -> bool:
    """Say whether there is anything that only the keys of this database's installation open."""
    async with engine.connect() as connection:
        return await connection.run_sync(_holds_sealed_rows)


def _holds_sealed_rows(connection: Connection) -> bool:
    tables = inspect(connection)
    if not tables.has_table("reflections"):
        return False
    if "sealed" not in {column["name"] for column in tables.get_columns("reflections")}:
        return False
    return bool(connection.scalar(text("SELECT count(*) FROM reflections")))


async def migrate(engine: AsyncEngine, keyring: Keyring) -> None:
    """Bring the database to the newest revision, creating it where there is none.

    Raises `DatabaseTooNew` for a revision this code does not know.
    """
    async with engine.begin() as connection:
        await begin_for_migrations(connection)
        is_changed = await connection.run_sync(upgrade, keyring)
    if is_changed:
        # What was in plain before it was sealed is still in the journal.
        await drop_deleted_pages(sessions_of(engine, keyring))


async def begin_for_migrations(connection: AsyncConnection) -> None:
    """Have all steps of a migration taken or none, by one process at a time."""
    if connection.dialect.name == "sqlite":
        # By itself it commits each table.
        await connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    # A table may be large, and whoever comes second waits for whoever came first.
    await connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    await connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
    await connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))


def migration_config(connection: Connection, keyring: Keyring | None) -> Config:
    """Give Alembic's configuration, bound to an open connection and a keyring for sealed rows.

    A database without rows needs no keyring.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    config.attributes[KEYRING] = keyring
    return config


def knows_revision(revision: str) -> bool:
    """Say whether a database of this revision can be used: `False` for one of a newer Ballast."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    try:
        ScriptDirectory.from_config(config).get_revision(revision)
    except CommandError:
        return False
    return True


def newest_revision() -> str | None:
    """Give the revision that this code brings a database to."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()


def upgrade(connection: Connection, keyring: Keyring | None) -> bool:
    """Bring a database to the newest revision; say whether it was at another. See `migrate`."""
    config = migration_config(connection, keyring)
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and not knows_revision(current):
        raise DatabaseTooNew(current)
    command.upgrade(config, "head")
    return current != ScriptDirectory.from_config(config).get_current_head()
