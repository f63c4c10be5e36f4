"""The database goes up and down with data in it, and a newer one is left alone."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.privacy.sealing.keyring import Keyring
from bot.storage.access import shared_reflection
from bot.storage.database import (
    DatabaseTooNew,
    Sessions,
    begin_for_migrations,
    migrate,
    migration_config,
)
from bot.storage.models import Base, Share, Turn
from bot.storage.states import ShareClosing, ShareScope, TurnState
from tests.gateway import EVENING
from tests.storage.rows import WORDS, counts, fill, share_of

BEFORE_THE_LEDGER = "0004"


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


async def test_what_was_shared_before_the_ledger_is_a_share_of_the_summary(
    engine: AsyncEngine, sessions: Sessions, keyring: Keyring
) -> None:
    """Up, down and up with shares of each kind: none is ever opened wider by a migration."""
    async with sessions.begin() as session:
        row = await fill(session)
        session.add_all(
            [
                share_of(row.reflection, row.supervisor, scope=ShareScope.SUMMARY, id="summary"),
                share_of(row.reflection, row.supervisor, scope=ShareScope.TURNS, id="turns"),
                share_of(row.reflection, row.supervisor, until=EVENING, id="dated"),
                share_of(row.reflection, row.therapist, id="no pair"),
                share_of(
                    row.reflection,
                    row.supervisor,
                    id="withdrawn",
                    closed_at=EVENING,
                    closed_how=ShareClosing.WITHDRAWN,
                ),
                Turn(
                    reflection_id=row.reflection.id,
                    number=7,
                    client_id="seven",
                    text=WORDS,
                    state=TurnState.ANSWERED,
                    kept_at=EVENING,
                ),
            ]
        )
    async with engine.begin() as connection:
        await connection.run_sync(
            lambda sync: command.downgrade(migration_config(sync, keyring), BEFORE_THE_LEDGER)
        )
        found = await connection.execute(text("SELECT id, withdrawn_at FROM shares"))
        open_before = {share_id for share_id, withdrawn_at in found if withdrawn_at is None}
        await connection.execute(
            text("DELETE FROM shares WHERE id NOT IN ('summary', 'withdrawn', 'turns')")
        )
    assert {"turns", "dated", "no pair", "withdrawn"}.isdisjoint(open_before)
    assert "summary" in open_before
    await migrate(engine, keyring)
    async with sessions() as session:
        shares = {share.id: share for share in await session.scalars(select(Share))}
    assert shares.keys() == {"summary", "withdrawn", "turns"}
    for share in shares.values():
        assert (share.scope, share.last_turn) == (ShareScope.SUMMARY, 7)
        assert (share.until, share.note) == (None, None)
    assert (shares["summary"].closed_at, shares["summary"].closed_how) == (None, None)
    assert shares["withdrawn"].closed_at == EVENING
    assert shares["withdrawn"].closed_how is ShareClosing.WITHDRAWN
    async with sessions() as session:
        _, reflection, _ = await shared_reflection(
            session, row.supervisor, row.reflection.id, EVENING
        )
    assert reflection.id == row.reflection.id


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


@pytest.mark.sqlite_only("its own settings; those of PostgreSQL are in test_postgresql.py")
async def test_kept_means_on_the_disk(engine: AsyncEngine) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    async with engine.connect() as connection:
        found = {name: await connection.scalar(text(f"PRAGMA {name}")) for name in wanted}
    assert found == wanted
