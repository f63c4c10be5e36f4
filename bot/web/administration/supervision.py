"""Supervision: who supervises whom, from when until when."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.accounts.people import CannotDo, list_accounts
from bot.conversation.administration import supervisions
from bot.conversation.administration.roster import account_with, open_people
from bot.storage.states import Role
from bot.web.administration.bodies import LastDay, NewSupervision
from bot.web.administration.page import day, show
from bot.web.body import body_as
from bot.web.contract import Shape
from bot.web.keys import ACCOUNT, DESK

PLACE = "/administration/supervision"


async def index(request: web.Request) -> web.Response:
    """Show the supervisions of now, of days to come, and those that are over."""
    return await _list(request)


async def begin(request: web.Request) -> web.Response:
    """Begin a supervision, now or on a day to come."""
    desk, said = request.app[DESK], await body_as(request, NewSupervision)
    therapist = await account_with(desk, said.therapist)
    supervisor = await account_with(desk, said.supervisor)
    by = request[ACCOUNT].id
    try:
        first, last = day(said.first), day(said.last)
        await supervisions.begin(desk, therapist, supervisor, first, last, by=by)
    except CannotDo as problem:
        return await _list(request, str(problem), said)
    raise web.HTTPSeeOther(PLACE)


async def end(request: web.Request) -> web.Response:
    """End a supervision now, or set the day with which it ends."""
    desk, said = request.app[DESK], await body_as(request, LastDay)
    try:
        await supervisions.set_last_day(desk, said.pair, day(said.last), by=request[ACCOUNT].id)
    except CannotDo as problem:
        return await _list(request, str(problem), said)
    raise web.HTTPSeeOther(PLACE)


async def _list(
    request: web.Request, problem: str | None = None, typed: Shape | None = None
) -> web.Response:
    desk = request.app[DESK]
    people, pairs = await list_accounts(desk), await supervisions.pairs(desk)
    return show(
        request,
        "supervision",
        problem,
        typed,
        pairs=[pair for pair in pairs if not pair.is_over],
        history=[pair for pair in pairs if pair.is_over],
        therapists=open_people(people, Role.THERAPIST),
        supervisors=open_people(people, Role.SUPERVISOR),
        today=desk.clock().date(),
        now=desk.clock(),
    )
