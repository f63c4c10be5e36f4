"""Signing in over HTTP: a strict cookie, one use, a way out, and a limit."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.conversation.accounts import make_link
from tests.bots import ScriptedBot
from tests.gateway import FakeClock, Gateway, People, run_gateway


async def test_a_link_sets_a_cookie_that_no_script_and_no_other_site_can_use(
    standing: Gateway, people: People
) -> None:
    http = await standing.visitor()
    token = await make_link(standing.desk, people.therapist)
    async with http.post("/api/sign-in", json={"token": token}) as response:
        assert await response.json() == {
            "name": "therapist",
            "role": "therapist",
            "go_to": "/your-sign-in",
        }
        cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert f"Max-Age={int(standing.desk.settings.session_hours * 3600)}" in cookie
    assert token not in cookie
    async with http.get("/api/me") as response:
        assert await response.json() == {"name": "therapist", "role": "therapist"}


async def test_a_link_that_was_used_and_one_that_is_unknown_are_told_apart_in_a_sentence(
    standing: Gateway, people: People
) -> None:
    http = await standing.visitor()
    token = await make_link(standing.desk, people.therapist)
    await http.post("/api/sign-in", json={"token": token})
    for tried, error in ((token, "link_used"), ("nothing", "link_unknown")):
        async with http.post("/api/sign-in", json={"token": tried}) as response:
            body = await response.json()
        assert (response.status, body["error"]) == (403, error)
        assert body["text"] == standing.desk.notices[error]


async def test_signing_out_forgets_the_cookie_and_the_sign_in(
    standing: Gateway, people: People
) -> None:
    http = await standing.signed_in(people.therapist)
    kept = {cookie.key: cookie.value for cookie in http.cookie_jar}
    async with http.post("/api/sign-out") as response:
        assert response.status == 204
    assert not list(http.cookie_jar)
    async with http.get("/api/me", cookies=kept) as response:
        assert response.status == 401


async def test_tries_from_one_address_are_limited(tmp_path: Path, clock: FakeClock) -> None:
    async with run_gateway(tmp_path, ScriptedBot(), clock, sign_ins_per_minute=3) as gateway:
        http = await gateway.visitor()
        statuses = []
        for _ in range(5):
            async with http.post("/api/sign-in", json={"token": "guess"}) as response:
                statuses.append(response.status)
                body = await response.json()
        assert statuses == [403, 403, 403, 429, 429]
        seconds = int(response.headers["Retry-After"])
        assert 0 < seconds <= 20
        assert f" {seconds} s " in body["text"]


@pytest.mark.parametrize("cookie", ["", "x", "a" * 4000, "%00", '"quoted"', "é"])
async def test_a_cookie_of_nonsense_is_nobodys(standing: Gateway, cookie: str) -> None:
    http = await standing.visitor()
    headers = {"Cookie": f"ballast_session={cookie}"}
    async with http.get("/api/me", headers=headers) as response:
        assert response.status == 401
