"""The console's socket: it says that something changed, and the page fetches itself anew.

Nothing of what changed goes over it: what somebody may read is decided where it is read.
"""

from __future__ import annotations

import asyncio

from aiohttp import WSCloseCode, web

from bot.web.keys import ACCOUNT, BOUNDS, DESK, SOCKET_PLACES, SOCKETS
from bot.web.middleware.bounded import busy
from bot.web.telling import tell


async def follow(request: web.Request) -> web.StreamResponse:
    """Tell a page of whatever concerns the one who has it open."""
    if not web.WebSocketResponse().can_prepare(request):
        raise web.HTTPBadRequest(reason="This address is for sockets.")
    with request.app[SOCKET_PLACES].place(request[ACCOUNT].id) as has_place:
        return await _hold(request) if has_place else busy(request)


async def _hold(request: web.Request) -> web.StreamResponse:
    bounds = request.app[BOUNDS]
    socket = web.WebSocketResponse(
        heartbeat=bounds.heartbeat_seconds, max_msg_size=bounds.frame_bytes, compress=False
    )
    with request.app[DESK].news.listen(request[ACCOUNT].id) as news:
        await socket.prepare(request)
        request.app[SOCKETS].add(socket)
        telling = asyncio.create_task(tell(request, socket, news))
        try:
            async with asyncio.timeout(bounds.idle_seconds):
                # A page has nothing to say here: whatever comes ends the line.
                await socket.receive()
        except TimeoutError:
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"Idle.")
        finally:
            telling.cancel()
            request.app[SOCKETS].discard(socket)
    return socket
