"""The languages that the chat's and the sign-in pages' own sentences are there in.

A language is there when its files are: nothing else lists them. What the assistant and the
server say is English; `docs/contributors/languages.md` says how another one is added.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from aiohttp import web

from bot.web.keys import DESK
from bot.web.packed import STATIC

ENGLISH = "en"
# By the script that each is usually written in.
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def languages(folder: Path = STATIC) -> frozenset[str]:
    """Give the languages that both files of sentences are there in."""
    return _of("words", folder) & _of("sign_in_words", folder)


def language_of(request: web.Request) -> dict[str, str]:
    """Give a page its `language` and `direction`: asked for in its address, or as set, or English.

    Only a language that is there is ever put into a page, so the address decides between
    names of ours and brings none of its own.
    """
    there = _ours()
    wanted = (request.query.get("language"), request.app[DESK].settings.language)
    language = next((one for one in wanted if one in there), ENGLISH)
    return {"language": language, "direction": direction(language)}


@cache
def _ours() -> frozenset[str]:
    # Once, as the files themselves are read once (`packed.py`).
    return languages()


def direction(language: str) -> str:
    """Give the direction in which a language is written, as HTML says it."""
    return "rtl" if language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def _of(kind: str, folder: Path) -> frozenset[str]:
    return frozenset(path.name.split(".")[1] for path in folder.glob(f"{kind}.*.js"))
