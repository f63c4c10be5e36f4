"""Backups as a service: whole or not there, and the oldest go."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from bot.app import open_desk
from bot.conversation.bot import AbsentBot
from bot.privacy.sealing.master_key import make_master_key
from bot.privacy.sealing.problems import MasterKeyMissing
from bot.settings import ROOT, Settings
from bot.terminal import backup_service
from bot.terminal.backup_service import Rota, make_one


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation with its database and keys."""
    settings = Settings(var=tmp_path / "var")
    settings.var.mkdir()
    make_master_key(settings.master_key_path)

    async def begin() -> None:
        async with open_desk(settings, lambda _: AbsentBot()):
            pass

    asyncio.run(begin())
    return settings


def _rota(tmp_path: Path, keep: int = 2) -> Rota:
    return Rota(tmp_path / "backups", tmp_path / "keys-copy", hours=24, keep=keep)


def _names(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "backups").iterdir())


def test_so_many_are_kept_and_only_of_its_own(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "backups" / "by-hand").mkdir(parents=True)
    # A clock's second is too coarse for a test: each gets the name of another day.
    made = []
    for day in range(1, 5):
        monkeypatch.setattr(backup_service, "_NAME", f"2026-01-0{day}T%H-%M-%SZ")
        made.append(make_one(settings, _rota(tmp_path, keep=4), Console(quiet=True)).name)
        monkeypatch.undo()
    make_one(settings, _rota(tmp_path, keep=2), Console(quiet=True))
    names = _names(tmp_path)
    assert made[-1] in names
    assert "by-hand" in names
    assert len(names) == 3
    assert list((tmp_path / "keys-copy").iterdir())


def test_one_that_fails_leaves_no_half_and_the_others_stay(
    settings: Settings, tmp_path: Path
) -> None:
    whole = make_one(settings, _rota(tmp_path), Console(quiet=True))
    settings.master_key_path.rename(settings.var / "elsewhere")
    with pytest.raises(MasterKeyMissing):
        make_one(settings, _rota(tmp_path), Console(quiet=True))
    (settings.var / "elsewhere").rename(settings.master_key_path)
    assert [name for name in _names(tmp_path) if not name.startswith(".")] == [whole.name]


def test_what_a_stopped_service_left_is_cleared_away(settings: Settings, tmp_path: Path) -> None:
    half = tmp_path / "backups" / ".half"
    half.mkdir(parents=True)
    (half / "ballast.db").write_bytes(b"a part")
    made = make_one(settings, _rota(tmp_path), Console(quiet=True))
    assert _names(tmp_path) == [made.name]


def _start(settings: Settings, tmp_path: Path) -> subprocess.Popen[bytes]:
    rota = _rota(tmp_path)
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "bot.cli", "backup", "service"),
            *("--to", str(rota.to), "--keys-to", str(rota.keys_to)),
        ],
        cwd=ROOT,
        env=os.environ | {"BALLAST_VAR": str(settings.var)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def test_it_makes_one_waits_and_stops_when_told(settings: Settings, tmp_path: Path) -> None:
    service = _start(settings, tmp_path)
    assert service.stdout is not None
    assert b"backup.made" in service.stdout.readline()
    service.send_signal(signal.SIGTERM)
    said, _ = service.communicate(timeout=30)
    assert (service.returncode, said) == (0, b"")
    assert len(_names(tmp_path)) == 1


def test_what_goes_wrong_is_a_sentence_and_it_goes_on(settings: Settings, tmp_path: Path) -> None:
    settings.master_key_path.unlink()
    service = _start(settings, tmp_path)
    assert service.stdout is not None
    assert b"backup.failed" in service.stdout.readline()
    assert b"There is no master key" in service.stdout.readline()
    assert service.poll() is None
    service.send_signal(signal.SIGTERM)
    service.communicate(timeout=30)
    assert service.returncode == 0


def test_it_waits_until_the_newest_is_a_day_old(settings: Settings, tmp_path: Path) -> None:
    rota = _rota(tmp_path)
    assert backup_service._seconds_left(rota) <= 0
    made = make_one(settings, rota, Console(quiet=True))
    assert 23.9 * 3600 < backup_service._seconds_left(rota) <= 24 * 3600
    yesterday = (made / "manifest.json").stat().st_mtime - 25 * 3600
    os.utime(made / "manifest.json", (yesterday, yesterday))
    assert backup_service._seconds_left(rota) < 0
