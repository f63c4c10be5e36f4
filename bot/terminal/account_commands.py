"""`ballast accounts ...`: an administrator's commands. They need the database, not a sign-in.

Whoever may run them may read the database's file: they are for the machine on which it lies.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import click
import structlog

from bot.app import open_desk
from bot.conversation.accounts import people
from bot.conversation.accounts.clinic import bind
from bot.conversation.accounts.links import make_link
from bot.conversation.accounts.people import CannotDo, account_called
from bot.conversation.accounts.refused import SignInRefused
from bot.conversation.bot import AbsentBot
from bot.conversation.desk import Desk
from bot.run.problems import CannotRun
from bot.settings import Settings
from bot.storage.models import Account
from bot.storage.states import Role

Work = Callable[[Desk], Awaitable[None]]


def _at_the_desk(work: Work) -> None:
    async def run() -> None:
        async with open_desk(Settings(), lambda _: AbsentBot()) as (desk, _):
            try:
                await work(desk)
            except CannotDo as problem:
                raise CannotRun(str(problem)) from None
            except SignInRefused as refused:
                raise CannotRun(desk.notices[refused.notice]) from None

    # What is printed is for a person or a script to take on: the log goes beside it.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(file=sys.stderr))
    asyncio.run(run())


async def _print_link(desk: Desk, account: Account) -> None:
    if account.disabled_at is not None:
        raise CannotDo(f"The account {account.name} is disabled; enable it first.")
    click.echo(f"{desk.settings.address}/sign-in#{await make_link(desk, account)}")


def _utc(_: click.Context, __: click.Parameter, day: datetime | None) -> datetime | None:
    return day.replace(tzinfo=UTC) if day else None


@click.group()
def accounts() -> None:
    """Add people, close accounts, make links, set teams and supervision."""


@accounts.command()
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
def add(name: str, role: str) -> None:
    """Add a person, and print their first sign-in link."""

    async def work(desk: Desk) -> None:
        await _print_link(desk, await people.add_account(desk, name, Role(role)))

    _at_the_desk(work)


@accounts.command(name="list")
def list_all() -> None:
    """List all accounts: id, role, name, whether closed, teams, supervisors."""

    async def work(desk: Desk) -> None:
        for one in await people.list_accounts(desk):
            account = one.account
            more = [
                "disabled" if account.disabled_at else "",
                f"team {', '.join(one.teams)}" if one.teams else "",
                f"supervised by {', '.join(one.supervisors)}" if one.supervisors else "",
            ]
            said = "; ".join(filter(None, more))
            click.echo(
                "\t".join(filter(None, [account.id, account.role.value, account.name, said]))
            )

    _at_the_desk(work)


@accounts.command()
@click.argument("name")
def disable(name: str) -> None:
    """Close an account; whoever is signed in with it is signed out everywhere at once."""
    _with_one(name, people.disable)


@accounts.command()
@click.argument("name")
def enable(name: str) -> None:
    """Open a closed account again."""
    _with_one(name, people.enable)


@accounts.command()
@click.argument("name")
def unlock(name: str) -> None:
    """Let a person try their password again at once, after strangers tried it."""
    _with_one(name, people.unlock)


@accounts.command()
@click.argument("name")
def link(name: str) -> None:
    """Print a new sign-in link, which works once: to begin, or to recover."""
    _with_one(name, _print_link)


@accounts.command()
@click.argument("name")
@click.argument("team_name", metavar="TEAM")
@click.option("--leave", is_flag=True, help="Take the person out of the team.")
def team(name: str, team_name: str, *, leave: bool) -> None:
    """Put a person into a team, which is made when it is new."""

    async def work(desk: Desk) -> None:
        account = await account_called(desk, name)
        await people.put_in_team(desk, account, team_name, is_leaving=leave)

    _at_the_desk(work)


_DAY = click.DateTime(formats=["%Y-%m-%d"])


@accounts.command()
@click.argument("therapist")
@click.argument("supervisor")
@click.option("--from", "since", type=_DAY, callback=_utc, help="First day (UTC); now if left out.")
@click.option("--until", type=_DAY, callback=_utc, help="Day on which it has ended (UTC).")
def supervise(
    therapist: str, supervisor: str, since: datetime | None, until: datetime | None
) -> None:
    """Say who supervises a therapist, from when and until when."""

    async def work(desk: Desk) -> None:
        await people.supervise(
            desk,
            await account_called(desk, therapist),
            await account_called(desk, supervisor),
            since,
            until,
        )

    _at_the_desk(work)


@accounts.command()
@click.argument("name")
@click.argument("subject")
def clinic(name: str, subject: str) -> None:
    """Say who a person is at the clinic: the subject of its own sign-in, or of its hand-over."""

    async def work(desk: Desk) -> None:
        issuer = desk.settings.clinic_issuer
        if not issuer:
            raise CannotDo(
                "No clinic's sign-in is set up (BALLAST_OIDC_ISSUER, BALLAST_HAND_OVER_ISSUER)."
            )
        await bind(desk, await account_called(desk, name), issuer, subject)

    _at_the_desk(work)


def _with_one(name: str, work: Callable[[Desk, Account], Awaitable[None]]) -> None:
    async def run(desk: Desk) -> None:
        await work(desk, await account_called(desk, name))

    _at_the_desk(run)
