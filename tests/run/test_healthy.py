"""A health check says no by its exit status, and why in a sentence."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.run import healthy
from bot.run.problems import CannotRun
from bot.settings import ROOT
from tests.conftest import free_port


class Part:
    """Answers a health check as a part would, with what a test says."""

    def __init__(self) -> None:
        self.status = 200
        self.body: Any = {"database": "up", "rasa": "down"}
        self.port = ""

    async def answer(self, request: web.Request) -> web.Response:
        return web.json_response(self.body, status=self.status)


@pytest.fixture
async def part() -> AsyncIterator[Part]:
    told = Part()
    app = web.Application()
    app.router.add_get("/{path:.*}", told.answer)
    async with TestServer(app) as server:
        told.port = str(server.port)
        yield told


async def _check(name: str, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot.run.healthy", name, *arguments),
        cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_a_gateway_is_well_without_rasa_and_not_without_its_database(part: Part) -> None:
    part.status = 503  # as the gateway says that something is down
    assert await _check("gateway", part.port) == (0, "")
    part.body = {"database": "down", "rasa": "up"}
    assert await _check("gateway", part.port) == (1, "The gateway is up, its database is not.\n")


@pytest.mark.parametrize("body", [{}, [], "database", None])
async def test_something_else_on_the_gateways_port_is_no_gateway(part: Part, body: Any) -> None:
    part.body = body
    status, said = await _check("gateway", part.port)
    assert (status, "no gateway" in said) == (1, True)


@pytest.mark.parametrize("name", ["rasa", "actions"])
async def test_rasa_and_actions_are_well_when_they_say_so(part: Part, name: str) -> None:
    assert await _check(name, part.port) == (0, "")
    part.status = 503
    status, said = await _check(name, part.port)
    assert (status, "not ready (status 503)" in said) == (1, True)


@pytest.mark.parametrize("name", ["gateway", "rasa", "actions"])
async def test_where_nothing_answers_nothing_is_well(name: str) -> None:
    status, said = await _check(name, str(free_port()))
    assert (status, "does not answer" in said) == (1, True)


def test_backups_are_well_while_the_newest_is_new(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="no backup of the last 48 hours"):
        healthy.check_backups(str(tmp_path))
    made = tmp_path / "2026-01-01T00-00-00Z" / "manifest.json"
    made.parent.mkdir()
    made.touch()
    healthy.check_backups(str(tmp_path), "24")
    old = time.time() - 5 * 3600
    os.utime(made, (old, old))
    healthy.check_backups(str(tmp_path), "24")
    with pytest.raises(CannotRun):
        healthy.check_backups(str(tmp_path), "2")


@pytest.mark.parametrize("arguments", [[], ["proxy"], ["gateway", "x"], ["backups"]])
def test_a_check_of_nothing_known_is_no_success(arguments: list[str]) -> None:
    assert healthy.main(arguments) == 2


def test_a_check_imports_nothing_that_takes_time() -> None:
    told = "import sys, bot.run.healthy; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not {"pydantic", "sqlalchemy", "aiohttp", "click"} & set(done.stdout.split())
