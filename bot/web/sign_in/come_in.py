"""Signing in: by link, passkey, password or hand-over; seeing who one is; signing out."""

from __future__ import annotations

from aiohttp import web

from bot.conversation import accounts
from bot.conversation.accounts import hand_over, passkeys, passwords, throttle
from bot.conversation.accounts.demonstration import is_demonstration
from bot.conversation.accounts.ways import ways_of
from bot.storage.models import Account
from bot.web import cookies
from bot.web.body import body_as
from bot.web.keys import ACCOUNT, DESK, HAND_OVER, SESSION_TOKEN
from bot.web.sign_in.bodies import CodeTried, HandOver, Link, PasskeyUsed, PasswordTried
from bot.web.sign_in.visitor import count_knock, count_password, visitor_of


async def use_link(request: web.Request) -> web.Response:
    """Use up a one-time link and set the session's cookie."""
    desk = request.app[DESK]
    await count_knock(request)
    link = await body_as(request, Link)
    account, session_token = await accounts.sign_in(desk, link.token, visitor_of(request))
    # Who came by a link and has nothing else yet is offered to make a passkey.
    wants_more = not is_demonstration(account) and (await ways_of(desk, account)).count == 0
    return _let_in(request, account, session_token, "/your-sign-in" if wants_more else "/")


async def begin_passkey(request: web.Request) -> web.Response:
    """Give the challenge that a passkey signs."""
    await count_knock(request)
    return web.json_response(await passkeys.begin_using(request.app[DESK]))


async def use_passkey(request: web.Request) -> web.Response:
    """Sign in with a passkey and set the session's cookie."""
    await count_knock(request)
    used = await body_as(request, PasskeyUsed)
    account, session_token = await passkeys.finish_using(
        request.app[DESK], used.credential, visitor_of(request)
    )
    return _let_in(request, account, session_token)


async def use_password(request: web.Request) -> web.Response:
    """Check name and password, and give the ticket with which the second factor is shown."""
    desk = request.app[DESK]
    await count_password(request)
    tried = await body_as(request, PasswordTried)
    known = cookies.known_token(request, desk.settings)
    ticket = await passwords.try_password(desk, tried.name, tried.password, known)
    return web.json_response({"ticket": ticket})


async def use_code(request: web.Request) -> web.Response:
    """Check the second factor and set the session's cookie."""
    desk = request.app[DESK]
    await count_password(request)
    tried = await body_as(request, CodeTried)
    account, session_token = await passwords.try_code(
        desk, tried.ticket, tried.code, visitor_of(request)
    )
    response = _let_in(request, account, session_token)
    known = await throttle.know_browser(desk, account.id)
    cookies.set_known(request, response, desk.settings, known)
    return response


async def use_hand_over(request: web.Request) -> web.Response:
    """Sign in by a token of the page around the frame; somebody else's sign-in here ends first."""
    desk = request.app[DESK]
    await count_knock(request)
    handed = await body_as(request, HandOver)
    here = request.get(ACCOUNT)
    account, session_token = await hand_over.come_in(
        desk, request.app[HAND_OVER], handed.token, visitor_of(request), here
    )
    if session_token is not None:
        return _let_in(request, account, session_token, is_new=True)
    return web.json_response(_who_came(account, "/") | {"is_new": False})


async def leave(request: web.Request) -> web.Response:
    """End this sign-in."""
    desk = request.app[DESK]
    await accounts.sign_out(desk, request[SESSION_TOKEN])
    response = web.Response(status=204)
    cookies.drop_session(request, response, desk.settings)
    return response


async def me(request: web.Request) -> web.Response:
    """Answer with the name and role of who asks."""
    account = request[ACCOUNT]
    return web.json_response({"name": account.name, "role": account.role.value})


def _who_came(account: Account, go_to: str) -> dict[str, object]:
    return {"name": account.name, "role": account.role.value, "go_to": go_to}


def _let_in(
    request: web.Request, account: Account, session_token: str, go_to: str = "/", **more: object
) -> web.Response:
    response = web.json_response(_who_came(account, go_to) | more)
    cookies.set_session(request, response, request.app[DESK].settings, session_token)
    return response
