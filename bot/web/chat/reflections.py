"""A therapist's reflections: list, start, read, sum up, delete."""

from __future__ import annotations

from aiohttp import web

from bot.conversation import reflections
from bot.reflection.stages import Path
from bot.web.bodies import NewReflection
from bot.web.body import body_as
from bot.web.keys import ACCOUNT, ANSWERING, DESK, FORGETTING, SENDING_LIMIT
from bot.web.middleware.errors import refusal


async def index(request: web.Request) -> web.Response:
    """List the therapist's own reflections, the one changed last first."""
    found = await reflections.list_reflections(request.app[DESK], request[ACCOUNT])
    return web.json_response({"reflections": found})


async def start(request: web.Request) -> web.Response:
    """Start a reflection along the full or the short path."""
    desk = request.app[DESK]
    if not request.app[SENDING_LIMIT].allows(request[ACCOUNT].id):
        return refusal(429, "too_fast", desk.notices["too_fast"])
    wanted = await body_as(request, NewReflection)
    started = await reflections.start_reflection(desk, request[ACCOUNT], Path(wanted.path))
    request.app[ANSWERING].see_to(started["id"])
    return web.json_response(started, status=201)


async def read(request: web.Request) -> web.Response:
    """Give a reflection with its turns."""
    found = await reflections.read_turns(
        request.app[DESK], request[ACCOUNT], request.match_info["id"]
    )
    return web.json_response(found)


async def summary(request: web.Request) -> web.Response:
    """Give the summary of a reflection."""
    found = await reflections.read_summary(
        request.app[DESK], request[ACCOUNT], request.match_info["id"]
    )
    return web.json_response(found.as_dict())


async def download(request: web.Request) -> web.Response:
    """Give the summary as a Markdown file."""
    found = await reflections.read_summary(
        request.app[DESK], request[ACCOUNT], request.match_info["id"]
    )
    name = f"reflection-{found.reflection['started_at'][:10]}.md"
    return web.Response(
        text=found.as_markdown(),
        content_type="text/markdown",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def delete(request: web.Request) -> web.Response:
    """Delete a reflection and everything made from it."""
    await reflections.delete_reflection(
        request.app[DESK], request[ACCOUNT], request.match_info["id"]
    )
    request.app[FORGETTING].see_to()
    return web.Response(status=204)
