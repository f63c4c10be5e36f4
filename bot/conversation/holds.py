"""Legal holds: placed and released by an administrator, and never a way to read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from bot.conversation.desk import Desk
from bot.storage.access import stands
from bot.storage.audit import COMMAND, Event, record
from bot.storage.holding import hold_account, hold_reflection
from bot.storage.keeping import Hold
from bot.storage.models import Account, Reflection
from bot.storage.states import Role

LONGEST_REASON = 300


class NothingToHold(Exception):
    """No reflection and no therapist has this id."""


async def place_hold(desk: Desk, held_id: str, reason: str, *, by: str = COMMAND) -> None:
    """Hold one reflection, or all of a therapist's. Raises `NothingToHold`."""
    now = desk.clock()
    async with desk.sessions.begin() as session:
        await hold_reflection(session, held_id)
        await hold_account(session, held_id)
        reflection = await session.scalar(
            select(Reflection.id).where(Reflection.id == held_id, stands())
        )
        therapist = await session.scalar(
            select(Account.id).where(Account.id == held_id, Account.role == Role.THERAPIST)
        )
        if reflection is None and therapist is None:
            raise NothingToHold
        session.add(
            Hold(reflection_id=reflection, therapist_id=therapist, reason=reason, placed_at=now)
        )
        await record(
            session, Event.HOLD_PLACED, now, by=by, reflection=reflection, account=therapist
        )


async def release_hold(desk: Desk, held_id: str, *, by: str = COMMAND) -> int:
    """End every hold on a reflection or a therapist; give how many there were."""
    now = desk.clock()
    async with desk.sessions.begin() as session:
        is_on_it = (Hold.reflection_id == held_id) | (Hold.therapist_id == held_id)
        ended = await session.execute(
            update(Hold)
            .where(is_on_it, Hold.released_at.is_(None))
            .values(released_at=now)
            .returning(Hold.reflection_id, Hold.therapist_id)
        )
        released = ended.all()
        for reflection, therapist in released:
            await record(
                session,
                Event.HOLD_RELEASED,
                now,
                by=by,
                reflection=reflection,
                account=therapist,
            )
    return len(released)


async def holds(desk: Desk) -> list[tuple[str, str, datetime]]:
    """Give the holds that stand: on whom or what, why, and since when."""
    async with desk.sessions() as session:
        query = select(Hold).where(Hold.released_at.is_(None)).order_by(Hold.placed_at)
        return [
            (hold.reflection_id or hold.therapist_id or "", hold.reason, hold.placed_at)
            for hold in await session.scalars(query)
        ]
