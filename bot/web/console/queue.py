"""The queue of a supervisor, filtered by what the address says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from bot.conversation.review.queue import (
    ANY_CONCERN,
    STATES,
    Queue,
    QueueWish,
    UnknownFilter,
    read_queue,
)
from bot.conversation.review.saved_views import (
    LONGEST_NAME,
    NotSaved,
    remove_view,
    save_view,
    saved_views,
)
from bot.conversation.views import names_for_others
from bot.safety.kinds import Kind
from bot.web.body import body_as
from bot.web.console.bodies import NewView
from bot.web.keys import ACCOUNT, DESK, TEMPLATES

FIELDS = tuple(field.name for field in fields(QueueWish))
_DAYS, _YES = ("since", "until"), ("question", "disagreement")
_LONGEST = 100


async def index(request: web.Request) -> web.Response:
    """Show a page of what is shared with this supervisor now."""
    desk, supervisor = request.app[DESK], request[ACCOUNT]
    try:
        wish = _wish(request.query)
        queue = await read_queue(desk, supervisor, wish)
    except UnknownFilter as unknown:
        reason = f"The queue cannot be filtered by what the address says as {unknown.name}."
        raise web.HTTPBadRequest(reason=reason) from None
    return await _page(request, wish, queue)


async def save(request: web.Request) -> web.Response:
    """Keep a filter under a name, and show it."""
    desk, supervisor = request.app[DESK], request[ACCOUNT]
    sent = await body_as(request, NewView)
    try:
        wish = _wish(dict(parse_qsl(sent.query)))
        queue = await read_queue(desk, supervisor, wish)
    except UnknownFilter:
        raise web.HTTPBadRequest(reason="This is no filter of the queue.") from None
    try:
        await save_view(desk, supervisor, sent.name, _query(wish))
    except NotSaved as refused:
        return await _page(request, wish, queue, sent.name, desk.notices[refused.notice])
    raise web.HTTPSeeOther(_address(wish))


async def forget(request: web.Request) -> web.Response:
    """Forget a filter that was kept."""
    await remove_view(request.app[DESK], request[ACCOUNT], request.match_info["view"])
    raise web.HTTPSeeOther("/console")


async def _page(
    request: web.Request, wish: QueueWish, queue: Queue, name: str = "", refused: str | None = None
) -> web.Response:
    desk, supervisor = request.app[DESK], request[ACCOUNT]
    page = request.app[TEMPLATES].page(
        "queue.html",
        person=supervisor,
        queue=queue,
        wish=wish,
        is_filtered=not wish.is_for_all,
        taxonomy=desk.taxonomy,
        theme_names=names_for_others(desk),
        kinds=list(Kind),
        any_concern=ANY_CONCERN,
        states=STATES,
        next=_address(replace(wish, after=queue.next)) if queue.next else None,
        views=await saved_views(desk, supervisor),
        query=_query(wish),
        view_name=name,
        longest_name=LONGEST_NAME,
        refused=refused,
    )
    page.set_status(422 if refused else 200)
    return page


def _wish(query: Mapping[str, str]) -> QueueWish:
    """Read the address; a field left empty does not matter. Raises `UnknownFilter`."""
    values: dict[str, Any] = {}
    for name, said in query.items():
        value = said.strip()
        if name not in FIELDS or len(value) > _LONGEST:
            raise UnknownFilter(name if name in FIELDS else "another name")
        if value:
            values[name] = _read(name, value)
    return QueueWish(**values)


def _read(name: str, value: str) -> Any:
    if name in _DAYS:
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise UnknownFilter(name) from None
    if name in _YES:
        if value != "yes":
            raise UnknownFilter(name)
        return True
    return value


def _address(wish: QueueWish) -> str:
    """Give the address of a page of the queue."""
    return f"/console?{_query(wish)}"


def _query(wish: QueueWish) -> str:
    said = {
        name: "yes" if value is True else str(value)
        for name in FIELDS
        if (value := getattr(wish, name))
    }
    return urlencode(said)
