"""A door that is not listed is not there, and one that was closed again stays closed.

Who may enter where is in `tests/promises/access.yml`.
"""

from __future__ import annotations

import pytest

from bot.web.contracts import CONTRACTS
from bot.web.routes import ROUTES
from tests.gateway import Gateway, People, share_summary, start


def test_every_route_has_a_contract() -> None:
    routes = {(route.method, route.path) for route in ROUTES}
    missing = sorted(routes - set(CONTRACTS))
    assert not missing, f"bot/web/contracts.py needs a line for each of {missing}"
    assert not set(CONTRACTS) - routes, "bot/web/contracts.py has a line for no route"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a_contract_tells_every_parameter_of_its_path(route) -> None:
    in_path = {part[1:-1] for part in route.path.split("/") if part.startswith("{")}
    assert in_path <= set(CONTRACTS[route.method, route.path].where)


async def test_a_withdrawn_reflection_is_gone_from_the_console(
    standing: Gateway, people: People
) -> None:
    reflection = await start(standing.desk, people.therapist)
    await share_summary(standing.desk, people.therapist, reflection)
    therapist = await standing.signed_in(people.therapist)
    supervisor = await standing.signed_in(people.supervisor)
    async with supervisor.get("/console") as response:
        assert reflection in await response.text()
    async with therapist.delete(f"/api/reflections/{reflection}/share") as response:
        assert response.status == 204
    async with supervisor.get("/console") as response:
        assert reflection not in await response.text()
    async with supervisor.get(f"/console/{reflection}") as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/api/reflections"),
        ("PATCH", "/"),
        ("TRACE", "/"),
        ("DELETE", "/healthz"),
        ("HEAD", "/api/reflections"),
        ("OPTIONS", "/api/reflections"),
        ("GET", "/nowhere"),
        ("GET", "/api"),
        ("GET", "/console/"),
        ("GET", "/.git/config"),
        ("GET", "/api/reflections/{id}/turns"),
    ],
)
async def test_a_door_that_is_not_listed_does_not_exist(
    standing: Gateway, people: People, method: str, path: str
) -> None:
    http = await standing.signed_in(people.therapist)
    path = path.format(id=await start(standing.desk, people.therapist))
    async with http.request(method, path) as response:
        assert response.status == 404
