"""What an administrator does: people, teams, who supervises whom and when.

`by` is who does it, as the audit tells it: an administrator's id, or `COMMAND` on the server.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.accounts import throttle
from bot.conversation.accounts.challenges import drop_challenges
from bot.conversation.accounts.noted import note_change
from bot.conversation.accounts.passwords import sign_in_name_of
from bot.conversation.accounts.sessions import end_all
from bot.conversation.desk import Desk
from bot.conversation.slack.linking import unlink_in
from bot.storage.audit import COMMAND, Event
from bot.storage.holding import hold_account, hold_installation
from bot.storage.models import Account, SignInLink, Supervision, Team, TeamMember
from bot.storage.shares import close_shares_with
from bot.storage.states import Role

LONGEST_NAME = 100


class CannotDo(Exception):
    """An administrator's command cannot be done; the message says why, as a sentence."""


@dataclass(frozen=True)
class Listed:
    """An account with its teams and, for a therapist, who supervises them today."""

    account: Account
    teams: list[str]
    supervisors: list[str]

    @property
    def is_open(self) -> bool:
        """Whether its owner may sign in."""
        return self.account.disabled_at is None


async def add_account(desk: Desk, name: str, role: Role, *, by: str = COMMAND) -> Account:
    """Make an account. Names are one person's: two that are compared as equal are refused."""
    name = _as_a_name(name)
    async with desk.sessions.begin() as session:
        await hold_installation(session)
        taken = {sign_in_name_of(one) for one in await session.scalars(select(Account.name))}
        if sign_in_name_of(name) in taken:
            raise CannotDo(f"There is an account called {name} already.")
        account = Account(name=name, role=role, created_at=desk.clock())
        session.add(account)
        await session.flush()
        await note_change(desk, session, Event.ACCOUNT_MADE, account.id, by=by)
    return account


async def account_called(desk: Desk, name_or_id: str) -> Account:
    """Give the account of that name or id. Raises `CannotDo` unless there is exactly one."""
    async with desk.sessions() as session:
        accounts = list(await session.scalars(select(Account)))
    wanted = sign_in_name_of(name_or_id)
    found = [one for one in accounts if one.id == name_or_id] or [
        one for one in accounts if sign_in_name_of(one.name) == wanted
    ]
    if not found:
        raise CannotDo(
            f"There is no account called {name_or_id}; `ballast accounts list` shows all."
        )
    if len(found) > 1:
        raise CannotDo(f"There are {len(found)} accounts called {name_or_id}; give the id instead.")
    return found[0]


async def list_accounts(desk: Desk) -> list[Listed]:
    """Give every account, by name."""
    now = desk.clock()
    async with desk.sessions() as session:
        accounts = list(await session.scalars(select(Account).order_by(Account.name, Account.id)))
        names = {one.id: one.name for one in accounts}
        teams = (
            await session.execute(
                select(TeamMember.account_id, Team.name).join(Team, Team.id == TeamMember.team_id)
            )
        ).all()
        pairs = (
            await session.execute(
                select(Supervision.therapist_id, Supervision.supervisor_id).where(
                    Supervision.since <= now,
                    or_(Supervision.until.is_(None), Supervision.until > now),
                )
            )
        ).all()
    return [
        Listed(
            account,
            sorted(team for member, team in teams if member == account.id),
            sorted(names[supervisor] for who, supervisor in pairs if who == account.id),
        )
        for account in accounts
    ]


