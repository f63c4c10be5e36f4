from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyotp
import pytest
from aiohttp import ClientSession

from bot.conversation.accounts.people import add_account
from bot.storage.columns import new_id
from bot.storage.models import Account
from bot.storage.states import Role
from tests.authenticator import Authenticator
from tests.bots import ScriptedBot
from tests.gateway import Gateway, run_gateway

PASSWORD = "wren harbour kettle plum"  # noqa: S105


async def ask(
    http: ClientSession, method: str, path: str, **body: Any
) -> tuple[int, dict[str, Any]]:
    """Give status and JSON of one request."""
    async with http.request(method, path, json=body or None) as response:
        return response.status, await response.json() if response.status != 204 else {}


async def is_in(http: ClientSession) -> bool:
    return (await ask(http, "GET", "/api/me"))[0] == 200


@dataclass
class Person:
    """Somebody with an account of a name of their own, at home in one browser."""

    gateway: Gateway
    account: Account
    http: ClientSession
    secret: str = ""
    codes: list[str] = field(default_factory=list)

    async def make_passkey(self, name: str = "Telephone") -> Authenticator:
        made = Authenticator(self.gateway.desk.settings.address)
        options = (await ask(self.http, "POST", "/api/my/passkeys/begin"))[1]
        body = {"credential": made.make(options), "name": name}
        status, answer = await ask(self.http, "POST", "/api/my/passkeys", **body)
        assert status == 201, answer
        return made

    async def set_up_password(self) -> None:
        status, answer = await ask(self.http, "PUT", "/api/my/password", password=PASSWORD)
        assert status == 204, answer
        await self.set_up_factor()

    async def set_up_factor(self) -> None:
        begun = (await ask(self.http, "POST", "/api/my/second-factor/begin"))[1]
        self.secret = begun["secret"]
        body = {"ticket": begun["ticket"], "code": self.code()}
        status, answer = await ask(self.http, "POST", "/api/my/second-factor", **body)
        assert status == 200, answer
        self.codes = answer["recovery_codes"]
        self.gateway.clock.advance(seconds=30)  # the code just used is not used again

    def code(self, steps_off: int = 0) -> str:
        """What the app shows now."""
        now = int(self.gateway.clock.now.timestamp())
        return pyotp.TOTP(self.secret).at(now + 30 * steps_off)

    async def ticket(self, http: ClientSession, password: str = PASSWORD) -> str:
        body = {"name": self.account.name, "password": password}
        status, answer = await ask(http, "POST", "/api/sign-in/password", **body)
        assert status == 200, answer
        return answer["ticket"]


async def new_person(gateway: Gateway, role: Role = Role.THERAPIST) -> Person:
    account = await add_account(gateway.desk, f"Zanele {new_id()[:12]}", role)
    return Person(gateway, account, await gateway.signed_in(account))


@pytest.fixture(scope="session")
async def house_of_sign_in(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """One gateway with a clock of its own, for all tests that only sign in."""
    folder: Path = tmp_path_factory.mktemp("sign_in")
    async with run_gateway(folder, ScriptedBot(), passwords_per_minute=100_000) as running:
        yield running


@pytest.fixture
async def person(house_of_sign_in: Gateway) -> Person:
    return await new_person(house_of_sign_in)
