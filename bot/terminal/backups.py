"""`ballast backup`, `ballast restore` and `ballast keys backup`."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from sqlalchemy import make_url, text

from bot.app import master_key, open_desk
from bot.conversation.bot import AbsentBot
from bot.conversation.forgetting import forget_all
from bot.conversation.restored import PutRight, put_right, unreadable
from bot.privacy.sealing.copies import copy_keys
from bot.privacy.sealing.keyring import Keyring
from bot.run.problems import CannotRun
from bot.settings import Settings
from bot.storage import backups, postgresql
from bot.storage.audit import COMMAND, Event, head_of, record
from bot.storage.backups import DATABASE, DUMP, RASA, BadBackup, Manifest
from bot.storage.database import knows_revision
from bot.terminal.stopped import while_stopped

_LABEL = "backup"
_BEFORE = "a backup is put back"
_JOURNALS = ("-wal", "-shm", "-journal")
# Asks whether so many reflections may be swept.
Confirm = Callable[[int], bool]


async def back_up(settings: Settings, to: Path, console: Console) -> Manifest:
    """Copy the databases into the new folder `to`. Raises `BadBackup`."""
    backups.new_folder(to)
    async with open_desk(settings, lambda _: AbsentBot()) as (desk, _):
        with _bar(console) as progress:
            if own := _sqlite_file(settings):
                await asyncio.to_thread(_copy, own, to / DATABASE, progress)
                revision, number, code = backups.audit_head_in(to / DATABASE)
            else:
                async with desk.sessions() as session:
                    head = await head_of(session)
                    revision = await session.scalar(text("SELECT version_num FROM alembic_version"))
                number, code = head.number, head.code
                await asyncio.to_thread(postgresql.dump, settings.database_url, to / DUMP)
            if _rasa(settings).exists():
                await asyncio.to_thread(_copy, _rasa(settings), to / RASA, progress)
        made_at = desk.clock().isoformat()
        described = backups.describe(to, made_at, revision, number, code)
        manifest = described.signed(desk.keyring.sub_key(_LABEL))
        backups.write_manifest(to, manifest)
        async with desk.sessions.begin() as session:
            size = sum(size for _, size in manifest.files.values())
            details = {"files": len(manifest.files), "bytes": size}
            now = desk.clock()
            await record(session, Event.BACKUP_MADE, now, by=COMMAND, details={**details})
    return manifest


def verify(settings: Settings, folder: Path, console: Console) -> Manifest:
    """Give a backup's manifest when all of it is whole. Raises `BadBackup`."""
    keyring = Keyring(settings.keys_folder, master_key(settings))
    try:
        with _bar(console) as progress:
            task = progress.add_task("Comparing files", total=None)
            manifest = backups.verify(
                folder,
                keyring.sub_key(_LABEL),
                lambda done, total: progress.update(task, completed=done, total=total),
            )
    finally:
        keyring.close()
    if manifest.revision and not knows_revision(manifest.revision):
        raise BadBackup("The backup was made by a newer version of Ballast. Use that version.")
    return manifest


def restore(settings: Settings, folder: Path, console: Console, confirm: Confirm) -> PutRight:
    """Put the databases back as they were when the backup was made, except for what was erased.

    Nothing is replaced before the copies are whole and put right; then by renaming, under the
    lock of the keys. Raises `BadBackup`, `KeyProblem`, or `CannotRun` while Ballast runs.
    """
    with while_stopped(settings, _BEFORE):
        pass  # tell at once rather than after minutes of copying
    manifest = verify(settings, folder, console)
    own = _sqlite_file(settings)
    if own is None or DUMP in manifest.files:
        return _restore_postgresql(settings, folder, manifest, own)
    fresh = {own: _beside(own)}
    if RASA in manifest.files:
        fresh[_rasa(settings)] = _beside(_rasa(settings))
    try:
        for name, target in zip((DATABASE, RASA), fresh.values(), strict=False):
            _take_copy(folder / name, target)
        _carry_holds_over(own, fresh[own])
        changed = settings.model_copy(update={"database": f"sqlite+aiosqlite:///{fresh[own]}"})
        found = asyncio.run(_put_right(changed, manifest, confirm))
        with while_stopped(settings, _BEFORE):
            for target, copy in fresh.items():
                _swap(copy, target)
    finally:
        for copy in fresh.values():
            _remove(copy)
    return found


