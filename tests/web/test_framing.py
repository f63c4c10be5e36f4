"""Who may show the chat in a frame, and what a frame on another site's cookies are good for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSServerHandshakeError

from bot.conversation.accounts import make_link
from bot.settings import Settings
from bot.web.framing import may_frame
from tests.bots import ScriptedBot
from tests.gateway import Gateway, run_gateway, start

PUBLIC, PARENT = "https://ballast.clinic.example", "https://intranet.other.example"
FRAMED, SESSION = "__Host-ballast_framed", "__Host-ballast_session"
FROM_A_FRAME = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}
PAGE = f"/sign-in?frame=1&parent={PARENT}"
# What a browser says of a request that the page in the frame makes.
INSIDE = {"Host": "ballast.clinic.example", "Sec-Fetch-Site": "same-origin", "Origin": PUBLIC}


@pytest.fixture(scope="module")
async def public(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    folder = tmp_path_factory.mktemp("framing")
    settings = {"public_url": PUBLIC, "frame_ancestors": PARENT}
    async with run_gateway(folder, ScriptedBot(), **settings) as running:
        yield running


@pytest.mark.parametrize(
    ("origin", "is_named"),
    [
        ("https://intranet.clinic.example", True),
        ("https://other.clinic.example:8443", True),
        ("https://any.team.example", True),
        ("https://any.more.team.example", True),
        ("http://localhost:3000", True),
        ("http://localhost:4000", True),
        ("https://intranet.clinic.example:444", False),
        ("http://intranet.clinic.example", False),
        ("https://other.clinic.example", False),
        ("https://team.example", False),
        ("https://anyteam.example", False),
        ("https://team.example.evil.example", False),
        ("https://intranet.clinic.example.evil.example", False),
        ("https://intranet.clinic.example@evil.example", False),
        ("https://intranet.clinic.example/", False),
        ("https://intranet.clinic.example/path", False),
        ("https://intranet.clinic.example:x", False),
        ("//intranet.clinic.example", False),
        ("http://[", False),
        ("https://anybody.example", False),
        ("null", False),
        ("*", False),
        ("", False),
    ],
)
def test_a_parent_is_confirmed_as_the_setting_names_it(origin: str, *, is_named: bool) -> None:
    named = (
        "https://intranet.clinic.example https://other.clinic.example:8443 "
        "https://*.team.example http://localhost:* https://*"
    )
    assert may_frame(origin, Settings(frame_ancestors=named)) is is_named
    assert not may_frame(origin, Settings())


async def _page(gateway: Gateway, path: str, headers: dict[str, str]) -> tuple[str, SimpleCookie]:
    http = await gateway.visitor()
    async with http.get(path, headers=headers) as response:
        assert response.status == 200
        return await response.text(), response.cookies


async def test_the_page_knows_its_parent_only_where_the_setting_names_it(public: Gateway) -> None:
    text, _ = await _page(public, PAGE, {})
    assert f'data-parent="{PARENT}"' in text
    assert "/static/frame.js" in text
    for other in ("https://evil.example", "*", 'https://x"><script>'):
        text, _ = await _page(public, f"/sign-in?frame=1&parent={other}", {})
        assert 'data-parent=""' in text
    text, _ = await _page(public, f"/sign-in?parent={PARENT}", {})
    assert 'data-parent=""' in text
    assert "frame.js" not in text


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (PAGE, {}),
        (PAGE, FROM_A_FRAME | {"Sec-Fetch-Site": "same-site"}),
        (PAGE, FROM_A_FRAME | {"Sec-Fetch-Dest": "document"}),
        (PAGE, FROM_A_FRAME | {"Sec-Fetch-Dest": "image"}),
        ("/sign-in?frame=1&parent=https://evil.example", FROM_A_FRAME),
        (f"/sign-in?parent={PARENT}", FROM_A_FRAME),
        ("/sign-in", FROM_A_FRAME),
    ],
)
async def test_only_a_frame_of_an_allowed_parent_on_another_site_is_remembered(
    public: Gateway, path: str, headers: dict[str, str]
) -> None:
    assert FRAMED not in (await _page(public, path, headers))[1]
    assert FRAMED in (await _page(public, PAGE, FROM_A_FRAME))[1]


async def test_without_tls_no_cookie_reaches_another_site(tmp_path: Path) -> None:
    async with run_gateway(tmp_path, ScriptedBot(), frame_ancestors=PARENT) as gateway:
        _, cookies = await _page(gateway, PAGE, FROM_A_FRAME)
    assert not cookies


async def _signed_in(gateway: Gateway, cookies: dict[str, str]) -> str:
    """The session's cookie as it is sent: a client leaves out what it does not know."""
    token = await make_link(gateway.desk, gateway.people.therapist)
    async with (
        ClientSession(gateway.address) as http,
        http.post("/api/sign-in", json={"token": token}, headers=INSIDE, cookies=cookies) as answer,
    ):
        assert answer.status == 200, await answer.text()
        [sent] = answer.headers.getall("Set-Cookie")
        return sent


