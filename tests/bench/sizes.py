"""How much a chat loads, ours and others' from npm: `make bench-widget`.

The others' packages are fetched with npm, and of each the browser bundle is taken that its own
documentation puts on a page; every file is compressed alike. Writes docs/quality/widget-size.md.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import brotli
from rich.console import Console
from rich.table import Table

from bot.settings import ROOT
from tests.bots import ScriptedBot
from tests.gateway import run_gateway
from tests.web.loaded import Loaded, everything, opening_a_conversation, the_script

PAGE = ROOT / "docs" / "quality" / "widget-size.md"
# Package -> the file that its documentation puts on a page.
OTHERS = {
    "rasa-webchat": "lib/index.js",
    "deep-chat": "dist/deepChat.bundle.js",
    "botframework-webchat": "dist/webchat.js",
}
# Named by its README, which npm does not know.
MISSING = "@rasahq/chat-widget-ui"


@dataclass(frozen=True)
class Size:
    """What one chat comes to, in bytes."""

    name: str
    version: str
    files: int
    plain: int
    gzip: int
    brotli: int


def of(name: str, version: str, bodies: Iterable[bytes]) -> Size:
    """Count files as they are sent: each compressed by itself."""
    bodies = list(bodies)
    return Size(
        name,
        version,
        len(bodies),
        sum(map(len, bodies)),
        sum(len(gzip.compress(body, mtime=0)) for body in bodies),
        sum(len(brotli.compress(body, quality=11)) for body in bodies),
    )


def of_package(npm: str, package: str, file: str) -> Size:
    """Fetch a package, and give the size of one of its files."""
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run(
            [npm, "pack", "--json", package], cwd=folder, check=True, capture_output=True
        )
        [packed] = json.loads(told.stdout)
        with tarfile.open(Path(folder) / packed["filename"]) as archive:
            found = archive.extractfile(f"package/{file}")
            assert found is not None
            return of(f"{package} (`{file}`)", packed["version"], [found.read()])


def is_on_npm(npm: str, package: str) -> bool:
    """Say whether a package can be installed."""
    told = subprocess.run([npm, "view", package, "version"], check=False, capture_output=True)
    return told.returncode == 0


async def ours() -> list[Size]:
    """Give what Ballast's own chat comes to, as a gateway serves it."""
    with tempfile.TemporaryDirectory() as folder:
        async with run_gateway(Path(folder), ScriptedBot()) as gateway:
            parts: list[tuple[str, list[Loaded]]] = [
                ("Ballast, the script on a page, before it is pressed", await the_script(gateway)),
                ("Ballast, opening a conversation", await opening_a_conversation(gateway)),
                ("Ballast, all of the chat", await everything(gateway)),
            ]
    return [of(name, "this one", [one.plain for one in loaded]) for name, loaded in parts]


def as_page(sizes: list[Size], *, is_missing: bool) -> str:
    """Give the page of the docs."""
    rows = "\n".join(
        f"| {one.name} | {one.version} | {one.files} | {_kb(one.plain)} | {_kb(one.gzip)} "
        f"| {_kb(one.brotli)} |"
        for one in sizes
    )
    missing = f"npm knows no `{MISSING}`, as the README of Rasa's own calls it.\n\n"
    return f"""# How much a chat loads

Measured by `make bench-widget` on {datetime.now(UTC):%-d %B %Y}, in one run; KB of 1024 bytes.

| chat | version | files | as it is | gzip | brotli |
|---|---|---|---|---|---|
{rows}

{missing if is_missing else ""}\
Of the others it is the file that their documentation puts on a page. What that file fetches
later, and the page around it, do not count for them; for Ballast the document, all styles and the
English sentences do. A part of a chat's size is what it can do: two of the others speak, draw cards
or talk to many services, which Ballast does not.

Opening a conversation, document, styles, sentences and scripts, may be 25 KB in brotli at most
(`tests/web/test_size.py`, which prints each file, and what comes later when it is needed).
"""


def _kb(size: int) -> str:
    return f"{size / 1024:.1f}"


def show(sizes: list[Size]) -> None:
    """Show the table."""
    table = Table("chat", "version", *("files", "as it is", "gzip", "brotli"))
    for one in sizes:
        figures = (_kb(one.plain), _kb(one.gzip), _kb(one.brotli))
        table.add_row(one.name, one.version, str(one.files), *figures)
    Console().print(table)


def main() -> None:
    """Measure, show and write down."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("There is no npm here.")
    sizes = asyncio.run(ours())
    sizes += [of_package(npm, package, file) for package, file in OTHERS.items()]
    sizes.sort(key=lambda one: one.brotli)
    show(sizes)
    PAGE.write_text(as_page(sizes, is_missing=not is_on_npm(npm, MISSING)), encoding="utf-8")


if __name__ == "__main__":
    main()
