"""Who is asking: every route is closed but to those that its line in `routes.py` names."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.conversation.accounts import account_of
from bot.web.door import door_of
from bot.web.entry import Entry
from bot.web.keys import ACCOUNT, DESK, SESSION_TOKEN
from bot.web.middleware.errors import refusal

COOKIE = "ballast_session"


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
    token = request.cookies.get(COOKIE)
    account = await account_of(desk, token) if token else None
    if account is not None and token is not None:
        request[ACCOUNT], request[SESSION_TOKEN] = account, token
    if entry is Entry.ANYBODY:
        return await handler(request)
    if account is None:
        return refusal(401, "signed_out", desk.notices["signed_out"])
    if not entry.admits(account.role):
        raise web.HTTPNotFound
    return await handler(request)
