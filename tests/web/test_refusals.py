"""Whatever is sent, the answer is a refusal in a sentence and never a 500."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientSession

from tests.gateway import Gateway, People, start

DEEP = b"[" * 30_000
BODIES = {
    "no json": b"{",
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "not utf-8": b"\xff\xfe\xff",
    "nul": b"\x00",
    "a number of many digits": b'{"token": ' + b"9" * 5000 + b"}",
    "no token": b"{}",
    "a token that is a number": b'{"token": 7}',
    "a token that is a list": b'{"token": ["a"]}',
    "an empty token": b'{"token": ""}',
    "a token that is too long": json.dumps({"token": "a" * 201}).encode(),
    "deep": DEEP,
    "deep objects": b'{"a":' * 10_000,
    "half a character": b'{"token": "\\ud800"}',
}


def _cases() -> list[Any]:
    return [
        pytest.param(
            body,
            id=name,
        )
        for name, body in BODIES.items()
    ]


async def _refused(http: ClientSession, method: str, path: str, **sent: Any) -> int:
    async with http.request(method, path, **sent) as response:
        body = await response.json()
        assert 400 <= response.status < 500, (response.status, body)
        assert body["error"]
        assert body["text"]
        return response.status


@pytest.mark.parametrize("body", _cases())
async def test_a_bad_body_does_not_sign_in(standing: Gateway, body: bytes) -> None:
    await _refused(await standing.visitor(), "POST", "/api/sign-in", data=body)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"path": "sideways"}',
        b'{"path": 7}',
        b'{"path": null}',
        b'{"path": []}',
        b'{"path": {"full": 1}}',
        b'{"path": "FULL"}',
        pytest.param(DEEP, id="deep"),
    ],
)
async def test_a_bad_body_starts_no_reflection(
    standing: Gateway, people: People, body: bytes
) -> None:
    http = await standing.signed_in(people.therapist)
    await _refused(http, "POST", "/api/reflections", data=body)
    async with http.get("/api/reflections") as response:
        assert (await response.json())["reflections"] == []


@pytest.mark.parametrize("path", ["/api/sign-in", "/api/reflections"])
async def test_a_huge_body_is_too_large(standing: Gateway, people: People, path: str) -> None:
    http = await standing.signed_in(people.therapist)
    assert await _refused(http, "POST", path, data=b"a" * (64 * 1024 + 1)) == 413


@pytest.mark.parametrize(
    "an_id", ["x", "%00", "%FF", "..%2f..", "a" * 3000, "%ED%A0%80", "'--", "%F0%9F%8C%8A"]
)
async def test_an_id_of_nonsense_is_not_found(
    standing: Gateway, people: People, an_id: str
) -> None:
    http = await standing.signed_in(people.therapist)
    for rest in ("", "/summary", "/summary.md"):
        path = f"/api/reflections/{an_id}{rest}"
        assert await _refused(http, "GET", path) == 404


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "-1",
        "99999999999999999999",
        "1.5",
        *(pytest.param(odd) for odd in ("--5", "²")),
    ],
)
async def test_an_odd_after_gives_the_whole_history(
    standing: Gateway, people: People, after: str
) -> None:
    http = await standing.signed_in(people.therapist)
    reflection = await start(standing.desk, people.therapist)
    path = f"/api/reflections/{reflection}/socket?after={quote(after)}"
    async with http.ws_connect(path) as socket:
        history = await socket.receive_json(timeout=10)
    assert [turn["turn"] for turn in history["turns"]] == [0]


async def test_a_fault_of_ours_is_told_by_an_id_and_none_of_its_words(
    standing: Gateway, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise ValueError("the heron on the weir")

    monkeypatch.setattr("bot.web.chat.reflections.reflections.list_reflections", fails)
    http = await standing.signed_in(people.therapist)
    async with http.get("/api/reflections") as response:
        body = await response.json()
        text = await response.text()
    assert (response.status, body["error"]) == (500, "fault")
    assert len(body["id"]) == 32
    assert "heron" not in text


async def _raw(standing: Gateway, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(standing.server.host, standing.server.port)
    writer.write(sent)
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(65536), 10)
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(
            b"Cookie: ballast_session=\xff\xfe",
            id="cookie value",
        ),
        pytest.param(b"Cookie: \xff", id="cookie"),
        pytest.param(b"X-Long: " + b"a" * 20_000, id="long"),
    ],
)
async def test_an_odd_header_is_no_fault(standing: Gateway, line: bytes) -> None:
    head = b"GET /api/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    answer = await _raw(standing, head + line + b"\r\n\r\n")
    assert answer.split()[1][:1] == b"4", answer[:200]


@pytest.mark.parametrize(
    "lines",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 4\r\nContent-Length: 5\r\n",
        "Content-Length: +4\r\n",
        "Content-Length: -1\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Content-Length : 4\r\n",
    ],
)
async def test_a_request_with_two_lengths_is_refused(standing: Gateway, lines: str) -> None:
    """A proxy in front and we must never disagree on where a request ends."""
    head = f"POST /api/sign-in HTTP/1.1\r\nHost: {standing.server.host}\r\n{lines}\r\n"
    answer = await _raw(standing, head.encode() + b"0\r\n\r\nGET /api/me HTTP/1.1\r\n\r\n")
    assert answer.split()[1] == b"400"
    # One answer, and the line is closed before what may be a second request is read.
    assert answer.count(b"HTTP/1.") == 1
    assert b"signed_out" not in answer
