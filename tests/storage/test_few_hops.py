"""Statements reach SQLite's thread once each, and give all of their rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import few_hops
from bot.storage.database import open_database

pytestmark = pytest.mark.sqlite_only("its driver")
MANY = 1234


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[AsyncConnection]:
    engine = open_database(f"sqlite+aiosqlite:///{tmp_path / 'numbers.db'}")
    async with engine.connect() as connection:
        await connection.execute(text("CREATE TABLE numbers (number INTEGER)"))
        rows = [{"number": number} for number in range(MANY)]
        await connection.execute(text("INSERT INTO numbers VALUES (:number)"), rows)
        yield connection
    await engine.dispose()


@pytest.mark.parametrize("most", [0, 1, 99, 100, 101, MANY])
async def test_all_rows_come_in_their_order(connection: AsyncConnection, most: int) -> None:
    query = text("SELECT number FROM numbers ORDER BY number LIMIT :most")
    found = await connection.execute(query, {"most": most})
    assert list(found.scalars()) == list(range(most))


@pytest.mark.parametrize("at_once", [1, 7, 100, 150])
async def test_rows_that_are_streamed_come_once_each(
    connection: AsyncConnection, at_once: int
) -> None:
    query = text("SELECT number FROM numbers ORDER BY number")
    async with connection.stream(query) as found:
        parts = [part async for part in found.scalars().partitions(at_once)]
    assert [number for part in parts for number in part] == list(range(MANY))
    async with connection.stream(query) as found:
        assert [row.number async for row in found] == list(range(MANY))


async def test_a_cursor_whose_reader_has_gone_away_closes_behind_its_statement(
    tmp_path: Path,
) -> None:
    long = (
        "WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more LIMIT 3000000) "
        "SELECT sum(n) FROM more"
    )
    async with few_hops.connect(tmp_path / "numbers.db", check_same_thread=False) as connection:
        cursor = await connection.cursor()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await cursor.execute(long)
        await cursor.close()
        assert await (await connection.execute("SELECT 1")).fetchall() == [(1,)]


async def test_a_statement_is_one_hop(
    connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    hops = []
    hop = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, what: Any, *args: Any) -> Any:
        hops.append(what)
        return await hop(self, what, *args)

    monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
    await connection.execute(text("SELECT number FROM numbers LIMIT 50"))
    assert len(hops) == 1
