"""Erase what has been kept for as long as the rule says. Without a rule nothing is erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.storage.access import stands
from bot.storage.audit import Event, record
from bot.storage.erasing import intend, is_held
from bot.storage.holding import hold_reflection
from bot.storage.models import Reflection
from bot.storage.states import ErasedBecause


@dataclass(frozen=True)
class Due:
    """A reflection whose time is over, and whether a hold keeps it."""

    reflection_id: str
    changed_at: datetime
    is_held: bool


async def due(desk: Desk) -> list[Due]:
    """Give what the rule wants erased now, the oldest first; nothing when there is no rule."""
    async with desk.sessions() as session:
        return [
            Due(one.id, one.changed_at, await is_held(session, one))
            for one in await _over(session, desk)
        ]


async def run_retention(desk: Desk, *, by: str) -> list[Due]:
    """Note that what is due is to be erased, and give it. Whoever forgets does the rest."""
    if desk.settings.retention_days is None:
        return []
    found, now = await due(desk), desk.clock()
    for one in found:
        if one.is_held:
            continue
        # Each in a commit of its own, and looked at again: it may have been gone on with.
        async with desk.sessions.begin() as session:
            await hold_reflection(session, one.reflection_id)
            query = _query(desk).where(Reflection.id == one.reflection_id)
            reflection = await session.scalar(query)
            if reflection is not None and not await is_held(session, reflection):
                await intend(session, reflection, ErasedBecause.RETENTION, now, by=by)
    held = sum(one.is_held for one in found)
    async with desk.sessions.begin() as session:
        details = {"days": desk.settings.retention_days, "due": len(found), "held": held}
        await record(session, Event.RETENTION_RUN, now, by=by, details={**details})
    return found


async def _over(session: AsyncSession, desk: Desk) -> list[Reflection]:
    if desk.settings.retention_days is None:
        return []
    return list(await session.scalars(_query(desk)))


def _query(desk: Desk) -> Select[Reflection]:
    days = desk.settings.retention_days or 0
    latest = desk.clock() - timedelta(days=days)
    return (
        select(Reflection)
        .where(Reflection.changed_at <= latest, stands())
        .order_by(Reflection.changed_at)
    )
