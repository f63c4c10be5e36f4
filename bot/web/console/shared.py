"""What therapists have shared with a supervisor: a list, and one to read."""

from __future__ import annotations

from aiohttp import web

from bot.conversation import reflections
from bot.web.keys import ACCOUNT, DESK, TEMPLATES


async def index(request: web.Request) -> web.Response:
    """List what is shared with this supervisor now."""
    shared = await reflections.list_shared(request.app[DESK], request[ACCOUNT])
    return request.app[TEMPLATES].page("shared.html", name=request[ACCOUNT].name, shared=shared)


async def read(request: web.Request) -> web.Response:
    """Show the summary of one shared reflection."""
    summary = await reflections.read_summary(
        request.app[DESK], request[ACCOUNT], request.match_info["id"]
    )
    return request.app[TEMPLATES].page(
        "shared_reflection.html", name=request[ACCOUNT].name, summary=summary
    )
