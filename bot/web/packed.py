"""The files that pages are made of: compressed once, kept in memory.

The scripts come bundled out of `built/`, which `make scripts` writes; styles, pictures, sentences
and the script that waits for no other are made small here.

A file is looked up by its name, so that no path from outside ever reaches the disk. Each
encoding has a strong ETag of its own: a browser with an old copy asks, and is answered 304.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from aiohttp import web

from bot.web.minified import minified

STATIC = Path(__file__).parent / "chat" / "static"
BUILT = Path(__file__).parent / "chat" / "built"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_IMPORT = re.compile(r'(?:import|from)"\./([\w.-]+)"')
# The one import at the start whose name depends on the language: see wording.js.
_WORDS = re.compile(r"await import\(`\./(\w+)\.\$\{\w+\}\.js`\)")
_DIGEST_LENGTH = 32
# A page is made for each request, and must not take longer to make small than to send.
_PAGE_QUALITY = 5


@dataclass(frozen=True)
class PackedFile:
    """One file as it is sent, by encoding; `identity` is the one that everybody takes."""

    content_type: str
    bodies: Mapping[str, bytes]
    digest: str

    def answer(self, request: web.Request) -> web.Response:
        """Give the file as this browser takes it, or say that its copy still holds."""
        encoding = _encoding_for(request, self.bodies)
        tag = f"{self.digest}-{encoding}"
        headers = {"ETag": f'"{tag}"', "Vary": "Accept-Encoding"}
        if any(known.value in (tag, "*") for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        if encoding != "identity":
            headers["Content-Encoding"] = encoding
        return web.Response(
            body=self.bodies[encoding],
            content_type=self.content_type,
            charset="utf-8",
            headers=headers,
        )


def pack(text: str, content_type: str) -> PackedFile:
    """Compress a text that is small already."""
    plain = text.encode()
    bodies = {
        "br": brotli.compress(plain, quality=11),
        "gzip": gzip.compress(plain, mtime=0),
        "identity": plain,
    }
    return PackedFile(content_type, bodies, hashlib.sha256(plain).hexdigest()[:_DIGEST_LENGTH])


@cache
def packed_files() -> Mapping[str, PackedFile]:
    """Give the files by name. The first call takes a second and is best made early."""
    return {path.name: pack(_small(path), _TYPES[path.suffix]) for path in served()}


def served() -> list[Path]:
    """Give every file that is served to whoever asks for its name."""
    found = [*STATIC.iterdir(), *BUILT.iterdir()]
    return sorted(path for path in found if path.suffix in _TYPES)


@cache
def modules_of(first: str, language: str) -> tuple[str, ...]:
    """Give every module that a page loads before it can be used, from its first one on.

    What is imported only when it is needed (`import()`) is not among them.
    """
    found: dict[str, None] = {}
    waiting = [first]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += _imported(name, language)
    return tuple(found)


def compressed(request: web.Request, page: web.Response) -> web.Response:
    """Compress a page that was made for this request.

    Only for pages that hold no secret: beside something a stranger may choose, a secret's
    letters can be told from how well they are compressed.
    """
    page.headers["Vary"] = "Accept-Encoding"
    if _encoding_for(request, ("br", "identity")) == "br" and isinstance(page.body, bytes):
        page.body = brotli.compress(page.body, quality=_PAGE_QUALITY)
        page.headers["Content-Encoding"] = "br"
    return page


def _small(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    return text if path.parent == BUILT else minified(path.name, text)


def _imported(name: str, language: str) -> list[str]:
    path = BUILT / name
    # What is not bundled imports nothing.
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [*_IMPORT.findall(text), *(f"{words}.{language}.js" for words in _WORDS.findall(text))]


def _encoding_for(request: web.Request, there: Iterable[str]) -> str:
    """Give the first of the encodings there are that the browser says it takes."""
    told = request.headers.get("Accept-Encoding", "").lower().replace(" ", "")
    refused = (";q=0", ";q=0.0", ";q=0.00", ";q=0.000")
    taken = {one.partition(";")[0] for one in told.split(",") if not one.endswith(refused)}
    return next((one for one in there if one in taken), "identity")
