"""What is kept: database, keys, copies, and what the rule says should be gone."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, func, inspect, make_url, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from bot.app import master_key
from bot.conversation.desk import utc_now
from bot.privacy.sealing.keyring import Keyring, key_names
from bot.privacy.sealing.problems import KeyGone, KeyProblem, SealBroken
from bot.settings import Settings
from bot.storage.access import stands
from bot.storage.audit import Event, latest
from bot.storage.damage import DatabaseDamaged, check_whole
from bot.storage.database import knows_revision, newest_revision, open_database, sessions_of
from bot.storage.keeping import AuditEntry, Erasure
from bot.storage.models import Reflection, Turn
from bot.storage.sealed import sealed_attributes
from bot.terminal.doctor.finding import Finding, look, well, wrong

_BACKUP_HOURS = 48
_SAMPLE = 20
# What is to be erased is gone within a day, and the daily run may be just ahead.
_GRACE = timedelta(days=2)
_CLOCKS_DIFFER = timedelta(minutes=5)


async def check_kept(settings: Settings) -> AsyncIterator[Finding]:
    """Look at database, keys and copies."""
    file = _sqlite_file(settings)
    if file is not None and not file.is_file():
        yield _no_database(settings, file)
        return
    try:
        engine = open_database(settings.database_url)
    except (SQLAlchemyError, ImportError, ValueError):
        yield wrong("database", "BALLAST_DATABASE is no address of a database that can be used.")
        return
    try:
        async for finding in _look_into(settings, engine):
            yield finding
    finally:
        await engine.dispose()


async def _look_into(settings: Settings, engine: AsyncEngine) -> AsyncIterator[Finding]:
    try:
        await check_whole(engine)
        async with engine.connect() as connection:
            current = await connection.run_sync(_revision)
    except DatabaseDamaged as fault:
        yield wrong("database", str(fault))
        return
    except (SQLAlchemyError, OSError) as fault:
        yield wrong(
            "database",
            f"The database does not answer ({type(fault).__name__}). Is it running, and is "
            "BALLAST_DATABASE right?",
        )
        return
    yield _of_revision(current)
    try:
        keyring = Keyring(settings.keys_folder, master_key(settings))
    except (KeyProblem, OSError) as fault:
        yield wrong("keys", str(fault))
        return
    try:
        for finding in _modes(settings):
            yield finding
        if current == newest_revision():
            async with sessions_of(engine, keyring)() as session:
                yield await _keys(session, settings, keyring)
                async for finding in _times(session, settings):
                    yield finding
    finally:
        keyring.close()


def _sqlite_file(settings: Settings) -> Path | None:
    url = make_url(settings.database_url)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _no_database(settings: Settings, file: Path) -> Finding:
    if settings.keys_folder.is_dir() and key_names(settings.keys_folder):
        return wrong(
            "database",
            f"There are keys of reflections and no database: {file} is not there. Put it back from "
            "a backup (`ballast restore`), or name it in BALLAST_DATABASE.",
        )
    return look("database", f"Nothing was kept yet: the first start makes {file}.")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _of_revision(current: str | None) -> Finding:
    newest = newest_revision()
    if current == newest:
        return well("database", f"The database answers and is at the newest revision, {newest}.")
    if current is None:
        return look("database", "The database is empty: the next start of the gateway fills it.")
    if not knows_revision(current):
        return wrong(
            "database",
            f"The database is of a newer Ballast than this (revision {current}). Use that version.",
        )
    return wrong(
        "database",
        f"The database is at revision {current}, the newest is {newest}. Make a backup and start "
        "the gateway, which brings it up to date.",
    )


def _modes(settings: Settings) -> Iterator[Finding]:
    """Find secrets that others can read."""
    folder = settings.keys_folder
    files = [settings.master_key_path, settings.rasa_secret_path, folder]
    files += sorted(folder.glob("*.key"))
    open_ones = [file for file in files if file.exists() and _is_open(file)]
    if open_ones:
        first = open_ones[0]
        more = f" and {len(open_ones) - 1} more" if len(open_ones) > 1 else ""
        yield wrong(
            "keys",
            f"Others than their owner can read {first}{more}. Run `chmod go= FILE`, and think of "
            "whoever could read it until now (docs/operations/incident.md).",
        )
    else:
        yield well("keys", "Keys and secrets can be read by their owner alone.")


def _is_open(file: Path) -> bool:
    return bool(stat.S_IMODE(file.stat().st_mode) & 0o077)


async def _keys(session: AsyncSession, settings: Settings, keyring: Keyring) -> Finding:
    needed = set(await session.scalars(select(Reflection.id)))
    missing = needed - set(key_names(settings.keys_folder))
    if missing:
        return wrong(
            "keys",
            f"{len(missing)} of {len(needed)} reflections have no key: nobody can read them. Put "
            "the newest copy of the keys back, unless they were erased; `ballast keys check` lists "
            "them.",
        )
    broken = [name for name, opens in islice(keyring.check(), _SAMPLE) if not opens]
    newest = select(Turn).order_by(Turn.kept_at.desc()).limit(_SAMPLE)
    try:
        for turn in await session.scalars(newest):
            for name in sealed_attributes(Turn):
                getattr(turn, name)
    except (SealBroken, KeyGone):
        broken.append("")
    if broken:
        return wrong(
            "keys",
            "A sample of what is kept does not open: a key or a row was changed. Run `ballast keys "
            "check`, and see docs/operations/incident.md.",
        )
    return well("keys", f"The master key fits, and a sample of {len(needed)} reflections opens.")


async def _times(session: AsyncSession, settings: Settings) -> AsyncIterator[Finding]:
    now = utc_now()
    written = await session.scalar(select(func.max(AuditEntry.at)))
    if written is not None and written > now + _CLOCKS_DIFFER:
        yield wrong(
            "clock",
            f"The audit has an entry of {written:%Y-%m-%d %H:%M} UTC, which is still to come: the "
            "clock was or is wrong. Set it.",
        )
    for finding in (
        await _copy(session, now, Event.BACKUP_MADE, "backup", "ballast backup FOLDER"),
        await _copy(
            session, now, Event.KEYS_COPIED, "copy of the keys", "ballast keys backup FOLDER"
        ),
        await _gone(session, settings, now),
    ):
        yield finding


async def _copy(
    session: AsyncSession, now: datetime, event: Event, what: str, command: str
) -> Finding:
    found = await latest(session, [event], 1)
    if not found:
        return wrong("backup", f"There was never a {what}: make one now (`{command}`) and daily.")
    hours = (now - found[0].at).total_seconds() / 3600
    if hours > _BACKUP_HOURS:
        return wrong("backup", f"The last {what} is {hours:.0f} hours old. Run `{command}`.")
    return well("backup", f"The last {what} is {max(hours, 0):.0f} hours old.")


async def _gone(session: AsyncSession, settings: Settings, now: datetime) -> Finding:
    waiting = await session.scalar(
        select(func.count()).where(Erasure.done_at.is_(None), Erasure.asked_at < now - _GRACE)
    )
    if waiting:
        return wrong(
            "retention",
            f"{waiting} reflections were to be erased over two days ago and are not: a store "
            "cannot be reached. `ballast erasures` says which.",
        )
    if settings.retention_days is None:
        return well("retention", "Nothing is erased for its age (BALLAST_RETENTION_DAYS is empty).")
    latest_day = now - timedelta(days=settings.retention_days) - _GRACE
    over = await session.scalar(
        select(func.count()).where(Reflection.changed_at <= latest_day, stands())
    )
    if over:
        return look(
            "retention",
            f"{over} reflections are older than {settings.retention_days} days: they are held "
            "(`ballast hold list`), or the gateway did not run. `ballast retention run` erases the "
            "others now.",
        )
    return well("retention", f"Nothing is older than {settings.retention_days} days.")
