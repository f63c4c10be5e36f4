"""SQLite with one hop to its thread for each statement.

aiosqlite goes to its thread and back for every cursor made, statement begun, row set fetched and
cursor closed: four hops, each longer than a short statement takes. Here a statement's first rows
come with it, and what touches no disk is done where it is asked for.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import aiosqlite
from aiosqlite.context import contextmanager

# With these a statement has mostly given all; the rest is fetched when it is asked for.
_FIRST_ROWS = 100
_ITER_CHUNK_SIZE = 64


def connect(*where: Any, **how: Any) -> aiosqlite.Connection:
    """Give a connection to be awaited; takes what `sqlite3.connect` takes."""
    connection = _Connection(lambda: sqlite3.connect(*where, **how), _ITER_CHUNK_SIZE)
    # Whoever forgets to close it must not keep the process from ending.
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does with aiosqlite's own
    return connection


class _Cursor(aiosqlite.Cursor):
    """A cursor that brings the first rows along."""

    def __init__(self, connection: aiosqlite.Connection, cursor: sqlite3.Cursor) -> None:
        super().__init__(connection, cursor)
        self._first: list[Any] = []
        self._is_out = False

    async def execute(self, sql: str, parameters: Any = ()) -> aiosqlite.Cursor:
        self._is_out = True
        # Nothing of aiosqlite's is typed below its methods.
        self._first = await self._execute(self._begin, sql, parameters)  # type: ignore[no-untyped-call]
        return self

    def _begin(self, sql: str, parameters: Any) -> list[Any]:
        try:
            self._cursor.execute(sql, parameters)
            return self._cursor.fetchmany(_FIRST_ROWS) if self._cursor.description else []
        finally:
            self._is_out = False

    async def fetchone(self) -> Any:
        if self._first:
            return self._first.pop(0)
        return await super().fetchone()

    async def fetchmany(self, size: int | None = None) -> Any:
        size = self.arraysize if size is None else size
        rows, self._first = self._first[:size], self._first[size:]
        return rows or await super().fetchmany(size)

    async def fetchall(self) -> Any:
        rows, self._first = self._first, []
        return rows if len(rows) < _FIRST_ROWS else [*rows, *await super().fetchall()]

    async def close(self) -> None:
        if self._is_out:  # whoever asked was cancelled: behind the statement, in its thread
            await super().close()
        else:
            self._cursor.close()


class _Connection(aiosqlite.Connection):
    """A connection that makes these cursors."""

    @contextmanager
    async def cursor(self) -> aiosqlite.Cursor:
        return _Cursor(self, self._conn.cursor())
