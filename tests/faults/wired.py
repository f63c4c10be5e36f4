"""A real house with a proxy on each of its lines, whose processes are killed and come back.

The commands, files and environments are those of `ballast run`. That itself is not used here:
it lets a process that falls again and again wait up to twenty seconds, which 200 kills have no
time for; that it brings back what falls is shown by `test_kills.py`.
"""

from __future__ import annotations

import asyncio
import base64
import signal
import sqlite3
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

from aiohttp import ClientConnectionError, ClientSession, ClientTimeout

from bot.run.processes import plans, write_rasa_files
from bot.run.training import quiet_rasa
from bot.settings import ROOT, Settings
from bot.terminal.links import demonstration_link
from tests.conftest import free_port, until
from tests.faults.proxy import Proxy

GATEWAY, RASA, ACTIONS = "gateway", "rasa", "actions"
# Short, so that a black hole costs a test seconds; a turn takes a tenth of it.
ANSWER_SECONDS = 4.0
_START_SECONDS = 120.0
_MASTER_KEY = base64.b64encode(b"f" * 32).decode()


class WiredHouse:
    """Gateway, Rasa and action server; `to_rasa` and `to_actions` are the lines between them."""

    def __init__(self, var: Path) -> None:
        self.var = var
        port, real = free_port(), free_port()
        wanted = {"var": var, "port": port, "answer_seconds": ANSWER_SECONDS}
        # The gateway's two next ports are the proxies'; the others listen behind them.
        self.settings = Settings(**wanted, master_key=_MASTER_KEY)
        self._behind = self.settings.model_copy(
            update={"rasa_port": real, "actions_port": real + 1}
        )
        self.to_rasa = Proxy(port + 1, real, "/turn", 2 * ANSWER_SECONDS)
        self.to_actions = Proxy(port + 2, real + 1, "/webhook", 2 * ANSWER_SECONDS)
        self.temporary = var / "tmp"
        self.kills = dict.fromkeys((GATEWAY, RASA, ACTIONS), 0)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    def log(self, name: str) -> Path:
        return self.var / "log" / f"{name}.log"

    async def start(self) -> None:
        (self.var / "log").mkdir()
        self.temporary.mkdir()
        self._plans = {
            plan.name: plan
            for plan in plans(self._behind, write_rasa_files(self.settings, "a secret of tests"))
        }
        # Makes the database, as `ballast run` does before it starts anything else.
        await self.link_token()
        await self.to_rasa.start()
        await self.to_actions.start()
        for name in self._plans:
            self.revive(name)
        await until(self.is_well, _START_SECONDS)

    async def stop(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            with suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(process.wait, 10)
            process.kill()
            process.wait()
        await self.to_rasa.stop()
        await self.to_actions.stop()

    def kill(self, name: str) -> None:
        """End a process as a power cut would, and have it gone when this returns."""
        self._processes[name].send_signal(signal.SIGKILL)
        self._processes[name].wait()
        self.kills[name] += 1

    def revive(self, name: str) -> None:
        plan = self._plans[name]
        own = {
            "BALLAST_VAR": str(self.var),
            "BALLAST_PORT": str(self.settings.port),
            "BALLAST_ANSWER_SECONDS": str(ANSWER_SECONDS),
            "BALLAST_REQUESTS_PER_MINUTE": "1000000",
            "BALLAST_MESSAGES_PER_MINUTE": "100000",
            "BALLAST_SIGN_INS_PER_MINUTE": "100000",
            "BALLAST_MASTER_KEY": _MASTER_KEY,
            "TMPDIR": str(self.temporary),
        }
        with self.log(name).open("ab") as log:
            self._processes[name] = subprocess.Popen(
                plan.command,
                cwd=ROOT,
                env=quiet_rasa(own | dict(plan.environment)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def is_well(self) -> bool:
        for name, process in self._processes.items():
            assert process.poll() is None, (name, self.log(name).read_text()[-2000:])
        try:
            async with (
                ClientSession(timeout=ClientTimeout(total=5)) as http,
                http.get(f"{self.address}/healthz") as response,
            ):
                return response.status == 200
        except (ClientConnectionError, TimeoutError):
            return False

    async def link_token(self, who: str = "therapist") -> str:
        return (await demonstration_link(self.settings, who)).partition("#")[2]

    def wrong_with_files(self) -> list[str]:
        """Say which database file SQLite finds a fault with."""
        wrong = []
        for name in ("ballast.db", "rasa.db"):
            with closing(sqlite3.connect(self.var / name, timeout=20)) as connection:
                found = connection.execute("PRAGMA integrity_check").fetchall()
            if found != [("ok",)]:
                wrong.append(f"{name} is corrupt")
        return wrong

    def times_taken_by_rasa(self, conversation: str) -> int:
        """Count the turns that Rasa's record of a conversation holds."""
        with closing(sqlite3.connect(self.var / "rasa.db", timeout=20)) as connection:
            (table,) = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%events'"
            ).fetchone()
            query = f"SELECT count(*) FROM {table} WHERE sender_id = ? AND type_name = 'user'"  # noqa: S608 - a name from the schema
            (count,) = connection.execute(query, (conversation,)).fetchone()
        return int(count)


@asynccontextmanager
async def wired_house(var: Path) -> AsyncIterator[WiredHouse]:
    """Run a house of this kind while the block runs."""
    house = WiredHouse(var)
    try:
        await house.start()
        yield house
    finally:
        await house.stop()
