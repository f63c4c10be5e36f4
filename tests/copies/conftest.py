"""A real Redis, and two copies of a gateway that it joins."""

from __future__ import annotations

import hashlib
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.run.first_run import REDIS_RIGHTS
from tests.bots import ScriptedBot
from tests.conftest import free_port
from tests.gateway import FakeClock, Gateway, run_gateway

PASSWORD = "heron-kettle-plum"  # noqa: S105 - of a server that a test makes
SERVER = shutil.which("redis-server")


class RedisServer:
    """A Redis of its own, which can be ended and begun again at the same address."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://ballast@127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        assert SERVER is not None
        # The rights that a team's server gives.
        digest = hashlib.sha256(PASSWORD.encode()).hexdigest()
        (self._folder / "users.acl").write_text(REDIS_RIGHTS.format(digest), encoding="ascii")
        options = {"port": str(self.port), "bind": "127.0.0.1", "save": "", "aclfile": "users.acl"}
        self._process = subprocess.Popen(
            [SERVER, *(word for name, value in options.items() for word in (f"--{name}", value))],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
        )
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("Redis did not start.")

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    if SERVER is None:
        pytest.skip("Redis is not installed: setup/install-redis says how to get it.")
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.begin()
    yield server
    server.end()


@dataclass
class Pair:
    """Two gateways on one database, each with the same bot."""

    one: Gateway
    two: Gateway
    bot: ScriptedBot


@pytest.fixture
def settings() -> dict[str, Any]:
    """What a test module wants to be set besides."""
    return {}


@pytest.fixture
async def pair(
    tmp_path: Path, redis_server: RedisServer, settings: dict[str, Any]
) -> AsyncIterator[Pair]:
    bot, clock = ScriptedBot(), FakeClock()
    async with AsyncExitStack() as stack:
        joined = settings | {"redis": redis_server.url, "redis_password": PASSWORD}
        one = await stack.enter_async_context(run_gateway(tmp_path, bot, clock, **joined))
        two = await stack.enter_async_context(run_gateway(tmp_path, bot, clock, **joined))
        yield Pair(one, two, bot)
