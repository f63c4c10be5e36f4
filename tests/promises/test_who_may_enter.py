"""Every route x everybody who may knock x whose reflection it is: as `access.yml` says.

A new route needs a row there; the failure says which. Absent and forbidden look alike.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import ClientSession
from sqlalchemy import update

from bot.conversation.accounts import make_link
from bot.storage.columns import new_id
from bot.storage.models import Account, Share, SignIn
from bot.storage.states import Role
from bot.web.routes import ROUTES
from tests.bots import ScriptedBot
from tests.gateway import Gateway, run_gateway, start

TABLE: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("access.yml").read_text(encoding="utf-8")
)
SIGNED_OUT = ("anonymous", "expired", "disabled")
ROLES = {
    "therapist": Role.THERAPIST,
    "other_therapist": Role.THERAPIST,
    "supervisor": Role.SUPERVISOR,
    "other_supervisor": Role.SUPERVISOR,
    "administrator": Role.ADMINISTRATOR,
}
VISITORS = (*SIGNED_OUT, *ROLES)
GROUPS = {
    "anybody": VISITORS,
    "signed_in": tuple(ROLES),
    "therapists": ("therapist", "other_therapist"),
    "supervisors": ("supervisor", "other_supervisor"),
} | {visitor: (visitor,) for visitor in VISITORS}
NOT_WHO = {"send", "path", "socket"}
WHOSE = ("own", "shared", "anothers", "absent")
DOORS = [f"{route.method} {route.path}" for route in ROUTES]
HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def expected(door: str, visitor: str, whose: str) -> int:
    """What the table says; shut where it says nothing."""
    status: Any = 401 if visitor in SIGNED_OUT else 404
    for group, told in TABLE[door].items():
        if group in NOT_WHO or visitor not in GROUPS[group]:
            continue
        status = told.get(whose, status) if isinstance(told, dict) else told
    return int(status)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Scene:
    """A gateway, and somebody else whose reflections the visitors ask for."""

    gateway: Gateway

    async def account(self, role: Role) -> Account:
        desk = self.gateway.desk
        made = Account(name=new_id(), role=role, created_at=desk.clock())
        async with desk.sessions.begin() as session:
            session.add(made)
        return made

    async def visitor(self, who: str) -> tuple[ClientSession, Account]:
        """Somebody new at the door, as `who`."""
        account = await self.account(ROLES.get(who, Role.THERAPIST))
        if who == "anonymous":
            return await self.gateway.visitor(), account
        http = await self.gateway.signed_in(account)
        now = self.gateway.desk.clock()
        async with self.gateway.desk.sessions.begin() as session:
            if who == "expired":
                mine = SignIn.account_id == account.id
                await session.execute(update(SignIn).where(mine).values(ends_at=now))
            if who == "disabled":
                me = Account.id == account.id
                await session.execute(update(Account).where(me).values(disabled_at=now))
        return http, account

    async def reflection(self, whose: str, account: Account) -> str:
        desk = self.gateway.desk
        if whose == "absent":
            return new_id()
        owner = account if whose == "own" else await self.account(Role.THERAPIST)
        made = await start(desk, owner)
        if whose == "shared":
            async with desk.sessions.begin() as session:
                session.add(
                    Share(reflection_id=made, supervisor_id=account.id, shared_at=desk.clock())
                )
        return made

    async def knock(self, http: ClientSession, door: str, reflection: str) -> Answer:
        method, _, path = door.partition(" ")
        row = TABLE[door]
        for name, value in (row.get("path", {}) | {"id": reflection}).items():
            path = path.replace(f"{{{name}}}", value)
        assert "{" not in path, f"access.yml, {door}: say under `path` what stands for {path}"
        sent = row.get("send")
        if sent and sent.get("token") == "A LINK":
            sent = {"token": await make_link(self.gateway.desk, await self.account(Role.THERAPIST))}
        async with http.request(
            method,
            path,
            json=sent,
            headers=HANDSHAKE if row.get("socket") else {},
            allow_redirects=False,
        ) as response:
            body = "" if response.status == 101 else await response.text()
            headers = {k: v for k, v in response.headers.items() if k != "Date"}
            return Answer(response.status, headers, body.replace(reflection, "{id}"))


@pytest.fixture(scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    async with run_gateway(tmp_path_factory.mktemp("doors"), ScriptedBot()) as running:
        yield Scene(running)


def test_every_route_has_a_row() -> None:
    missing = [door for door in DOORS if door not in TABLE]
    rows = "\n".join(f"{door}:\n  therapists: 200" for door in missing)
    assert not missing, f"tests/promises/access.yml needs a row for each of these, such as\n{rows}"
    assert not set(TABLE) - set(DOORS), "tests/promises/access.yml has a row for no route"
    for door, row in TABLE.items():
        strange = set(row) - set(GROUPS) - NOT_WHO
        assert not strange, f"access.yml, {door}: {strange} is nobody; see its head"


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize("door", DOORS)
async def test_who_may_enter(scene: Scene, door: str, visitor: str) -> None:
    http, account = await scene.visitor(visitor)
    wrong = []
    shut: dict[str, Answer] = {}
    for whose in WHOSE if "{id}" in door else ("own",):
        wanted = expected(door, visitor, whose)
        answer = await scene.knock(http, door, await scene.reflection(whose, account))
        if answer.status != wanted:
            wrong.append(f"{whose}: {answer.status} instead of {wanted} ({answer.body[:200]})")
        if wanted == 404:
            shut[whose] = answer
    assert not wrong, f"{door}, {visitor}: " + "; ".join(wrong)
    for whose, answer in shut.items():
        assert answer == shut.get("absent", answer), f"{whose} does not look like absent"


SHUT_TO_ADMINISTRATORS = [
    door for door in DOORS if door in TABLE and expected(door, "administrator", "own") == 404
]


@pytest.mark.parametrize("door", SHUT_TO_ADMINISTRATORS)
async def test_a_role_without_a_key_cannot_tell_the_door_from_a_wall(
    scene: Scene, door: str
) -> None:
    """Shut to a role looks as if there were no such address at all."""
    http, account = await scene.visitor("administrator")
    answer = await scene.knock(http, door, await scene.reflection("own", account))
    async with http.get("/nowhere") as response:
        assert answer.body == await response.text()
        assert answer.status == response.status


def test_the_table_leaves_no_reflection_open_to_an_administrator() -> None:
    for door in DOORS:
        if re.search(r"reflections/\{|console", door):
            for whose in WHOSE:
                assert expected(door, "administrator", whose) == 404
