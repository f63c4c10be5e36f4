"""What an operator watches beside the work: what waits, disk, copies. Numbers only."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.storage.access import waiting_turns
from bot.storage.audit import Event, latest
from bot.storage.concern_tables import Notification
from bot.storage.slack_tables import SlackPost
from bot.storage.states import NotificationState, SlackPostState

# A notification that waits tells that a concern was shared; one that waits so long, only that
# nobody takes it.
OVERDUE = timedelta(hours=1)
GIVEN_UP_WITHIN = timedelta(days=7)


async def what_waits(desk: Desk) -> Mapping[str, float]:
    """Give what waits in the database and when it was last copied, by the names of the gauges."""
    now = desk.clock()
    async with desk.sessions() as session:
        waiting, oldest = await waiting_turns(session)
        posts = select(func.count()).where(
            SlackPost.state.in_((SlackPostState.PLANNED, SlackPostState.SENDING))
        )
        not_taken = select(func.count()).where(
            or_(
                (Notification.state == NotificationState.WAITING)
                & (Notification.made_at < now - OVERDUE),
                (Notification.state == NotificationState.NOT_DELIVERED)
                & (Notification.made_at > now - GIVEN_UP_WITHIN),
            )
        )
        return {
            "turns_waiting": waiting,
            "turns_oldest_wait_seconds": (now - oldest).total_seconds() if oldest else 0.0,
            "slack_posts_waiting": await session.scalar(posts) or 0,
            "notifications_not_taken": await session.scalar(not_taken) or 0,
            "last_backup_timestamp_seconds": await _last(session, Event.BACKUP_MADE),
            "last_keys_copy_timestamp_seconds": await _last(session, Event.KEYS_COPIED),
        }


async def room(desk: Desk) -> Mapping[str, float]:
    """Give how much room the disk has. Raises `OSError`."""
    disk = await asyncio.to_thread(shutil.disk_usage, desk.settings.var)
    return {"disk_free_bytes": disk.free, "disk_size_bytes": disk.total}


async def _last(session: AsyncSession, event: Event) -> float:
    found = await latest(session, [event], 1)
    return found[0].at.timestamp() if found else 0.0
