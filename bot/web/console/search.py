"""Search in what is shared. The words come by a form: an address stays in a browser's history."""

from __future__ import annotations

from datetime import date

from aiohttp import web

from bot.conversation.review.queue import UnknownFilter
from bot.conversation.review.search import (
    Found,
    NothingToSearch,
    SearchWish,
    search,
    searchable_therapists,
)
from bot.web.body import body_as
from bot.web.console import bodies
from bot.web.keys import ACCOUNT, DESK, SENDING_LIMIT, TEMPLATES


async def index(request: web.Request) -> web.Response:
    """Show where to type."""
    return await _page(request)


async def find(request: web.Request) -> web.Response:
    """Show what is shared with this supervisor now and holds the words."""
    desk, supervisor = request.app[DESK], request[ACCOUNT]
    sent = await body_as(request, bodies.Search)
    if not await request.app[SENDING_LIMIT].allows(supervisor.id):
        return await _page(request, sent, refused=desk.notices["too_fast"])
    try:
        found = await search(
            desk,
            supervisor,
            SearchWish(
                words=sent.words,
                therapist=sent.therapist or None,
                since=_day(sent.since),
                until=_day(sent.until),
                after=sent.after or None,
            ),
        )
    except NothingToSearch:
        return await _page(request, sent, refused=desk.notices["search_empty"])
    except (UnknownFilter, ValueError):
        raise web.HTTPBadRequest(reason="It cannot be searched from there or then.") from None
    return await _page(request, sent, found)


def _day(said: str) -> date | None:
    return date.fromisoformat(said) if said else None


async def _page(
    request: web.Request,
    sent: bodies.Search | None = None,
    found: Found | None = None,
    refused: str | None = None,
) -> web.Response:
    page = request.app[TEMPLATES].page(
        "search.html",
        person=request[ACCOUNT],
        sent=sent,
        found=found,
        refused=refused,
        therapists=await searchable_therapists(request.app[DESK], request[ACCOUNT]),
        longest=bodies.LONGEST_SEARCH,
    )
    page.set_status(422 if refused else 200)
    return page
