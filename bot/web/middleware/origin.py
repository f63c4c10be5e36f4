"""Only our own pages may act in a signed-in person's name, and only under our own address."""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.web import cookies
from bot.web.addresses import is_our_page, is_ours
from bot.web.door import contract_of
from bot.web.keys import DESK
from bot.web.middleware.errors import refusal

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


@web.middleware
async def our_address_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a request that was sent to another name than ours.

    A page whose own name was turned to this machine (DNS rebinding) is of our origin for the
    browser; only the name it uses gives it away.
    """
    desk = request.app[DESK]
    named = request.headers.getall("Host", [])
    if len(named) != 1 or not is_ours(named[0], desk.settings):
        address = desk.settings.address
        return refusal(421, "wrong_address", desk.notices["wrong_address"].format(address=address))
    return await handler(request)


@web.middleware
async def own_pages_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what may be another site's page acting with our cookie.

    Browsers name the origin of every socket and of everything but plain reads. Where there
    is a cookie, somebody has to vouch for the page; a program without a browser names our
    own address as its origin. What has no cookie cannot borrow one.
    """
    is_socket = request.headers.get("Upgrade", "").lower() == "websocket"
    is_read = request.method in _SAFE_METHODS and not is_socket
    if _knocks_on_a_frame(request) if is_read else not _is_vouched_for(request):
        return refusal(403, "not_allowed", request.app[DESK].notices["another_page"])
    return await handler(request)


def _knocks_on_a_frame(request: web.Request) -> bool:
    """Say whether the page around a frame reads what only the frame itself may.

    A frame's cookies on another site go along with what that site asks for. Strict ones would
    not; so what it reads is refused, but for the framed page and the script around it.
    """
    contract = contract_of(request)
    if contract.may_be_framed or contract.is_for_other_sites:
        return False
    sites = request.headers.getall("Sec-Fetch-Site", [])
    return cookies.is_on_another_site(request, request.app[DESK].settings) and (
        sites not in (["same-origin"], ["none"])
    )


def _is_vouched_for(request: web.Request) -> bool:
    origins = request.headers.getall("Origin", [])
    sites = request.headers.getall("Sec-Fetch-Site", [])
    settings = request.app[DESK].settings
    if len(origins) > 1 or len(sites) > 1:
        return False
    if any(not is_our_page(origin, request.host, settings) for origin in origins):
        return False
    if any(site not in ("same-origin", "none") for site in sites):
        return False
    return bool(origins) or sites == ["same-origin"] or "Cookie" not in request.headers
