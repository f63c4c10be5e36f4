"""The disk is full, the database locked or damaged: each is told in a sentence, nothing is lost."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from bot.storage.damage import DatabaseDamaged
from tests.conftest import until
from tests.faults.evening import Evening, evening
from tests.faults.outcome import Outcome, Stopwatch

_HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
held.execute("ROLLBACK")
"""


class CannotTry(Exception):
    """This machine does not let a fault be made; the message says why."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or _fails(mount):
        raise CannotTry("this user may not mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fails(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode != 0


def fill(disk: Path) -> Path:
    """Leave no byte free; give the file that takes them."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4096):
            try:
                while file.write(b"0" * size) == size:
                    pass
            except OSError:
                continue
    return filler


async def full_disk(folder: Path, word: str) -> Outcome:
    """Write on a full disk until refused, make room, send what was refused again."""
    outcome = Outcome("full disk", tried=1)
    with Stopwatch(outcome), small_disk(folder / "disk") as disk:
        async with evening(disk) as told:
            await told.say(f"Before {word}.")
            filler = fill(disk)
            # Long enough not to fit into what the write-ahead file has left.
            text = f"The mother was late for {word} and I talked too fast. " * 100
            refused = await _until_refused(told, text)
            outcome.expect(refused, "a full disk took everything")
            if refused:
                _told_so(outcome, told, refused)
            filler.unlink()
            for frame in [refused] if refused else []:
                again = await told.say(text, frame["id"])
                outcome.expect(again["type"] == "kept", "refused again when there was room")
            await told.judge(outcome)
        outcome.broken += _wrong_with(disk)
    return outcome


async def _until_refused(told: Evening, text: str) -> dict[str, Any] | None:
    for _ in range(200):
        if (frame := await told.say(text))["type"] == "refused":
            return frame
    return None


async def locked_database(folder: Path, word: str) -> Outcome:
    """Hold the database for longer than it is waited for, with one answer still to be written."""
    outcome = Outcome("locked database", tried=1)
    with Stopwatch(outcome):
        async with evening(folder) as told:
            told.bot.gate.clear()
            await told.say(f"Waits for its answer, {word}.")
            with _held(folder / "ballast.db"):
                told.bot.gate.set()
                frame = await told.say(f"While it is held, {word}.")
                if outcome.expect(frame["type"] == "refused", "kept in a locked database"):
                    _told_so(outcome, told, frame)
            again = await told.say(f"While it is held, {word}.", frame["id"])
            outcome.expect(again["type"] == "kept", "refused again when it was free")
            await told.judge(outcome)
        outcome.broken += _wrong_with(folder)
    return outcome


@contextmanager
def _held(database: Path) -> Iterator[None]:
    """Have another process hold a database."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.stdin.close()


async def damaged_file(folder: Path, word: str) -> Outcome:
    """Damage what a killed gateway left, in every place; a start refuses it and changes nothing.

    With the damage undone everything that was acknowledged is there.
    """
    outcome = Outcome("damaged database file")
    with Stopwatch(outcome):
        alive, left = folder / "alive", folder / "left"
        alive.mkdir()
        async with evening(alive) as told:
            for number in range(6):
                await told.say(f"Turn {number} {word}.")
            await told.judge(outcome)
            shutil.copytree(alive, left)
            wanted = {turn["id"] for turn in await told.turns()}
        # Beside the journal a damaged page may be whole: the journal has a newer one.
        flushed = folder / "flushed"
        shutil.copytree(left, flushed)
        with closing(sqlite3.connect(flushed / "ballast.db")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        places = [(flushed, "ballast.db", at) for at in _places_in_the_file(flushed)]
        places += [(left, "ballast.db-wal", at) for at in _places_in_the_journal(left)]
        for var, name, at in places:
            outcome.tried += 1
            await _refused(outcome, var, name, at)
        for var in (left, flushed):
            outcome.lost += len(wanted - await _client_ids(var))
    return outcome


def _places_in_the_file(left: Path) -> list[int]:
    size = (left / "ballast.db").stat().st_size
    return [0, 20, 4096 * (size // 4096 // 2)]


def _places_in_the_journal(left: Path) -> list[int]:
    journal = (left / "ballast.db-wal").stat().st_size
    frame = 24 + 4096
    middle = journal // frame // 2 * frame
    return [4, 32 + 8, 32 + frame + 200, 32 + middle + 500]


async def _refused(outcome: Outcome, left: Path, name: str, at: int) -> None:
    whole = _contents(left)
    with (left / name).open("r+b") as opened:
        opened.seek(at)
        opened.write(b"damage" * 40)
    damaged = _contents(left)
    try:
        async with evening(left):
            outcome.broken.append(f"started on a {name} that is damaged at {at}")
    except DatabaseDamaged as refused:
        outcome.expect(str(refused).endswith("."), "no sentence")
        outcome.expect(_contents(left) == damaged, f"something was changed, {name} at {at}")
    _put_back(left, whole)


def _contents(left: Path) -> dict[str, bytes]:
    """Give the database's files, without those that SQLite makes anew at each opening."""
    files = [file for file in left.glob("ballast.db*") if not file.name.endswith("-shm")]
    return {file.name: content for file in files if (content := file.read_bytes())}


def _put_back(left: Path, whole: dict[str, bytes]) -> None:
    for file in left.glob("ballast.db*"):
        file.unlink()
    for name, content in whole.items():
        (left / name).write_bytes(content)


async def _client_ids(var: Path) -> set[str]:
    with closing(sqlite3.connect(var / "ballast.db")) as connection:
        return {row[0] for row in connection.execute("SELECT client_id FROM turns")}


async def damaged_while_running(folder: Path, word: str) -> Outcome:
    """Damage the file under a gateway that runs: what it cannot read it answers in a sentence."""
    outcome = Outcome("database damaged while running", tried=1)
    with Stopwatch(outcome):
        async with evening(folder) as told:
            await told.say(f"Before {word}.")
            await told.judge(outcome)
            desk = told.gateway.desk
            async with desk.sessions() as session:
                connection = await session.connection()
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            file = folder / "ballast.db"
            whole = file.read_bytes()
            with file.open("r+b") as opened:
                opened.seek(4096)
                opened.write(b"damage" * ((len(whole) - 4096) // 6))
            async with ClientSession(told.gateway.address) as stranger, stranger.get("/") as page:
                outcome.expect(page.status < 500, "the page itself is gone")
            for path in ("/api/reflections", f"/api/reflections/{told.id}", "/api/me"):
                async with told.http.get(path) as response:
                    body = await response.text()
                    outcome.expect(response.status in (200, 503), f"{path}: {response.status}")
                    outcome.expect(word not in body or response.status == 200, "words in an error")
                    if response.status == 503:
                        outcome.expect((await response.json())["text"].endswith("."), "no sentence")
            file.write_bytes(whole)

            async def is_back() -> bool:
                return bool(await told.turns())

            await until(is_back, 10)
            await told.judge(outcome)
    return outcome


def _told_so(outcome: Outcome, told: Evening, frame: dict[str, Any]) -> None:
    outcome.expect(frame["reason"] == "not_kept", f"refused as {frame['reason']}")
    outcome.expect(frame["text"] == told.gateway.desk.notices["not_kept"], "no sentence")


def _wrong_with(var: Path) -> list[str]:
    with closing(sqlite3.connect(var / "ballast.db")) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchall()
    return [] if found == [("ok",)] else ["the database is corrupt"]
