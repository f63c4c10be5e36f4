"""How the installation is: database, model, disk, copies. Facts, no opinions."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from bot.conversation.desk import Desk
from bot.storage.audit import Event, latest
from bot.trained import model_file

# Far more than a day needs, and little enough that somebody has to look now.
LITTLE_BYTES = 2**30


@dataclass(frozen=True)
class Installation:
    """What an administrator would otherwise look for on the server."""

    revision: str
    has_model: bool
    # Whether the learned second layer of safety was read out of it at the start.
    hears_with_model: bool
    free_bytes: int
    all_bytes: int
    has_keys_copy: bool
    reaches_keys_copy: bool
    last_backup: datetime | None
    last_keys_copy: datetime | None

    @property
    def is_disk_nearly_full(self) -> bool:
        """Whether there is so little room that somebody has to look now."""
        return self.free_bytes < LITTLE_BYTES


async def look_at(desk: Desk) -> Installation:
    """Look at all of it. Raises `OSError` where the disk cannot be asked."""
    settings = desk.settings
    disk = await asyncio.to_thread(shutil.disk_usage, settings.var)
    folder = settings.keys_copy
    return Installation(
        revision=await _revision(desk),
        has_model=model_file(settings.models).is_file(),
        hears_with_model=desk.concern_detector is not None,
        free_bytes=disk.free,
        all_bytes=disk.total,
        has_keys_copy=folder is not None,
        reaches_keys_copy=folder is not None and folder.is_dir(),
        last_backup=await _last(desk, Event.BACKUP_MADE),
        last_keys_copy=await _last(desk, Event.KEYS_COPIED),
    )


async def _revision(desk: Desk) -> str:
    async with desk.sessions() as session:
        return str(await session.scalar(text("SELECT version_num FROM alembic_version")))


async def _last(desk: Desk, event: Event) -> datetime | None:
    async with desk.sessions() as session:
        found = await latest(session, [event], 1)
    return found[0].at if found else None
