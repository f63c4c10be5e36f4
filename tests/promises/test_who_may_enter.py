"""Every route x everybody who may knock x whose reflection it is: as `access.yml` says.

A new route needs a row there; the failure says which. Absent and forbidden look alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.web.entry import Entry
from bot.web.routes import ROUTES
from tests.bots import ScriptedBot
from tests.gateway import FakeClock, run_gateway
from tests.handing_over import HostServer
from tests.oidc_provider import CLIENT, SECRET, ClinicServer
from tests.promises.scene import BEFORE, OTHER_IDS, ROLES, STALE, Answer, Scene

TABLE: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("access.yml").read_text(encoding="utf-8")
)
SIGNED_OUT = ("anonymous", "expired", "disabled")
VISITORS = (*SIGNED_OUT, *ROLES)
GROUPS = {
    "anybody": VISITORS,
    "signed_in": tuple(ROLES),
    "just_signed_in": tuple(visitor for visitor in ROLES if visitor not in STALE),
    "stale": STALE,
    "therapists": ("therapist", "other_therapist", "stale_therapist"),
    "supervisors": ("supervisor", "other_supervisor"),
    "administrators": ("administrator", "stale_administrator"),
} | {visitor: (visitor,) for visitor in VISITORS}
NOT_WHO = {"send", "path", "socket", "before"}
WHOSE = ("own", "shared", "anothers", "absent")
DOORS = [f"{route.method} {route.path}" for route in ROUTES]
JUST_SIGNED_IN = [
    f"{route.method} {route.path}" for route in ROUTES if route.entry is Entry.JUST_SIGNED_IN
]


def expected(door: str, visitor: str, whose: str) -> int:
    """What the table says; shut where it says nothing."""
    status: Any = 401 if visitor in SIGNED_OUT else 404
    for group, told in TABLE[door].items():
        if group in NOT_WHO or visitor not in GROUPS[group]:
            continue
        status = told.get(whose, status) if isinstance(told, dict) else told
    return int(status)


def whose_of(door: str) -> tuple[str, ...]:
    """Whose it may be, what the path names; nobody shares a passkey or a sign-in."""
    if "{id}" not in door:
        return ("own",)
    is_shareable = not door.partition(" ")[2].startswith(OTHER_IDS)
    return WHOSE if is_shareable else ("own", "anothers", "absent")


@pytest.fixture(scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    clock = FakeClock()
    clinic = ClinicServer(clock)
    await clinic.server.start_server()
    settings = {
        "passwords_per_minute": 100_000,
        "oidc_issuer": clinic.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
    }
    folder = tmp_path_factory.mktemp("doors")
    host = HostServer(folder)
    try:
        async with run_gateway(
            folder, ScriptedBot(), clock, **settings, **host.settings
        ) as running:
            yield Scene(running, host)
    finally:
        await clinic.server.close()


def test_every_route_has_a_row() -> None:
    missing = [door for door in DOORS if door not in TABLE]
    rows = "\n".join(f"{door}:\n  therapists: 200" for door in missing)
    assert not missing, f"tests/promises/access.yml needs a row for each of these, such as\n{rows}"
    assert not set(TABLE) - set(DOORS), "tests/promises/access.yml has a row for no route"
    for door, row in TABLE.items():
        strange = set(row) - set(GROUPS) - NOT_WHO
        assert not strange, f"access.yml, {door}: {strange} is nobody; see its head"
        assert row.get("before", "a link") in BEFORE


@pytest.mark.parametrize("visitor", VISITORS)
@pytest.mark.parametrize("door", DOORS)
async def test_who_may_enter(scene: Scene, door: str, visitor: str) -> None:
    http, account = await scene.visitor(visitor)
    wrong = []
    shut: dict[str, Answer] = {}
    for whose in whose_of(door):
        wanted = expected(door, visitor, whose)
        answer = await scene.knock(http, door, TABLE[door], account, whose)
        if answer.status != wanted:
            wrong.append(f"{whose}: {answer.status} instead of {wanted} ({answer.body[:200]})")
        if wanted == 404:
            shut[whose] = answer
    assert not wrong, f"{door}, {visitor}: " + "; ".join(wrong)
    for whose, answer in shut.items():
        assert answer == shut.get("absent", answer), f"{whose} does not look like absent"


@pytest.mark.parametrize("door", JUST_SIGNED_IN)
async def test_who_signed_in_too_long_ago_is_asked_to_do_so_again(scene: Scene, door: str) -> None:
    http, account = await scene.visitor("stale_therapist")
    answer = await scene.knock(http, door, TABLE[door], account, "own")
    assert answer.status == 403
    assert json.loads(answer.body)["error"] == "sign_in_again"


async def test_a_share_is_found_together_with_its_own_reflection_only(scene: Scene) -> None:
    http, account = await scene.visitor("therapist")
    door = "GET /api/reflections/{id}/share/{share}"
    one, other = [await scene.ids(door, whose, account) for whose in ("own", "own")]
    for method in ("GET", "DELETE"):
        path = f"/api/reflections/{one['id']}/share/{other['share']}"
        async with http.request(method, path) as response:
            assert response.status == 404
    async with http.get(f"/api/reflections/{other['id']}/share/{other['share']}") as response:
        assert response.status == 200


SHUT_TO_ADMINISTRATORS = [
    door for door in DOORS if door in TABLE and expected(door, "administrator", "own") == 404
]


@pytest.mark.parametrize("door", SHUT_TO_ADMINISTRATORS)
async def test_a_role_without_a_key_cannot_tell_the_door_from_a_wall(
    scene: Scene, door: str
) -> None:
    """Shut to a role looks as if there were no such address at all."""
    http, account = await scene.visitor("administrator")
    answer = await scene.knock(http, door, TABLE[door], account, "own")
    async with http.get("/nowhere") as response:
        assert answer.body == await response.text()
        assert answer.status == response.status


def test_the_table_leaves_no_reflection_open_to_an_administrator() -> None:
    for door in DOORS:
        if re.search(r"reflections/\{|console", door):
            for whose in WHOSE:
                assert expected(door, "administrator", whose) == 404


def test_the_table_opens_administration_to_administrators_alone() -> None:
    others = [visitor for visitor in VISITORS if visitor not in GROUPS["administrators"]]
    inside = [door for door in DOORS if " /administration" in door]
    assert len(inside) > 15
    for door in inside:
        for visitor in others:
            assert expected(door, visitor, "own") == (401 if visitor in SIGNED_OUT else 404)
