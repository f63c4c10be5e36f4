"""The concerns that are shown to a supervisor, and what they say they did about them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.conversation.review.concerns import (
    LONGEST_DONE,
    Concerns,
    NotWritten,
    UnknownPlace,
    acknowledge,
    read_concern,
    read_concerns,
    write_done,
)
from bot.web.body import body_as
from bot.web.console.bodies import WhatWasDone
from bot.web.keys import ACCOUNT, DESK, TEMPLATES

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


async def index(request: web.Request) -> web.Response:
    """Show the concerns that are open, and those that were done last."""
    try:
        found = await read_concerns(
            request.app[DESK], request[ACCOUNT], request.query.get("after", "").strip() or None
        )
    except UnknownPlace:
        reason = "The address names no place in the list."
        raise web.HTTPBadRequest(reason=reason) from None
    return _page(request, found)


async def seen(request: web.Request) -> web.Response:
    """Write down that the supervisor has seen a concern, and go back to the page."""
    concern_id = request.match_info["id"]
    await acknowledge(request.app[DESK], request[ACCOUNT], concern_id)
    raise web.HTTPSeeOther(f"/console/concerns#concern-{concern_id}")


async def done(request: web.Request) -> web.Response:
    """Write down what was done about a concern; what cannot be kept comes back in its field."""
    desk, supervisor = request.app[DESK], request[ACCOUNT]
    concern_id = request.match_info["id"]
    said = await body_as(request, WhatWasDone)
    try:
        await write_done(desk, supervisor, concern_id, said.text)
    except NotWritten:
        case = await read_concern(desk, supervisor, concern_id)
        why = desk.notices["not_written_done"].format(limit=LONGEST_DONE)
        answer = _page(request, None, one=case, typed=said.text, why=why)
        answer.set_status(422)
        return answer
    raise web.HTTPSeeOther(f"/console/concerns#concern-{concern_id}")


def _page(request: web.Request, found: Concerns | None, **one: Any) -> web.Response:
    settings = request.app[DESK].settings
    return request.app[TEMPLATES].page(
        "concerns.html",
        person=request[ACCOUNT],
        found=found,
        how=found.how if found else None,
        one=one.get("one"),
        typed=one.get("typed", ""),
        why=one.get("why"),
        hours=f"{settings.concern_hours:g}",
        longest=LONGEST_DONE,
        lasted=in_words,
    )


def in_words(lasted: timedelta) -> str:
    """Give how long something lasted, in whole hours and from two days on in whole days."""
    if lasted < _HOUR:
        return "less than an hour"
    if lasted < 2 * _DAY:
        hours = lasted // _HOUR
        return f"{hours} hour{'s' if hours > 1 else ''}"
    return f"{lasted // _DAY} days"
