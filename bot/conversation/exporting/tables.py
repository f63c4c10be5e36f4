"""Rows as CSV and as Parquet, piece by piece as they come: never the whole table in memory."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import astuple
from typing import Any

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema
from arro3.io import write_parquet

from bot.conversation.exporting.table import COLUMNS, FIGURES, Row

Send = Callable[[bytes], Awaitable[None]]
# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ROWS_TOGETHER = 20_000


async def send_csv(rows: AsyncIterator[Sequence[Row]], send: Send) -> None:
    """Send rows as CSV: a line of names, then theirs; empty where there is nothing to tell."""
    await send(_lines([COLUMNS]))
    async for some in rows:
        await send(_lines([[cell(value) for value in astuple(row)] for row in some]))


def cell(value: object) -> object:
    """Give what stands in a cell, where no program takes it for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _lines(rows: Sequence[Sequence[object]]) -> bytes:
    page = io.StringIO()
    csv.writer(page).writerows(rows)
    return page.getvalue().encode()


async def send_parquet(rows: AsyncIterator[Sequence[Row]], send: Send) -> None:
    """Send rows as Parquet. The writer is a thread, which waits for rows and for the reader."""
    loop = asyncio.get_running_loop()
    # The writer knows no faults: it would fall, and tell of them where nothing may be told. So it
    # is given an end in their place, and what it made of that is not sent.
    faults: list[BaseException] = []

    def wait(doing: Awaitable[Any]) -> Any:
        async def do() -> Any:
            return await doing

        try:
            return asyncio.run_coroutine_threadsafe(do(), loop).result()
        except BaseException as fault:  # noqa: BLE001 - raised below, once the writer has ended
            faults.append(fault)
            return None

    def some() -> Iterator[RecordBatch]:
        while not faults and (batch := wait(anext(rows, None))) is not None:
            yield _batch(batch)

    def write() -> None:
        reader = RecordBatchReader.from_batches(_SCHEMA, some())
        sink: Any = _Sink(lambda piece: faults or wait(send(piece)))
        write_parquet(reader, sink, compression="zstd(3)", max_row_group_size=_ROWS_TOGETHER)

    await asyncio.to_thread(write)
    if faults:
        raise faults[0]


class _Sink:
    """A file as the writer wants one: it is only ever written on and on."""

    def __init__(self, send: Callable[[bytes], object]) -> None:
        self._send = send

    def write(self, piece: bytes) -> int:
        self._send(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Everything was sent already."""

    def seek(self, *_: int) -> int:
        raise OSError("What was sent stays where it is.")


def _type(column: str) -> DataType:
    return DataType.float64() if column in FIGURES else DataType.utf8()


_SCHEMA = Schema([Field(name, _type(name), nullable=True) for name in COLUMNS])


def _batch(rows: Sequence[Row]) -> RecordBatch:
    columns = zip(*map(astuple, rows), strict=True)
    arrays = [
        Array([str(one) if isinstance(one, str) else one for one in column], _type(name))
        for name, column in zip(COLUMNS, columns, strict=True)
    ]
    return RecordBatch.from_arrays(arrays, schema=_SCHEMA)
