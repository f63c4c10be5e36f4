"""The static folder is served by name, and nothing outside it can be reached."""

from __future__ import annotations

import asyncio

import pytest

from bot.web.routes import STATIC
from tests.gateway import Gateway

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
SERVED = sorted(path for path in STATIC.iterdir() if path.is_file())


@pytest.mark.parametrize("path", SERVED, ids=lambda path: path.name)
async def test_every_file_is_served_as_what_it_is(standing: Gateway, path) -> None:
    http = await standing.visitor()
    async with http.get(f"/static/{path.name}") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].partition(";")[0] == TYPES[path.suffix]
        assert await response.read() == path.read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/static/../chat/pages.py",
        "/static/..%2fpages.py",
        "/static/%2e%2e%2fpages.py",
        "/static/%2e%2e/%2e%2e/%2e%2e/settings.py",
        "/static/..%5c..%5cpages.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/chat.js%00.py",
        "/static/",
        "/static/.",
        "/static/..",
        "/static/nothing.js",
        "/static/CHAT.JS",
    ],
)
async def test_nothing_outside_the_folder_is_reached(standing: Gateway, path: str) -> None:
    # By hand: a client would tidy the path up before it sends it.
    reader, writer = await asyncio.open_connection(standing.server.host, standing.server.port)
    request = f"GET {path} HTTP/1.1\r\nHost: {standing.server.host}\r\nConnection: close\r\n\r\n"
    writer.write(request.encode())
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    await writer.wait_closed()
    assert answer.split()[1] in (b"404", b"400"), answer[:200]
    assert b"root:" not in answer
    assert b"import" not in answer
