"""Every route of the gateway, on one page, with who may enter.

A route that is not listed here does not exist; one without an entry could not be written.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.web import consents, erasures, health, sign_in
from bot.web.chat import pages, reflections, socket
from bot.web.console import shared
from bot.web.entry import Entry

STATIC = Path(__file__).parent / "chat" / "static"


@dataclass(frozen=True)
class Route:
    """One door: a method and path, what answers there, and who may enter."""

    method: str
    path: str
    handler: Handler
    entry: Entry


ROUTES = (
    Route("GET", "/healthz", health.health, Entry.ANYBODY),
    # Signing in and out
    Route("GET", "/sign-in", pages.sign_in, Entry.ANYBODY),
    Route("POST", "/api/sign-in", sign_in.use_link, Entry.ANYBODY),
    Route("POST", "/api/sign-out", sign_in.leave, Entry.SIGNED_IN),
    Route("GET", "/api/me", sign_in.me, Entry.SIGNED_IN),
    # The chat
    Route("GET", "/", pages.chat, Entry.ANYBODY),
    Route("GET", "/static/{name}", pages.static, Entry.ANYBODY),
    Route("GET", "/api/contacts", pages.contacts, Entry.SIGNED_IN),
    Route("GET", "/api/reflections", reflections.index, Entry.THERAPIST),
    Route("POST", "/api/reflections", reflections.start, Entry.THERAPIST),
    Route("GET", "/api/reflections/{id}", reflections.read, Entry.THERAPIST),
    Route("DELETE", "/api/reflections/{id}", reflections.delete, Entry.THERAPIST),
    Route("GET", "/api/reflections/{id}/socket", socket.talk, Entry.THERAPIST),
    Route("GET", "/api/reflections/{id}/summary", reflections.summary, Entry.THERAPIST),
    Route("GET", "/api/reflections/{id}/summary.md", reflections.download, Entry.THERAPIST),
    Route("POST", "/api/reflections/{id}/share", reflections.share, Entry.THERAPIST),
    Route("DELETE", "/api/reflections/{id}/share", reflections.unshare, Entry.THERAPIST),
    Route("GET", "/api/erasures", erasures.index, Entry.THERAPIST),
    Route("GET", "/api/consents", consents.read, Entry.THERAPIST),
    Route("PUT", "/api/consents/{purpose}", consents.change, Entry.THERAPIST),
    # The console
    Route("GET", "/console", shared.index, Entry.SUPERVISOR),
    Route("GET", "/console/{id}", shared.read, Entry.SUPERVISOR),
)


def entries() -> dict[tuple[str, str], Entry]:
    """Give who may enter where, as the sign-in check looks it up."""
    return {(route.method, route.path): route.entry for route in ROUTES}


def add_routes(app: web.Application) -> None:
    """Put every route on the application."""
    for route in ROUTES:
        app.router.add_route(route.method, route.path, route.handler)
