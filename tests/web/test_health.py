"""/healthz says what is up, and 503 as soon as one part is down."""

from __future__ import annotations

from aiohttp import ClientSession

from tests.gateway import Gateway
from tests.postgresql import server

ALL_UP = {"ok": True, "gateway": "up", "rasa": "up", "actions": "up", "database": "up"}


async def _health(http: ClientSession) -> tuple[int, dict[str, object]]:
    async with http.get("/healthz") as response:
        return response.status, await response.json()


async def test_all_is_well(own_gateway: Gateway) -> None:
    assert await _health(await own_gateway.visitor()) == (200, ALL_UP)


async def test_rasa_is_down(own_gateway: Gateway) -> None:
    own_gateway.bot.is_up = False
    wanted = (503, ALL_UP | {"ok": False, "rasa": "down"})
    assert await _health(await own_gateway.visitor()) == wanted


async def test_the_action_server_is_down(own_gateway: Gateway) -> None:
    await own_gateway.actions.close()
    wanted = (503, ALL_UP | {"ok": False, "actions": "down"})
    assert await _health(await own_gateway.visitor()) == wanted


async def test_the_database_is_down(own_gateway: Gateway) -> None:
    settings = own_gateway.desk.settings
    if settings.database:
        server().drop(settings.database.rpartition("/")[2])
    var = settings.var
    await own_gateway.desk.sessions.kw["bind"].dispose()
    for file in var.glob("ballast.db*"):
        file.unlink()
    (var / "ballast.db").mkdir()
    wanted = (503, ALL_UP | {"ok": False, "database": "down"})
    assert await _health(await own_gateway.visitor()) == wanted
