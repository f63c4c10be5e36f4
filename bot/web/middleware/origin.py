"""Only our own pages may act in a signed-in person's name."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


@web.middleware
async def own_pages_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what another site's page sends with our cookie.

    Browsers name the origin of every socket and of everything but plain reads; a terminal
    names none and has no cookie that somebody else could borrow.
    """
    is_socket = request.headers.get("Upgrade", "").lower() == "websocket"
    if request.method not in _SAFE_METHODS or is_socket:
        origin = request.headers.get("Origin")
        if origin is not None and _host_of(origin) != request.host:
            raise web.HTTPForbidden(reason="This page may not do that here.")
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise web.HTTPForbidden(reason="This page may not do that here.")
    return await handler(request)


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
