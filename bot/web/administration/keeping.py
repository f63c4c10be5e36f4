"""Keeping and forgetting: the rule in force, legal holds, receipts in figures."""

from __future__ import annotations

from aiohttp import web

from bot.conversation import holds
from bot.conversation.accounts.people import list_accounts
from bot.conversation.administration.kept import kept
from bot.storage.states import Role
from bot.web.administration.bodies import Held, NewHold
from bot.web.administration.page import show
from bot.web.body import body_as
from bot.web.contract import Shape
from bot.web.keys import ACCOUNT, DESK

PLACE = "/administration/keeping"


async def index(request: web.Request) -> web.Response:
    """Show the rule, the holds that stand, and how many reflections were erased."""
    return await _page(request)


async def hold(request: web.Request) -> web.Response:
    """Hold a reflection, or all of a therapist's; nobody reads anything by it."""
    desk, said = request.app[DESK], await body_as(request, NewHold)
    reason = said.reason.strip()
    if not 0 < len(reason) <= holds.LONGEST_REASON:
        problem = f"A reason has between 1 and {holds.LONGEST_REASON} characters."
        return await _page(request, problem, said)
    try:
        await holds.place_hold(desk, said.held.strip(), reason, by=request[ACCOUNT].id)
    except holds.NothingToHold:
        return await _page(request, "There is no reflection and no therapist with this id.", said)
    raise web.HTTPSeeOther(PLACE)


async def release(request: web.Request) -> web.Response:
    """Release what is held under an id."""
    said = await body_as(request, Held)
    if not await holds.release_hold(request.app[DESK], said.held, by=request[ACCOUNT].id):
        return await _page(request, "Nothing is held under this id any more.")
    raise web.HTTPSeeOther(PLACE)


async def _page(
    request: web.Request, problem: str | None = None, typed: Shape | None = None
) -> web.Response:
    desk = request.app[DESK]
    people = await list_accounts(desk)
    return show(
        request,
        "keeping",
        problem,
        typed,
        kept=await kept(desk),
        days=desk.settings.retention_days,
        reason=desk.settings.retention_reason,
        # Closed accounts too: what their owners wrote is kept, and may have to be held.
        therapists=[one for one in people if one.account.role is Role.THERAPIST],
        longest_reason=holds.LONGEST_REASON,
    )
