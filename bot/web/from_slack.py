"""What Slack sends in HTTP mode: read within bounds, and handed on with its signature."""

from __future__ import annotations

from aiohttp import web

from bot.web.body import raw_body
from bot.web.keys import DESK, SLACK
from bot.web.middleware.errors import refusal


async def take(request: web.Request) -> web.Response:
    """Take one event, press or command; whoever is not Slack is refused unread."""
    take_request = request.app.get(SLACK)
    if take_request is None:
        raise web.HTTPNotFound
    body = await raw_body(request)
    status, text, media_type = await take_request(request.headers, body)
    notices = request.app[DESK].notices
    if status == 401:
        return refusal(401, "not_signed", notices["malformed"])
    if status >= 500:
        # Not kept, so not acknowledged: Slack comes again.
        return refusal(503, "busy", notices["not_kept"])
    # There is nothing to do about what the app does not listen to.
    return web.Response(text=text if status == 200 else "", content_type=media_type)
