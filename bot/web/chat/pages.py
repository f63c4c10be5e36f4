"""The pages a therapist opens, and the files they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from aiohttp import web

from bot.moderation.steps import Review
from bot.safety.contacts import people_to_call
from bot.storage.states import Role
from bot.web import cookies, framing
from bot.web.keys import ACCOUNT, DESK, SIGN_IN, TEMPLATES
from bot.web.languages import language_of
from bot.web.packed import compressed, modules_of, packed_files


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
    page = request.app[TEMPLATES].page(
        "chat.html",
        name=account.name,
        longest_message=settings.longest_message,
        idle_minutes=settings.idle_minutes,
        # How long rather than until when: a browser's clock may be another.
        seconds_left=int((request[SIGN_IN].ends_at - desk.clock()).total_seconds()),
        **_shown(request, "chat.js"),
    )
    return _sent(request, page)


async def sign_in(request: web.Request) -> web.Response:
    """Show the ways to sign in, and use up a one-time link.

    The link's token stands behind `#`, which browsers never send: it cannot end up in a
    server's log, and a mail scanner that opens the link does not use it up.
    """
    settings = request.app[DESK].settings
    page = request.app[TEMPLATES].page(
        "sign_in.html",
        has_passkeys=settings.passkey_domain is not None,
        has_clinic=bool(settings.oidc_issuer),
        clinic_name=settings.oidc_name,
        address=settings.address,
        **_shown(request, "sign_in.js"),
    )
    return _sent(request, page)


def _shown(request: web.Request, first_module: str) -> Mapping[str, object]:
    """Give in which language a page is, what it loads first, and what it knows of its frame."""
    language = language_of(request)
    is_framed = framing.is_framed(request)
    return {
        **language,
        "modules": modules_of(first_module, language["language"]),
        "is_framed": is_framed,
        "parent": framing.parent_of(request, request.app[DESK].settings),
    }


def _sent(request: web.Request, page: web.Response) -> web.Response:
    settings = request.app[DESK].settings
    if framing.comes_from_another_site(request, settings):
        cookies.set_framed(page, settings)
    return compressed(request, page)


async def static(request: web.Request) -> web.StreamResponse:
    """Give one of the files in the static folder."""
    packed = packed_files().get(request.match_info["name"])
    if packed is None:
        raise web.HTTPNotFound
    return packed.answer(request)


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
