"""What therapists have shared with a supervisor: a list, and one to read."""

from __future__ import annotations

from aiohttp import web

from bot.conversation import shared_reading
from bot.web.keys import ACCOUNT, DESK, TEMPLATES
from bot.web.shared_view import draw


async def index(request: web.Request) -> web.Response:
    """List what is shared with this supervisor now."""
    shared = await shared_reading.list_shared(request.app[DESK], request[ACCOUNT])
    return request.app[TEMPLATES].page("shared.html", name=request[ACCOUNT].name, shared=shared)


async def read(request: web.Request) -> web.Response:
    """Show what is shared of one reflection; its author sees that it was looked at."""
    view = await shared_reading.read_shared(
        request.app[DESK], request[ACCOUNT], request.match_info["id"]
    )
    return request.app[TEMPLATES].page(
        "shared_reflection.html",
        name=request[ACCOUNT].name,
        day=view.day,
        shared=draw(request, view),
    )
