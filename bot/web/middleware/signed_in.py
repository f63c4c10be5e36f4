"""Who is asking: every route is closed but to those that its line in `routes.py` names."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.conversation.accounts import who_is
from bot.web import cookies
from bot.web.body import body_as
from bot.web.door import Door, door_of
from bot.web.entry import Entry
from bot.web.keys import ACCOUNT, DESK, SESSION_TOKEN, SIGN_IN, TEMPLATES
from bot.web.middleware.errors import refusal


@web.middleware
async def let_in(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find out who asks, and let in only whom the route admits.

    A route without a line admits nobody.
    """
    door = door_of(request)
    if door is None:
        raise web.HTTPNotFound
    entry = door.entry
    desk = request.app[DESK]
    token = cookies.session_token(request, desk.settings)
    who = await who_is(desk, token) if token else None
    if who is not None and token is not None:
        request[ACCOUNT], request[SIGN_IN] = who.account, who.sign_in
        request[SESSION_TOKEN] = token
    if entry is Entry.ANYBODY:
        return await handler(request)
    if who is None:
        return refusal(401, "signed_out", desk.notices["signed_out"])
    if not entry.admits(who.account.role):
        raise web.HTTPNotFound
    if entry.asks_for_fresh_sign_in and not who.is_fresh(desk):
        if door.contract.is_form:
            return await _ask_with_what_was_typed(request, door)
        return refusal(403, "sign_in_again", desk.notices["sign_in_again"])
    return await handler(request)


async def _ask_with_what_was_typed(request: web.Request, door: Door) -> web.Response:
    """Give a page that asks to sign in again and holds the form, so that nothing is lost."""
    takes = door.contract.takes
    page = request.app[TEMPLATES].page(
        "administration/sign_in_again.html",
        person=request[ACCOUNT],
        to=request.path,
        fields=(await body_as(request, takes)).model_dump() if takes else {},
    )
    page.set_status(403)
    return page
