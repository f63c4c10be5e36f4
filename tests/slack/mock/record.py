"""Every byte that the app ever sent, and what it broke by it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web


@dataclass(frozen=True)
class Violation:
    """Something the app did that Slack does not take."""

    where: str
    error: str
    sentence: str


@dataclass
class Record:
    """What came in, as it came and as it reads once JSON and forms are opened."""

    _pieces: list[bytes] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    def add(self, raw: bytes, opened: list[str]) -> None:
        """Take in what came, and the texts in it; JSON among them is opened further."""
        self._pieces.append(raw)
        for text in opened:
            self._pieces += [one.encode(errors="replace") for one in _strings(text)]

    def add_request(self, request: web.Request, raw: bytes) -> None:
        headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
        body = raw.decode(errors="replace")
        opened = [body]
        for query in (request.rel_url.raw_query_string, body):
            opened += [part for pair in parse_qsl(query, keep_blank_values=True) for part in pair]
        self.add(f"{request.method} {request.raw_path}\n{headers}\n".encode() + raw, opened)

    def everything(self) -> bytes:
        return b"\n".join(self._pieces)


def _strings(value: Any) -> Iterator[str]:
    """Give every text inside a value, the names of fields too."""
    if isinstance(value, str):
        yield value
        if value[:1] in ("{", "[", '"'):
            try:
                inner = json.loads(value)
            except ValueError:
                return
            yield from _strings(inner)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
