from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.storage.models import Account
from tests.bots import ScriptedBot
from tests.conftest import until
from tests.gateway import FakeClock, Gateway, People, clock, make_people, run_gateway

__all__ = ["clock"]


@pytest.fixture(scope="session")
async def standing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """One gateway for all tests that leave it whole; each brings its own people."""
    async with run_gateway(tmp_path_factory.mktemp("gateway"), ScriptedBot()) as running:
        yield running


@pytest.fixture
def gateway(standing: Gateway) -> Gateway:
    """The standing gateway, with a bot that has forgotten what other tests told it."""
    standing.bot.reset()
    return standing


@pytest.fixture
def bot(gateway: Gateway) -> ScriptedBot:
    return gateway.bot


@pytest.fixture
async def own_gateway(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Gateway]:
    """A gateway for a test that breaks it."""
    async with run_gateway(tmp_path, ScriptedBot(), clock) as running:
        yield running


@pytest.fixture
async def people(standing: Gateway) -> People:
    return await make_people(standing.desk)


@dataclass(frozen=True)
class Therapist:
    """A therapist at an open, answered reflection."""

    account: Account
    http: ClientSession
    reflection: str


@pytest.fixture
async def therapist(gateway: Gateway) -> Therapist:
    http = await gateway.signed_in(gateway.people.therapist)
    async with http.post("/api/reflections", json={"path": "full"}) as response:
        reflection = (await response.json())["id"]

    async def answered() -> bool:
        async with http.get(f"/api/reflections/{reflection}") as response:
            return (await response.json())["turns"][0]["state"] == "answered"

    await until(answered, 10)
    return Therapist(gateway.people.therapist, http, reflection)
