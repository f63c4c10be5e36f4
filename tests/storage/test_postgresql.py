"""What is PostgreSQL's alone: its settings, who migrates it, what its errors say, dump and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.privacy.sealing.keyring import Keyring
from bot.storage import postgresql
from bot.storage.addresses import address_of
from bot.storage.audit import COMMAND, Event, record, verify
from bot.storage.backups import BadBackup
from bot.storage.database import (
    begin_for_migrations,
    migrate,
    open_database,
    sessions_of,
)
from bot.storage.models import Account, Base, Team
from tests.gateway import EVENING
from tests.postgresql import of, server
from tests.sealing import new_keyring
from tests.storage.rows import counts, fill

pytestmark = pytest.mark.postgresql
SECRET = "the heron on the weir"  # noqa: S105 - words that must not be seen


@pytest.fixture
def keyring(tmp_path: Path) -> Iterator[Keyring]:
    made = new_keyring(tmp_path / "keys")
    yield made
    made.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return of(tmp_path)


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    opened = open_database(url)
    yield opened
    await opened.dispose()


async def _write(engine: AsyncEngine, keyring: Keyring) -> None:
    async with sessions_of(engine, keyring).begin() as session:
        await record(session, Event.VIEWED, EVENING, by=COMMAND)


async def _fault(engine: AsyncEngine, keyring: Keyring) -> str | None:
    async with sessions_of(engine, keyring)() as session:
        return (await verify(session)).fault


@pytest.mark.parametrize("driver", ["", "+psycopg", "+asyncpg", "+psycopg2"])
def test_whichever_driver_is_named_the_one_there_is_opens_it(driver: str) -> None:
    made = address_of(f"postgresql{driver}://a:b@c:5433/d?sslmode=require")
    assert made.render_as_string(hide_password=False) == (
        "postgresql+psycopg://a:b@c:5433/d?sslmode=require"
    )


async def test_kept_means_on_the_disk_and_nobody_waits_for_ever(
    url: str, engine: AsyncEngine
) -> None:
    wanted = {
        "synchronous_commit": "on",
        "statement_timeout": "30s",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "1min",
        "TimeZone": "UTC",
    }
    # Also where a server, or the address, is set in another way.
    name = url.rpartition("/")[2]
    server().sql(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    given = open_database(f"{url}?options=-c%20synchronous_commit%3Doff%20-c%20work_mem%3D9MB")
    for opened in (engine, given):
        async with opened.connect() as connection:
            found = {one: await connection.scalar(text(f"SHOW {one}")) for one in wanted}
        assert found == wanted
    async with given.connect() as connection:
        assert await connection.scalar(text("SHOW work_mem")) == "9MB"
    await given.dispose()


async def test_an_error_says_nothing_of_the_row(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        insert = Team.__table__.insert()
        await connection.execute(insert, {"id": "1", "name": SECRET})
    with pytest.raises(IntegrityError) as twice:
        async with engine.begin() as connection:
            await connection.execute(insert, {"id": "2", "name": SECRET})
    nobody = {"id": SECRET[:20], "name": SECRET, "role": None, "created_at": EVENING}
    with pytest.raises(IntegrityError) as empty:
        async with engine.begin() as connection:
            await connection.execute(Account.__table__.insert(), nobody)
    for fault in (twice.value, empty.value):
        assert SECRET[:20] not in f"{fault} {fault!r} {fault.orig} {fault.orig!r}"
        assert "violates" in str(fault)


async def test_text_with_a_character_that_it_has_none_of_finds_nothing(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        query = select(Account.id).where(Account.name == "a\0b")
        assert (await connection.execute(query)).all() == []


async def test_two_that_start_together_migrate_once(tmp_path: Path, keyring: Keyring) -> None:
    url = server().database(f"fresh_{tmp_path.name}", template="template0")
    engines = [open_database(url) for _ in range(4)]
    await asyncio.gather(*(migrate(engine, keyring) for engine in engines))
    async with engines[0].connect() as connection:
        made = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
        heads = list(await connection.scalars(text("SELECT version_num FROM alembic_version")))
        audit = list(await connection.scalars(text("SELECT number FROM audit_head")))
    assert made == {*Base.metadata.tables, "alembic_version"}
    assert (len(heads), audit) == (1, [0])
    for engine in engines:
        await engine.dispose()


async def test_a_migration_may_wait_longer_than_a_statement(
    engine: AsyncEngine, keyring: Keyring
) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("SET LOCAL lock_timeout = '1ms'"))
        await connection.execute(text("SET LOCAL statement_timeout = '1ms'"))
        await begin_for_migrations(connection)
        await connection.execute(text("SELECT pg_sleep(0.05)"))


async def test_whoever_is_cancelled_leaves_a_pool_that_works(engine: AsyncEngine) -> None:
    async def slow() -> None:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT pg_sleep(20)"))

    for _ in range(30):  # more than the pool holds
        task = asyncio.create_task(slow())
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with asyncio.timeout(5), engine.connect() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
    running = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE query LIKE '%pg_sleep(20)%' AND state = 'active'"
    )
    async with asyncio.timeout(5):
        while server().sql(running)[0][0] > 1:  # this very query
            await asyncio.sleep(0.05)


async def test_a_connection_that_was_cut_is_made_anew(url: str, engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
    name = url.rpartition("/")[2]
    its = f"datname = '{name}'"
    server().sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {its}")  # noqa: S608
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit SET actor = 'x' WHERE number = 1", "DELETE FROM audit", "TRUNCATE audit"],
)
async def test_the_database_itself_refuses_changes(
    engine: AsyncEngine, keyring: Keyring, statement: str
) -> None:
    await _write(engine, keyring)
    with pytest.raises(DBAPIError, match="only ever added to"):
        async with engine.begin() as connection:
            await connection.execute(text(statement))
    assert await _fault(engine, keyring) is None


async def test_a_dump_brings_back_what_was(
    engine: AsyncEngine, keyring: Keyring, url: str, tmp_path: Path
) -> None:
    async with sessions_of(engine, keyring).begin() as session:
        await fill(session)
    async with engine.connect() as connection:
        before = await connection.run_sync(counts)
    dump = tmp_path / "ballast.dump"
    await asyncio.to_thread(postgresql.dump, url, dump)
    assert dump.stat().st_mode & 0o077 == 0
    await _write(engine, keyring)
    await engine.dispose()
    await asyncio.to_thread(postgresql.put_back, url, dump)
    async with engine.connect() as connection:
        assert await connection.run_sync(counts) == before
    assert await _fault(engine, keyring) is None


async def test_a_damaged_dump_changes_nothing(
    engine: AsyncEngine, keyring: Keyring, url: str, tmp_path: Path
) -> None:
    await _write(engine, keyring)
    (tmp_path / "cut").write_bytes(b"PGDMP")
    with pytest.raises(BadBackup, match="pg_restore failed"):
        postgresql.put_back(url, tmp_path / "cut")
    assert await _fault(engine, keyring) is None
