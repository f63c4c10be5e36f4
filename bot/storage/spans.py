"""What there is of one therapist since a day: all of their own, or what is shared and stands.

It gives what `access.py` would give one by one, and never more.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.access import can_be_read, shared_with, stands
from bot.storage.models import Account, FollowUp, Plan, Reflection, Share, Turn

# Ten a week for a year. Of more the newest are given: a page may not take everybody's time.
MOST = 520


async def own_since(session: AsyncSession, account: Account, since: datetime) -> list[Reflection]:
    """Give a therapist's reflections begun since then, the oldest first."""
    query = (
        select(Reflection)
        .where(Reflection.therapist_id == account.id, Reflection.started_at >= since, stands())
        .order_by(Reflection.started_at.desc(), Reflection.id.desc())
        .limit(MOST)
    )
    newest = [one for one in await session.scalars(query) if can_be_read(session, one.id)]
    return newest[::-1]


async def shared_since(
    session: AsyncSession, supervisor: Account, therapist: Account, since: datetime, now: datetime
) -> list[tuple[Share, Reflection]]:
    """Give what a therapist began since then and shares with a supervisor now, the oldest first."""
    query = (
        shared_with(supervisor, now)
        .where(Reflection.therapist_id == therapist.id, Reflection.started_at >= since)
        .order_by(None)
        .order_by(Reflection.started_at.desc(), Reflection.id.desc())
        .limit(MOST)
    )
    newest = [
        (share, reflection)
        for share, reflection, _ in await session.execute(query)
        if can_be_read(session, reflection.id)
    ]
    return newest[::-1]


async def plans_told(
    session: AsyncSession, reflection_ids: Collection[str]
) -> list[tuple[str, str, int]]:
    """Give where it was told how a plan went: whose plan, in which reflection, in which turn.

    Both reflections are among `reflection_ids`, the turn is given by its number.
    """
    query = (
        select(Plan.reflection_id, Turn.reflection_id, Turn.number)
        .join(FollowUp, FollowUp.plan_id == Plan.id)
        .join(Turn, Turn.id == FollowUp.turn_id)
        .where(Plan.reflection_id.in_(reflection_ids), Turn.reflection_id.in_(reflection_ids))
    )
    return [(plan, told, number) for plan, told, number in await session.execute(query)]
