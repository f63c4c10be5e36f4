"""`ballast keys`, and what the other commands say when keys are not as they should be."""

from __future__ import annotations

import base64
import secrets
import shutil
from pathlib import Path

import pytest

from bot.privacy.sealing.keyring import Keyring
from bot.storage.database import Sessions, migrate, open_database, sessions_of
from bot.storage.models import Reflection
from tests.run.command import ballast, sentence
from tests.sealing import MASTER, OTHER_MASTER, new_keyring, written
from tests.storage.rows import fill


@pytest.fixture
async def reflection(tmp_path: Path) -> str:
    """An installation with one reflection."""
    keyring = new_keyring(tmp_path / "keys")
    engine = open_database(f"sqlite+aiosqlite:///{tmp_path / 'ballast.db'}")
    await migrate(engine, keyring)
    sessions: Sessions = sessions_of(engine, keyring)
    async with sessions.begin() as session:
        rows = await fill(session)
    await engine.dispose()
    keyring.close()
    return rows.reflection.id


COMMANDS = [["serve"], ["keys", "check"]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_without_a_master_key_it_does_not_start(tmp_path: Path, command: list[str]) -> None:
    said = sentence(ballast(*command, var=tmp_path, rasa_secret="x", master_key=""))  # noqa: S106
    assert "no master key" in said
    assert not (tmp_path / "master.key").exists()


@pytest.mark.usefixtures("reflection")
def test_with_a_wrong_master_key_it_does_not_start(tmp_path: Path) -> None:
    wrong = base64.b64encode(secrets.token_bytes(32)).decode()
    said = sentence(ballast("serve", var=tmp_path, rasa_secret="x", master_key=wrong))  # noqa: S106
    assert "not the one that these keys were wrapped with" in said
    assert wrong not in said


@pytest.mark.usefixtures("reflection")
def test_with_sealed_rows_and_no_keys_nothing_new_is_made(tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "keys")
    said = sentence(ballast("serve", var=tmp_path, rasa_secret="x"))  # noqa: S106
    assert "not complete" in said
    assert not list(tmp_path.glob("keys/*.key"))


def test_check_finds_what_is_missing_and_what_is_broken(tmp_path: Path, reflection: str) -> None:
    well = ballast("keys", "check", var=tmp_path, rasa_secret="x")  # noqa: S106
    assert well.returncode == 0, well.stderr
    assert b"1 reflections, 1 keys. Without a key: 0." in b" ".join(well.stdout.split())
    key = tmp_path / "keys" / f"{reflection}.key"
    key.write_bytes(key.read_bytes()[:-1])
    broken = ballast("keys", "check", var=tmp_path, rasa_secret="x")  # noqa: S106
    assert (broken.returncode, reflection.encode() in broken.stdout) == (1, True)
    key.unlink()
    missing = ballast("keys", "check", var=tmp_path, rasa_secret="x")  # noqa: S106
    assert (missing.returncode, b"Without a key: 1" in missing.stdout) == (1, True)


async def test_after_rotating_everything_opens_with_the_new_key_only(
    tmp_path: Path, reflection: str
) -> None:
    new = written(OTHER_MASTER, tmp_path / "new.key")
    done = ballast("keys", "rotate", "--to", str(new), var=tmp_path)
    assert done.returncode == 0, done.stderr
    assert str(new).encode() in b"".join(done.stdout.split())
    old = base64.b64encode(MASTER.value).decode()
    assert "wrapped with" in sentence(ballast("keys", "check", var=tmp_path, master_key=old))
    checked = ballast(
        "keys",
        "check",
        var=tmp_path,
        master_key="",
        master_key_file=new,
        rasa_secret="x",  # noqa: S106
    )
    assert checked.returncode == 0, checked.stderr
    keyring = Keyring(tmp_path / "keys", OTHER_MASTER)
    engine = open_database(f"sqlite+aiosqlite:///{tmp_path / 'ballast.db'}")
    async with sessions_of(engine, keyring)() as session:
        assert (await session.get_one(Reflection, reflection)).people == {}
    await engine.dispose()


@pytest.mark.usefixtures("reflection")
def test_rotating_waits_for_a_stopped_house(tmp_path: Path) -> None:
    running = new_keyring(tmp_path / "keys")
    new = written(OTHER_MASTER, tmp_path / "new.key")
    said = sentence(ballast("keys", "rotate", "--to", str(new), var=tmp_path))
    assert "in use" in said
    running.close()
