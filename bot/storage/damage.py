"""Look whether a SQLite database is whole, before anything is read from it or written to it.

SQLite itself says nothing of a write-ahead file that is damaged in the middle: it takes what
comes before the damage, and the next commits overwrite what comes after. Those were kept, and
somebody was told so; so here it is looked for, and nothing is opened until a person decided.
"""

from __future__ import annotations

import asyncio
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

_HEADER, _FRAME_HEADER = 32, 24
# The write-ahead file's first word; the last bit tells the order of bytes in its sums.
_MAGIC = 0x377F0682
_USUAL_PAGE = 4096


class DatabaseDamaged(Exception):
    """The database cannot be read as it was written; the message is a sentence for a person."""


async def check_whole(engine: AsyncEngine) -> None:
    """Refuse a SQLite database that is damaged, and change nothing of it.

    Raises `DatabaseDamaged`. One that another process has locked for long is not looked
    through: whoever opens it next will say so.
    """
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return
    file = Path(engine.url.database)
    journal = file.with_name(file.name + "-wal")
    # Twice, since the gateway may be writing while a command looks.
    if is_torn_in_the_middle(journal) and is_torn_in_the_middle(journal):
        raise DatabaseDamaged(
            f"{journal} is damaged: what was kept last stands in it and cannot be read from "
            "some place on. Nothing was changed. Restore a backup; or, to go on with what comes "
            "before the damage, first copy that file away, then delete it."
        )
    found = await asyncio.to_thread(_quick_check, file)
    if found != "ok":
        raise DatabaseDamaged(
            f"The database {file} is damaged and cannot be used as it is. Nothing was changed. "
            "Copy it away with the files beside it, and restore a backup."
        )


def _quick_check(file: Path) -> str:
    if not file.exists():
        return "ok"
    # Read only: an ordinary connection would bring the write-ahead file into a damaged one.
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as found:
            return str(found.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError:
        return "ok"  # locked, or not to be read: whoever opens it next says which
    except sqlite3.DatabaseError:
        return "not a database"


def is_torn_in_the_middle(journal: Path) -> bool:
    """Say whether commits stand in a write-ahead file behind a place that cannot be read.

    A torn end is none: the last transaction may have been cut off while it was written, and
    nobody was told that it was kept. What an earlier use of the file left behind has other
    salts and does not count.
    """
    try:
        raw = journal.read_bytes()
    except FileNotFoundError:
        return False
    if len(raw) < _HEADER:
        return False
    magic, _, page_size, _, salts, stored = struct.unpack(">4I8s8s", raw[:_HEADER])
    order = ">" if magic & 1 else "<"
    if magic & ~1 != _MAGIC or _sums(raw[: _HEADER - 8], (0, 0), order) != _pair(stored):
        # SQLite would begin such a file anew. Where commits follow, that is a loss.
        return _holds_commits(raw, page_size)
    sums = _pair(stored)
    size = _FRAME_HEADER + page_size
    for start in range(_HEADER, len(raw) - size + 1, size):
        head, page = raw[start : start + _FRAME_HEADER], raw[start + _FRAME_HEADER : start + size]
        sums = _sums(head[:8] + page, sums, order)
        if head[8:16] != salts or sums != _pair(head[16:24]):
            return _is_more_than_one_commit(raw[start:], salts, size)
    return False


def _is_more_than_one_commit(rest: bytes, salts: bytes, size: int) -> bool:
    """Say whether more than the one commit that may have been torn begins in `rest`."""
    frames = [rest[start : start + _FRAME_HEADER] for start in range(0, len(rest) - size + 1, size)]
    ours = [frame for frame in frames if frame[8:16] == salts]
    commits = [number for number, frame in enumerate(ours) if frame[4:8] != b"\0\0\0\0"]
    return len(commits) > 1 or (len(commits) == 1 and commits[0] < len(ours) - 1)


def _holds_commits(raw: bytes, page_size: int) -> bool:
    size = _FRAME_HEADER + (page_size if 512 <= page_size <= 65536 else _USUAL_PAGE)
    heads = (
        raw[start : start + _FRAME_HEADER] for start in range(_HEADER, len(raw) - size + 1, size)
    )
    return any(head[4:8] != b"\0\0\0\0" for head in heads)


def _pair(raw: bytes) -> tuple[int, int]:
    first, second = struct.unpack(">2I", raw)
    return first, second


def _sums(raw: bytes, before: tuple[int, int], order: str) -> tuple[int, int]:
    """Give SQLite's running sums over `raw`, whose length is a multiple of eight."""
    first, second = before
    words = struct.unpack(f"{order}{len(raw) // 4}I", raw)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second
