"""A therapist's page as a program: sends, remembers what was acknowledged, sends the rest again."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from uuid import uuid4

from aiohttp import (
    ClientConnectionError,
    ClientSession,
    ClientWebSocketResponse,
    WSMsgType,
    WSServerHandshakeError,
)

from tests.conftest import until
from tests.faults.outcome import Outcome

_FINAL = ("answered", "settled", "held", "failed")
_BACK_SECONDS = 120.0
_GONE = (ClientConnectionError, WSServerHandshakeError, OSError, TimeoutError)


class Writer:
    """Writes in one reflection of a house that may fall at any moment."""

    def __init__(self, http: ClientSession, reflection_id: str) -> None:
        self.http, self.id = http, reflection_id
        self.acknowledged: set[str] = set()
        self.told: list[dict[str, Any]] = []
        self._socket: ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None
        self.news = asyncio.Event()

    @classmethod
    async def at_describe(cls, http: ClientSession) -> Writer:
        """Open a reflection and wait for its first question."""
        async with http.post("/api/reflections", json={"path": "short"}) as response:
            assert response.status == 201, await response.text()
            writer = cls(http, (await response.json())["id"])
        await writer.answered("opening")
        return writer

    async def connect(self) -> None:
        """Open a line, however long it takes the gateway to be back."""

        async def opened() -> ClientWebSocketResponse | None:
            with suppress(*_GONE):
                return await self.http.ws_connect(f"/api/reflections/{self.id}/socket")
            return None

        await self.hang_up()
        self._socket = await until(opened, _BACK_SECONDS)
        self._reading = asyncio.create_task(self._read(self._socket))

    async def hang_up(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._socket is not None:
            with suppress(*_GONE):
                await asyncio.wait_for(self._socket.close(), 2)

    async def send(self, client_id: str, text: str) -> None:
        assert self._socket is not None
        await self._socket.send_json({"type": "say", "id": client_id, "text": text})

    async def wait_for(self, kind: str, client_id: str, seconds: float) -> dict[str, Any] | None:
        """Give the first frame of a kind about a message, or None when none comes in time."""

        async def found() -> dict[str, Any] | None:
            return next((f for f in self.told if _is(f, kind, client_id)), None)

        try:
            return await until(found, seconds)
        except TimeoutError:
            return None

    async def turns(self) -> list[dict[str, Any]]:
        async with self.http.get(f"/api/reflections/{self.id}") as response:
            assert response.status == 200, await response.text()
            return (await response.json())["turns"]

    async def answered(self, client_id: str) -> list[dict[str, Any]]:
        """Give all turns once this one has its answer."""

        async def found() -> list[dict[str, Any]] | None:
            with suppress(*_GONE):
                turns = await self.turns()
                if any(t["id"] == client_id and t["state"] in _FINAL for t in turns):
                    return turns
            return None

        return await until(found, _BACK_SECONDS)

    async def go_on(self, text: str, outcome: Outcome) -> None:
        """Say something more, and have it answered."""
        client_id = uuid4().hex
        await self.connect()
        await self.send(client_id, text)
        await self.settle(client_id, text, outcome)

    async def settle(self, client_id: str, text: str, outcome: Outcome) -> None:
        """Do as a page does after a fault, until the answer is there, and count what went wrong."""

        async def is_there() -> list[dict[str, Any]] | None:
            with suppress(*_GONE):
                return await self.turns()
            return None

        was_acknowledged = client_id in self.acknowledged
        turns = await until(is_there, _BACK_SECONDS)
        if was_acknowledged and client_id not in {t["id"] for t in turns}:
            outcome.lost += 1
        if self._socket is None or self._socket.closed:
            await self.connect()
        # Whether it was acknowledged or not: the same id again must change nothing.
        await self.send(client_id, text)
        if await self.wait_for("kept", client_id, _BACK_SECONDS) is None:
            outcome.expect(claim=False, otherwise="sent again, it was never acknowledged")
            return
        turns = await self.answered(client_id)
        await self.hang_up()
        ids = [turn["id"] for turn in turns]
        (turn, *more) = [turn for turn in turns if turn["id"] == client_id]
        outcome.doubled += len(more)
        said = [message["text"] for message in turn["said"]]
        outcome.doubled += len(said) - len(set(said))
        outcome.expect(turn["said"], "an answer without words")
        outcome.expect(turn["state"] == "answered", f"the turn ended as {turn['state']}")
        outcome.expect(turn["asks"], "the answer asks nothing")
        outcome.expect(len(ids) == len(set(ids)), "a message stands in the journal twice")
        numbers = [turn["turn"] for turn in turns]
        outcome.expect(numbers == list(range(len(turns))), "a number is missing")

    async def _read(self, socket: ClientWebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            event = frame.json()
            self.told.append(event)
            if event["type"] == "kept":
                self.acknowledged.add(event["id"])
            self.news.set()


def _is(frame: dict[str, Any], kind: str, client_id: str) -> bool:
    turn = frame.get("turn")
    about = turn["id"] if isinstance(turn, dict) else frame.get("id")
    return frame["type"] == kind and about == client_id
