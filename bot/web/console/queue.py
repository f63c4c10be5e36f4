"""The queue of a supervisor, filtered by what the address says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.conversation.review.queue import ANY_CONCERN, STATES, QueueWish, UnknownFilter, read_queue
from bot.conversation.views import names_for_others
from bot.safety.kinds import Kind
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
    return request.app[TEMPLATES].page(
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
    )


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
    said = {
        name: "yes" if value is True else str(value)
        for name in FIELDS
        if (value := getattr(wish, name))
    }
    return f"/console?{urlencode(said)}"
