"""A gateway in this process: the real app and a real database, a stand-in bot and clock.

Folders that want the fixtures import them into their `conftest.py`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, web
from aiohttp.test_utils import TestServer

from bot.app import make_app, open_desk
from bot.conversation.accounts import make_link
from bot.conversation.bot import Bot
from bot.conversation.desk import Desk
from bot.conversation.news import News
from bot.conversation.reflections import start_reflection
from bot.conversation.sharing import ShareWish, share
from bot.conversation.turns import Incoming, take_turn
from bot.privacy.mask import mask
from bot.reflection.stages import Path as Way
from bot.storage.access import own_reflection, turns_of
from bot.storage.models import Account, Reflection, Supervision, Turn
from bot.storage.states import Role
from bot.web.bounds import Bounds
from bot.web.keys import DESK
from bot.web.server import GatewayRunner
from tests.bots import ScriptedBot
from tests.sealing import with_master_key

EVENING = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


@dataclass
class FakeClock:
    now: datetime = EVENING

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@dataclass(frozen=True)
class People:
    therapist: Account
    other_therapist: Account
    supervisor: Account
    other_supervisor: Account
    administrator: Account


async def make_people(desk: Desk) -> People:
    """Five new accounts; `supervisor` supervises `therapist`."""
    now = desk.clock()
    roles = {
        "therapist": Role.THERAPIST,
        "other_therapist": Role.THERAPIST,
        "supervisor": Role.SUPERVISOR,
        "other_supervisor": Role.SUPERVISOR,
        "administrator": Role.ADMINISTRATOR,
    }
    accounts = {
        name: Account(name=name.replace("_", " "), role=role, created_at=now)
        for name, role in roles.items()
    }
    async with desk.sessions.begin() as session:
        session.add_all(accounts.values())
        await session.flush()
        session.add(
            Supervision(
                therapist_id=accounts["therapist"].id,
                supervisor_id=accounts["supervisor"].id,
                since=now,
            )
        )
    return People(**accounts)


async def start(desk: Desk, account: Account, way: Way = Way.FULL) -> str:
    return str((await start_reflection(desk, account, way))["id"])


async def say(
    desk: Desk, account: Account, reflection_id: str, text: str, choice: str | None = None
) -> Turn:
    incoming = Incoming(reflection_id, uuid4().hex, text, choice)
    return (await take_turn(desk, account, incoming))[0]


async def share_summary(desk: Desk, account: Account, reflection_id: str, **wish: Any) -> str:
    """Share with the one supervisor there is, and give who it is."""
    return (await share(desk, account, reflection_id, ShareWish(**wish))).supervisor.name


async def turns(desk: Desk, account: Account, reflection_id: str) -> list[Turn]:
    """The turns as they are stored now, the opening included."""
    async with desk.sessions() as session:
        return await turns_of(session, await own_reflection(session, account, reflection_id))


async def stored(desk: Desk, account: Account, reflection_id: str) -> Reflection:
    async with desk.sessions() as session:
        return await own_reflection(session, account, reflection_id)


@dataclass
class Gateway:
    server: TestServer
    bot: Any
    clock: FakeClock
    people: People
    actions: TestServer
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def desk(self) -> Desk:
        return self.server.app[DESK]

    @property
    def address(self) -> str:
        return str(self.server.make_url("")).rstrip("/")

    async def visitor(self) -> ClientSession:
        """Somebody who is not signed in."""
        # unsafe: cookies of a bare IP address. The origin is what a browser would name.
        http = ClientSession(
            self.address, cookie_jar=CookieJar(unsafe=True), headers={"Origin": self.address}
        )
        return await self._open.enter_async_context(http)

    async def signed_in(self, account: Account) -> ClientSession:
        http = await self.visitor()
        token = await make_link(self.desk, account)
        async with http.post("/api/sign-in", json={"token": token}) as response:
            assert response.status == 200, await response.text()
        return http

    async def close(self) -> None:
        await self._open.aclose()


class GatewayServer(TestServer):
    """A test server on the gateway's own runner, with its bounds and its answers."""

    async def _make_runner(self, **kwargs: Any) -> GatewayRunner:
        return GatewayRunner(self.app, **kwargs)


