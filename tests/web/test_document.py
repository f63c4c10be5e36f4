"""The OpenAPI document is derived, kept in `docs/`, and never lags."""

from __future__ import annotations

import json
import re

from bot.settings import ROOT
from bot.web.document import as_text, document
from bot.web.entry import Entry
from bot.web.routes import ROUTES, doors
from tests.gateway import Gateway, People

KEPT = ROOT / "docs" / "openapi.json"


def test_the_kept_document_is_the_one_of_the_code() -> None:
    assert KEPT.read_text(encoding="utf-8") == as_text(doors()), (
        "docs/openapi.json lags: .venv/bin/ballast openapi > docs/openapi.json"
    )


def test_it_tells_every_route_and_who_may_enter() -> None:
    paths = document(doors())["paths"]
    told = {
        (method.upper(), path): operation
        for path, operations in paths.items()
        for method, operation in operations.items()
    }
    assert set(told) == {(route.method, route.path) for route in ROUTES}
    for route in ROUTES:
        operation = told[route.method, route.path]
        assert operation["x-who-may-enter"] == route.entry
        assert bool(operation["security"]) == (route.entry is not Entry.ANYBODY)
    names = [operation["operationId"] for operation in told.values()]
    assert len(names) == len(set(names))


async def test_the_gateway_gives_it_to_who_is_signed_in(standing: Gateway, people: People) -> None:
    async with (await standing.visitor()).get("/openapi.json") as response:
        assert response.status == 401
    async with (await standing.signed_in(people.therapist)).get("/openapi.json") as response:
        assert await response.json() == json.loads(KEPT.read_text(encoding="utf-8"))


def test_every_shape_that_is_referred_to_is_there() -> None:
    text = KEPT.read_text(encoding="utf-8")
    there = set(json.loads(text)["components"]["schemas"])
    # Two shapes of one name would be told apart by their modules, and neither be found.
    assert set(re.findall(r"#/components/schemas/([\w.-]+)", text)) <= there
