"""To the clinic's own sign-in and back."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.accounts import SignInRefused
from bot.conversation.accounts.clinic import SentThere, back_from_clinic, send_to_clinic
from bot.web import cookies
from bot.web.keys import ACCOUNT, CLINIC, DESK, TEMPLATES
from bot.web.sign_in.visitor import count_knock, visitor_of

_LONGEST_CODE = 2000


async def begin(request: web.Request) -> web.Response:
    """Give the address of the clinic's sign-in, and tie what comes back to this browser."""
    await count_knock(request)
    return _sent(request, await send_to_clinic(request.app[DESK], request.app[CLINIC]))


async def begin_binding(request: web.Request) -> web.Response:
    """Give the address at which one shows who one is at the clinic."""
    account = request[ACCOUNT]
    return _sent(request, await send_to_clinic(request.app[DESK], request.app[CLINIC], account))


async def back(request: web.Request) -> web.Response:
    """Take up what the clinic's server sends back, and lead on to Ballast's own pages.

    A page and no redirect: this request comes from another site, and so would the one that
    a redirect leads to, without the strict cookie that is set here.
    """
    desk = request.app[DESK]
    sentence, session_token = "", ""
    try:
        session_token = await _taken_up(request)
    except SignInRefused as refused:
        # The format knows of seconds for whoever came too fast.
        sentence = desk.notices[refused.notice].format(seconds=getattr(refused, "seconds", 0))
    go_to = "/sign-in" if sentence else "/" if session_token else "/your-sign-in"
    response = request.app[TEMPLATES].page("clinic_back.html", sentence=sentence, go_to=go_to)
    cookies.drop_clinic(response, desk.settings)
    if session_token:
        cookies.set_session(request, response, desk.settings, session_token)
    if sentence:
        response.set_status(403)
    return response


async def _taken_up(request: web.Request) -> str:
    """Finish what this browser began, and give a session token, or nothing once bound."""
    desk = request.app[DESK]
    await count_knock(request)
    state, code = request.query.get("state", ""), request.query.get("code", "")
    token = cookies.clinic_token(request, desk.settings)
    if not state or not code or token is None or len(code) > _LONGEST_CODE:
        raise SignInRefused("clinic_refused")
    came = await back_from_clinic(
        desk, request.app[CLINIC], state, code, token, visitor_of(request)
    )
    return came[1] if came else ""


def _sent(request: web.Request, sent: SentThere) -> web.Response:
    response = web.json_response({"address": sent.address})
    cookies.set_clinic(response, request.app[DESK].settings, sent.browser_token)
    return response
