"""The clinic's own sign-in, against a real server of it: whoever is bound comes in, nobody else."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession
from joserfc.jwk import ECKey, RSAKey

from bot.conversation.accounts.clinic import bind
from bot.conversation.accounts.people import disable
from tests.bots import ScriptedBot
from tests.gateway import FakeClock, Gateway, run_gateway
from tests.oidc_provider import CLIENT, SECRET, ClinicServer
from tests.web.sign_in.conftest import Person, ask, is_in, new_person


@asynccontextmanager
async def _with_clinic(
    folder: Path, clock: FakeClock, clinic: ClinicServer
) -> AsyncIterator[Gateway]:
    await clinic.server.start_server()
    settings = {
        "oidc_issuer": clinic.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
    }
    try:
        async with run_gateway(folder, ScriptedBot(), clock, **settings) as gateway:
            yield gateway
    finally:
        await clinic.server.close()


@pytest.fixture
def clinic(clock: FakeClock) -> ClinicServer:
    return ClinicServer(clock)


@pytest.fixture
async def at_clinic(
    tmp_path: Path, clock: FakeClock, clinic: ClinicServer
) -> AsyncIterator[Gateway]:
    async with _with_clinic(tmp_path, clock, clinic) as gateway:
        yield gateway


async def _way_back(http: ClientSession, path: str = "/api/sign-in/clinic") -> str:
    """Go to the clinic's server as a browser does; give the path it sends one back to."""
    status, answer = await ask(http, "POST", path)
    assert status == 200, answer
    async with (
        ClientSession() as browser,
        browser.get(answer["address"], allow_redirects=False) as response,
    ):
        assert response.status == 302
        parts = urlsplit(response.headers["Location"])
    assert f"{parts.scheme}://{parts.netloc}" == "http://localhost:8600"
    return f"{parts.path}?{parts.query}"


async def _come(http: ClientSession, back: str | None = None) -> tuple[int, str]:
    async with http.get(back or await _way_back(http)) as response:
        return response.status, await response.text()


async def _bound(gateway: Gateway, clinic: ClinicServer) -> Person:
    person = await new_person(gateway)
    await bind(gateway.desk, person.account, clinic.issuer, clinic.subject)
    return person


async def test_who_binds_it_signed_in_comes_in_by_it(
    at_clinic: Gateway, clinic: ClinicServer
) -> None:
    person = await new_person(at_clinic)
    status, page = await _come(person.http, await _way_back(person.http, "/api/my/clinic"))
    assert status == 200
    assert "/your-sign-in" in page
    assert (await ask(person.http, "GET", "/api/my/sign-in"))[1]["has_clinic"]
    http = await at_clinic.visitor()
    assert (await _come(http))[0] == 200
    assert (await ask(http, "GET", "/api/me"))[1]["name"] == person.account.name
    assert (await ask(http, "DELETE", "/api/my/clinic"))[1]["error"] == "last_way"


async def test_who_merely_arrives_gets_no_account(at_clinic: Gateway, clinic: ClinicServer) -> None:
    await _bound(at_clinic, clinic)
    clinic.subject = "subject-2"
    http = await at_clinic.visitor()
    status, page = await _come(http)
    assert status == 403
    assert at_clinic.desk.notices["clinic_unknown"].partition("“")[0] in page
    assert not await is_in(http)


async def test_two_accounts_cannot_be_the_same_person(
    at_clinic: Gateway, clinic: ClinicServer
) -> None:
    await _bound(at_clinic, clinic)
    other = await new_person(at_clinic)
    assert (await _come(other.http, await _way_back(other.http, "/api/my/clinic")))[0] == 403
    assert not (await ask(other.http, "GET", "/api/my/sign-in"))[1]["has_clinic"]


async def test_who_is_disabled_does_not_come_in(at_clinic: Gateway, clinic: ClinicServer) -> None:
    person = await _bound(at_clinic, clinic)
    await disable(at_clinic.desk, person.account)
    assert (await _come(await at_clinic.visitor()))[0] == 403


async def test_the_way_back_works_once_in_time_and_in_the_browser_that_was_sent(
    at_clinic: Gateway, clinic: ClinicServer, clock: FakeClock
) -> None:
    await _bound(at_clinic, clinic)
    http, thief = await at_clinic.visitor(), await at_clinic.visitor()
    back = await _way_back(http)
    await _way_back(thief)  # has a cookie, but of another state
    assert (await _come(thief, back))[0] == 403
    assert (await _come(http, back))[0] == 200
    assert (await _come(http, back))[0] == 403
    late = await at_clinic.visitor()
    back = await _way_back(late)
    clock.advance(minutes=5)
    assert (await _come(late, back))[0] == 403


def _unsigned(token: str) -> str:
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).rstrip(b"=").decode()
    return f"{head}.{token.split('.')[1]}."


