"""Say whether everything is up."""

from __future__ import annotations

import asyncio

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.desk import Desk
from bot.web.keys import DESK, HTTP

_SECONDS = 2


async def health(request: web.Request) -> web.Response:
    """Answer with the state of gateway, Rasa, actions and database; 503 if one is down."""
    parts = await parts_up(request.app[DESK], request.app[HTTP])
    is_well = all(parts.values())
    body = {"ok": is_well} | {name: "up" if is_up else "down" for name, is_up in parts.items()}
    return web.json_response(body, status=200 if is_well else 503)


async def parts_up(desk: Desk, http: ClientSession) -> dict[str, bool]:
    """Give whether gateway, Rasa, actions and database are up."""
    rasa, actions, database = await asyncio.gather(
        desk.bot.is_ready(),
        _answers(http, desk.settings.actions_url + "/health"),
        _database_answers(desk),
    )
    return {"gateway": True, "rasa": rasa, "actions": actions, "database": database}


async def _answers(http: ClientSession, url: str) -> bool:
    try:
        async with http.get(url, timeout=ClientTimeout(total=_SECONDS)) as response:
            return response.status == 200
    except (ClientError, TimeoutError):
        return False


async def _database_answers(desk: Desk) -> bool:
    try:
        async with asyncio.timeout(_SECONDS), desk.sessions() as session:
            await session.execute(text("SELECT 1"))
    except (SQLAlchemyError, TimeoutError, OSError):
        return False
    return True
