"""The protective headers stand on every answer, and only our own pages may act."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession, WSServerHandshakeError

from bot.conversation.accounts import make_link
from bot.web.middleware.headers import HEADERS
from tests.gateway import Gateway, People, start
from tests.web.test_refusals import _raw

FOREIGN = [
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


def _missing(headers: object) -> set[tuple[str, str]]:
    return set(HEADERS.items()) - set(headers.items())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/static/ballast.css", 200),
        ("GET", "/api/contacts", 401),
        ("GET", "/nowhere", 404),
        ("PUT", "/healthz", 404),
        ("POST", "/api/sign-in", 400),
    ],
)
async def test_they_stand_on_pages_and_errors(
    standing: Gateway, method: str, path: str, status: int
) -> None:
    http = await standing.visitor()
    async with http.request(method, path) as response:
        assert response.status == status
        missing = _missing(response.headers)
    # It holds nobody's words: a browser may keep it, and asks each time whether it still holds.
    is_kept = path.startswith("/static/")
    assert missing == ({("Cache-Control", "no-store")} if is_kept else set())


async def test_they_stand_on_redirects_faults_and_files(
    standing: Gateway, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor = await standing.signed_in(people.supervisor)
    async with supervisor.get("/", allow_redirects=False) as response:
        assert response.status == 303
        assert not _missing(response.headers)
    therapist = await standing.signed_in(people.therapist)
    reflection = await start(standing.desk, people.therapist)
    async with therapist.get(f"/api/reflections/{reflection}/summary.md") as response:
        assert response.headers["Content-Disposition"].startswith("attachment;")
        assert not _missing(response.headers)

    async def fails(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr("bot.web.chat.reflections.reflections.list_reflections", fails)
    async with therapist.get("/api/reflections") as response:
        assert response.status == 500
        assert not _missing(response.headers)


async def test_they_stand_on_sockets(standing: Gateway, people: People) -> None:
    http = await standing.signed_in(people.therapist)
    reflection = await start(standing.desk, people.therapist)
    async with http.ws_connect(f"/api/reflections/{reflection}/socket") as socket:
        assert not _missing(socket._response.headers)


async def test_what_is_no_http_is_refused_without_being_repeated(standing: Gateway) -> None:
    answer = await _raw(standing, b"the heron on the weir\r\n\r\n")
    assert answer.split()[1] == b"400"
    for name, value in HEADERS.items():
        assert f"{name}: {value}\r\n".encode() in answer
    assert b"heron" not in answer
    assert b"aiohttp" not in answer


async def test_pages_allow_no_script_from_elsewhere(standing: Gateway) -> None:
    http = await standing.visitor()
    async with http.get("/") as response:
        policy = response.headers["Content-Security-Policy"]
        page = await response.text()
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "<style" not in page
    assert ' style="' not in page
    assert page.count("<script") == page.count('<script type="module" src="/static/')


async def _act(http: ClientSession, headers: dict[str, str], token: str) -> int:
    async with http.post("/api/sign-in", json={"token": token}, headers=headers) as response:
        return response.status


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_a_foreign_page_may_not_act(
    standing: Gateway, people: People, headers: dict[str, str]
) -> None:
    token = await make_link(standing.desk, people.therapist)
    http = await standing.visitor()
    assert await _act(http, headers, token) == 403
    own = {"Origin": standing.address, "Sec-Fetch-Site": "same-origin"}
    assert await _act(http, own, token) == 200


@pytest.mark.parametrize(
    "method_and_path",
    [
        ("POST", "/api/reflections"),
        ("POST", "/api/sign-out"),
        ("DELETE", "/api/reflections/{id}"),
        ("POST", "/api/reflections/{id}/share"),
        ("DELETE", "/api/reflections/{id}/share"),
    ],
)
async def test_a_foreign_page_may_change_nothing(
    standing: Gateway, people: People, method_and_path: tuple[str, str]
) -> None:
    method, path = method_and_path
    http = await standing.signed_in(people.therapist)
    reflection = await start(standing.desk, people.therapist)
    path = path.format(id=reflection)
    async with http.request(method, path, headers=FOREIGN[0]) as response:
        assert response.status == 403
    async with http.request(method, path, headers={"Origin": standing.address}) as response:
        assert response.status < 300


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_a_foreign_page_may_open_no_socket(
    standing: Gateway, people: People, headers: dict[str, str]
) -> None:
    http = await standing.signed_in(people.therapist)
    reflection = await start(standing.desk, people.therapist)
    path = f"/api/reflections/{reflection}/socket"
    with pytest.raises(WSServerHandshakeError) as refused:
        await http.ws_connect(path, headers=headers)
    assert refused.value.status == 403
    async with http.ws_connect(path, headers={"Origin": standing.address}) as socket:
        assert (await socket.receive_json(timeout=10))["type"] == "history"


@pytest.mark.parametrize(
    "origin",
    [
        "//",
        "\\\\",
        "elsewhere",
        "http://[",
        "http://[x]/",
        "http://\u2100",
    ],
)
async def test_an_origin_that_is_no_address_is_foreign(standing: Gateway, origin: str) -> None:
    http = await standing.visitor()
    assert await _act(http, {"Origin": origin}, "any") == 403
