"""The note that a reflection is to be erased, and what holds it back.

From the commit of the note on, nobody finds the reflection; `bot/conversation/forgetting.py` then
has every store forget it, in order, however often that is interrupted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.storage.audit import Event, record
from bot.storage.holding import hold_account, hold_reflection
from bot.storage.keeping import ErasedStore, Erasure, Hold
from bot.storage.models import Reflection
from bot.storage.states import ErasedBecause
from bot.storage.stores import ROWS


class Held(Exception):
    """The reflection is under a legal hold: nothing of it may be erased."""


async def intend(
    session: AsyncSession, reflection: Reflection, because: ErasedBecause, at: datetime, by: str
) -> None:
    """Note that a reflection is to be erased; to do it again is harmless. Raises `Held`.

    What nobody can read any more is swept even under a hold: there is nothing left to hold.
    """
    await hold_reflection(session, reflection.id)
    # Whoever places a hold has either done it before this looks, or finds the reflection gone.
    await hold_account(session, reflection.therapist_id)
    if because is not ErasedBecause.SWEPT and await is_held(session, reflection):
        raise Held
    if await session.get(Erasure, reflection.id) is not None:
        return
    session.add(
        Erasure(
            reflection_id=reflection.id,
            therapist_id=reflection.therapist_id,
            began_at=reflection.started_at,
            because=because,
            asked_at=at,
        )
    )
    await session.flush()
    await record(
        session,
        Event.ERASE_ASKED,
        at,
        by=by,
        reflection=reflection.id,
        account=reflection.therapist_id,
        details={"because": because},
    )


async def is_held(session: AsyncSession, reflection: Reflection) -> bool:
    """Say whether a hold on a reflection or its therapist stands."""
    query = select(Hold.id).where(
        Hold.released_at.is_(None),
        or_(Hold.reflection_id == reflection.id, Hold.therapist_id == reflection.therapist_id),
    )
    return await session.scalar(query.limit(1)) is not None


def is_erased(reflection_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Give the condition that the reflection of this column's id is erased or will be.

    Looked up for each: as a list of all PostgreSQL would read every receipt there is.
    """
    return select(Erasure.reflection_id).where(Erasure.reflection_id == reflection_id).exists()


async def unfinished(session: AsyncSession) -> list[Erasure]:
    """Give the erasures that some store has still to carry out, the oldest first."""
    query = select(Erasure).where(Erasure.done_at.is_(None)).order_by(Erasure.asked_at)
    return list(await session.scalars(query))


async def delete_rows(session: AsyncSession, reflection_id: str, at: datetime, after: int) -> None:
    """Delete all rows of a reflection and write their lines of the receipt, from line `after`.

    One commit for all: in between nobody finds half a reflection. Does nothing when done before.
    """
    last = ROWS[-1].name
    if await session.get(ErasedStore, (reflection_id, last)) is not None:
        return
    for position, rows in enumerate(ROWS, start=after):
        statement = delete(rows.table).where(rows.of(reflection_id))
        gone = await session.execute(statement.execution_options(synchronize_session=False))
        assert isinstance(gone, CursorResult)  # noqa: S101 - what a DELETE gives
        session.add(
            ErasedStore(
                reflection_id=reflection_id,
                store=rows.name,
                position=position,
                held=gone.rowcount,
                gone_at=at,
            )
        )
