"""How much at once, how often, how big and how long: the bounds of `bounds.py`, for requests.

Sockets are bounded where they are opened (`chat/socket.py`).
"""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.web.door import contract_of
from bot.web.keys import (
    ACCOUNT,
    BOUNDS,
    DESK,
    REQUEST_LIMIT,
    REQUESTS,
    REQUESTS_OF_ONE,
    STREAMS,
)
from bot.web.middleware.errors import refusal


@web.middleware
async def within_bounds(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what is too much before anything is done for it, and end what takes too long."""
    notices = request.app[DESK].notices
    if not await request.app[REQUEST_LIMIT].allows(request.remote or ""):
        return refusal(429, "too_fast", notices["too_fast"])
    contract = contract_of(request)
    if contract.is_socket:
        return await handler(request)
    if (request.content_length or 0) > contract.largest_body:
        raise web.HTTPRequestEntityTooLarge(contract.largest_body, request.content_length or 0)
    with request.app[REQUESTS].place() as has_place:
        if not has_place:
            return busy(request)
        try:
            async with asyncio.timeout(_seconds(request)):
                return await handler(request)
        except TimeoutError:
            return refusal(503, "too_slow", notices["too_slow"])


@web.middleware
async def nobody_takes_all(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Leave places for others: one account has only so many requests at once."""
    account = request.get(ACCOUNT)
    if account is None or contract_of(request).is_socket:
        return await handler(request)
    places = STREAMS if contract_of(request).is_streamed else REQUESTS_OF_ONE
    with request.app[places].place(account.id) as has_place:
        return await handler(request) if has_place else busy(request)


def _seconds(request: web.Request) -> float:
    bounds = request.app[BOUNDS]
    is_streamed = contract_of(request).is_streamed
    return bounds.streaming_seconds if is_streamed else bounds.handling_seconds


def busy(request: web.Request) -> web.Response:
    """Give the answer to whom there is no place for now."""
    response = refusal(503, "busy", request.app[DESK].notices["busy"])
    response.headers["Retry-After"] = "2"
    return response
