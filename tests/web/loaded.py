"""What a browser loads of the chat, fetched as a browser fetches it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import brotli

from bot.settings import ROOT
from bot.web.packed import BUILT, modules_of, served
from tests.gateway import Gateway

# Of other pages: signing in, and the console.
NOT_OF_THE_CHAT = re.compile(
    r"sign_in|your_|passkey|clinic_back|live\.js|console\.css|administration\.css"
)
LATER = re.compile(r"import\(`\./([\w.-]+)`\)")
# What the bundles are made of.
SCRIPTS = ROOT / "bot" / "web" / "chat" / "scripts"


@dataclass(frozen=True)
class Loaded:
    """One file: its bytes on the line, and what they are."""

    path: str
    sent: int
    plain: bytes


async def load(gateway: Gateway, *paths: str) -> list[Loaded]:
    http = await gateway.signed_in(gateway.people.therapist)
    found = []
    for path in paths:
        told = {"Accept-Encoding": "gzip, deflate, br"}
        async with http.get(path, headers=told, auto_decompress=False) as response:
            assert response.status == 200, path
            body = await response.read()
            assert response.headers["Content-Encoding"] == "br", path
            found.append(Loaded(path, len(body), brotli.decompress(body)))
    return found


async def opening_a_conversation(gateway: Gateway) -> list[Loaded]:
    """The document, its styles, and every module that is imported at the start."""
    [page] = await load(gateway, "/")
    text = page.plain.decode()
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', text)
    scripts = re.findall(r'<script (?:type="module" )?src="/static/([^"]+)"', text)
    modules = {name for script in scripts for name in modules_of(script, "en")}
    return [page, *await load(gateway, *styles, *(f"/static/{name}" for name in sorted(modules)))]


def part(name: str) -> str:
    """Give the file of a part that is loaded when it is needed; its name ends with its digest."""
    [path] = BUILT.glob(f"{name}-????????.js")
    return path.name


def needed_later() -> dict[str, tuple[str, ...]]:
    """Modules that are loaded when they are needed, each with all that it brings along."""
    names = {
        name
        for path in BUILT.glob("*.js")
        if not NOT_OF_THE_CHAT.search(path.name)
        for name in LATER.findall(path.read_text(encoding="utf-8"))
    }
    at_first = set(modules_of("chat.js", "en"))
    return {
        name: tuple(one for one in modules_of(name, "en") if one not in at_first)
        for name in sorted(names)
    }


async def everything(gateway: Gateway) -> list[Loaded]:
    """Every file of the chat, what only a frame needs included."""
    names = sorted(
        path.name
        for path in served()
        if path.suffix in (".js", ".css") and not NOT_OF_THE_CHAT.search(path.name)
    )
    names = [name for name in names if not re.match(r"words\.(?!en\.)", name)]
    paths = (f"/static/{name}" for name in names)
    return [*await load(gateway, "/", *paths), *await the_script(gateway)]


async def the_script(gateway: Gateway) -> list[Loaded]:
    """What the page around it loads."""
    return await load(gateway, "/embed.js")
