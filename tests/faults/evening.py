"""A therapist at an open line of an in-process gateway, for faults that need no real Rasa."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession

from tests.bots import ScriptedBot
from tests.conftest import until
from tests.faults.outcome import Outcome
from tests.gateway import FakeClock, Gateway, Socket, run_gateway, socket_of


@dataclass
class Evening:
    """One reflection; `acknowledged` are the messages of which "kept" was heard."""

    gateway: Gateway
    http: ClientSession
    socket: Socket
    id: str
    acknowledged: set[str] = field(default_factory=set)

    @property
    def bot(self) -> ScriptedBot:
        return self.gateway.bot

    async def say(self, text: str, client_id: str | None = None) -> dict[str, Any]:
        """Give the frame that says what became of a message: kept, or refused."""
        sent = await self.socket.send(text, client_id or uuid4().hex)
        frame = await self.socket.next(
            lambda f: f["type"] in ("kept", "refused") and f["id"] == sent
        )
        if frame["type"] == "kept":
            self.acknowledged.add(sent)
        return frame

    async def turns(self) -> list[dict[str, Any]]:
        async with self.http.get(f"/api/reflections/{self.id}") as response:
            return (await response.json())["turns"] if response.status == 200 else []

    async def judge(self, outcome: Outcome) -> None:
        """Wait until all is answered; count what was acknowledged and is not there, or twice."""

        async def all_answered() -> list[dict[str, Any]] | None:
            turns = await self.turns()
            return turns if turns and all(t["state"] != "kept" for t in turns) else None

        turns = await until(all_answered, 60)
        ids = [turn["id"] for turn in turns]
        outcome.lost += len(self.acknowledged - set(ids))
        outcome.doubled += len(ids) - len(set(ids))
        outcome.doubled += sum(max(0, len(turn["said"]) - 1) for turn in turns)
        outcome.expect(all(t["state"] == "answered" for t in turns), "not all were answered")
        numbers = [turn["turn"] for turn in turns]
        outcome.expect(numbers == list(range(len(turns))), "a number is missing")


@asynccontextmanager
async def evening(var: Path, clock: FakeClock | None = None, **more: Any) -> AsyncIterator[Evening]:
    """Open a gateway on a folder, and a reflection in it."""
    async with run_gateway(var, ScriptedBot(), clock, **more) as gateway:
        http = await gateway.signed_in(gateway.people.therapist)
        async with http.post("/api/reflections", json={}) as response:
            reflection = (await response.json())["id"]
        async with socket_of(http, reflection) as socket:
            opened = Evening(gateway, http, socket, reflection)
            await until(lambda: _is_open(opened), 20)
            yield opened


async def _is_open(opened: Evening) -> bool:
    turns = await opened.turns()
    return bool(turns) and turns[0]["state"] == "answered"


Scene = Callable[[Path, str], Any]
