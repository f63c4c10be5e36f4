"""People: who there is, adding one, a new link, closing an account and opening it again."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from bot.conversation.accounts import make_link
from bot.conversation.accounts.people import LONGEST_NAME, CannotDo, add_account, disable, enable
from bot.conversation.administration.roster import account_with, roster
from bot.storage.access import NotFound
from bot.storage.models import Account
from bot.storage.states import Role
from bot.web.administration.bodies import NewPerson
from bot.web.administration.page import show
from bot.web.body import body_as
from bot.web.keys import ACCOUNT, DESK

PLACE = "/administration"


async def index(request: web.Request) -> web.Response:
    """Show everybody who has an account, and the form that adds one."""
    return await _list(request)


async def add(request: web.Request) -> web.Response:
    """Make an account, and show its first link: here, once, and nowhere else."""
    desk, said = request.app[DESK], await body_as(request, NewPerson)
    try:
        made = await add_account(desk, said.name, Role(said.role), by=request[ACCOUNT].id)
    except CannotDo as problem:
        return await _list(request, str(problem), said)
    return await _show_new_link(request, made)


async def read(request: web.Request) -> web.Response:
    """Show one person, and what can be done about their account."""
    return await _one(request)


async def give_link(request: web.Request) -> web.Response:
    """Make a new link, and show it: here, once, and nowhere else."""
    account = await _account(request)
    if account.disabled_at is not None:
        return await _one(request, "This account is closed: open it before you make a link.")
    return await _show_new_link(request, account)


async def close(request: web.Request) -> web.Response:
    """Close an account, and go back to its page."""
    try:
        await disable(request.app[DESK], await _account(request), by=request[ACCOUNT].id)
    except CannotDo as problem:
        return await _one(request, str(problem))
    raise _back(request)


async def open_again(request: web.Request) -> web.Response:
    """Open a closed account again, and go back to its page."""
    await enable(request.app[DESK], await _account(request), by=request[ACCOUNT].id)
    raise _back(request)


async def _list(
    request: web.Request, problem: str | None = None, typed: NewPerson | None = None
) -> web.Response:
    people = await roster(request.app[DESK])
    return show(
        request,
        "people",
        problem,
        typed,
        people=people,
        roles=list(Role),
        longest_name=LONGEST_NAME,
    )


async def _one(request: web.Request, problem: str | None = None) -> web.Response:
    wanted = request.match_info["account"]
    desk = request.app[DESK]
    found = [one for one in await roster(desk) if one.account.id == wanted]
    if not found:
        raise NotFound
    hours = desk.settings.link_hours
    return show(request, "person", problem, one=found[0], link_hours=hours)


async def _show_new_link(request: web.Request, account: Account) -> web.Response:
    # No redirect: the link would have to be kept somewhere, or stand in an address.
    desk = request.app[DESK]
    token = await make_link(desk, account, by=request[ACCOUNT].id)
    return show(
        request,
        "link",
        account=account,
        link=f"{desk.settings.address}/sign-in#{token}",
        until=desk.clock() + timedelta(hours=desk.settings.link_hours),
    )


async def _account(request: web.Request) -> Account:
    return await account_with(request.app[DESK], request.match_info["account"])


def _back(request: web.Request) -> web.HTTPSeeOther:
    return web.HTTPSeeOther(f"{PLACE}/people/{request.match_info['account']}")
