"""Move all there is from SQLite to PostgreSQL, sealed as it is, and see that all of it arrived.

In one transaction of PostgreSQL's, which takes its tables back like its rows: whoever is stopped
in the middle leaves nothing there, and running it again gives the same end. The files that are
moved from are read only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    RowMapping,
    Table,
    create_engine,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
)

from bot.storage.database import begin_for_migrations, open_database, upgrade
from bot.storage.keeping import AuditHead
from bot.storage.models import Base

_BATCH = 500
_VERSION = "alembic_version"
_TAKEN = "There is something else in this database already. Nothing was changed: give an empty one."
# Is told of which table so many rows more were copied, or compared.
Progress = Callable[[str, int], None]


class CannotMove(Exception):
    """Nothing was moved; the message is a sentence."""


@dataclass(frozen=True)
class Moved:
    """How many rows of which table there are now, and whether they were there before this."""

    rows: Mapping[str, int]
    was_there: bool


@dataclass(frozen=True)
class Source:
    """A SQLite file, and which tables of it are moved."""

    file: Path
    tables: Sequence[Table]


def gateway_tables() -> list[Table]:
    """Give the gateway's tables, each after those that it refers to."""
    return list(Base.metadata.sorted_tables)


async def move(sources: Sequence[Source], target: str, progress: Progress) -> Moved:
    """Copy the tables of every source into `target`, an address of PostgreSQL.

    To be called while nobody writes to the sources, the first of which is the gateway's at its
    newest revision. Raises `CannotMove`, and `OperationalError` where there is no such database.
    """
    engine = open_database(target)
    try:
        async with engine.begin() as connection:
            # A gateway that is started meanwhile waits for it as for another's migrations.
            await begin_for_migrations(connection)
            return await connection.run_sync(_move, sources, progress)
    finally:
        await engine.dispose()


def _move(target: Connection, sources: Sequence[Source], progress: Progress) -> Moved:
    if (encoding := target.scalar(text("SHOW server_encoding"))) != "UTF8":
        raise CannotMove(
            f"The database is made for {encoding} and cannot hold every text. Make it anew with "
            "ENCODING 'UTF8' TEMPLATE template0."
        )
    with ExitStack() as stack:
        opened = [(stack.enter_context(_opened(one.file)), one) for one in sources]
        tables = [(source, table) for source, one in opened for table in one.tables]
        is_empty = not inspect(target).get_table_names()
        if is_empty:
            _make_tables(target, [table for _, table in tables])
            for source, table in tables:
                _copy(source, target, table, progress)
        elif not _is_laid_out_alike(target, tables):
            raise CannotMove(_TAKEN)
        return Moved(_compared(target, tables, progress, was_there=not is_empty), not is_empty)


def _make_tables(target: Connection, tables: Sequence[Table]) -> None:
    upgrade(target, None)
    known = Base.metadata.tables
    for table in tables:
        if table.name not in known:
            table.create(target)
    # The one row that a migration writes: the true one comes with the others.
    target.execute(delete(AuditHead))


def _copy(source: Connection, target: Connection, table: Table, progress: Progress) -> None:
    for rows in _batches(source, table):
        target.execute(insert(table), [dict(row) for row in rows])
        progress(table.name, len(rows))
    _count_on(target, table)


def _count_on(target: Connection, table: Table) -> None:
    """Have a key that the database counts itself go on behind the last one."""
    key, *others = table.primary_key.columns
    if others or not isinstance(key.type, Integer):
        return
    sequence = target.scalar(select(func.pg_get_serial_sequence(table.name, key.name)))
    last = target.scalar(select(func.max(key)))
    if sequence is not None and last is not None:
        target.execute(select(func.setval(sequence, last)))


def _compared(
    target: Connection,
    tables: Sequence[tuple[Connection, Table]],
    progress: Progress,
    *,
    was_there: bool,
) -> dict[str, int]:
    """Give the number of rows of each table, which are the same on both sides."""
    counts = {}
    for source, table in tables:
        wanted = _sum_of(source, table, progress)
        if _sum_of(target, table, progress) != wanted:
            raise CannotMove(
                _TAKEN
                if was_there
                else f"What arrived in the table {table.name} is not what was sent. Nothing was "
                "changed."
            )
        counts[table.name] = wanted[0]
    return counts


def _is_laid_out_alike(target: Connection, tables: Sequence[tuple[Connection, Table]]) -> bool:
    there = set(inspect(target).get_table_names())
    if not {_VERSION, *(table.name for _, table in tables)} <= there:
        return False
    version = text(f"SELECT version_num FROM {_VERSION}")  # noqa: S608 - a name from above
    return bool(target.scalar(version) == tables[0][0].scalar(version))


def _sum_of(connection: Connection, table: Table, progress: Progress) -> tuple[int, int]:
    """Give how many rows a table holds, and a sum of their hashes, in whatever order they come."""
    count = total = 0
    for rows in _batches(connection, table):
        for row in rows:
            plain = json.dumps([_plain(value) for value in row.values()]).encode()
            total += int.from_bytes(hashlib.sha256(plain).digest(), "big")
        count += len(rows)
        progress(table.name, len(rows))
    return count, total % 2**256


def _plain(value: Any) -> Any:
    match value:
        case bytes() | memoryview():
            return bytes(value).hex()
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case Enum():
            return value.value
    return value


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[RowMapping]]:
    """Give all rows of a table by their columns' names, in the order of its key on both sides."""
    query = select(table).order_by(*table.primary_key.columns)
    found = connection.execution_options(yield_per=_BATCH).execute(query)
    yield from found.mappings().partitions()


@contextmanager
def _opened(file: Path) -> Iterator[Connection]:
    address = f"sqlite:///file:{file.absolute().as_posix()}?mode=ro&uri=true"
    engine = create_engine(address, hide_parameters=True)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def tables_in(file: Path) -> set[str]:
    """Give the names of a SQLite file's tables."""
    with _opened(file) as source:
        return set(inspect(source).get_table_names())


def rows_in(source: Source) -> int:
    """Count the rows that are to be moved from a file."""
    with _opened(source.file) as opened:
        counts = (opened.scalar(select(func.count()).select_from(one)) for one in source.tables)
        return sum(count or 0 for count in counts)