async def _in_a_frame(gateway: Gateway) -> dict[str, str]:
    """The cookies of somebody who signed in in a frame."""
    sent = await _signed_in(gateway, {FRAMED: "yes"})
    return {FRAMED: "yes", SESSION: sent.partition("=")[2].partition(";")[0]}


async def test_a_session_is_strict_but_in_such_a_frame(public: Gateway) -> None:
    usual = await _signed_in(public, {})
    framed = await _signed_in(public, {FRAMED: "yes"})
    assert "SameSite=Strict" in usual
    assert "Partitioned" not in usual
    assert "SameSite=None; Partitioned" in framed
    assert {"Secure", "HttpOnly", "Path=/"} <= set(framed.split("; "))


async def test_the_page_around_may_neither_read_nor_change_with_the_frames_cookies(
    public: Gateway,
) -> None:
    cookies = await _in_a_frame(public)
    reflection = await start(public.desk, public.people.therapist)
    host = {"Host": "ballast.clinic.example"}
    socket = f"/api/reflections/{reflection}/socket"
    async with ClientSession(public.address, cookies=cookies) as http:
        for method, path, good in (
            ("GET", "/api/me", 200),
            ("GET", f"/reflections/{reflection}", 200),
            ("POST", "/api/reflections", 201),
        ):
            for told in (
                {"Sec-Fetch-Site": "cross-site"},
                {"Sec-Fetch-Site": "same-site"},
                {"Sec-Fetch-Site": "cross-site", "Origin": PARENT},
                {"Origin": PARENT},
                {},
            ):
                async with http.request(method, path, headers=host | told) as response:
                    assert response.status == 403, (method, path, told)
            async with http.request(method, path, headers=INSIDE) as response:
                assert response.status == good
        for path in ("/", PAGE, "/embed.js"):
            outside = host | FROM_A_FRAME
            async with http.get(path, headers=outside) as response:
                assert response.status == 200
        with pytest.raises(WSServerHandshakeError):
            await http.ws_connect(socket, headers=host | {"Origin": PARENT})
        # A browser names the origin of a socket, and not every one names its site.
        async with http.ws_connect(socket, headers=host | {"Origin": PUBLIC}) as line:
            assert (await line.receive_json(timeout=10))["type"] == "history"


async def test_signing_out_in_the_frame_takes_the_frames_cookie(public: Gateway) -> None:
    async with (
        ClientSession(public.address, cookies=await _in_a_frame(public)) as http,
        http.post("/api/sign-out", headers=INSIDE) as response,
    ):
        [gone] = response.headers.getall("Set-Cookie")
    assert gone.startswith(f'{SESSION}=""; ')
    assert "Max-Age=0" in gone
    assert "SameSite=None; Partitioned" in gone
