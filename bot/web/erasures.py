"""What of a therapist's was erased: the receipts, and the rule by which reflections are kept."""

from __future__ import annotations

from aiohttp import web

from bot.conversation.receipts import receipts_of, retention_rule
from bot.web.keys import ACCOUNT, DESK


async def index(request: web.Request) -> web.Response:
    """Give the therapist's own receipts, newest first, and the retention rule as a sentence."""
    desk = request.app[DESK]
    return web.json_response(
        {
            "erasures": await receipts_of(desk, request[ACCOUNT]),
            "rule": retention_rule(desk),
        }
    )