def back_up_keys(settings: Settings, to: Path, console: Console) -> None:
    """Make `to` the one copy of the keys, instead of the one before. Raises `KeyProblem`."""
    asyncio.run(_back_up_keys(settings, to, console))


async def _back_up_keys(settings: Settings, to: Path, console: Console) -> None:
    async with open_desk(settings, lambda _: AbsentBot()) as (desk, _):
        count = 0
        with _bar(console) as progress:
            task = progress.add_task("Copying keys", total=None)
            for done, count in copy_keys(settings.keys_folder, to):
                progress.update(task, completed=done, total=count)
        async with desk.sessions.begin() as session:
            details = {"keys": count}
            now = desk.clock()
            await record(session, Event.KEYS_COPIED, now, by=COMMAND, details={**details})


def _bar(console: Console) -> Progress:
    # Where nobody watches, what is refused is one sentence and no half of a bar.
    return Progress(console=console, transient=True, disable=not console.is_terminal)


def _sqlite_file(settings: Settings) -> Path | None:
    url = make_url(settings.database_url)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _rasa(settings: Settings) -> Path:
    return settings.var / RASA


def _copy(source: Path, target: Path, progress: Progress) -> None:
    task = progress.add_task(f"Copying {target.name}", total=None)
    backups.copy_sqlite(
        source,
        target,
        lambda done, total: progress.update(task, completed=done, total=total),
    )


def _beside(target: Path) -> Path:
    return target.with_name(f"{target.name}.restoring")


def _take_copy(source: Path, target: Path) -> None:
    _remove(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600))
    shutil.copyfile(source, target)


async def _put_right(settings: Settings, manifest: Manifest, confirm: Confirm) -> PutRight:
    async with open_desk(settings, lambda _: AbsentBot()) as (desk, _):
        gone = len(await unreadable(desk))
        if gone and not confirm(gone):
            raise CannotRun("Nothing was changed.")
        found = await put_right(desk, manifest.audit_number)
        # Rasa's part waits for a Ballast that runs.
        await forget_all(desk)
    return found


def _carry_holds_over(present: Path, fresh: Path) -> None:
    """Keep the holds that stand now; what cannot be read has none that could be kept."""
    if not present.exists():
        return
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(fresh)) as copy, copy:
        copy.execute("ATTACH ? AS present", (str(present),))
        copy.execute(
            "INSERT OR IGNORE INTO holds SELECT * FROM present.holds WHERE released_at IS NULL"
        )


def _end_journal(database: Path) -> None:
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _swap(copy: Path, target: Path) -> None:
    _end_journal(copy)
    with copy.open("rb") as written:
        os.fsync(written.fileno())
    if target.exists():
        # The old journal, left beside the new file, would be played into it.
        with suppress(sqlite3.DatabaseError):
            _end_journal(target)
    for ending in _JOURNALS:
        target.with_name(target.name + ending).unlink(missing_ok=True)
    copy.replace(target)


def _remove(copy: Path) -> None:
    for ending in ("", *_JOURNALS):
        copy.with_name(copy.name + ending).unlink(missing_ok=True)


def _restore_postgresql(
    settings: Settings, folder: Path, manifest: Manifest, own: Path | None
) -> PutRight:
    if own is not None or DUMP not in manifest.files:
        raise BadBackup("The backup is of another kind of database than BALLAST_DATABASE names.")
    with while_stopped(settings, _BEFORE):
        postgresql.put_back(settings.database_url, folder / DUMP)
    if RASA in manifest.files:
        _take_copy(folder / RASA, _beside(_rasa(settings)))
        _swap(_beside(_rasa(settings)), _rasa(settings))
    return asyncio.run(_put_right(settings, manifest, lambda _: True))
