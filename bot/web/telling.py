"""Tell an open page what is new, over its socket, for as long as its sign-in holds."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import WSCloseCode, web

from bot.conversation.accounts import account_of
from bot.conversation.news import Listener
from bot.web.keys import BOUNDS, DESK, SESSION_TOKEN


async def tell(request: web.Request, socket: web.WebSocketResponse, news: Listener) -> None:
    """Send on what `news` brings until the socket is closed, here or there."""
    try:
        while not socket.closed:
            event = await _next(news, request.app[BOUNDS].look_seconds)
            if await account_of(request.app[DESK], request[SESSION_TOKEN]) is None:
                await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"Signed out.")
            elif event is not None:
                await send(request, socket, event)
            elif news.is_behind:
                await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"Behind.")
    except (ConnectionError, RuntimeError, TimeoutError):
        # Whoever does not take what is sent holds the line for nothing.
        if request.transport is not None:
            request.transport.abort()


async def send(request: web.Request, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
    """Send one frame; raises `TimeoutError` when it is not taken in time."""
    async with asyncio.timeout(request.app[BOUNDS].send_seconds):
        await socket.send_json(frame)


async def _next(news: Listener, seconds: float) -> dict[str, Any] | None:
    """Give what is to be told next; None when it is time to look around."""
    if news.is_behind and news.empty():
        return None
    try:
        async with asyncio.timeout(seconds):
            return await news.get()
    except TimeoutError:
        return None
