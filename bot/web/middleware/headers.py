"""The same protective headers on every answer."""

from __future__ import annotations

from aiohttp import web

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    # What a therapist reads here must not be found in a shared browser's cache.
    "Cache-Control": "no-store",
    "Server": "ballast",
}


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on; a signal rather than a middleware, so that sockets get them too."""
    response.headers.update(HEADERS)
