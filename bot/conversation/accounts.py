"""Who may come in: accounts, one-time links, and what a sign-in opens."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import select, update

from bot.conversation.desk import Desk
from bot.storage.audit import COMMAND, Event, record
from bot.storage.models import Account, SignIn, SignInLink, Supervision, Team, TeamMember
from bot.storage.states import Role, SignInBy

DEMO_TEAM = "Demonstration team"
DEMO_THERAPIST = "Demonstration therapist"
DEMO_SUPERVISOR = "Demonstration supervisor"


class LinkRefused(Exception):
    """A sign-in link is unknown, too old, or was used before."""

    def __init__(self, *, was_used: bool, account_id: str | None = None) -> None:
        """Say whether the link was good once, and whose it was if anybody's."""
        super().__init__("link used" if was_used else "link unknown")
        self.was_used = was_used
        self.account_id = account_id


def _hash(token: str) -> str:
    # Tokens are 256 random bits, so a plain hash cannot be searched; it only keeps a copy of
    # the database from being a bunch of keys.
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


async def make_demonstration_accounts(desk: Desk) -> tuple[Account, Account]:
    """Give the demonstration therapist and supervisor, made at the first call."""
    now = desk.clock()
    async with desk.sessions.begin() as session:
        accounts, made = {}, []
        for name, role in (
            (DEMO_THERAPIST, Role.THERAPIST),
            (DEMO_SUPERVISOR, Role.SUPERVISOR),
        ):
            account = await session.scalar(select(Account).where(Account.name == name))
            if account is None:
                account = Account(name=name, role=role, created_at=now)
                session.add(account)
                await session.flush()
                made.append(account)
            accounts[role] = account
        await session.flush()
        therapist, supervisor = accounts[Role.THERAPIST], accounts[Role.SUPERVISOR]
        if await session.scalar(select(Team).where(Team.name == DEMO_TEAM)) is None:
            team = Team(name=DEMO_TEAM)
            session.add(team)
            await session.flush()
            session.add_all(
                TeamMember(team_id=team.id, account_id=account.id)
                for account in (therapist, supervisor)
            )
            session.add(
                Supervision(therapist_id=therapist.id, supervisor_id=supervisor.id, since=now)
            )
        for account in made:
            await record(
                session,
                Event.ACCOUNT_MADE,
                now,
                by=COMMAND,
                account=account.id,
                details={"role": account.role},
            )
    return therapist, supervisor


async def make_link(desk: Desk, account: Account) -> str:
    """Give a new one-time token for `account`; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    ends_at = desk.clock() + timedelta(hours=desk.settings.link_hours)
    async with desk.sessions.begin() as session:
        session.add(SignInLink(token_hash=_hash(token), account_id=account.id, ends_at=ends_at))
    return token


async def sign_in(desk: Desk, link_token: str) -> tuple[Account, str]:
    """Use up a one-time link, and give its account with a session token.

    Raises `LinkRefused`.
    """
    try:
        return await _use_up(desk, link_token)
    except LinkRefused as refused:
        # Not for links that nobody was given: strangers could fill the audit with them.
        if refused.account_id is not None:
            async with desk.sessions.begin() as session:
                at, account = desk.clock(), refused.account_id
                await record(session, Event.SIGN_IN_REFUSED, at, by=account, account=account)
        raise


async def _use_up(desk: Desk, link_token: str) -> tuple[Account, str]:
    now = desk.clock()
    async with desk.sessions.begin() as session:
        link = await session.get(SignInLink, _hash(link_token))
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
        token = secrets.token_urlsafe(32)
        ends_at = now + timedelta(hours=desk.settings.session_hours)
        session.add(
            SignIn(token_hash=_hash(token), account_id=account.id, began_at=now, ends_at=ends_at)
        )
        await record(
            session,
            Event.SIGNED_IN,
            now,
            by=account.id,
            account=account.id,
            details={"by": SignInBy.LINK},
        )
    return account, token


async def account_of(desk: Desk, session_token: str) -> Account | None:
    """Give the account that a session token opens, or None."""
    async with desk.sessions() as session:
        found: Account | None = await session.scalar(
            select(Account)
            .join(SignIn, SignIn.account_id == Account.id)
            .where(
                SignIn.token_hash == _hash(session_token),
                SignIn.ends_at > desk.clock(),
                Account.disabled_at.is_(None),
            )
        )
        return found


async def sign_out(desk: Desk, session_token: str) -> None:
    """End a sign-in."""
    async with desk.sessions.begin() as session:
        await session.execute(
            update(SignIn)
            .where(SignIn.token_hash == _hash(session_token))
            .values(ends_at=desk.clock())
        )
