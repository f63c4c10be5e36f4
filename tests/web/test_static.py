"""The static folder is served by name, and nothing outside it can be reached."""

from __future__ import annotations

import asyncio
import gzip
import re

import brotli
import pytest
from multidict import CIMultiDictProxy

from bot.web.packed import modules_of, served
from tests.gateway import Gateway
from tests.web.loaded import part

TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@pytest.mark.parametrize("path", served(), ids=lambda path: path.name)
async def test_every_file_is_served_as_what_it_is(standing: Gateway, path) -> None:
    http = await standing.visitor()
    async with http.get(f"/static/{path.name}") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].partition(";")[0] == TYPES[path.suffix]
        assert response.headers["Cache-Control"] == "no-cache"
        assert 0 < len(await response.read()) <= path.stat().st_size


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


async def _raw(
    gateway: Gateway, path: str, **headers: str
) -> tuple[int, CIMultiDictProxy[str], bytes]:
    """One answer as it is sent, not unpacked by the client."""
    http = await gateway.visitor()
    async with http.get(path, headers=headers, auto_decompress=False) as response:
        return response.status, response.headers, await response.read()


OPENED = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.mark.parametrize("path", ["/static/chat.js", "/static/ballast.css", "/embed.js"])
async def test_a_browser_gets_the_smallest_encoding_that_it_takes(
    standing: Gateway, path: str
) -> None:
    _, _, plain = await _raw(standing, path, **{"Accept-Encoding": "identity"})
    for told, wanted in {
        "gzip, deflate, br, zstd": "br",
        "gzip;q=1.0, br;q=0": "gzip",
        "gzip": "gzip",
        "deflate": "",
        "": "",
    }.items():
        _, headers, body = await _raw(standing, path, **{"Accept-Encoding": told})
        assert headers.get("Content-Encoding", "") == wanted, told
        assert headers["Vary"] == "Accept-Encoding"
        assert OPENED.get(wanted, bytes)(body) == plain
        assert len(body) <= len(plain)


async def test_a_browser_that_has_it_already_is_sent_nothing(standing: Gateway) -> None:
    tags = set()
    for encoding in ("br", "gzip", "identity"):
        asked = {"Accept-Encoding": encoding}
        _, headers, _ = await _raw(standing, "/static/chat.js", **asked)
        tags.add(headers["ETag"])
        assert not headers["ETag"].startswith("W/")
        for known in (headers["ETag"], f'"another", {headers["ETag"]}', "*"):
            again = await _raw(standing, "/static/chat.js", **asked, **{"If-None-Match": known})
            assert (again[0], again[2]) == (304, b"")
            assert again[1]["ETag"] == headers["ETag"]
        for other in ('"another"', "nonsense", '"'):
            again = await _raw(standing, "/static/chat.js", **asked, **{"If-None-Match": other})
            assert again[0] == 200
    assert len(tags) == 3


async def test_a_page_names_every_module_that_it_loads_at_first(standing: Gateway) -> None:
    http = await standing.signed_in(standing.people.therapist)
    async with http.get("/") as response:
        page = await response.text()
    named = re.findall(r'<link rel="modulepreload" href="/static/([^"]+)">', page)
    assert named == list(modules_of("chat.js", "en"))
    assert {"chat.js", "words.en.js", part("shared")} <= set(named)
    assert not {part("list"), part("summary")} & set(named)


async def test_only_the_script_for_other_sites_may_be_loaded_by_them(standing: Gateway) -> None:
    _, script, _ = await _raw(standing, "/embed.js")
    _, other, _ = await _raw(standing, "/static/chat.js")
    assert script["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert other["Cross-Origin-Resource-Policy"] == "same-origin"
