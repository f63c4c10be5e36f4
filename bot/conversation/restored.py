"""What has to be done with a database that was put back from a backup, before anybody uses it.

A backup does not know what was erased, withdrawn or ended after it was made. What was erased
shows by its missing key and is swept. The rest cannot be known, so it is taken as ended: nobody
is signed in, nothing is shared and nothing consented to until it is said again, and no team's
figures are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Update, select, update

from bot.conversation.desk import Desk
from bot.storage.access import can_be_read, stands
from bot.storage.audit import COMMAND, Detail, Event, record
from bot.storage.erasing import intend
from bot.storage.models import Consent, Reflection, Share, SignIn, SignInLink
from bot.storage.states import ErasedBecause, ShareClosing
from bot.storage.trends import take_back_all


@dataclass(frozen=True)
class PutRight:
    """How much was swept and ended after a restore."""

    swept: int
    ended: int


async def unreadable(desk: Desk) -> list[str]:
    """Give the ids of all reflections that have no key any more."""
    async with desk.sessions() as session:
        known = await session.scalars(select(Reflection.id).where(stands()))
        return [found for found in known if not can_be_read(session, found)]


async def put_right(desk: Desk, made_at_entry: int) -> PutRight:
    """Note that what is unreadable has to go, end what may have been ended, and tell the audit."""
    now = desk.clock()
    gone = await unreadable(desk)
    ended = 0
    async with desk.sessions.begin() as session:
        for reflection_id in gone:
            reflection = await session.get_one(Reflection, reflection_id)
            await intend(session, reflection, ErasedBecause.SWEPT, now, by=COMMAND)
        for statement in _ended(now):
            found = await session.execute(statement.execution_options(synchronize_session=False))
            ended += found.rowcount  # type: ignore[attr-defined]
        await take_back_all(session)
        details: dict[str, Detail] = {"entry": made_at_entry, "swept": len(gone), "ended": ended}
        await record(session, Event.RESTORED, now, by=COMMAND, details=details)
    return PutRight(len(gone), ended)


def _ended(now: object) -> tuple[Update, ...]:
    return (
        update(SignIn).where(SignIn.ends_at > now).values(ends_at=now),
        update(SignInLink).where(SignInLink.used_at.is_(None)).values(used_at=now),
        update(Share)
        .where(Share.closed_at.is_(None))
        .values(closed_at=now, closed_how=ShareClosing.RESTORED),
        update(Consent).where(Consent.withdrawn_at.is_(None)).values(withdrawn_at=now),
    )
