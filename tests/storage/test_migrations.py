"""The database goes up and down with data in it, and a newer one is left alone."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.privacy.sealing.keyring import Keyring
from bot.storage.database import (
    DatabaseTooNew,
    Sessions,
    begin_for_migrations,
    migrate,
    migration_config,
)
from bot.storage.models import Base
from tests.storage.rows import counts, fill


async def _down_one(engine: AsyncEngine, keyring: Keyring) -> None:
    async with engine.begin() as connection:
        await begin_for_migrations(connection)
        await connection.run_sync(
            lambda sync: command.downgrade(migration_config(sync, keyring), "-1")
        )


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_every_table_of_the_models_is_made(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert await connection.run_sync(_tables) == {*Base.metadata.tables, "alembic_version"}


async def test_models_and_migrations_agree(engine: AsyncEngine, keyring: Keyring) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: command.check(migration_config(sync, keyring)))


async def test_it_goes_down_to_nothing_and_up_again_with_data_in_every_table(
    engine: AsyncEngine, sessions: Sessions, keyring: Keyring
) -> None:
    async with sessions.begin() as session:
        await fill(session)
    async with engine.connect() as connection:
        filled = await connection.run_sync(counts)
        assert all(filled.values()), filled
        revisions = await connection.run_sync(
            lambda sync: list(
                ScriptDirectory.from_config(migration_config(sync, keyring)).walk_revisions()
            )
        )
    for _ in revisions:
        await _down_one(engine, keyring)
    async with engine.connect() as connection:
        assert await connection.run_sync(_tables) == {"alembic_version"}
    await migrate(engine, keyring)
    async with sessions.begin() as session:
        await fill(session)
    async with engine.connect() as connection:
        assert await connection.run_sync(counts) == filled


async def test_migrating_again_changes_nothing(
    engine: AsyncEngine, sessions: Sessions, keyring: Keyring
) -> None:
    async with sessions.begin() as session:
        await fill(session)
    async with engine.connect() as connection:
        before = await connection.run_sync(counts)
    await migrate(engine, keyring)
    async with engine.connect() as connection:
        assert await connection.run_sync(counts) == before


async def test_a_newer_database_is_refused_and_left_as_it_was(
    engine: AsyncEngine, sessions: Sessions, keyring: Keyring
) -> None:
    async with sessions.begin() as session:
        await fill(session)
    async with engine.begin() as connection:
        before = await connection.run_sync(counts)
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseTooNew):
        await migrate(engine, keyring)
    async with engine.connect() as connection:
        assert await connection.run_sync(counts) == before
        version = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    assert version == "9999"


async def test_kept_means_on_the_disk(engine: AsyncEngine) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    async with engine.connect() as connection:
        found = {name: await connection.scalar(text(f"PRAGMA {name}")) for name in wanted}
    assert found == wanted
