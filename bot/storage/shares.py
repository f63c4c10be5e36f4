"""The ledger of shares: which of them stand, and how one is closed.

A share may end in many ways and is asked about in one: `standing`. Nothing here gives a
reflection; that is `access.py`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, selectinload

from bot.storage.audit import COMMAND, Event, record
from bot.storage.holding import hold_share
from bot.storage.models import Account, Reflection, Share, ShareView, Supervision
from bot.storage.states import ShareClosing

# Opened again within this time is the same look at it.
ONE_VIEW = timedelta(minutes=10)


def standing(now: datetime) -> ColumnElement[bool]:
    """Say of a `Share`, joined with its `Reflection`, whether it may be read now.

    It stands while nobody closed it, its date has not passed, one supervision has lasted
    from the day of the share until now, and neither account is disabled. A supervision that
    begins again later is another one: it does not bring an old share back.
    """
    supervised = (
        select(Supervision.id)
        .where(
            Supervision.therapist_id == Reflection.therapist_id,
            Supervision.supervisor_id == Share.supervisor_id,
            Supervision.since <= Share.shared_at,
            or_(Supervision.until.is_(None), Supervision.until > now),
        )
        .exists()
    )
    # The author's too: who cannot sign in cannot withdraw.
    account = aliased(Account)
    disabled = (
        select(account.id)
        .where(
            account.id.in_([Share.supervisor_id, Reflection.therapist_id]),
            account.disabled_at.is_not(None),
        )
        .exists()
    )
    return and_(
        Share.closed_at.is_(None),
        or_(Share.until.is_(None), Share.until > now),
        supervised,
        ~disabled,
    )


async def standing_shares(
    session: AsyncSession, reflection: Reflection, now: datetime
) -> list[tuple[Share, Account]]:
    """Give the shares of a reflection that may be read now, each with its supervisor."""
    rows = await session.execute(
        select(Share, Account)
        .join(Reflection, Reflection.id == Share.reflection_id)
        .join(Account, Account.id == Share.supervisor_id)
        .where(Share.reflection_id == reflection.id, standing(now))
        .options(selectinload(Share.turns))
        .order_by(Share.shared_at)
    )
    return [(share, supervisor) for share, supervisor in rows]


async def unclosed_shares(session: AsyncSession, reflection_id: str) -> list[Share]:
    """Give the shares of a reflection that nobody closed, with the turns chosen for them."""
    query = (
        select(Share)
        .where(Share.reflection_id == reflection_id, Share.closed_at.is_(None))
        .options(selectinload(Share.turns))
        .execution_options(populate_existing=True)
    )
    return list(await session.scalars(query))


async def all_shares(session: AsyncSession, reflection: Reflection) -> list[tuple[Share, Account]]:
    """Give every share there ever was of a reflection, the newest first, with its views."""
    rows = await session.execute(
        select(Share, Account)
        .join(Account, Account.id == Share.supervisor_id)
        .where(Share.reflection_id == reflection.id)
        .options(selectinload(Share.turns), selectinload(Share.views))
        .order_by(Share.shared_at.desc(), Share.closed_at.is_not(None))
        .execution_options(populate_existing=True)
    )
    return [(share, supervisor) for share, supervisor in rows]


async def close_shares(
    session: AsyncSession,
    which: ColumnElement[bool],
    at: datetime,
    how: ShareClosing,
    *,
    by: str,
) -> list[str]:
    """Close the shares for which `which` holds, and give their supervisors.

    What is closed already stays as it was.
    """
    closed = await session.execute(
        update(Share)
        .where(which, Share.closed_at.is_(None))
        .values(closed_at=at, closed_how=how)
        .returning(Share.reflection_id, Share.supervisor_id)
        .execution_options(synchronize_session=False)
    )
    is_withdrawn = how is ShareClosing.WITHDRAWN
    event = Event.SHARE_WITHDRAWN if is_withdrawn else Event.SHARE_ENDED
    rows = closed.all()
    for reflection_id, supervisor_id in rows:
        await record(
            session,
            event,
            at,
            by=by,
            reflection=reflection_id,
            account=supervisor_id,
            details={"how": how},
        )
    return [supervisor_id for _, supervisor_id in rows]


async def close_shares_with(
    session: AsyncSession, supervisor: Account, at: datetime, *, by: str = COMMAND
) -> None:
    """Close all that is shared with a supervisor whose account is disabled.

    To be called with the disabling: an account that is opened again later must not find
    what was shared with it before.
    """
    theirs = Share.supervisor_id == supervisor.id
    await close_shares(session, theirs, at, ShareClosing.ACCOUNT_DISABLED, by=by)


async def note_view(session: AsyncSession, share: Share, now: datetime) -> None:
    """Write down that a share is being looked at, unless it was noted just before."""
    await hold_share(session, share.id)
    recent = select(ShareView.id).where(
        ShareView.share_id == share.id, ShareView.seen_at > now - ONE_VIEW
    )
    if await session.scalar(recent.limit(1)) is None:
        session.add(ShareView(share_id=share.id, seen_at=now))
        await record(
            session, Event.VIEWED, now, by=share.supervisor_id, reflection=share.reflection_id
        )
