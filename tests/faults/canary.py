"""One word, typed into everything, is looked for in everything that a house leaves behind.

In plain, and as the usual encodings would hide it from a plain search.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from aiohttp import ClientSession

from tests.faults.outcome import Outcome
from tests.faults.wired import WiredHouse

WORD = "wagtailquartz"
# Of its own, since an id is kept in plain to know a message again: it may stand in the database,
# and nowhere else. Programs make it up, nobody types it.
ID_WORD = "mallardfelspar"


@dataclass(frozen=True, order=True)
class Hit:
    """Where a word stands, and in which clothes."""

    file: str
    written: str


def hits(word: str, places: Iterable[Path]) -> set[Hit]:
    """Look through files and folders; what is gone meanwhile is nowhere."""
    looked_for = _clothes(word)
    return {
        Hit(file.name, how)
        for file in _files(places)
        for how, raw in looked_for.items()
        if raw in _content(file)
    }


def places_of(house: WiredHouse) -> list[Path]:
    """Give everywhere a house could have left a word: its folder, and dumps beside its code."""
    from bot.settings import ROOT  # noqa: PLC0415

    return [house.var, house.temporary, *ROOT.glob("core*"), *Path("/tmp").glob("core*")]  # noqa: S108


def _clothes(word: str) -> dict[str, bytes]:
    raw = word.encode()
    # In base64 a word looks differently by where it begins; its middle is looked for.
    shifted = {
        f"base64, {shift}": base64.b64encode(b"\0" * shift + raw)[shift + 1 or None : -4]
        for shift in range(3)
    }
    return {
        "plain": raw,
        "upper": raw.upper(),
        "utf-16": word.encode("utf-16-le"),
        "hex": raw.hex().encode(),
        "hex, upper": raw.hex().upper().encode(),
        "reversed": raw[::-1],
        **shifted,
    }


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            yield from (file for file in place.rglob("*") if file.is_file())
        elif place.is_file():
            yield place


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


async def type_everywhere(http: ClientSession, word: str = WORD) -> list[str]:
    """Type the word into every field there is, and give whatever came back as an error.

    Every route of the document, each string of its body and its path in turn; and every field of
    the socket's frames.
    """
    async with http.get("/openapi.json") as response:
        document = await response.json()
    errors = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path in ("/api/sign-out", "/openapi.json") or method not in _METHODS:
                continue
            for address, body in _requests(path, _fields(document, operation), word):
                head = {"Origin": str(http._base_url).rstrip("/"), "X-Canary": word}
                raw = json.dumps(body).encode() if body is not None else None
                if raw:
                    head["Content-Type"] = "application/json"
                async with http.request(
                    method.upper(), address, data=raw, headers=head, allow_redirects=False
                ) as response:
                    if response.status >= 400:
                        errors.append(
                            f"{response.status} {await response.text()} {response.headers}"
                        )
    return errors


_METHODS = ("get", "post", "put", "delete", "patch")


def _fields(document: dict, operation: dict) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return list(schema.get("properties", {}))


def _requests(path: str, fields: list[str], word: str) -> Iterator[tuple[str, dict | None]]:
    parts = path.split("{")
    # Each place of the path with the word, the others with an id that nobody has.
    for at in range(len(parts) - 1) or [None]:
        address = parts[0]
        for number, part in enumerate(parts[1:]):
            name = quote(word) if number == at else uuid4().hex
            address += name + part.partition("}")[2]
        yield address, None
        yield f"{address}?after={word}&{word}={word}", None
        for field in fields:
            yield address, {field: word}
        yield address, dict.fromkeys([*fields, word], word)
        yield address, {word: [word, {word: word}]}


async def share_everywhere(http: ClientSession, reflection: str, word: str = WORD) -> None:
    """Share with the word in the note, so that it is kept; look at it; take it back."""
    path = f"/api/reflections/{reflection}/share"
    async with http.post(path, json={"scope": "whole", "note": f"Please read {word}."}) as response:
        assert response.status == 200, await response.text()
    async with http.get(path) as response:
        assert word in await response.text()
    async with http.get(f"/api/reflections/{reflection}/summary") as response:
        assert response.status == 200
    async with http.delete(path) as response:
        assert response.status == 204


async def say_everywhere(http: ClientSession, reflection: str, word: str = WORD) -> list[dict]:
    """Type the word into every field of the socket's frames; give what was answered."""
    frames = [
        {"type": "say", "id": uuid4().hex, "text": f"She said {word} and left."},
        {"type": "say", "id": uuid4().hex, "text": f"{word} " * 3000},
        {"type": "say", "id": uuid4().hex, "text": f"/{word}"},
        {"type": "say", "id": uuid4().hex, "text": f'/inform{{"plan": "{word}"}}'},
        {"type": "say", "id": uuid4().hex, "text": "Yes.", "choice": word},
        {"type": "say", "id": uuid4().hex, "text": f"He will hurt her tonight, {word}."},
        {"type": "say", "id": f"{ID_WORD}{uuid4().hex[:8]}", "text": "An id of our own."},
        {"type": word, "id": uuid4().hex, "text": word},
        {"type": "say", "id": uuid4().hex, "text": {word: word}},
        {"type": "say", "id": uuid4().hex, "text": word, word: word},
    ]
    answers = []
    async with http.ws_connect(f"/api/reflections/{reflection}/socket?after={word}") as socket:
        await socket.receive_json(timeout=20)
        for frame in frames:
            await socket.send_json(frame)
        await socket.send_str(f"{{{word}")
        await socket.send_str(f'"{word}"')
        seen = 0
        while seen < len(frames) + 2:
            answer = await socket.receive_json(timeout=60)
            answers.append(answer)
            seen += answer["type"] in ("kept", "refused")
    return answers


def judge(outcome: Outcome, found: set[Hit], meant_to_hold: set[str] = frozenset()) -> None:
    """Note every hit in a file that is not meant to hold the word."""
    for hit in sorted(found):
        outcome.expect(hit.file in meant_to_hold, f"the word stands in {hit.file}, {hit.written}")
