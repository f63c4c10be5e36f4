"""A session begins anew at each sign-in, ends in time, and can be ended from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.conversation.accounts import make_link, who_is
from bot.conversation.accounts.people import disable, enable
from bot.storage.models import SignIn
from tests.bots import ScriptedBot
from tests.gateway import FakeClock, Gateway, run_gateway
from tests.web.sign_in.conftest import Person, ask, is_in, new_person


def _token(http, name: str = "ballast_session") -> str:
    return next(cookie.value for cookie in http.cookie_jar if cookie.key == name)


async def test_signing_in_again_ends_the_session_this_browser_had(person: Person) -> None:
    before = _token(person.http)
    passkey = await person.make_passkey()
    options = (await ask(person.http, "POST", "/api/sign-in/passkey/begin"))[1]
    await ask(person.http, "POST", "/api/sign-in/passkey", credential=passkey.use(options))
    assert _token(person.http) != before
    assert await is_in(person.http)
    assert await who_is(person.gateway.desk, before) is None


async def test_it_ends_when_idle_and_use_keeps_it_open(person: Person) -> None:
    minutes, clock = person.gateway.desk.settings.idle_minutes, person.gateway.clock
    for _ in range(3):
        clock.advance(minutes=minutes - 1)
        assert await is_in(person.http)
    clock.advance(minutes=minutes)
    assert not await is_in(person.http)


async def test_being_seen_is_written_down_at_most_once_a_minute(person: Person) -> None:
    desk, clock = person.gateway.desk, person.gateway.clock

    async def seen_at():
        async with desk.sessions() as session:
            mine = SignIn.account_id == person.account.id
            return await session.scalar(select(SignIn.seen_at).where(mine))

    began = await seen_at()
    clock.advance(seconds=59)
    assert await is_in(person.http)
    assert await seen_at() == began
    clock.advance(seconds=1)
    assert await is_in(person.http)
    assert await seen_at() == clock.now


async def test_disabling_ends_it_everywhere_and_enabling_brings_none_back(person: Person) -> None:
    desk = person.gateway.desk
    other = await person.gateway.signed_in(person.account)
    link = await make_link(desk, person.account)
    await disable(desk, person.account)
    for http in (person.http, other):
        assert not await is_in(http)
    assert (await ask(other, "POST", "/api/sign-in", token=link))[0] == 403
    await enable(desk, person.account)
    for http in (person.http, other):
        assert not await is_in(http)
    assert (await ask(other, "POST", "/api/sign-in", token=link))[0] == 403
    assert await is_in(await person.gateway.signed_in(person.account))


async def test_ones_sign_ins_are_listed_and_others_can_be_ended(house_of_sign_in: Gateway) -> None:
    one, other = [await new_person(house_of_sign_in) for _ in range(2)]
    elsewhere = [await house_of_sign_in.signed_in(one.account) for _ in range(3)]
    found = (await ask(one.http, "GET", "/api/my/sign-in"))[1]["sign_ins"]
    assert [one["how"] for one in found] == ["link"] * 4
    assert sum(one["is_this"] for one in found) == 1
    an_id = next(one["id"] for one in found if not one["is_this"])
    # Somebody else's name for it, a wildcard and one's own session end nothing.
    own = next(one["id"] for one in found if one["is_this"])
    await ask(other.http, "DELETE", f"/api/my/sign-ins/{an_id}")
    await ask(one.http, "DELETE", f"/api/my/sign-ins/{own}")
    await ask(one.http, "DELETE", "/api/my/sign-ins/%25")
    await ask(one.http, "DELETE", f"/api/my/sign-ins/{an_id[:4]}")
    assert len((await ask(one.http, "GET", "/api/my/sign-in"))[1]["sign_ins"]) == 4
    assert (await ask(one.http, "DELETE", f"/api/my/sign-ins/{an_id}"))[0] == 204
    assert sorted([await is_in(http) for http in elsewhere]) == [False, True, True]
    assert (await ask(one.http, "DELETE", "/api/my/sign-ins"))[0] == 204
    assert [await is_in(http) for http in (*elsewhere, one.http, other.http)] == [
        *[False] * 3,
        True,
        True,
    ]


CHANGES = [
    ("POST", "/api/my/passkeys/begin"),
    ("POST", "/api/my/second-factor/begin"),
    ("DELETE", "/api/my/clinic"),
    ("DELETE", "/api/my/password"),
]


@pytest.mark.parametrize(("method", "path"), CHANGES)
async def test_changing_how_one_signs_in_needs_a_sign_in_of_the_last_ten_minutes(
    person: Person, method: str, path: str
) -> None:
    assert (await ask(person.http, method, path))[0] in (200, 204)
    person.gateway.clock.advance(minutes=10, seconds=1)
    status, answer = await ask(person.http, method, path)
    assert (status, answer["error"]) == (403, "sign_in_again")
    assert await is_in(person.http)
    again = await person.gateway.signed_in(person.account)
    assert (await ask(again, method, path))[0] in (200, 204)


async def test_over_tls_the_cookie_is_for_this_host_alone(tmp_path: Path, clock: FakeClock) -> None:
    address = "https://ballast.clinic.example"
    async with run_gateway(tmp_path, ScriptedBot(), clock, public_url=address) as gateway:
        http = await gateway.visitor()
        token = await make_link(gateway.desk, gateway.people.therapist)
        # As behind a proxy that ends TLS: what arrives is plain, and no header is trusted.
        async with http.post("/api/sign-in", json={"token": token}) as response:
            cookie = response.headers["Set-Cookie"]
        name, _, rest = cookie.partition("=")
        assert name == "__Host-ballast_session"
        for wanted in ("Secure", "HttpOnly", "Path=/", "SameSite=Strict"):
            assert wanted in cookie
        assert "Domain" not in cookie
        value = rest.partition(";")[0]
        for sent, status in ((name, 200), ("ballast_session", 401)):
            async with http.get("/api/me", headers={"Cookie": f"{sent}={value}"}) as response:
                assert response.status == status


async def test_the_browser_is_told_by_its_kind_alone(person: Person) -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    token = await make_link(person.gateway.desk, person.account)
    http = await person.gateway.visitor()
    async with http.post(
        "/api/sign-in", json={"token": token}, headers={"User-Agent": agent}
    ) as response:
        assert response.status == 200
    found = (await ask(http, "GET", "/api/my/sign-in"))[1]["sign_ins"]
    assert "Firefox on Windows" in {one["browser"] for one in found}
