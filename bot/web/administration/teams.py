"""Teams: making one, and who is in it."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.accounts.people import (
    LONGEST_NAME,
    CannotDo,
    list_accounts,
    put_in_team,
)
from bot.conversation.administration.roster import account_with, open_people, teams
from bot.web.administration.bodies import TeamAndPerson
from bot.web.administration.page import show
from bot.web.body import body_as
from bot.web.keys import ACCOUNT, DESK

PLACE = "/administration/teams"


async def index(request: web.Request) -> web.Response:
    """Show the teams with who is in them."""
    return await _list(request)


async def join(request: web.Request) -> web.Response:
    """Put a person into a team, which is made when it is new."""
    return await _change(request, is_leaving=False)


async def leave(request: web.Request) -> web.Response:
    """Take a person out of a team."""
    return await _change(request, is_leaving=True)


async def _change(request: web.Request, *, is_leaving: bool) -> web.Response:
    desk, said = request.app[DESK], await body_as(request, TeamAndPerson)
    account = await account_with(desk, said.person)
    by = request[ACCOUNT].id
    try:
        await put_in_team(desk, account, said.team, is_leaving=is_leaving, by=by)
    except CannotDo as problem:
        return await _list(request, str(problem), said)
    raise web.HTTPSeeOther(PLACE)


async def _list(
    request: web.Request, problem: str | None = None, typed: TeamAndPerson | None = None
) -> web.Response:
    people = await list_accounts(request.app[DESK])
    return show(
        request,
        "teams",
        problem,
        typed,
        teams=await teams(request.app[DESK], people),
        people=open_people(people),
        longest_name=LONGEST_NAME,
    )
