"""Double readings as the database finds them, and whether one still stands.

Nothing here gives a reflection: whoever asks comes from `access.py` with one that they may open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.storage.double_reading_tables import (
    CountedLabel,
    DoubleReader,
    DoubleReading,
    ExportedReading,
    Settlement,
    StudyExport,
)
from bot.storage.models import Account, Reflection, Share, Supervision
from bot.storage.review_tables import Label
from bot.storage.shares import standing_shares
from bot.storage.states import ShareClosing

Readers = dict[str, tuple[Share, Account]]


async def standing_reading(
    session: AsyncSession, reflection: Reflection, now: datetime
) -> tuple[DoubleReading, Readers] | None:
    """Give the double reading of a reflection that stands now, with its two readers by their ids.

    It stands while its author has not taken it back, both have a share that stands, and neither
    has been without one since it began: what is shared again later does not bring it back.
    """
    reading = await session.scalar(
        select(DoubleReading)
        .where(DoubleReading.reflection_id == reflection.id, DoubleReading.taken_back_at.is_(None))
        .order_by(DoubleReading.begun_at.desc(), DoubleReading.id)
        .options(selectinload(DoubleReading.readers))
        .execution_options(populate_existing=True)
        .limit(1)
    )
    if reading is None:
        return None
    shares = {
        who.id: (share, who) for share, who in await standing_shares(session, reflection, now)
    }
    readers = {one.supervisor_id: shares.get(one.supervisor_id) for one in reading.readers}
    there = {reader: share for reader, share in readers.items() if share is not None}
    if len(there) < len(readers) or await _was_broken(session, reflection, reading, now):
        return None
    return reading, there


async def _was_broken(
    session: AsyncSession, reflection: Reflection, reading: DoubleReading, now: datetime
) -> bool:
    """Say whether one of the two was without a share at some time since the reading began."""
    readers = [one.supervisor_id for one in reading.readers]
    ended = select(Share.id).where(
        Share.reflection_id == reflection.id,
        Share.supervisor_id.in_(readers),
        Share.closed_at >= reading.begun_at,
        # One that was replaced by another in time goes on in that one.
        or_(Share.closed_how != ShareClosing.REPLACED, Share.until <= Share.closed_at),
    )
    supervised = select(func.count(Supervision.supervisor_id.distinct())).where(
        Supervision.therapist_id == reflection.therapist_id,
        Supervision.supervisor_id.in_(readers),
        Supervision.since <= reading.begun_at,
        or_(Supervision.until.is_(None), Supervision.until > now),
    )
    is_ended = await session.scalar(ended.limit(1)) is not None
    return is_ended or await session.scalar(supervised) != len(readers)


async def reflections_read_twice_by(session: AsyncSession, supervisor: Account) -> list[str]:
    """Give the ids of reflections of whose double reading a supervisor is or was, the newest first.

    Not taken back; whether they stand is to be asked of each.
    """
    query = (
        select(DoubleReading.reflection_id)
        .join(DoubleReader, DoubleReader.reading_id == DoubleReading.id)
        .where(DoubleReader.supervisor_id == supervisor.id, DoubleReading.taken_back_at.is_(None))
        .order_by(DoubleReading.begun_at.desc(), DoubleReading.id)
    )
    return list(dict.fromkeys(await session.scalars(query)))


async def labels_since(session: AsyncSession, reading: DoubleReading) -> list[Label]:
    """Give what the two readers said of findings since the reading began, the first first."""
    readers = [one.supervisor_id for one in reading.readers]
    query = select(Label).where(
        Label.reflection_id == reading.reflection_id,
        Label.supervisor_id.in_(readers),
        Label.said_at >= reading.begun_at,
    )
    return list(await session.scalars(query.order_by(Label.said_at)))


async def counted_labels(session: AsyncSession, reading: DoubleReading) -> set[str]:
    """Give the ids of the labels that are counted for whoever is done."""
    query = select(CountedLabel.label_id).where(CountedLabel.reading_id == reading.id)
    return set(await session.scalars(query))


async def settlements_of(session: AsyncSession, reading: DoubleReading) -> list[Settlement]:
    """Give all that was proposed to settle on, the first first."""
    query = select(Settlement).where(Settlement.reading_id == reading.id)
    return list(await session.scalars(query.order_by(Settlement.said_at)))


async def exports_of(
    session: AsyncSession, reflection: Reflection
) -> Sequence[tuple[StudyExport, Account]]:
    """Give the exports into which a reflection's double readings went, with who made them."""
    rows = await session.execute(
        select(StudyExport, Account)
        .join(Account, Account.id == StudyExport.supervisor_id)
        .join(ExportedReading, ExportedReading.export_id == StudyExport.id)
        .join(DoubleReading, DoubleReading.id == ExportedReading.reading_id)
        .where(DoubleReading.reflection_id == reflection.id)
        .order_by(StudyExport.made_at)
    )
    return [(export, who) for export, who in rows]
