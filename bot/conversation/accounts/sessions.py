"""Who is signed in: sessions that begin anew at each sign-in and end in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.accounts.tokens import hash_of, new_token
from bot.conversation.desk import Desk
from bot.storage.audit import Event, record
from bot.storage.models import Account, SignIn
from bot.storage.states import How

# Seeing somebody is written down at most so often: the idle limit needs no better.
_SEEN_EVERY = timedelta(minutes=1)
# How long after signing in the ways of signing in may be changed.
FRESH = timedelta(minutes=10)
_HANDLE_LENGTH = 32


@dataclass(frozen=True)
class Visitor:
    """What a request tells of the browser or terminal it comes from."""

    browser: str = ""
    # The session it holds already: it ends when a new one begins.
    session_token: str | None = None


NOBODY = Visitor()


@dataclass(frozen=True)
class SignedIn:
    """An account, and the sign-in that stands for it now."""

    account: Account
    sign_in: SignIn

    def is_fresh(self, desk: Desk) -> bool:
        """Say whether it is recent enough to change how one signs in."""
        return desk.clock() - self.sign_in.began_at <= FRESH


async def begin_session(
    desk: Desk, session: AsyncSession, account: Account, how: How, visitor: Visitor
) -> str:
    """Begin a session of `account`, end the one this browser had, and give the new token.

    To be called last in a transaction, since it is written into the audit.
    """
    now = desk.clock()
    if visitor.session_token is not None:
        await _end(desk, session, SignIn.token_hash == hash_of(visitor.session_token))
    # When somebody worked here is nobody's business once it is over.
    await session.execute(delete(SignIn).where(SignIn.ends_at <= now))
    token = new_token()
    session.add(
        SignIn(
            token_hash=hash_of(token),
            account_id=account.id,
            began_at=now,
            seen_at=now,
            ends_at=now + timedelta(hours=desk.settings.session_hours),
            how=how,
            browser=visitor.browser,
        )
    )
    await record(
        session, Event.SIGNED_IN, now, by=account.id, account=account.id, details={"by": how}
    )
    return token


async def who_is(desk: Desk, session_token: str, *, is_use: bool = True) -> SignedIn | None:
    """Give whom a session token stands for, or None.

    `is_use` keeps the session from ending as idle; asking on one's own account does not.
    """
    now = desk.clock()
    async with desk.sessions() as session:
        found = (
            await session.execute(
                select(Account, SignIn)
                .join(SignIn, SignIn.account_id == Account.id)
                .where(
                    SignIn.token_hash == hash_of(session_token),
                    SignIn.ends_at > now,
                    SignIn.seen_at > now - timedelta(minutes=desk.settings.idle_minutes),
                    Account.disabled_at.is_(None),
                )
            )
        ).first()
    if found is None:
        return None
    account, sign_in = found
    if is_use and now - sign_in.seen_at >= _SEEN_EVERY:
        async with desk.sessions.begin() as session:
            seen = update(SignIn).where(SignIn.token_hash == sign_in.token_hash)
            await session.execute(seen.values(seen_at=now))
    return SignedIn(account, sign_in)


async def account_of(desk: Desk, session_token: str) -> Account | None:
    """Give the account that a session token opens, or None; it does not count as a use."""
    found = await who_is(desk, session_token, is_use=False)
    return found.account if found else None


async def sign_out(desk: Desk, session_token: str) -> None:
    """End a sign-in."""
    this = SignIn.token_hash == hash_of(session_token)
    async with desk.sessions.begin() as session:
        whose = await session.scalar(select(SignIn.account_id).where(this))
        await _end(desk, session, this)
        if whose is not None:
            await record(session, Event.SIGNED_OUT, desk.clock(), by=whose, account=whose)
    desk.news.look_around()


async def open_sign_ins(desk: Desk, account: Account) -> list[SignIn]:
    """Give an account's sign-ins that are open now, the one seen last first."""
    now = desk.clock()
    async with desk.sessions() as session:
        query = select(SignIn).where(
            SignIn.account_id == account.id,
            SignIn.ends_at > now,
            SignIn.seen_at > now - timedelta(minutes=desk.settings.idle_minutes),
        )
        return list(await session.scalars(query.order_by(SignIn.seen_at.desc())))


def handle_of(sign_in: SignIn) -> str:
    """Give the name by which its owner ends a sign-in; it opens nothing."""
    return sign_in.token_hash[:_HANDLE_LENGTH]


async def end_others(desk: Desk, signed_in: SignedIn, handle: str | None = None) -> None:
    """End all other sign-ins of an account, or the one called `handle`."""
    others = (SignIn.account_id == signed_in.account.id) & (
        SignIn.token_hash != signed_in.sign_in.token_hash
    )
    if handle is not None:
        others &= func.substr(SignIn.token_hash, 1, _HANDLE_LENGTH) == handle
    async with desk.sessions.begin() as session:
        await _end(desk, session, others)
    desk.news.look_around()


async def end_all(desk: Desk, session: AsyncSession, account: Account) -> None:
    """End every sign-in of an account."""
    await _end(desk, session, SignIn.account_id == account.id)


async def _end(desk: Desk, session: AsyncSession, which: ColumnElement[bool]) -> None:
    ended = update(SignIn).where(which, SignIn.ends_at > desk.clock())
    await session.execute(ended.values(ends_at=desk.clock()))
