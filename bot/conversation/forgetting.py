"""Destroy the key of what was erased and have the bot forget it, however long that takes.

An erasure is noted in the same commit that deletes the rows, and the note goes when the
bot has forgotten; a gateway that starts finds the notes that an earlier one left.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.bot import BotDown
from bot.conversation.desk import Desk
from bot.storage.database import drop_deleted_pages
from bot.storage.models import Erasure

log = structlog.get_logger()

_TRY_AGAIN_SECONDS = 5.0


class Forgetting:
    """The task that carries erasures on to the bot."""

    def __init__(self, desk: Desk) -> None:
        """Begin with nothing to do."""
        self._desk = desk
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Go on with what was left, and then wait for more."""
        self._wanted.set()
        self._task = asyncio.create_task(self._run())

    def see_to(self) -> None:
        """Carry on whatever was erased just now."""
        self._wanted.set()

    async def stop(self) -> None:
        """Stop; what is left stays noted."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                await self._forget_all()
            except (BotDown, SQLAlchemyError, OSError) as fault:
                log.warning("forgetting.waits", kind=type(fault).__name__)
                await asyncio.sleep(_TRY_AGAIN_SECONDS)
                self._wanted.set()

    async def _forget_all(self) -> None:
        desk = self._desk
        async with desk.sessions() as session:
            erased = list(await session.scalars(select(Erasure.reflection_id)))
        for reflection_id in erased:
            await asyncio.to_thread(desk.keyring.destroy, reflection_id)
            await desk.bot.forget(reflection_id)
            async with desk.sessions.begin() as session:
                await session.execute(delete(Erasure).where(Erasure.reflection_id == reflection_id))
        if erased:
            await drop_deleted_pages(desk.sessions)
