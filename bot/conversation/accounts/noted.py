"""What the audit is told of accounts and of how they sign in. Ids and words of ours only."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.storage.audit import Event, record
from bot.storage.states import How, SignInChange


async def note_method(
    desk: Desk, session: AsyncSession, account_id: str, method: How, change: SignInChange
) -> None:
    """Note that an account signs in differently from now on."""
    await record(
        session,
        Event.SIGN_IN_METHOD_CHANGED,
        desk.clock(),
        by=account_id,
        account=account_id,
        details={"method": method, "change": change},
    )


async def note_refusal(desk: Desk, account_id: str, how: How) -> None:
    """Note that somebody tried to come in as this account and was refused.

    Only of accounts that there are: with names nobody has, strangers could fill the audit.
    """
    async with desk.sessions.begin() as session:
        await record(
            session,
            Event.SIGN_IN_REFUSED,
            desk.clock(),
            by=account_id,
            account=account_id,
            details={"by": how},
        )


async def note_change(
    desk: Desk, session: AsyncSession, event: Event, account_id: str, *, by: str
) -> None:
    """Note what an administrator did to an account: by their own id, or by `COMMAND`."""
    await record(session, event, desk.clock(), by=by, account=account_id)
