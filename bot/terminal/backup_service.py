"""Backups as a service: one a day, checked, and the keys apart; the oldest go."""

from __future__ import annotations

import asyncio
import shutil
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from click import ClickException
from rich.console import Console

from bot.settings import Settings
from bot.storage.backups import MANIFEST
from bot.terminal.backups import back_up, back_up_keys, verify
from bot.terminal.sentences import sentences

log = structlog.get_logger()

_NAME = "%Y-%m-%dT%H-%M-%SZ"
_AGAIN_SECONDS = 600.0


@dataclass(frozen=True)
class Rota:
    """Where backups and the copy of the keys go, how often, and how many backups are kept."""

    to: Path
    keys_to: Path
    hours: float
    keep: int


async def make_again_and_again(settings: Settings, rota: Rota, console: Console) -> None:
    """Make a backup whenever the newest is too old, until told to stop.

    What fails is logged by its kind and tried again after ten minutes.
    """
    stop = asyncio.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(told, stop.set)
    while not stop.is_set():
        wait = _seconds_left(rota)
        if wait <= 0:
            wait = await asyncio.to_thread(_make, settings, rota, console)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait)


def make_one(settings: Settings, rota: Rota, console: Console) -> Path:
    """Make and check one backup, copy the keys, and let go of the oldest; give its folder.

    The folder has its name only once all of it is whole. Raises `BadBackup` or `KeyProblem`.
    """
    rota.to.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = rota.to / datetime.now(UTC).strftime(_NAME)
    half = rota.to / ".half"
    shutil.rmtree(half, ignore_errors=True)  # of a service that was stopped on the way
    asyncio.run(back_up(settings, half, console))
    verify(settings, half, console)
    half.rename(made)
    back_up_keys(settings, rota.keys_to, console)
    for old in _backups(rota.to)[: -rota.keep]:
        shutil.rmtree(old)
    return made


def _make(settings: Settings, rota: Rota, console: Console) -> float:
    """Make one; give the seconds until the next try."""
    try:
        with sentences():
            made = make_one(settings, rota, console)
    except ClickException as fault:
        log.error("backup.failed", kind=type(fault.__context__ or fault).__name__)
        console.print(f"Error: {fault.message}", soft_wrap=True, highlight=False)
        return _AGAIN_SECONDS
    log.info("backup.made", folder=made.name)
    return rota.hours * 3600


def _seconds_left(rota: Rota) -> float:
    newest = _backups(rota.to)[-1:] if rota.to.is_dir() else []
    if not newest:
        return 0.0
    return (newest[0] / MANIFEST).stat().st_mtime + rota.hours * 3600 - time.time()


def _backups(folder: Path) -> list[Path]:
    """Give the folders of whole backups that this service made, the oldest first."""
    found = []
    for made in sorted(folder.iterdir()):
        with suppress(ValueError):
            datetime.strptime(made.name, _NAME).replace(tzinfo=UTC)
            if (made / MANIFEST).is_file():
                found.append(made)
    return found
