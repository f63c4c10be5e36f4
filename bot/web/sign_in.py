"""Sign in with a one-time link, see who one is, sign out."""

from __future__ import annotations

from aiohttp import web

from bot.conversation import accounts
from bot.web.addresses import is_https
from bot.web.bodies import Link
from bot.web.body import body_as
from bot.web.keys import ACCOUNT, DESK, SESSION_TOKEN, SIGN_IN_LIMIT
from bot.web.middleware.errors import refusal
from bot.web.middleware.signed_in import COOKIE


async def use_link(request: web.Request) -> web.Response:
    """Use up a one-time link and set the session's cookie."""
    desk = request.app[DESK]
    if not request.app[SIGN_IN_LIMIT].allows(request.remote or ""):
        return refusal(429, "too_fast", desk.notices["too_fast"])
    link = await body_as(request, Link)
    try:
        account, session_token = await accounts.sign_in(desk, link.token)
    except accounts.LinkRefused as refused:
        key = "link_used" if refused.was_used else "link_unknown"
        return refusal(403, key, desk.notices[key])
    response = web.json_response({"name": account.name, "role": account.role.value})
    response.set_cookie(
        COOKIE,
        session_token,
        max_age=int(desk.settings.session_hours * 3600),
        httponly=True,
        samesite="Strict",
        secure=request.secure or is_https(desk.settings),
    )
    return response


async def leave(request: web.Request) -> web.Response:
    """End this sign-in."""
    await accounts.sign_out(request.app[DESK], request[SESSION_TOKEN])
    response = web.Response(status=204)
    response.del_cookie(COOKIE, samesite="Strict", httponly=True)
    return response


async def me(request: web.Request) -> web.Response:
    """Answer with the name and role of who asks."""
    account = request[ACCOUNT]
    return web.json_response({"name": account.name, "role": account.role.value})
