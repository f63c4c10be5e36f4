"""What a request tells of who knocks, and how often they may."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.accounts import TooFast, Visitor
from bot.web import cookies
from bot.web.keys import DESK, PASSWORD_LIMIT, SIGN_IN_LIMIT

# The first that stands in a User-Agent is meant; most name others as well.
_BROWSERS = {
    "Edg/": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "CriOS/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


def visitor_of(request: web.Request) -> Visitor:
    """Give what is kept of a request's browser: its kind, and the session it holds."""
    told = request.headers.get("User-Agent", "")
    browser = next((name for sign, name in _BROWSERS.items() if sign in told), "")
    system = next((name for sign, name in _SYSTEMS.items() if sign in told), "")
    settings = request.app[DESK].settings
    return Visitor(
        " on ".join(filter(None, (browser, system))), cookies.session_token(request, settings)
    )


async def count_knock(request: web.Request) -> None:
    """Count one knock of this address. Raises `TooFast`."""
    limit, address = request.app[SIGN_IN_LIMIT], request.remote or ""
    if not await limit.allows(address):
        raise TooFast(await limit.seconds_until(address))


async def count_password(request: web.Request) -> None:
    """Count one password or code, of this address and of everybody. Raises `TooFast`."""
    await count_knock(request)
    limit = request.app[PASSWORD_LIMIT]
    if not await limit.allows("everybody"):
        raise TooFast(await limit.seconds_until("everybody"))
