"""One shared reflection to read, and where its supervisor stands with it."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.review.reading import read_shared, review
from bot.storage.states import ReviewState
from bot.web.body import body_as
from bot.web.console.bodies import Reviewed
from bot.web.keys import ACCOUNT, DESK, TEMPLATES
from bot.web.shared_view import draw


async def read(request: web.Request) -> web.Response:
    """Show what is shared of one reflection; its author sees that it was looked at."""
    reading = await read_shared(request.app[DESK], request[ACCOUNT], request.match_info["id"])
    return request.app[TEMPLATES].page(
        "shared_reflection.html",
        person=request[ACCOUNT],
        id=request.match_info["id"],
        day=reading.view.day,
        shared=draw(request, reading.view),
        is_closed=reading.state is ReviewState.CLOSED,
        history=reading.history,
    )


async def set_state(request: web.Request) -> web.Response:
    """Write down where the supervisor stands, and go back to the page."""
    reflection_id = request.match_info["id"]
    said = await body_as(request, Reviewed)
    await review(request.app[DESK], request[ACCOUNT], reflection_id, ReviewState(said.state))
    raise web.HTTPSeeOther(f"/console/{reflection_id}")
