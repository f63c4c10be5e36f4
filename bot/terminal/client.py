"""A client of the gateway's public API, as any program could write one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from aiohttp import (
    ClientConnectionError,
    ClientSession,
    ClientWebSocketResponse,
    CookieJar,
    WSMsgType,
)

from bot.run.problems import CannotRun

_RECONNECT_SECONDS = 1.0
# While the bot is away its answer is waited for; a person can press Ctrl-C meanwhile.
_LONGEST_WAIT_SECONDS = 180.0
TOO_FAST = "too_fast"
_TOO_FAST_SECONDS = 3.0
_FINAL_STATES = ("answered", "settled", "held", "failed")


@asynccontextmanager
async def signed_in(address: str, token: str) -> AsyncIterator[ClientSession]:
    """Sign in with a one-time token. Raises `CannotRun` when that is refused."""
    # A program has no page whose origin a browser would name: it vouches for itself.
    headers = {"Origin": address}
    # unsafe: cookies of a bare IP address, as 127.0.0.1 is.
    jar = CookieJar(unsafe=True)
    async with ClientSession(address, cookie_jar=jar, headers=headers) as http:
        try:
            async with http.post("/api/sign-in", json={"token": token}) as response:
                if response.status != 200:
                    raise CannotRun(str((await response.json())["text"]))
        except ClientConnectionError:
            raise CannotRun(f"Nothing answers at {address}. Is `make run` running?") from None
        yield http


async def open_reflection(http: ClientSession, *, short: bool, resume: bool) -> str:
    """Start a reflection, or give the one that was left last, by its id."""
    if resume:
        async with http.get("/api/reflections") as response:
            found = (await response.json())["reflections"]
        if left := next((r["id"] for r in found if r["state"] != "closed"), None):
            return str(left)
        raise CannotRun("There is no reflection to resume.")
    async with http.post(
        "/api/reflections", json={"path": "short" if short else "full"}
    ) as response:
        body = await response.json()
        if response.status != 201:
            raise CannotRun(str(body["text"]))
        return str(body["id"])


class Refused(Exception):
    """The gateway did not keep a message; the text says why."""


class Line:
    """The socket of one reflection, opened again whenever it breaks."""

    def __init__(self, http: ClientSession, reflection_id: str) -> None:
        """Take a signed-in session and the reflection."""
        self._http = http
        self._path = f"/api/reflections/{reflection_id}/socket"
        self._socket: ClientWebSocketResponse | None = None

    async def opening(self) -> dict[str, Any]:
        """Give the newest turn that is answered: the opening, for a new reflection."""
        newest: dict[str, Any] = {}
        async for event in self._events():
            for turn in event.get("turns", []) or filter(None, [event.get("turn")]):
                if isinstance(turn, dict) and turn["state"] in _FINAL_STATES:
                    newest = turn
            if newest and event["type"] in ("history", "turn"):
                return newest
        return newest

    async def say(self, text: str) -> dict[str, Any]:
        """Send a message and give its turn once it is answered, with the reflection's state.

        The message is sent again under the same id after a broken line. Raises `Refused`.
        """
        client_id = uuid4().hex
        frame = {"type": "say", "id": client_id, "text": text}
        answered: dict[str, Any] = {}
        try:
            async with asyncio.timeout(_LONGEST_WAIT_SECONDS):
                async for event in self._events(frame):
                    if event["type"] == "refused" and event["id"] in (client_id, ""):
                        if event["reason"] != TOO_FAST:
                            raise Refused(event["text"])
                        await asyncio.sleep(_TOO_FAST_SECONDS)
                        await self._send(frame)
                    turn = event.get("turn")
                    if isinstance(turn, dict) and turn["id"] == client_id:
                        answered = turn | {"reflection": event.get("reflection")}
                    for past in event.get("turns", []):
                        if past["id"] == client_id:
                            answered = past | {"reflection": event.get("reflection")}
                    if answered.get("state") in _FINAL_STATES:
                        return answered
        except TimeoutError:
            pass  # kept and not answered: what is known is given back
        return answered

    async def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            await self._socket.close()

    async def _send(self, frame: dict[str, Any]) -> None:
        if self._socket is not None:
            await self._socket.send_json(frame)

    async def _events(self, frame: dict[str, Any] | None = None) -> AsyncIterator[dict[str, Any]]:
        """Give what the gateway tells, sending `frame` on each new line."""
        while True:
            try:
                if self._socket is None or self._socket.closed:
                    self._socket = await self._http.ws_connect(self._path, heartbeat=20)
                if frame is not None:
                    await self._send(frame)
                async for message in self._socket:
                    if message.type is WSMsgType.TEXT:
                        yield message.json()
            except (ClientConnectionError, ConnectionError):
                pass  # tried again below
            await asyncio.sleep(_RECONNECT_SECONDS)
