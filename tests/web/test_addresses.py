"""Ballast answers under its own addresses only, and trusts only pages of its own."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings
from bot.web.addresses import is_our_page, is_ours
from bot.web.middleware.headers import HEADERS
from bot.web.packed import served
from tests.bots import ScriptedBot
from tests.gateway import Gateway, People, run_gateway
from tests.web.test_refusals import _raw

PUBLIC = "https://ballast.clinic.example"


@pytest.fixture(scope="module")
async def public(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """A gateway behind a proxy that ends TLS, whose chat the clinic's own site may frame."""
    var = tmp_path_factory.mktemp("public")
    framing = "https://intranet.clinic.example"
    async with run_gateway(
        var, ScriptedBot(), public_url=PUBLIC, frame_ancestors=framing
    ) as running:
        yield running


@pytest.mark.parametrize(
    ("host", "is_known"),
    [
        ("localhost", True),
        ("localhost:8600", True),
        ("LOCALHOST:1", True),
        ("127.0.0.1:8600", True),
        ("[::1]:8600", True),
        ("ballast.clinic.example", True),
        ("Ballast.Clinic.Example", True),
        ("ballast.clinic.example:8600", False),
        ("ballast.clinic.example.evil.example", False),
        ("evil.example", False),
        ("localhost.evil.example:8600", False),
        ("127.0.0.1.evil.example", False),
        ("evil.example:localhost", False),
        ("0.0.0.0:8600", False),
        ("10.0.0.7:8600", False),
        ("", False),
        (":8600", False),
        ("[::1", False),
        ("user@localhost", False),
    ],
)
async def test_only_our_names_are_answered(public: Gateway, host: str, *, is_known: bool) -> None:
    answer = await _raw(
        public, f"GET /api/me HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    )
    assert answer.split()[1] in ((b"401",) if is_known else (b"421", b"400"))
    for name in HEADERS:
        assert name.encode() in answer


@pytest.mark.parametrize("hosts", [[], ["localhost", "localhost"]])
async def test_a_request_names_one_host(standing: Gateway, hosts: list[str]) -> None:
    lines = "".join(f"Host: {host}\r\n" for host in hosts)
    answer = await _raw(standing, f"GET /sign-in HTTP/1.1\r\n{lines}\r\n".encode())
    assert answer.split()[1] in (b"400", b"421")


def test_an_address_to_listen_on_is_an_address_of_ours() -> None:
    one = Settings(host="192.168.0.9")
    assert is_ours("192.168.0.9:8600", one)
    assert not is_ours("192.168.0.10:8600", one)
    everywhere = "0.0.0.0"  # noqa: S104 - what is not to be taken for an address
    assert not is_ours("0.0.0.0:8600", Settings(host=everywhere))


@pytest.mark.parametrize(
    ("origin", "host", "is_own"),
    [
        (PUBLIC, "ballast.clinic.example", True),
        ("http://ballast.clinic.example", "ballast.clinic.example", False),
        ("http://localhost:8600", "localhost:8600", True),
        ("http://localhost:8601", "localhost:8600", False),
        ("http://127.0.0.1:8600", "localhost:8600", False),
        ("file://localhost:8600", "localhost:8600", False),
        ("null", "localhost:8600", False),
        ("", "localhost:8600", False),
        ("localhost:8600", "localhost:8600", False),
        ("https://ballast.clinic.example/", "ballast.clinic.example", False),
    ],
)
def test_a_page_is_ours_when_its_origin_is(origin: str, host: str, *, is_own: bool) -> None:
    assert is_our_page(origin, host, Settings(public_url=PUBLIC)) is is_own


@pytest.mark.parametrize("told", [{}, {"Sec-Fetch-Site": "none"}])
async def test_who_has_a_cookie_and_no_page_of_ours_may_change_nothing(
    standing: Gateway, people: People, told: dict[str, str]
) -> None:
    http = await standing.signed_in(people.therapist)
    del http.headers["Origin"]
    async with http.post("/api/reflections", headers=told) as response:
        assert response.status == 403
        assert (await response.json())["text"] == standing.desk.notices["another_page"]
    for vouched in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": standing.address}):
        async with http.post("/api/reflections", headers=vouched) as response:
            assert response.status == 201


async def test_over_tls_the_browser_is_told_to_stay_there(
    public: Gateway, standing: Gateway
) -> None:
    async with (await public.visitor()).get("/sign-in") as response:
        sent = response.headers["Strict-Transport-Security"]
    assert "includeSubDomains" in sent
    assert int(sent.partition("=")[2].partition(";")[0]) >= 365 * 24 * 3600
    async with (await standing.visitor()).get("/sign-in") as response:
        assert "Strict-Transport-Security" not in response.headers


async def test_the_chat_may_be_framed_by_setting_and_nothing_else(
    public: Gateway, standing: Gateway
) -> None:
    supervisor = await public.signed_in(public.people.supervisor)
    expected = {
        "/sign-in": "frame-ancestors https://intranet.clinic.example",
        "/": "frame-ancestors https://intranet.clinic.example",
        "/console": "frame-ancestors 'none'",
        "/api/me": "frame-ancestors 'none'",
        "/nowhere": "frame-ancestors 'none'",
    }
    for path, policy in expected.items():
        async with supervisor.get(path, allow_redirects=False) as response:
            assert response.headers["Content-Security-Policy"].endswith(policy), path
            assert ("X-Frame-Options" in response.headers) == ("none" in policy)
    async with (await standing.visitor()).get("/sign-in") as response:
        assert response.headers["Content-Security-Policy"].endswith("'none'")


@pytest.mark.parametrize("wrong", ["*", "https://a.example; script-src *", "'self'", "a.example"])
def test_a_frame_setting_names_sites_and_nothing_else(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        Settings(var=tmp_path, frame_ancestors=wrong)


async def test_the_pages_may_make_no_script_out_of_text(standing: Gateway) -> None:
    async with (await standing.visitor()).get("/") as response:
        policy = response.headers["Content-Security-Policy"]
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy
    assert "report" not in policy
    # With that policy these do not work: a script that tries would show nothing.
    sinks = re.compile(r"innerHTML|outerHTML|DOMParser|insertAdjacentHTML|srcdoc|document\.write")
    scripts = [path for path in served() if path.suffix == ".js"]
    assert len(scripts) > 10
    assert not [one.name for one in scripts if sinks.search(one.read_text(encoding="utf-8"))]
