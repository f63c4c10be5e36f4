"""A therapist's reflections: list, start, read, sum up, delete."""

from __future__ import annotations

from aiohttp import web

from bot.conversation import judging, reflections
from bot.reflection.stages import Path
from bot.reflection.verdicts import Verdict
from bot.storage.erasing import Held
from bot.themes.findings import Theme
from bot.web.bodies import Judgement, NewReflection
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
    if not await request.app[SENDING_LIMIT].allows(request[ACCOUNT].id):
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


async def judge(request: web.Request) -> web.Response:
    """Say whether a theme that was heard fits, after the assistant has asked about it."""
    desk, account, theme = request.app[DESK], request[ACCOUNT], request.match_info["theme"]
    if theme not in list(Theme):
        raise web.HTTPNotFound
    if not await request.app[SENDING_LIMIT].allows(account.id):
        return refusal(429, "too_fast", desk.notices["too_fast"])
    verdict = Verdict((await body_as(request, Judgement)).verdict)
    try:
        found = await judging.judge(desk, account, request.match_info["id"], Theme(theme), verdict)
    except judging.NotSpokenOf:
        return refusal(409, "not_spoken_of", desk.notices["not_spoken_of"])
    return web.json_response(found)


async def delete(request: web.Request) -> web.Response:
    """Delete a reflection and everything made from it."""
    desk = request.app[DESK]
    try:
        await reflections.delete_reflection(desk, request[ACCOUNT], request.match_info["id"])
    except Held:
        return refusal(409, "held", desk.notices["held"])
    request.app[FORGETTING].see_to()
    return web.Response(status=204)
