"""A gateway is killed while it erases; the next one finishes, with one receipt."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession, web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from bot.app import open_desk
from bot.conversation.accounts.demonstration import DEMO_THERAPIST
from bot.conversation.bot import AbsentBot
from bot.conversation.stores import STORES
from bot.settings import ROOT, Settings
from bot.storage.audit import Event, entries
from bot.storage.models import Account
from bot.terminal.client import signed_in
from bot.terminal.links import demonstration_link
from tests.conftest import free_port, until
from tests.gateway import say, start
from tests.sealing import everything, with_master_key

CANARY = "plovermarble"


class Rasa:
    """Takes what it is to forget, and answers only when it is let."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.may_answer = asyncio.Event()

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[int]:
        app = web.Application()
        app.router.add_post("/webhooks/ballast/forget", self._forget)
        server = TestServer(app)
        await server.start_server()
        try:
            yield server.port or 0
        finally:
            self.may_answer.set()
            await server.close()

    async def _forget(self, request: web.Request) -> web.Response:
        self.asked.append((await request.json())["conversation"])
        await self.may_answer.wait()
        return web.json_response({})


@contextmanager
def _gateway(settings: Settings, rasa_port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {
        "BALLAST_VAR": str(settings.var),
        "BALLAST_MODELS": str(settings.models),
        "BALLAST_PORT": str(settings.port),
        "BALLAST_RASA_PORT": str(rasa_port),
        "BALLAST_RASA_SECRET": "x",
    }
    with (settings.var / "gateway.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "serve"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(30)


async def _is_up(address: str) -> bool:
    try:
        async with ClientSession() as http, http.get(f"{address}/healthz"):
            return True
    except ClientError:
        return False


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return with_master_key(var=tmp_path, models=tmp_path, port=free_port())


async def test_a_gateway_killed_while_erasing_is_finished_by_the_next(settings: Settings) -> None:
    address, rasa = f"http://127.0.0.1:{settings.port}", Rasa()
    tokens = [(await demonstration_link(settings, "therapist")).partition("#")[2] for _ in "ab"]
    async with open_desk(settings, lambda _: AbsentBot()) as (desk, _):
        async with desk.sessions() as session:
            named = select(Account).where(Account.name == DEMO_THERAPIST)
            therapist = await session.scalar(named)
        reflection = await start(desk, therapist)
        await say(desk, therapist, reflection, f"She sat under the {CANARY}.")
    async with rasa.serve() as rasa_port:
        with _gateway(settings, rasa_port) as first:
            await until(lambda: _is_up(address), 60)
            async with (
                signed_in(address, tokens[0]) as http,
                http.delete(f"/api/reflections/{reflection}") as response,
            ):
                assert response.status == 204

            async def rasa_is_asked() -> bool:
                return reflection in rasa.asked

            await until(rasa_is_asked, 30)
            first.send_signal(signal.SIGKILL)
            first.wait(30)
        rasa.may_answer.set()
        with _gateway(settings, rasa_port):
            await until(lambda: _is_up(address), 60)
            async with open_desk(settings, lambda _: AbsentBot()) as (desk, _):

                async def is_done() -> bool:
                    async with desk.sessions() as session:
                        told = [entry.event async for entry in entries(session)]
                    return Event.ERASED in told

                await until(is_done, 30)
                async with desk.sessions() as session:
                    told = [entry.event async for entry in entries(session)]
                    assert CANARY not in await everything(session)
                async with (
                    signed_in(address, tokens[1]) as http,
                    http.get("/api/erasures") as response,
                ):
                    (receipt,) = (await response.json())["erasures"]
    assert told.count(Event.ERASED) == told.count(Event.ERASE_ASKED) == 1
    assert receipt["reflection"] == reflection
    assert [line["store"] for line in receipt["stores"]] == [store.name for store in STORES]
