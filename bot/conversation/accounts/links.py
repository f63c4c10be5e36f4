"""One-time links: how an account begins, and how it is recovered."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from bot.conversation.accounts.noted import note_change, note_refusal
from bot.conversation.accounts.refused import LinkRefused
from bot.conversation.accounts.sessions import NOBODY, Visitor, begin_session
from bot.conversation.accounts.tokens import hash_of, new_token
from bot.conversation.desk import Desk
from bot.storage.audit import COMMAND, Event
from bot.storage.models import Account, SignInLink
from bot.storage.states import How


async def make_link(desk: Desk, account: Account, *, by: str = COMMAND) -> str:
    """Give a new one-time token for `account`; only its hash is kept."""
    token = new_token()
    ends_at = desk.clock() + timedelta(hours=desk.settings.link_hours)
    async with desk.sessions.begin() as session:
        session.add(SignInLink(token_hash=hash_of(token), account_id=account.id, ends_at=ends_at))
        await note_change(desk, session, Event.LINK_MADE, account.id, by=by)
    return token


async def sign_in(desk: Desk, link_token: str, visitor: Visitor = NOBODY) -> tuple[Account, str]:
    """Use up a one-time link, and give its account with a session token.

    Raises `LinkRefused`.
    """
    try:
        return await _use_up(desk, link_token, visitor)
    except LinkRefused as refused:
        if refused.account_id is not None:
            await note_refusal(desk, refused.account_id, How.LINK)
        raise


async def _use_up(desk: Desk, link_token: str, visitor: Visitor) -> tuple[Account, str]:
    now = desk.clock()
    async with desk.sessions.begin() as session:
        link = await session.get(SignInLink, hash_of(link_token))
        if link is None or link.ends_at <= now:
            raise LinkRefused(was_used=False, account_id=link.account_id if link else None)
        account = await session.get_one(Account, link.account_id)
        used = await session.execute(
            # In the database, so that two at once cannot both be first.
            update(SignInLink)
            .where(SignInLink.token_hash == link.token_hash, SignInLink.used_at.is_(None))
            .values(used_at=now)
        )
        if used.rowcount != 1 or account.disabled_at is not None:  # type: ignore[attr-defined]
            raise LinkRefused(was_used=True, account_id=account.id)
        token = await begin_session(desk, session, account, How.LINK, visitor)
    return account, token
