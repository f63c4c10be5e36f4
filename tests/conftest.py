"""What all tests share: a real house, and a gateway with a stand-in for the bot."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.settings import ROOT, Settings
from bot.terminal.client import Line, open_reflection, signed_in
from bot.terminal.links import demonstration_link
from tests import databases, postgresql

START_SECONDS = 90


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", action="store_true", help="Put the pictures into docs/.")
    parser.addoption(
        "--database",
        choices=[databases.SQLITE, databases.POSTGRESQL],
        default=databases.SQLITE,
        help="Which database every gateway and house of the tests stands on.",
    )


def pytest_configure(config: pytest.Config) -> None:
    databases.choose(config.getoption("--database"))


def pytest_sessionfinish() -> None:
    postgresql.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what is about SQLite alone, or needs a PostgreSQL that is not installed here."""
    for item in items:
        if (only := item.get_closest_marker("sqlite_only")) and databases.on_postgresql():
            item.add_marker(pytest.mark.skip(reason=f"About SQLite alone: {only.args[0]}"))
        if item.get_closest_marker("postgresql") and postgresql.programs() is None:
            item.add_marker(pytest.mark.skip(reason="PostgreSQL is not installed."))


@pytest.fixture(autouse=True)
def _leave_no_databases() -> Iterator[None]:
    """Drop the databases that a test made; those of longer fixtures were there before it."""
    before = postgresql.made()
    yield
    if left := postgresql.made() - before:
        postgresql.server().drop(*left)


@dataclass(frozen=True)
class House:
    """The whole of Ballast, running as `ballast run` starts it, in a folder of its own."""

    settings: Settings
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    @property
    def pids(self) -> dict[str, int]:
        return json.loads((self.settings.var / "run" / "processes.json").read_text())

    def kill(self, name: str) -> None:
        os.kill(self.pids[name], signal.SIGKILL)

    async def link_token(self, who: str = "therapist") -> str:
        return (await demonstration_link(self.settings, who)).partition("#")[2]


def free_port() -> int:
    """Give a port with two free ones after it, below those that outgoing connections take."""
    while True:
        port = random.randrange(20_000, 30_000)
        if all(_is_free(port + more) for more in range(3)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def spawn_house(var: Path, **extra: str) -> House:
    """Start a house without waiting for it."""
    port = free_port()
    database = databases.database_for(var)
    environment = os.environ | {
        "BALLAST_VAR": str(var),
        **({"BALLAST_DATABASE": database} if database else {}),
        "BALLAST_PORT": str(port),
        "BALLAST_REQUESTS_PER_MINUTE": "1000000",
        "BALLAST_MESSAGES_PER_MINUTE": "100000",
        "BALLAST_SIGN_INS_PER_MINUTE": "100000",
        **extra,
    }
    with (var / "house.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "run", "--no-train"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    return House(Settings(var=var, port=port, database=database), environment, process)


def start_house(var: Path, **extra: str) -> House:
    house = spawn_house(var, **extra)
    deadline = time.monotonic() + START_SECONDS
    while b"sign-in link" not in (var / "house.log").read_bytes():
        if house.process.poll() is not None or time.monotonic() > deadline:
            house.process.kill()
            raise AssertionError((var / "house.log").read_text())
        time.sleep(0.1)
    return house


def stop_house(house: House) -> None:
    house.process.send_signal(signal.SIGINT)
    try:
        house.process.wait(30)
    except subprocess.TimeoutExpired:
        house.process.kill()
        raise


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all tests that leave it whole."""
    running = start_house(tmp_path_factory.mktemp("house"))
    yield running
    stop_house(running)


@pytest.fixture
async def therapist(house: House) -> AsyncIterator[ClientSession]:
    """The demonstration therapist, signed in to the house."""
    async with signed_in(house.address, await house.link_token()) as http:
        yield http


@pytest.fixture
async def line(therapist: ClientSession) -> AsyncIterator[Line]:
    """A new reflection, past its opening."""
    opened = Line(therapist, await open_reflection(therapist, short=False, resume=False))
    await opened.opening()
    yield opened
    await opened.close()


async def until(condition, seconds: float = 30.0):
    """Wait for `condition` to give something true, and give it."""
    async with asyncio.timeout(seconds):
        while not (found := await condition()):
            await asyncio.sleep(0.05)
    return found
