"""The two accounts for trying Ballast: they come in by links alone and need nothing else."""

from __future__ import annotations

from sqlalchemy import select

from bot.conversation.accounts.noted import note_change
from bot.conversation.desk import Desk
from bot.storage.audit import COMMAND, Event
from bot.storage.holding import hold_installation
from bot.storage.models import Account, Supervision, Team, TeamMember
from bot.storage.states import Role

DEMO_TEAM = "Demonstration team"
DEMO_THERAPIST = "Demonstration therapist"
DEMO_SUPERVISOR = "Demonstration supervisor"


def is_demonstration(account: Account) -> bool:
    """Say whether this is an account for trying."""
    return account.name in (DEMO_THERAPIST, DEMO_SUPERVISOR)


async def make_demonstration_accounts(desk: Desk) -> tuple[Account, Account]:
    """Give the demonstration therapist and supervisor, made at the first call."""
    now = desk.clock()
    async with desk.sessions.begin() as session:
        await hold_installation(session)
        accounts = {}
        for name, role in (
            (DEMO_THERAPIST, Role.THERAPIST),
            (DEMO_SUPERVISOR, Role.SUPERVISOR),
        ):
            account = await session.scalar(select(Account).where(Account.name == name))
            if account is None:
                account = Account(name=name, role=role, created_at=now)
                session.add(account)
                await session.flush()
                await note_change(desk, session, Event.ACCOUNT_MADE, account.id, by=COMMAND)
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
    return therapist, supervisor
