"""Who shows the chat in a frame: what the address says, and whether the setting allows it."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web

from bot.settings import Settings

_PORTS = {"http": 80, "https": 443}


def is_framed(request: web.Request) -> bool:
    """Say whether a page is asked for as it looks in a frame."""
    return request.query.get("frame") == "1"


def parent_of(request: web.Request, settings: Settings) -> str:
    """Give the origin of the page around a framed one if it may frame it, else nothing.

    The page around it says itself which it is. A lie leads nowhere: what is told to that origin
    the browser hands to nobody else.
    """
    told = request.query.get("parent", "")
    return told.lower() if is_framed(request) and may_frame(told, settings) else ""


def comes_from_another_site(request: web.Request, settings: Settings) -> bool:
    """Say whether a page is asked for by an allowed parent of another site, for its frame.

    A strict cookie is not sent there.
    """
    return (
        settings.is_https
        and request.headers.getall("Sec-Fetch-Site", []) == ["cross-site"]
        and request.headers.getall("Sec-Fetch-Dest", []) == ["iframe"]
        and parent_of(request, settings) != ""
    )


def may_frame(origin: str, settings: Settings) -> bool:
    """Say whether `origin` is among the sites in the setting, as a browser reads them."""
    place = _place_of(origin)
    if place is None or f"{urlsplit(origin).scheme}://{urlsplit(origin).netloc}" != origin:
        return False
    return any(_fits(place, one) for one in (settings.frame_ancestors or "").lower().split())


def _fits(place: tuple[str, str, int], allowed: str) -> bool:
    scheme, host, port = place
    allowed_scheme, _, rest = allowed.partition("://")
    allowed_host, colon, allowed_port = rest.partition(":")
    if scheme != allowed_scheme or not _is_named(host, allowed_host):
        return False
    return allowed_port == "*" or port == int(allowed_port if colon else _PORTS[scheme])


def _is_named(host: str, allowed: str) -> bool:
    # A bare star would make everybody a parent who is told things; it only lets them frame.
    if allowed.startswith("*."):
        return host.endswith(allowed[1:])
    return host == allowed


def _place_of(origin: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(origin.lower())
        if parts.scheme not in _PORTS or not parts.hostname:
            return None
        return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]
    except ValueError:
        return None
