"""A damaged database is refused in a sentence, with nothing of it changed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.storage.damage import DatabaseDamaged, check_whole, is_torn_in_the_middle
from bot.storage.database import open_database
from tests.conftest import free_port
from tests.run.command import ballast, sentence

pytestmark = pytest.mark.sqlite_only("its files, damaged")
PAGE = 4096
FRAME = 24 + PAGE
COMMITS = 12


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """What a killed process leaves: a database, and commits in its write-ahead file."""
    alive, left = tmp_path / "alive", tmp_path / "left"
    alive.mkdir()
    left.mkdir()
    with closing(sqlite3.connect(alive / "ballast.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE words (word TEXT)")
        connection.execute("INSERT INTO words VALUES (?)", ("a" * 20_000,))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for number in range(COMMITS):
            connection.execute("INSERT INTO words VALUES (?)", (f"word {number}",))
        for name in ("ballast.db", "ballast.db-wal"):
            shutil.copy(alive / name, left / name)
    return left / "ballast.db"


def _spoil(file: Path, at: int) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(b"damage" * 8)


def _journal(left: Path) -> Path:
    return left.with_name("ballast.db-wal")


def _bytes(left: Path) -> tuple[bytes, bytes]:
    return left.read_bytes(), _journal(left).read_bytes()


async def _check(file: Path) -> None:
    engine = open_database(f"sqlite+aiosqlite:///{file}")
    try:
        await check_whole(engine)
    finally:
        await engine.dispose()


async def test_what_a_killed_process_leaves_is_whole(left: Path) -> None:
    assert _journal(left).stat().st_size >= 32 + COMMITS * FRAME
    await _check(left)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda left: _spoil(left, 0),
        lambda left: _spoil(left, 2 * PAGE),
        lambda left: _spoil(_journal(left), 8),
        lambda left: _spoil(_journal(left), 32 + 2 * FRAME + 100),
        lambda left: _spoil(_journal(left), 32 + 10),
    ],
    ids=["header", "page", "journal's header", "journal's middle", "journal's first frame"],
)
async def test_a_damaged_database_is_refused_and_left_as_it_is(
    left: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(left)
    before = _bytes(left)
    with pytest.raises(DatabaseDamaged, match="Nothing was changed"):
        await _check(left)
    assert before == _bytes(left)


async def test_an_end_that_was_cut_off_is_no_damage(left: Path) -> None:
    """Nobody was told that the last transaction was kept: it was not written to its end."""
    journal = _journal(left)
    _spoil(journal, journal.stat().st_size - 100)
    await _check(left)
    with closing(sqlite3.connect(left)) as connection:
        assert connection.execute("SELECT count(*) FROM words").fetchone() == (COMMITS,)


def test_what_an_earlier_use_of_the_journal_left_behind_is_no_damage(tmp_path: Path) -> None:
    file = tmp_path / "ballast.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE words (word TEXT)")
        for number in range(COMMITS):
            connection.execute("INSERT INTO words VALUES (?)", (f"word {number}",))
        # Begins the journal anew without making it shorter.
        connection.execute("PRAGMA wal_checkpoint(RESTART)")
        connection.execute("INSERT INTO words VALUES ('one more')")
        assert not is_torn_in_the_middle(Path(f"{file}-wal"))


def test_there_need_be_no_database_yet(tmp_path: Path) -> None:
    assert not is_torn_in_the_middle(tmp_path / "ballast.db-wal")


@pytest.mark.parametrize("command", [["run", "--no-train"], ["serve"]], ids=" ".join)
def test_a_command_says_that_the_database_is_damaged(left: Path, command: list[str]) -> None:
    _spoil(left, 0)
    said = sentence(
        ballast(*command, var=left.parent, port=free_port(), rasa_secret="x")  # noqa: S106
    )
    assert "is damaged" in said
    assert "restore a backup" in said
