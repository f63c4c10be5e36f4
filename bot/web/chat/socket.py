"""The conversation's socket: what is said goes in, what is kept and answered comes out.

From the client: `{"type": "say", "id": <its own id>, "text": ..., "choice": <optional>}`.
To the client: `history` once; `kept` when a message is on the disk; `turn` whenever a
turn has something new to show; `waiting` when the bot is away; `refused` when a message
was not kept; `deleted` and `start_again`. A client that lost the line opens another one
with `?after=<last turn number>` and sends again whatever was not `kept`.
A line is closed when its sign-in is over, when the page does not keep up, when nobody has
written for long, and when it goes on after many refusals; `bounds.py` has the figures.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.accounts import who_is
from bot.conversation.reflections import read_turns
from bot.conversation.turns import (
    Incoming,
    MessageTooLong,
    NotOffered,
    take_turn,
)
from bot.conversation.views import reflection_view, turn_view
from bot.storage.access import NotFound
from bot.storage.states import TurnState
from bot.web.keys import (
    ACCOUNT,
    ANSWERING,
    BOUNDS,
    DESK,
    SENDING_LIMIT,
    SESSION_TOKEN,
    SOCKET_PLACES,
    SOCKETS,
)
from bot.web.middleware.bounded import busy
from bot.web.telling import send, tell

_LONGEST_CLIENT_ID = 64
_TURN_NUMBER = re.compile(r"-?[0-9]{1,6}")


async def talk(request: web.Request) -> web.StreamResponse:
    """Hold the conversation of one reflection over a socket."""
    if not web.WebSocketResponse().can_prepare(request):
        raise web.HTTPBadRequest(reason="This address is for sockets.")
    with request.app[SOCKET_PLACES].place(request[ACCOUNT].id) as has_place:
        return await _hold(request) if has_place else busy(request)


async def _hold(request: web.Request) -> web.StreamResponse:
    desk, account, bounds = request.app[DESK], request[ACCOUNT], request.app[BOUNDS]
    reflection_id = request.match_info["id"]
    after = request.query.get("after", "-1")
    number = int(after) if _TURN_NUMBER.fullmatch(after) else -1
    # Listening begins before the history is read: a turn in between is told twice, never lost.
    with desk.news.listen(reflection_id) as news:
        history = await read_turns(desk, account, reflection_id, number)
        socket = web.WebSocketResponse(
            heartbeat=bounds.heartbeat_seconds,
            max_msg_size=bounds.frame_bytes,
            # Packed frames would be one more thing to unpack within bounds, for little.
            compress=False,
        )
        await socket.prepare(request)
        request.app[SOCKETS].add(socket)
        telling = asyncio.create_task(tell(request, socket, news))
        try:
            await send(request, socket, {"type": "history", **history})
            await _listen(request, socket)
        except (ConnectionError, RuntimeError, TimeoutError):
            pass  # the line went away while something was being sent: the journal has it
        finally:
            telling.cancel()
            request.app[SOCKETS].discard(socket)
    return socket


async def _listen(request: web.Request, socket: web.WebSocketResponse) -> None:
    bounds, reflection_id = request.app[BOUNDS], request.match_info["id"]
    refusals = 0
    while refusals < bounds.refusals_in_a_row:
        try:
            async with asyncio.timeout(bounds.idle_seconds):
                frame = await socket.receive()
        except TimeoutError:
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"Idle.")
            return
        if frame.type is not WSMsgType.TEXT:
            return
        answer = await _take(request, reflection_id, frame.data)
        refusals = refusals + 1 if answer["type"] == "refused" else 0
        await send(request, socket, answer)
    await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"Refused too often.")


async def _take(request: web.Request, reflection_id: str, frame: str) -> dict[str, Any]:
    """Keep one message, and give the frame that says what became of it."""
    desk = request.app[DESK]
    incoming = _read(reflection_id, frame)
    if incoming is None:
        return _refused("", "not_a_message", desk.notices["not_kept"])
    refused = await _why_not(request, incoming)
    if refused is not None:
        return refused
    try:
        turn, is_new = await take_turn(desk, request[ACCOUNT], incoming)
    except MessageTooLong:
        text = desk.notices["too_long"].format(limit=desk.settings.longest_message)
        return _refused(incoming.client_id, "too_long", text)
    except NotOffered:
        return _refused(incoming.client_id, "not_offered", desk.notices["not_offered"])
    except NotFound:
        return _refused(incoming.client_id, "not_found", desk.notices["not_found"])
    except (SQLAlchemyError, OSError):
        return _refused(incoming.client_id, "not_kept", desk.notices["not_kept"])
    seen = {"turn": turn_view(desk, turn), "reflection": reflection_view(desk, turn.reflection)}
    if is_new:
        # Other pages of the same therapist see it as well; this one is answered directly.
        desk.news.tell(reflection_id, {"type": "turn", **seen})
    if turn.state is TurnState.KEPT:
        request.app[ANSWERING].see_to(reflection_id)
    return {"type": "kept", "id": incoming.client_id, **seen}


async def _why_not(request: web.Request, incoming: Incoming) -> dict[str, Any] | None:
    desk = request.app[DESK]
    # A socket can outlive its sign-in: who is asking is asked anew for each message.
    if await who_is(desk, request[SESSION_TOKEN]) is None:
        return _refused(incoming.client_id, "signed_out", desk.notices["signed_out"])
    if not await request.app[SENDING_LIMIT].allows(request[ACCOUNT].id):
        return _refused(incoming.client_id, "too_fast", desk.notices["too_fast"])
    return None


def _read(reflection_id: str, frame: str) -> Incoming | None:
    try:
        body = json.loads(frame)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or body.get("type") != "say":
        return None
    client_id, text, choice = body.get("id"), body.get("text"), body.get("choice")
    if not isinstance(client_id, str) or not client_id.isascii():
        return None
    if not 0 < len(client_id) <= _LONGEST_CLIENT_ID:
        return None
    if not isinstance(text, str) or not isinstance(choice, str | None):
        return None
    return Incoming(reflection_id, client_id, text, choice)


def _refused(client_id: str, reason: str, text: str) -> dict[str, Any]:
    return {"type": "refused", "id": client_id, "reason": reason, "text": text}
