"""The same protective headers on every answer, and what may frame the chat."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from bot.settings import Settings
from bot.web.contract import NO_CONTRACT, Contract
from bot.web.door import contract_of
from bot.web.keys import DESK

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors "
)
_TWO_YEARS = 2 * 365 * 24 * 3600

HEADERS = {
    "Content-Security-Policy": _POLICY + "'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Told to ourselves alone. With no-referrer a form would not name its origin, and is refused.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    # What a therapist reads here must not be found in a shared browser's cache.
    "Cache-Control": "no-store",
    "Server": "ballast",
}


def headers_of(settings: Settings, contract: Contract = NO_CONTRACT) -> Mapping[str, str]:
    """Give the headers of an answer; of a page that may be framed, for the sites in the setting."""
    headers = dict(HEADERS)
    if contract.may_be_kept:
        headers["Cache-Control"] = "no-cache"
    if contract.is_for_other_sites:
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if settings.is_https:
        headers["Strict-Transport-Security"] = f"max-age={_TWO_YEARS}; includeSubDomains"
    elif settings.public_url:
        # A browser takes it over TLS or from its own machine, and complains of it elsewhere.
        del headers["Cross-Origin-Opener-Policy"]
    if contract.may_be_framed and settings.frame_ancestors:
        headers["Content-Security-Policy"] = _POLICY + settings.frame_ancestors
        # It knows no list of sites; browsers that know the policy above do without it.
        del headers["X-Frame-Options"]
    return headers


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on; a signal rather than a middleware, so that sockets get them too."""
    settings = request.app[DESK].settings
    # What is refused, at whatever door, is not kept.
    contract = contract_of(request) if response.status < 400 else NO_CONTRACT
    response.headers.update(headers_of(settings, contract))
