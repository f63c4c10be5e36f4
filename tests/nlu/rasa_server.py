"""Rasa in a process of its own, started as `ballast run` starts it."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg
from aiohttp import ClientConnectionError, ClientSession, ClientTimeout

from bot.app import master_key
from bot.privacy.sealing.envelope import Place
from bot.privacy.sealing.keyring import Keyring
from bot.run.processes import plans, write_rasa_files
from bot.run.training import quiet_rasa
from bot.settings import ROOT, Settings
from tests.conftest import until

SECRET = "a secret of this test"  # noqa: S105 - it opens nothing
HEADERS = {"Authorization": f"Bearer {SECRET}"}


def rows_of_rasa(settings: Settings, statement: str, *values: str) -> list[Any]:
    """Ask Rasa's tracker store; `?` stands for a value."""
    if settings.database:
        with psycopg.connect(settings.database) as connection:
            found = connection.execute(statement.replace("?", "%s").encode(), values)
            return found.fetchall() if found.description else []
    with closing(sqlite3.connect(settings.var / "rasa.db")) as connection, connection:
        return connection.execute(statement, values).fetchall()


@dataclass(frozen=True)
class RasaServer:
    """A running Rasa; `log` is everything it wrote."""

    settings: Settings
    http: ClientSession
    process: subprocess.Popen[bytes]
    keyring: Keyring

    @property
    def address(self) -> str:
        return f"{self.settings.rasa_url}/webhooks/ballast/"

    @property
    def log(self) -> str:
        return (self.settings.var / "rasa.log").read_text(encoding="utf-8")

    def stored(self, conversation: str) -> list[tuple[str, str]]:
        """Give the kind and the content, opened, of every event of `conversation`."""
        rows = self.sql(
            "SELECT type_name, number, data FROM sealed_events WHERE sender_id = ? ORDER BY id",
            conversation,
        )
        places = [
            Place("sealed_events", "data", str(number), conversation) for _, number, _ in rows
        ]
        return [
            (kind, self.keyring.open(data, place).decode())
            for (kind, _, data), place in zip(rows, places, strict=True)
        ]

    def sql(self, statement: str, *values: str) -> list[Any]:
        return rows_of_rasa(self.settings, statement, *values)

    async def turn(
        self,
        conversation: str,
        turn: str,
        text: str,
        headers: dict[str, str] | None = None,
        seconds: float = 30,
    ) -> tuple[int, dict[str, Any]]:
        """Send a turn; give the status and the body of the answer."""
        body = {"conversation": conversation, "turn": turn, "text": text, "context": {}}
        async with self.http.post(
            f"{self.address}turn",
            json=body,
            headers=HEADERS if headers is None else headers,
            timeout=ClientTimeout(total=seconds),
        ) as response:
            return response.status, await response.json()

    async def is_ready(self) -> bool:
        try:
            async with self.http.get(self.address) as response:
                return response.status == 200
        except ClientConnectionError:
            assert self.process.poll() is None, self.log
            return False


async def start_rasa(settings: Settings, http: ClientSession) -> RasaServer:
    """Start Rasa on the ports of `settings` and wait until it is up."""
    keyring = Keyring(settings.keys_folder, master_key(settings), may_make=True)
    _, plan, _ = plans(settings, write_rasa_files(settings, SECRET))
    with (settings.var / "rasa.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: ASYNC220 - it starts, nobody waits for it here
            plan.command, cwd=ROOT, env=quiet_rasa(plan.environment), stdout=log, stderr=log
        )
    server = RasaServer(settings, http, process, keyring)
    await until(server.is_ready, 90)
    return server


async def stop_rasa(server: RasaServer) -> None:
    server.process.terminate()
    try:
        await asyncio.to_thread(server.process.wait, 15)
    except subprocess.TimeoutExpired:
        server.process.kill()
        await asyncio.to_thread(server.process.wait)
