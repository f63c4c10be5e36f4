"""Show a reflection to the therapist's supervisors, and take it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.audit import Event, record
from bot.storage.models import Account, Reflection, Share, Supervision


async def supervisors_of(session: AsyncSession, therapist_id: str, now: datetime) -> list[Account]:
    """Give those who supervise a therapist today and may still sign in."""
    query = (
        select(Account)
        .join(Supervision, Supervision.supervisor_id == Account.id)
        .where(
            Supervision.therapist_id == therapist_id,
            Supervision.since <= now,
            or_(Supervision.until.is_(None), Supervision.until > now),
            Account.disabled_at.is_(None),
        )
    )
    return list(await session.scalars(query))


async def shared_with(session: AsyncSession, reflection: Reflection) -> list[Account]:
    """Give those with whom a reflection is shared now."""
    query = (
        select(Account)
        .join(Share, Share.supervisor_id == Account.id)
        .where(Share.reflection_id == reflection.id, Share.withdrawn_at.is_(None))
    )
    return list(await session.scalars(query))


async def share_with_supervisors(
    session: AsyncSession, reflection: Reflection, now: datetime
) -> list[Account]:
    """Share a reflection with its therapist's supervisors, and give who they are."""
    supervisors = await supervisors_of(session, reflection.therapist_id, now)
    already = {account.id for account in await shared_with(session, reflection)}
    for supervisor in supervisors:
        if supervisor.id in already:
            continue
        session.add(Share(reflection_id=reflection.id, supervisor_id=supervisor.id, shared_at=now))
        await record(
            session,
            Event.SHARE_GIVEN,
            now,
            account=supervisor.id,
            by=reflection.therapist_id,
            reflection=reflection.id,
        )
    return supervisors
