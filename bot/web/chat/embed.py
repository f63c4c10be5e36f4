"""The script that another page shows the chat with, in one line: `/embed.js`.

It is one file, since the page around it need allow nothing but that one; so its sentences, in
every language they are written in, are put into it here.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from aiohttp import web

from bot.web.minified import minified
from bot.web.packed import PackedFile, pack, packed_files

_FOLDER = Path(__file__).parent / "embedding"
_BEGINNING = "export const WORDS = "


async def script(request: web.Request) -> web.Response:
    """Give the script that puts the chat on another page."""
    return packed_script().answer(request)


@cache
def packed_script() -> PackedFile:
    """Give the script with its sentences."""
    languages = ",".join(
        f'"{file.name.split(".")[1]}":{_sentences(file)}'
        for file in sorted(_FOLDER.glob("words.*.js"))
    )
    code = (_FOLDER / "embed.js").read_text(encoding="utf-8")
    # In a function, so that it leaves nothing behind in the page but its element.
    whole = f"(()=>{{const LANGUAGES={{{languages}}};\n{code}\n}})();"
    return pack(minified("embed.js", whole), "text/javascript")


def pack_all() -> None:
    """Make every file small and compress it, once, so that nobody waits for it later."""
    packed_files()
    packed_script()


def _sentences(file: Path) -> str:
    return file.read_text(encoding="utf-8").partition(_BEGINNING)[2].rstrip().removesuffix(";")
