"""One at a time: whoever reads something and then writes what follows from it, holds it first.

SQLite lets one transaction write at a time and refuses one that read before another one wrote.
PostgreSQL lets both write, each by what it read. So here a row stands for all that belongs to it:
a reflection's for its turns, reviews and concerns, an account's for its consents and ways in, the
audit's head for what is there once in an installation. In this order, where several are held.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.keeping import AuditHead, Erasure
from bot.storage.models import Account, Reflection, Share


async def hold_reflection(session: AsyncSession, reflection_id: str) -> None:
    """Wait for whoever changes a reflection; until the end of the transaction nobody else does.

    To be called before anything of it is read: what was read earlier may be out of date.
    """
    await _hold(session, Reflection.id == reflection_id)


async def hold_share(session: AsyncSession, share_id: str) -> None:
    """Do so with a share, for what is noted of it while its reflection goes on."""
    await _hold(session, Share.id == share_id)


async def hold_erasure(session: AsyncSession, reflection_id: str) -> None:
    """Do so with what is noted of an erasure: the reflection itself may be gone."""
    await _hold(session, Erasure.reflection_id == reflection_id)


async def hold_account(session: AsyncSession, account_id: str) -> None:
    """Do so with an account."""
    await _hold(session, Account.id == account_id)


async def hold_installation(session: AsyncSession) -> None:
    """Do so with the installation. Whoever records in the audit waits: hold it shortly."""
    await _hold(session, AuditHead.id == 1)


async def _hold(session: AsyncSession, which: ColumnElement[bool]) -> None:
    if session.get_bind().dialect.name == "sqlite":
        return
    # key_share: whoever only refers to the row need not wait.
    await session.execute(select(1).where(which).with_for_update(key_share=True))
