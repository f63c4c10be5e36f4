"""The audit: its last entries, and whether it still holds."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.administration.audited import (
    LISTED,
    MOST,
    UnknownEvent,
    read_audit,
    verify_audit,
)
from bot.storage.audit import Head, Verified, head_as_text, head_from_text
from bot.web.administration.bodies import SavedHead
from bot.web.administration.page import show
from bot.web.body import body_as
from bot.web.keys import DESK


async def index(request: web.Request) -> web.Response:
    """Show the last entries, of one event or of all that are listed."""
    try:
        return await _page(request, event=request.query.get("event", ""))
    except UnknownEvent:
        raise web.HTTPBadRequest(reason="The audit lists no such event here.") from None


async def check(request: web.Request) -> web.Response:
    """Follow the whole chain now, and show whether it holds, also against an earlier head."""
    said = await body_as(request, SavedHead)
    try:
        saved = _head(said.head)
    except ValueError:
        problem = "This is no head as it is shown here, or by `ballast audit head`."
        return await _page(request, problem=problem, typed=said)
    found = await verify_audit(request.app[DESK], saved)
    return await _page(request, typed=said, verified=found, was_compared=saved is not None)


async def _page(
    request: web.Request,
    *,
    event: str = "",
    problem: str | None = None,
    typed: SavedHead | None = None,
    verified: Verified | None = None,
    was_compared: bool = False,
) -> web.Response:
    seen = await read_audit(request.app[DESK], event)
    return show(
        request,
        "audit",
        problem,
        typed,
        seen=seen,
        head=head_as_text(seen.head),
        events=LISTED,
        event=event,
        most=MOST,
        verified=verified,
        was_compared=was_compared,
    )


def _head(written: str) -> Head | None:
    return head_from_text(written) if written.strip() else None
