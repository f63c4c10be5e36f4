"""Everybody who has an account, their teams, and by which ways they can come in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.accounts.people import Listed, list_accounts
from bot.conversation.desk import Desk
from bot.storage.access import NotFound
from bot.storage.audit import Event
from bot.storage.keeping import AuditEntry
from bot.storage.models import Account, SignInLink, Team
from bot.storage.sign_in_tables import ClinicIdentity, Passkey, Password, SecondFactor
from bot.storage.states import How, Role


@dataclass(frozen=True)
class Person(Listed):
    """An account, and what is known of how its owner comes in.

    Not when: it would be a list of who works with Ballast, and how often. The audit tells the
    time of each sign-in, where it is looked up for a reason.
    """

    # The ways that let in on their own, links apart.
    ways: tuple[How, ...]
    # By which way they came in last; None for who never did.
    last_way: How | None
    # Until when a link that nobody used yet works.
    link_until: datetime | None


@dataclass(frozen=True)
class TeamSeen:
    """A team and who is in it, by name."""

    name: str
    members: tuple[Listed, ...]


async def account_with(desk: Desk, account_id: str) -> Account:
    """Give the account of this id. Raises `NotFound`."""
    async with desk.sessions() as session:
        account = await session.get(Account, account_id)
    if account is None:
        raise NotFound
    return account


async def names_of(session: AsyncSession, account_ids: Iterable[str]) -> dict[str, str]:
    """Give the names of these accounts by their ids; ids of other things are left out."""
    found = await session.scalars(select(Account).where(Account.id.in_(set(account_ids))))
    return {one.id: one.name for one in found}


async def roster(desk: Desk) -> list[Person]:
    """Give everybody, by name."""
    listed = await list_accounts(desk)
    async with desk.sessions() as session:
        ways = await _ways(session, desk.settings.clinic_issuer)
        last = await _last_ways(session)
        links = await _open_links(session, desk.clock())
    return [
        Person(
            account=one.account,
            teams=one.teams,
            supervisors=one.supervisors,
            ways=tuple(way for way, ids in ways.items() if one.account.id in ids),
            last_way=last.get(one.account.id),
            link_until=links.get(one.account.id),
        )
        for one in listed
    ]


async def teams(desk: Desk, people: list[Listed]) -> list[TeamSeen]:
    """Give every team with who of `people` is in it, by name."""
    async with desk.sessions() as session:
        names = list(await session.scalars(select(Team.name).order_by(Team.name)))
    return [TeamSeen(name, tuple(one for one in people if name in one.teams)) for name in names]


def open_people(people: list[Listed], role: Role | None = None) -> list[Listed]:
    """Give those whose account is open, of one role or of all."""
    return [one for one in people if one.is_open and role in (None, one.account.role)]


async def _ways(session: AsyncSession, issuer: str | None) -> dict[How, set[str]]:
    passkeys = await session.scalars(select(Passkey.account_id))
    passwords = await session.scalars(
        # Without its second factor a password lets nobody in.
        select(Password.account_id).join(
            SecondFactor, SecondFactor.account_id == Password.account_id
        )
    )
    clinic = await session.scalars(
        select(ClinicIdentity.account_id).where(ClinicIdentity.issuer == issuer)
    )
    return {How.PASSKEY: {*passkeys}, How.PASSWORD: {*passwords}, How.CLINIC: {*clinic}}


async def _last_ways(session: AsyncSession) -> dict[str, How]:
    newest = (
        select(func.max(AuditEntry.number))
        .where(AuditEntry.event == Event.SIGNED_IN.value)
        .group_by(AuditEntry.account_id)
    )
    found = await session.execute(
        select(AuditEntry.account_id, AuditEntry.details).where(AuditEntry.number.in_(newest))
    )
    return {account: How(json.loads(details)["by"]) for account, details in found if account}


async def _open_links(session: AsyncSession, now: datetime) -> dict[str, datetime]:
    found = await session.scalars(
        select(SignInLink)
        .where(SignInLink.used_at.is_(None), SignInLink.ends_at > now)
        .order_by(SignInLink.ends_at)
    )
    return {link.account_id: link.ends_at for link in found}
