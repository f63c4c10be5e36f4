"""Tie one's account to who one is in Slack, by the link that the app gave there; and untie it."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.slack.linking import link, unlink
from bot.web.body import body_as
from bot.web.keys import ACCOUNT, DESK, TEMPLATES
from bot.web.sign_in.bodies import Link
from bot.web.sign_in.visitor import count_knock


async def page(request: web.Request) -> web.Response:
    """Show what linking means; the link's token stands behind `#`, where only the page sees it."""
    return request.app[TEMPLATES].page("slack_link.html")


async def link_slack(request: web.Request) -> web.Response:
    """Tie the account to whoever asked for the link in Slack."""
    await count_knock(request)
    told = await body_as(request, Link)
    await link(request.app[DESK], request[ACCOUNT], told.token)
    return web.Response(status=204)


async def unlink_slack(request: web.Request) -> web.Response:
    """Untie the account from Slack."""
    await unlink(request.app[DESK], request[ACCOUNT])
    return web.Response(status=204)