def _actions_app() -> web.Application:
    """What the gateway asks of an action server: whether it is there."""

    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    app = web.Application()
    app.router.add_get("/health", health)
    return app


@asynccontextmanager
async def run_gateway(
    var: Path,
    bot: Bot,
    clock: FakeClock | None = None,
    bounds: Bounds | None = None,
    **settings: Any,
) -> AsyncIterator[Gateway]:
    """Serve a gateway until the block is left, on the server that `ballast serve` runs."""
    clock = clock or FakeClock()
    async with AsyncExitStack() as stack:
        actions = await stack.enter_async_context(TestServer(_actions_app()))
        wanted = {
            "requests_per_minute": 10_000_000,
            "messages_per_minute": 100_000,
            "sign_ins_per_minute": 100_000,
            "actions_port": actions.port,
            # No trained model: danger is heard by the rules, and no test waits for loading it.
            "models": var,
        }
        app = make_app(with_master_key(var=var, **wanted | settings), lambda _: bot, clock, bounds)
        # A browser checks the address; everybody else takes whatever port is free.
        server = await stack.enter_async_context(GatewayServer(app, port=settings.get("port")))
        gateway = Gateway(server, bot, clock, await make_people(app[DESK]), actions)
        try:
            yield gateway
        finally:
            await gateway.close()


class Socket:
    """One open socket of a reflection, and everything it has told so far."""

    def __init__(self, raw: ClientWebSocketResponse) -> None:
        self.raw = raw
        self.told: list[dict[str, Any]] = []

    async def next(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read on to the first frame that `wanted` accepts."""
        while True:
            frame = await self.raw.receive_json(timeout=10)
            self.told.append(frame)
            if wanted(frame):
                return frame

    async def next_of(self, kind: str) -> dict[str, Any]:
        return await self.next(lambda frame: frame["type"] == kind)

    async def send(self, text: str, client_id: str | None = None, **more: Any) -> str:
        client_id = client_id or uuid4().hex
        await self.raw.send_json({"type": "say", "id": client_id, "text": text} | more)
        return client_id

    async def until_closed(self) -> None:
        """Read on until the gateway closes the line."""
        while not self.raw.closed:
            await self.raw.receive(timeout=10)

    async def answer_to(self, client_id: str) -> dict[str, Any]:
        """The turn of `client_id` once nothing more is to come."""
        frame = await self.next(
            lambda frame: (
                frame["type"] == "turn"
                and frame["turn"]["id"] == client_id
                and frame["turn"]["state"] != "kept"
            )
        )
        return frame["turn"]


@asynccontextmanager
async def socket_of(
    http: ClientSession, reflection_id: str, query: str = ""
) -> AsyncIterator[Socket]:
    path = f"/api/reflections/{reflection_id}/socket{query}"
    async with http.ws_connect(path) as raw:
        yield Socket(raw)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def bot() -> ScriptedBot:
    return ScriptedBot()


@pytest.fixture(scope="session")
async def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """One library and one database for many tests: each brings its own people."""
    var = tmp_path_factory.mktemp("desk")
    mask("Is Anna in?")  # as the app does, so that no first turn waits for the name lists
    settings = with_master_key(var=var, models=var)
    async with open_desk(settings, lambda _: ScriptedBot(), FakeClock()) as (opened, _):
        yield opened


@pytest.fixture
def desk(shared_desk: Desk, bot: ScriptedBot, clock: FakeClock) -> Desk:
    """A desk without doors, for the use cases alone."""
    return replace(shared_desk, bot=bot, clock=clock, news=News())


@pytest.fixture
async def people(desk: Desk) -> People:
    return await make_people(desk)


@pytest.fixture
async def gateway(tmp_path: Path, bot: ScriptedBot, clock: FakeClock) -> AsyncIterator[Gateway]:
    async with run_gateway(tmp_path, bot, clock) as running:
        yield running
