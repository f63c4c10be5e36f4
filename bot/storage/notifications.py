"""The outbox: messages that are to go out, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.access import stands
from bot.storage.concern_tables import ConcernWatch, MailAddress, Notification
from bot.storage.models import Account, Reflection, Share
from bot.storage.shares import standing
from bot.storage.states import Channel, NotificationState, Occasion


async def put_out(
    session: AsyncSession,
    supervisor_id: str,
    share_id: str | None,
    occasion: Occasion,
    channels: Collection[Channel],
    now: datetime,
) -> None:
    """Put a message for each channel into the outbox, in the caller's transaction."""
    session.add_all(
        Notification(
            supervisor_id=supervisor_id,
            share_id=share_id,
            channel=channel,
            occasion=occasion,
            state=NotificationState.WAITING,
            made_at=now,
            try_at=now,
        )
        for channel in channels
    )


async def due(
    session: AsyncSession, channel: Channel, now: datetime, limit: int
) -> list[Notification]:
    """Give what is to be sent now on a channel, what has been due longest first."""
    query = (
        select(Notification)
        .where(
            Notification.state == NotificationState.WAITING,
            Notification.channel == channel,
            Notification.try_at <= now,
        )
        .order_by(Notification.try_at, Notification.id)
        .limit(limit)
    )
    return list(await session.scalars(query))


async def is_still_to_tell(
    session: AsyncSession, message: Notification, codes: Collection[str], now: datetime
) -> bool:
    """Say whether what a message is about is still shared with its supervisor, and still open.

    `codes` are those by which open concerns are found.

    By the reflection and not by the one share: a share may have been changed by a later one.
    """
    about = select(Share.reflection_id).where(Share.id == message.share_id)
    query = (
        select(Share.id)
        .join(Reflection, Reflection.id == Share.reflection_id)
        .join(ConcernWatch, ConcernWatch.share_id == Share.id)
        .where(
            Share.reflection_id.in_(about),
            Share.supervisor_id == message.supervisor_id,
            ConcernWatch.code.in_(codes),
            standing(now),
            stands(),
        )
        .limit(1)
    )
    return await session.scalar(query) is not None


async def messages_about(
    session: AsyncSession, share_ids: Collection[str]
) -> Sequence[Notification]:
    """Give the messages about these shares, the first first."""
    query = select(Notification).where(Notification.share_id.in_(share_ids))
    return list(await session.scalars(query.order_by(Notification.made_at, Notification.id)))


async def last_messages(
    session: AsyncSession, supervisor: Account, limit: int
) -> Sequence[Notification]:
    """Give the last messages to a supervisor, the newest first."""
    query = select(Notification).where(Notification.supervisor_id == supervisor.id)
    return list(
        await session.scalars(
            query.order_by(Notification.made_at.desc(), Notification.id).limit(limit)
        )
    )


async def mail_address(session: AsyncSession, supervisor_id: str) -> MailAddress | None:
    """Give where a supervisor wants to be written to, if they said so."""
    found: MailAddress | None = await session.get(MailAddress, supervisor_id)
    return found
