"""Real wrongness of database, keys and copies, one after another."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.settings import Settings
from bot.storage.audit import COMMAND, Event, record
from bot.storage.database import migrate, newest_revision, open_database, sessions_of
from bot.storage.keeping import Erasure
from bot.terminal.doctor.finding import Finding, State
from bot.terminal.doctor.kept import check_kept
from tests.sealing import MASTER, OTHER_MASTER, new_keyring, written
from tests.storage.rows import fill


async def _installed(var: Path, ago: timedelta | None = timedelta()) -> Settings:
    """An installation with one reflection, and copies made so long ago."""
    keyring = new_keyring(var / "keys")
    engine = open_database(f"sqlite+aiosqlite:///{var / 'ballast.db'}")
    await migrate(engine, keyring)
    async with sessions_of(engine, keyring).begin() as session:
        await fill(session)
        await session.execute(update(Erasure).values(done_at=Erasure.asked_at))
        for event in (Event.BACKUP_MADE, Event.KEYS_COPIED):
            if ago is not None:
                await record(session, event, datetime.now(UTC) - ago, by=COMMAND)
    await engine.dispose()
    keyring.close()
    written(MASTER, var / "master.key").chmod(0o600)
    return Settings(var=var)


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    return await _installed(tmp_path)


async def _visit(settings: Settings) -> list[Finding]:
    return [finding async for finding in check_kept(settings)]


async def _wrong(settings: Settings) -> list[str]:
    return [f.sentence for f in await _visit(settings) if f.state is State.WRONG]


async def _write(settings: Settings, statement: str, *values: str) -> None:
    with closing(sqlite3.connect(settings.var / "ballast.db")) as connection:
        connection.execute(statement, values)
        connection.commit()


async def test_all_is_well(settings: Settings) -> None:
    found = await _visit(settings)
    assert {finding.state for finding in found} == {State.WELL}
    assert {finding.part for finding in found} == {"database", "keys", "backup", "retention"}


async def test_it_changes_nothing(settings: Settings) -> None:
    def seen() -> dict[str, tuple[int, int]]:
        files = (f for f in settings.var.rglob("*") if f.is_file() and "db-" not in f.name)
        return {str(f): (f.stat().st_size, f.stat().st_mtime_ns) for f in files}

    before = seen()
    await _visit(settings)
    assert seen() == before


async def test_nothing_was_kept_yet(tmp_path: Path) -> None:
    var = tmp_path / "var"
    assert [finding.state for finding in await _visit(Settings(var=var))] == [State.LOOK]
    assert not var.exists()


async def test_a_database_that_went_away(settings: Settings) -> None:
    (settings.var / "ballast.db").unlink()
    assert "keys of reflections and no database" in (await _wrong(settings))[0]


async def test_a_damaged_database(settings: Settings) -> None:
    file = settings.var / "ballast.db"
    content = bytearray(file.read_bytes())
    content[4096:40960] = b"\xff" * (40960 - 4096)
    file.write_bytes(content)
    assert "damaged" in (await _wrong(settings))[0]


@pytest.mark.parametrize(
    ("revision", "said"), [("0012", "the newest is"), ("9999", "newer Ballast")]
)
async def test_another_revision(settings: Settings, revision: str, said: str) -> None:
    await _write(settings, "UPDATE alembic_version SET version_num = ?", revision)
    assert said in (await _wrong(settings))[0]
    assert newest_revision() != revision


async def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path, database="postgresql+nosuch://ballast:secret@127.0.0.1/x")
    said = await _wrong(settings)
    assert len(said) == 1
    assert "secret" not in said[0]


async def test_another_master_key(settings: Settings) -> None:
    written(OTHER_MASTER, settings.master_key_path)
    assert "not the one that these keys were wrapped with" in (await _wrong(settings))[0]


async def test_no_master_key(settings: Settings) -> None:
    settings.master_key_path.unlink()
    assert "no master key" in (await _wrong(settings))[0]


@pytest.mark.parametrize("what", ["master.key", "keys", "keys/installation.key"])
async def test_a_secret_that_others_can_read(settings: Settings, what: str) -> None:
    (settings.var / what).chmod(0o755)
    said = await _wrong(settings)
    assert len(said) == 1
    assert f"can read {settings.var / what}" in said[0]


async def test_a_reflection_without_its_key(settings: Settings) -> None:
    key = next(file for file in settings.keys_folder.glob("*.key") if "inst" not in file.name)
    key.unlink()
    assert "1 of 1 reflections have no key" in (await _wrong(settings))[0]


async def test_a_key_of_something_else(settings: Settings) -> None:
    key = next(file for file in settings.keys_folder.glob("*.key") if "inst" not in file.name)
    shutil.copyfile(settings.keys_folder / "installation.key", key)
    assert "does not open" in (await _wrong(settings))[0]


async def test_a_row_that_was_changed(settings: Settings) -> None:
    await _write(settings, "UPDATE turns SET sealed = zeroblob(length(sealed))")
    assert "does not open" in (await _wrong(settings))[0]


async def test_copies_that_are_old(tmp_path: Path) -> None:
    said = await _wrong(await _installed(tmp_path, timedelta(hours=60)))
    assert len(said) == 2
    assert all("60 hours old" in sentence for sentence in said)


async def test_copies_that_never_were(tmp_path: Path) -> None:
    said = await _wrong(await _installed(tmp_path, None))
    assert len(said) == 2
    assert all("never" in sentence for sentence in said)


async def test_a_clock_that_went_back(tmp_path: Path) -> None:
    said = await _wrong(await _installed(tmp_path, -timedelta(days=3)))
    assert len(said) == 1
    assert "still to come" in said[0]


async def test_what_should_be_gone(settings: Settings) -> None:
    rule = settings.model_copy(update={"retention_days": 30, "retention_reason": "the law"})
    await _write(settings, "UPDATE reflections SET changed_at = '2020-01-01 00:00:00.000000'")
    found = [f for f in await _visit(rule) if f.part == "retention"]
    assert [finding.state for finding in found] == [State.LOOK]
    assert "reflections are older than 30 days" in found[0].sentence
    await _write(settings, "UPDATE erasures SET done_at = NULL")
    assert "were to be erased over two days ago" in (await _wrong(rule))[0]
