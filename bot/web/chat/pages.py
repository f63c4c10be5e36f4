"""The pages a therapist opens, and the files they are made of."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from aiohttp import web

from bot.moderation.steps import Review
from bot.safety.contacts import people_to_call
from bot.storage.states import Role
from bot.web.keys import ACCOUNT, DESK, SIGN_IN, TEMPLATES
from bot.web.languages import language_of

_STATIC = Path(__file__).parent / "static"
# Looked up by name, so that no path from outside ever reaches the disk.
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


async def chat(request: web.Request) -> web.StreamResponse:
    """Show the chat, or how to sign in; who has no chat is led to what they have."""
    account = request.get(ACCOUNT)
    if account is None:
        return await sign_in(request)
    if account.role is not Role.THERAPIST:
        is_supervisor = account.role is Role.SUPERVISOR
        raise web.HTTPSeeOther("/console" if is_supervisor else "/administration")
    desk = request.app[DESK]
    settings = desk.settings
    return request.app[TEMPLATES].page(
        "chat.html",
        name=account.name,
        longest_message=settings.longest_message,
        idle_minutes=settings.idle_minutes,
        # How long rather than until when: a browser's clock may be another.
        seconds_left=int((request[SIGN_IN].ends_at - desk.clock()).total_seconds()),
        **language_of(request),
    )


async def sign_in(request: web.Request) -> web.Response:
    """Show the ways to sign in, and use up a one-time link.

    The link's token stands behind `#`, which browsers never send: it cannot end up in a
    server's log, and a mail scanner that opens the link does not use it up.
    """
    settings = request.app[DESK].settings
    return request.app[TEMPLATES].page(
        "sign_in.html",
        has_passkeys=settings.passkey_domain is not None,
        has_clinic=bool(settings.oidc_issuer),
        clinic_name=settings.oidc_name,
        address=settings.address,
        **language_of(request),
    )


async def static(request: web.Request) -> web.StreamResponse:
    """Give one of the files in the static folder."""
    name = request.match_info["name"]
    known = {path.name: path for path in _STATIC.iterdir() if path.suffix in _TYPES}
    if name not in known:
        raise web.HTTPNotFound
    return web.FileResponse(known[name], headers={"Content-Type": _TYPES[known[name].suffix]})


async def contacts(request: web.Request) -> web.Response:
    """Answer with whom to call, which must be one press away at any time."""
    return web.json_response({"people": list(people_to_call(request.app[DESK].contacts))})


async def groundings(request: web.Request) -> web.Response:
    """Answer with ways to settle, which are one press away at any time and never kept."""
    found = [
        {
            "id": one.id,
            "name": one.name,
            "lines": one.lines,
            "breath": asdict(one.breath) if one.breath else None,
            "sources": [{"cite": source.cite, "link": source.link} for source in one.sources],
            "awaiting_review": one.review is Review.AWAITING_CLINICAL_REVIEW,
        }
        for one in request.app[DESK].groundings
    ]
    return web.json_response({"groundings": found})
