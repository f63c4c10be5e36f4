"""Have every store forget what is to be erased, however long that takes and often it is stopped.

An erasure is noted first (`bot/storage/erasing.py`). Then each store of
`bot/conversation/stores.py` forgets in its turn, and its line of the receipt is written; what is
done is not done again, and a gateway that starts goes on with whatever an earlier one left.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation import stores
from bot.conversation.bot import BotDown
from bot.conversation.desk import Desk
from bot.conversation.retention import run_retention
from bot.conversation.stores import Elsewhere, Unreachable
from bot.storage.audit import GATEWAY, Event, record
from bot.storage.database import drop_deleted_pages
from bot.storage.erasing import delete_rows, unfinished
from bot.storage.holding import hold_erasure
from bot.storage.keeping import ErasedStore, Erasure

log = structlog.get_logger()

_TRY_AGAIN_SECONDS = 5.0
# So often it is looked for what another process (`ballast retention run`) noted.
_LOOK_EVERY_SECONDS = 60.0
_RETENTION_EVERY = timedelta(days=1)
_NAMES = [store.name for store in stores.STORES]


class Forgetting:
    """The task that carries erasures out, and begins those that a retention rule wants."""

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
        """Carry on whatever was noted just now."""
        self._wanted.set()

    async def stop(self) -> None:
        """Stop; what is left stays noted."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        desk = self._desk
        retention_due = desk.clock()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), _LOOK_EVERY_SECONDS)
            self._wanted.clear()
            try:
                async with desk.copies.hold("forgetting"):
                    if desk.clock() >= retention_due:
                        await run_retention(desk, by=GATEWAY)
                        retention_due = desk.clock() + _RETENTION_EVERY
                    is_all_done = await forget_all(desk)
            except (SQLAlchemyError, OSError) as fault:
                log.warning("forgetting.waits", kind=type(fault).__name__)
                is_all_done = False
            if not is_all_done:
                await asyncio.sleep(_TRY_AGAIN_SECONDS)
                self._wanted.set()


async def forget_all(desk: Desk) -> bool:
    """Carry out every erasure that is noted; say whether all are done."""
    async with desk.sessions() as session:
        waiting = [erasure.reflection_id for erasure in await unfinished(session)]
    is_all_done = True
    for reflection_id in waiting:
        try:
            is_all_done &= await forget(desk, reflection_id)
        except (SQLAlchemyError, OSError) as fault:
            log.warning("forgetting.waits", kind=type(fault).__name__)
            is_all_done = False
    return is_all_done


async def forget(desk: Desk, reflection_id: str) -> bool:
    """Have every store forget a reflection, as far as they can be reached; say whether all did."""
    for store in stores.BEFORE_ROWS:
        await _forget_in(desk, store, reflection_id)
    async with desk.sessions.begin() as session:
        await hold_erasure(session, reflection_id)
        await delete_rows(session, reflection_id, desk.clock(), after=len(stores.BEFORE_ROWS))
    await drop_deleted_pages(desk.sessions)
    is_done = True
    for store in stores.AFTER_ROWS:
        try:
            await _forget_in(desk, store, reflection_id)
        except (BotDown, Unreachable, OSError) as fault:
            log.warning("forgetting.waits", store=store.name, kind=type(fault).__name__)
            is_done = False
    if is_done:
        await _write_receipt(desk, reflection_id)
    return is_done


async def destroy_key(desk: Desk, reflection_id: str) -> None:
    """Do the first step of an erasure that is noted: nothing can be read from here on."""
    for store in stores.BEFORE_ROWS:
        await _forget_in(desk, store, reflection_id)


async def _forget_in(desk: Desk, store: Elsewhere, reflection_id: str) -> None:
    async with desk.sessions.begin() as session:
        # Another gateway may be at it as well.
        await hold_erasure(session, reflection_id)
        line = await session.get(ErasedStore, (reflection_id, store.name))
        if line is not None and line.gone_at is not None:
            return
        if line is None:
            session.add(
                ErasedStore(
                    reflection_id=reflection_id,
                    store=store.name,
                    position=_NAMES.index(store.name),
                    held=await store.count(desk, reflection_id),
                )
            )
    await store.forget(desk, reflection_id)
    async with desk.sessions.begin() as session:
        await session.execute(
            update(ErasedStore)
            .where(ErasedStore.reflection_id == reflection_id, ErasedStore.store == store.name)
            .values(gone_at=desk.clock())
        )


async def _write_receipt(desk: Desk, reflection_id: str) -> None:
    now = desk.clock()
    async with desk.sessions.begin() as session:
        finished = await session.execute(
            update(Erasure)
            .where(Erasure.reflection_id == reflection_id, Erasure.done_at.is_(None))
            .values(done_at=now)
            .returning(Erasure.therapist_id)
        )
        row = finished.one_or_none()
        if row is None:
            return  # by another process, in this moment
        lines = select(func.count()).where(ErasedStore.reflection_id == reflection_id)
        count = await session.scalar(lines)
        await record(
            session,
            Event.ERASED,
            now,
            by=GATEWAY,
            reflection=reflection_id,
            account=row[0],
            details={"stores": count or 0},
        )
