"""Double readings as the database finds them, and whether one still stands.

Nothing here gives a reflection: whoever asks comes from `access.py` with those that they may open.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
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
from bot.storage.shares import standing
from bot.storage.states import ShareClosing


@dataclass(frozen=True)
class Standing:
    """A double reading that stands, its readers by their ids, and what they said in it.

    `labels` are each reader's, the first first: for one who is done those that are counted, for
    another all since it began. Before both are done there are no `settlements`.
    """

    reading: DoubleReading
    readers: dict[str, tuple[Share, Account]] = field(default_factory=dict)
    labels: dict[str, list[Label]] = field(default_factory=dict)
    settlements: list[Settlement] = field(default_factory=list)


async def standing_reading(
    session: AsyncSession, reflection: Reflection, now: datetime
) -> Standing | None:
    """Give the double reading of a reflection that stands now, if there is one."""
    return (await standing_readings(session, [reflection.id], now)).get(reflection.id)


async def standing_readings(
    session: AsyncSession, reflections: Collection[str], now: datetime
) -> dict[str, Standing]:
    """Give the double readings of these reflections that stand now, by the reflections' ids.

    One stands while its author has not taken it back, both have a share that stands, and neither
    has been without one since it began: what is shared again later does not bring it back. It
    takes as many queries for one as for many.
    """
    query = (
        select(DoubleReading)
        .join(Reflection, Reflection.id == DoubleReading.reflection_id)
        .where(
            DoubleReading.reflection_id.in_(reflections),
            DoubleReading.taken_back_at.is_(None),
            ~_is_broken(now),
        )
        .order_by(DoubleReading.begun_at.desc(), DoubleReading.id)
        .options(selectinload(DoubleReading.readers))
        .execution_options(populate_existing=True)
    )
    found = {one.id: Standing(one) for one in await session.scalars(query)}
    await _add_readers(session, found, now)
    whole = {
        reading_id: one
        for reading_id, one in found.items()
        if len(one.readers) == len(one.reading.readers)
    }
    await _add_labels(session, whole)
    its = select(Settlement).where(Settlement.reading_id.in_(whole))
    for settlement in await session.scalars(its.order_by(Settlement.said_at)):
        whole[settlement.reading_id].settlements.append(settlement)
    return {one.reading.reflection_id: one for one in whole.values()}


def _is_broken(now: datetime) -> ColumnElement[bool]:
    """Give the condition that a reader was without a share at some time since it began.

    For a query of `DoubleReading` joined with its `Reflection`.
    """
    ended = (
        select(Share.id)
        .join(DoubleReader, DoubleReader.supervisor_id == Share.supervisor_id)
        .where(
            DoubleReader.reading_id == DoubleReading.id,
            Share.reflection_id == DoubleReading.reflection_id,
            Share.closed_at >= DoubleReading.begun_at,
            # One that was replaced by another in time goes on in that one.
            or_(Share.closed_how != ShareClosing.REPLACED, Share.until <= Share.closed_at),
        )
        .exists()
    )
    supervised = (
        select(Supervision.id)
        .where(
            Supervision.therapist_id == Reflection.therapist_id,
            Supervision.supervisor_id == DoubleReader.supervisor_id,
            Supervision.since <= DoubleReading.begun_at,
            or_(Supervision.until.is_(None), Supervision.until > now),
        )
        .correlate(Reflection, DoubleReader, DoubleReading)
        .exists()
    )
    unsupervised = (
        select(DoubleReader.supervisor_id)
        .where(DoubleReader.reading_id == DoubleReading.id, ~supervised)
        .correlate(Reflection, DoubleReading)
        .exists()
    )
    return or_(ended, unsupervised)


async def _add_readers(session: AsyncSession, found: dict[str, Standing], now: datetime) -> None:
    rows = await session.execute(
        select(DoubleReader.reading_id, Share, Account)
        .join(DoubleReading, DoubleReading.id == DoubleReader.reading_id)
        .join(Reflection, Reflection.id == DoubleReading.reflection_id)
        .join(
            Share,
            (Share.reflection_id == Reflection.id)
            & (Share.supervisor_id == DoubleReader.supervisor_id),
        )
        .join(Account, Account.id == DoubleReader.supervisor_id)
        .where(DoubleReader.reading_id.in_(found), standing(now))
        .options(selectinload(Share.turns))
        .order_by(Account.id, Share.shared_at)
    )
    for reading_id, share, reader in rows:
        found[reading_id].readers[reader.id] = (share, reader)


async def _add_labels(session: AsyncSession, found: dict[str, Standing]) -> None:
    done = {
        (one.reading_id, one.supervisor_id): one.done_at is not None
        for each in found.values()
        for one in each.reading.readers
    }
    rows = await session.execute(
        select(DoubleReader.reading_id, Label, CountedLabel.label_id)
        .join(DoubleReading, DoubleReading.id == DoubleReader.reading_id)
        .join(
            Label,
            (Label.reflection_id == DoubleReading.reflection_id)
            & (Label.supervisor_id == DoubleReader.supervisor_id)
            & (Label.said_at >= DoubleReading.begun_at),
        )
        .outerjoin(
            CountedLabel,
            (CountedLabel.label_id == Label.id) & (CountedLabel.reading_id == DoubleReading.id),
        )
        .where(DoubleReader.reading_id.in_(found))
        .order_by(Label.said_at)
    )
    for reading_id, label, counted in rows:
        if counted is not None or not done[reading_id, label.supervisor_id]:
            found[reading_id].labels.setdefault(label.supervisor_id, []).append(label)


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