def _respelt(token: str) -> str:
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["sub"] = "subject-1"
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{head}.{body}.{signature}"


def _claim(name: str, value: object) -> Callable[[ClinicServer], None]:
    def change(clinic: ClinicServer) -> None:
        clinic.claims[name] = value

    change.__name__ = f"{name} {value}"
    return change


def _forged(forge: Callable[[str], str]) -> Callable[[ClinicServer], None]:
    def change(clinic: ClinicServer) -> None:
        clinic.forge = forge

    change.__name__ = forge.__name__
    return change


LIES = [
    _claim("iss", "https://elsewhere.example"),
    _claim("iss", None),
    _claim("aud", "another client"),
    _claim("aud", None),
    _claim("exp", 1_700_000_000),
    _claim("exp", None),
    _claim("iat", None),
    _claim("nonce", "of another sign-in"),
    _claim("nonce", None),
    _claim("sub", None),
    _claim("sub", 7),
    _forged(_unsigned),
    _forged(_respelt),
    _forged(lambda token: "nonsense"),
]


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
async def test_a_token_that_does_not_fit_is_refused_and_an_honest_one_is_not(
    at_clinic: Gateway, clinic: ClinicServer, lie: Callable[[ClinicServer], None]
) -> None:
    await _bound(at_clinic, clinic)
    honest = dict(vars(clinic)) | {"claims": {}}
    if lie.__name__ == "_respelt":
        clinic.subject = "subject-2"
    lie(clinic)
    http = await at_clinic.visitor()
    status, page = await _come(http)
    assert status == 403
    assert at_clinic.desk.notices["clinic_refused"].partition("’")[0] in page
    assert not await is_in(http)
    vars(clinic).update(honest)
    assert (await _come(http))[0] == 200
    assert await is_in(http)


async def test_new_keys_of_the_clinic_are_asked_for(
    at_clinic: Gateway, clinic: ClinicServer
) -> None:
    await _bound(at_clinic, clinic)
    assert (await _come(await at_clinic.visitor()))[0] == 200
    clinic.key = RSAKey.generate_key(2048)
    assert (await _come(await at_clinic.visitor()))[0] == 200
    clinic.key, clinic.algorithm = ECKey.generate_key("P-256"), "ES256"
    assert (await _come(await at_clinic.visitor()))[0] == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("issuer", "https://elsewhere.example"),
        ("token_endpoint", None),
        ("jwks_uri", "ftp://elsewhere.example"),
    ],
)
async def test_what_is_published_has_to_fit(
    at_clinic: Gateway, clinic: ClinicServer, name: str, value: object
) -> None:
    clinic.published[name] = value
    http = await at_clinic.visitor()
    status, answer = await ask(http, "POST", "/api/sign-in/clinic")
    assert (status, answer["error"]) == (403, "clinic_refused")
    clinic.published.clear()
    assert (await ask(http, "POST", "/api/sign-in/clinic"))[0] == 200


def _files_with(wanted: bytes, folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if wanted in path.read_bytes()]


async def test_a_server_that_sends_elsewhere_is_not_followed(
    at_clinic: Gateway, clinic: ClinicServer
) -> None:
    await _bound(at_clinic, clinic)
    http = await at_clinic.visitor()
    clinic.published["token_endpoint"] = f"{clinic.issuer}/moved"
    assert (await _come(http))[0] == 403
    assert not await is_in(http)


@pytest.mark.sqlite_only("what its files hold")
async def test_no_token_of_the_clinics_is_kept_or_handed_on(
    at_clinic: Gateway, clinic: ClinicServer, tmp_path: Path
) -> None:
    tokens: list[str] = []

    def noted(token: str) -> str:
        tokens.append(token)
        return token

    await _bound(at_clinic, clinic)
    clinic.forge = noted
    http = await at_clinic.visitor()
    status, page = await _come(http)
    assert status == 200
    assert len(tokens) == 1
    assert tokens[0] not in page
    assert not [cookie for cookie in http.cookie_jar if tokens[0] in cookie.value]
    assert _files_with(b"SQLite format 3", tmp_path)
    assert not _files_with(tokens[0].encode(), tmp_path)


async def test_a_server_that_is_away_is_said_in_a_sentence(
    at_clinic: Gateway, clinic: ClinicServer
) -> None:
    await clinic.server.close()
    http = await at_clinic.visitor()
    status, answer = await ask(http, "POST", "/api/sign-in/clinic")
    assert (status, answer["error"]) == (403, "clinic_down")


async def test_without_a_clinic_there_is_no_such_way(person: Person) -> None:
    http = await person.gateway.visitor()
    status, answer = await ask(http, "POST", "/api/sign-in/clinic")
    assert (status, answer["error"]) == (403, "no_clinic_here")
    async with http.get("/sign-in") as response:
        assert "use-clinic" not in await response.text()
