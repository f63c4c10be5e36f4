"""Health: whether everything is up, and what the machine and the copies look like."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.administration.installation import look_at
from bot.web.administration.page import show
from bot.web.health import parts_up
from bot.web.keys import DESK, HTTP


async def index(request: web.Request) -> web.Response:
    """Show what `/healthz` says, and what else somebody would look for on the server."""
    desk = request.app[DESK]
    return show(
        request,
        "health",
        parts=await parts_up(desk, request.app[HTTP]),
        found=await look_at(desk),
        keys_copy=desk.settings.keys_copy,
        has_clinic=bool(desk.settings.oidc_issuer),
    )
