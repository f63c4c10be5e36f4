"""A paper as a PDF, made in a process of its own (docs/decisions/0017).

That process can be ended when it takes too long, gives its memory back, and cannot take the
gateway with it. The words go through pipes and never lie in a file.
"""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from bot.conversation.exporting.paper import Block, Paper, Shape
from bot.conversation.hearing import writable
from bot.conversation.refused import Refused

_PROGRAM = Path(__file__).with_name("typeset.py")
_SECONDS = 20
# One core stays free for those who talk.
_AT_ONCE, _MOST_WAITING = 1, 8
# In characters, of which a line counts as many as it takes room: some 400 pages.
_LARGEST, _A_LINE = 2_000_000, 60
# What no page is wide enough for may be broken here.
_LONG_WORD = re.compile(r"\S{60}(?=\S)")
_BREAK = "\u200b"
# Marks upon one letter: a word has two or three, a joke has thousands.
_MOST_MARKS = 8


class CannotTypeset(Refused):
    """No PDF was made; `notice` names the sentence that says why."""


class Typesetting:
    """Makes PDFs, one at a time, with a bound on how many wait."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def as_pdf(self, paper: Paper) -> bytes:
        """Give a paper as a tagged PDF. Raises `CannotTypeset`."""
        if self._waiting >= _MOST_WAITING:
            raise CannotTypeset("busy")
        self._waiting += 1
        try:
            async with self._turn:
                return await asyncio.to_thread(_typeset, paper)
        finally:
            self._waiting -= 1


def _typeset(paper: Paper) -> bytes:
    if _size(paper) > _LARGEST:
        raise CannotTypeset("export_long")
    data = {"title": paper.title, "blocks": list(_blocks(paper.blocks))}
    try:
        made = subprocess.run(  # noqa: S603 - our own program, with nothing of anybody's in its line
            [sys.executable, "-I", str(_PROGRAM)],
            input=json.dumps(data).encode(),
            stdout=subprocess.PIPE,
            # What a fault says may hold words.
            stderr=subprocess.DEVNULL,
            # No keys: it opens nothing.
            env={},
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CannotTypeset("export_long") from None
    if made.returncode or not made.stdout:
        raise CannotTypeset("export_failed")
    return made.stdout


def _size(paper: Paper) -> int:
    texts = [text for block in paper.blocks for text in (block.text, block.strong, *block.under)]
    return sum(len(text) + _A_LINE * (1 + len(text.splitlines())) for text in texts if text)


def _blocks(blocks: Sequence[Block]) -> Iterator[dict[str, Any]]:
    """Give blocks as the template takes them, with the items of a list together."""
    for is_list, run in groupby(blocks, key=lambda block: block.shape is Shape.ITEM):
        if is_list:
            yield {"shape": "list", "items": [_block(block) for block in run]}
        else:
            yield from map(_block, run)


def _block(block: Block) -> dict[str, Any]:
    return {
        "shape": block.shape,
        "level": block.level,
        "strong": " ".join(_lines(block.strong)),
        "lines": _lines(block.text),
        "under": [_lines(text) for text in block.under],
    }


def _lines(text: str) -> list[str]:
    return [_LONG_WORD.sub(rf"\g<0>{_BREAK}", line) for line in _calm(writable(text)).splitlines()]


def _calm(text: str) -> str:
    if text.isascii():
        return text
    found: list[str] = []
    marks = 0
    for sign in text:
        marks = marks + 1 if unicodedata.category(sign)[0] == "M" else 0
        if marks <= _MOST_MARKS:
            found.append(sign)
    return "".join(found)
