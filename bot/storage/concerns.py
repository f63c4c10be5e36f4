"""Concerns of what is shared, and what was done about them, as the database finds them.

Whoever asks starts from what stands (`bot/storage/shares.py`) or from a reflection that they may
open. Which concern a share shows is not decided here: kinds are sealed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from bot.storage.access import NotFound, can_be_read, shared_with
from bot.storage.concern_tables import ConcernReview, ConcernWatch
from bot.storage.models import Account, RaisedConcern, Reflection, Share, Turn

# A share, what it is found by, its reflection and its therapist.
Watched = Row[Share, Reflection, Account, ConcernWatch]


async def watched_shares(
    session: AsyncSession,
    supervisor: Account,
    now: datetime,
    code: str,
    *,
    after: tuple[datetime, str] | None = None,
    newest_first: bool = False,
    limit: int,
) -> Sequence[Watched]:
    """Give what is shared with a supervisor now and found by `code`, the longest so first."""
    order = (ConcernWatch.since, ConcernWatch.share_id)
    query = (
        shared_with(supervisor, now)
        .join(ConcernWatch, ConcernWatch.share_id == Share.id)
        .add_columns(ConcernWatch)
        .where(ConcernWatch.code == code)
        .order_by(None)
        .order_by(*(column.desc() if newest_first else column for column in order))
        .limit(limit)
    )
    if after is not None:
        since, share_id = after
        query = query.where(
            or_(
                ConcernWatch.since > since,
                (ConcernWatch.since == since) & (ConcernWatch.share_id > share_id),
            )
        )
    return (await session.execute(query)).all()


async def concerns_in(
    session: AsyncSession, reflection_ids: Collection[str]
) -> list[tuple[RaisedConcern, int]]:
    """Give every concern of these reflections with the number of its turn, the first first."""
    rows = await session.execute(
        select(RaisedConcern, Turn.number)
        .join(Turn, Turn.id == RaisedConcern.turn_id)
        .where(RaisedConcern.reflection_id.in_(reflection_ids))
        .order_by(Turn.number, RaisedConcern.position)
    )
    return [(concern, number) for concern, number in rows]


async def concern_of(session: AsyncSession, concern_id: str) -> tuple[RaisedConcern, int]:
    """Give a concern with the number of its turn, whoever may see it. Raises `NotFound`."""
    rows = await session.execute(
        select(RaisedConcern, Turn.number)
        .join(Turn, Turn.id == RaisedConcern.turn_id)
        .where(RaisedConcern.id == concern_id)
    )
    found = rows.first()
    if found is None:
        raise NotFound
    concern, number = found
    return concern, number


async def shares_of(session: AsyncSession, reflection_ids: Collection[str]) -> list[Share]:
    """Give every share there ever was of these reflections, with the turns chosen for it."""
    query = select(Share).where(Share.reflection_id.in_(reflection_ids))
    query = query.options(selectinload(Share.turns)).order_by(Share.shared_at, Share.id)
    return list(await session.scalars(query.execution_options(populate_existing=True)))


async def reviews_of(session: AsyncSession, reflection_ids: Collection[str]) -> list[ConcernReview]:
    """Give what was done about the concerns of these reflections, the first first."""
    query = select(ConcernReview).where(ConcernReview.reflection_id.in_(reflection_ids))
    return list(await session.scalars(query.order_by(ConcernReview.at, ConcernReview.id)))


async def watches_of(session: AsyncSession, shares: Collection[Share]) -> dict[str, ConcernWatch]:
    """Give by what these shares are found among the open concerns, by their ids."""
    ids = [share.id for share in shares]
    found = await session.scalars(select(ConcernWatch).where(ConcernWatch.share_id.in_(ids)))
    return {watch.share_id: watch for watch in found}


async def late_shares(
    session: AsyncSession,
    supervisor: Account,
    now: datetime,
    codes: Collection[str],
    before: datetime,
) -> list[tuple[Share, ConcernWatch]]:
    """Give what has been open since `before` or longer and was not reminded of."""
    query = (
        shared_with(supervisor, now)
        .join(ConcernWatch, ConcernWatch.share_id == Share.id)
        .add_columns(ConcernWatch)
        .where(
            ConcernWatch.code.in_(codes),
            ConcernWatch.since <= before,
            ConcernWatch.reminded_at.is_(None),
        )
    )
    rows = (await session.execute(query)).all()
    return [(row[0], row[3]) for row in rows if can_be_read(session, row[1].id)]


async def unwatched(session: AsyncSession, now: datetime) -> list[str]:
    """Give the reflections with concerns of which a share stands open and is not watched."""
    query = (
        select(Share.reflection_id)
        .where(
            ~_over(now),
            Share.reflection_id.in_(select(RaisedConcern.reflection_id)),
            Share.id.not_in(select(ConcernWatch.share_id)),
        )
        .distinct()
    )
    return list(await session.scalars(query))


async def stop_watching(session: AsyncSession, now: datetime) -> None:
    """Forget by what shares were found that were closed, or whose day is over."""
    await session.execute(
        delete(ConcernWatch)
        .where(ConcernWatch.share_id.in_(select(Share.id).where(_over(now))))
        .execution_options(synchronize_session=False)
    )


def _over(now: datetime) -> ColumnElement[bool]:
    """Say of a share whether it was closed or its day is over; neither is ever taken back."""
    return or_(Share.closed_at.is_not(None), and_(Share.until.is_not(None), Share.until <= now))