async def disable(desk: Desk, account: Account, *, by: str = COMMAND) -> None:
    """Close an account: its sign-ins end everywhere, and links, half-done sign-ins and shares.

    It is untied from Slack as well.

    By an administrator neither their own nor the last administrator's. On the server both can
    be closed: whoever is there can add another one.
    """
    if by == account.id:
        raise CannotDo("Nobody closes their own account; another administrator can.")
    now = desk.clock()
    async with desk.sessions.begin() as session:
        closed = update(Account).where(Account.id == account.id, Account.disabled_at.is_(None))
        await session.execute(closed.values(disabled_at=now))
        await end_all(desk, session, account)
        await close_shares_with(session, account, now, by=by)
        links = update(SignInLink).where(
            SignInLink.account_id == account.id, SignInLink.ends_at > now
        )
        await session.execute(links.values(ends_at=now))
        await drop_challenges(session, account.id)
        await unlink_in(desk, session, account.id, by=by)
        await note_change(desk, session, Event.ACCOUNT_DISABLED, account.id, by=by)
        if account.role is Role.ADMINISTRATOR and by != COMMAND:
            # After the audit's entry, for which others wait: of two administrators who close
            # each other in the same moment, the second sees what the first did.
            await _see_that_an_administrator_is_left(session)
    desk.news.look_around()


async def enable(desk: Desk, account: Account, *, by: str = COMMAND) -> None:
    """Open a closed account again; it signs in anew."""
    async with desk.sessions.begin() as session:
        opened = update(Account).where(Account.id == account.id)
        await session.execute(opened.values(disabled_at=None))
        await note_change(desk, session, Event.ACCOUNT_ENABLED, account.id, by=by)


async def unlock(desk: Desk, account: Account) -> None:
    """Let an account try its password again at once."""
    await throttle.unlock(desk, sign_in_name_of(account.name))


async def put_in_team(
    desk: Desk, account: Account, team_name: str, *, is_leaving: bool, by: str = COMMAND
) -> None:
    """Put an account into a team, made when it is new, or take it out of one."""
    team_name = _as_a_name(team_name)
    async with desk.sessions.begin() as session:
        await hold_installation(session)
        team = await session.scalar(select(Team).where(Team.name == team_name))
        if team is None:
            if is_leaving:
                raise CannotDo(f"There is no team called {team_name}.")
            team = Team(name=team_name)
            session.add(team)
            await session.flush()
        member = await session.get(TeamMember, (team.id, account.id))
        if is_leaving and member is not None:
            await session.delete(member)
        elif not is_leaving and member is None:
            session.add(TeamMember(team_id=team.id, account_id=account.id))
        await note_change(desk, session, Event.ACCOUNT_CHANGED, account.id, by=by)


async def supervise(
    desk: Desk,
    therapist: Account,
    supervisor: Account,
    since: datetime | None,
    until: datetime | None,
    *,
    by: str = COMMAND,
) -> None:
    """Say that one supervises the other, from and until when; an open pair is changed."""
    if therapist.role is not Role.THERAPIST or supervisor.role is not Role.SUPERVISOR:
        raise CannotDo(
            f"{therapist.name} has to be a therapist and {supervisor.name} a supervisor."
        )
    now = desk.clock()
    async with desk.sessions.begin() as session:
        await hold_account(session, therapist.id)
        pair = await session.scalar(
            select(Supervision).where(
                Supervision.therapist_id == therapist.id,
                Supervision.supervisor_id == supervisor.id,
                or_(Supervision.until.is_(None), Supervision.until > now),
            )
        )
        if pair is None:
            pair = Supervision(
                therapist_id=therapist.id, supervisor_id=supervisor.id, since=since or now
            )
            session.add(pair)
        elif since is not None:
            pair.since = since
        pair.until = until
        if until is not None and until <= pair.since:
            raise CannotDo("The supervision would end before it begins.")
        await session.flush()
        await note_change(desk, session, Event.SUPERVISION_CHANGED, therapist.id, by=by)


def _as_a_name(written: str) -> str:
    """Give a name of a person or a team as it is kept. Raises `CannotDo`."""
    name = " ".join(written.split())
    if not 0 < len(name) <= LONGEST_NAME or any(unicodedata.category(c) == "Cc" for c in name):
        raise CannotDo(f"A name has 1 to {LONGEST_NAME} characters.")
    return name


async def _see_that_an_administrator_is_left(session: AsyncSession) -> None:
    is_open = (Account.role == Role.ADMINISTRATOR) & Account.disabled_at.is_(None)
    if await session.scalar(select(Account.id).where(is_open).limit(1)) is None:
        raise CannotDo("This is the last administrator: add another one first.")
