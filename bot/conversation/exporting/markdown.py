"""A paper as Markdown, in which nothing that somebody typed is markup.

Held against CommonMark with GitHub's additions. What is escaped only elsewhere stays as it is:
a file full of backslashes is hard to read as plain text.
"""

from __future__ import annotations

import re
from itertools import pairwise

from bot.conversation.exporting.paper import Block, Paper, Shape
from bot.conversation.hearing import writable

# As an entity rather than with a backslash: there are programs that know no backslash there.
_TAG, _ENTITY = re.compile("<"), re.compile(r"&(?=#?\w+;)")
# A link needs its first bracket, and an address that nobody marked up needs these characters.
_MARKS = re.compile(r"[\\`*_\[~|$^@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_BEGINNINGS = re.compile(r"(\d{1,9}[.)]|[#+=:>-])")
_SPACE_BEFORE = re.compile(r"^\s+")
_HARD_BREAK = "  "
_STAY_TOGETHER = {(Shape.ITEM, Shape.ITEM), (Shape.TEXT, Shape.QUOTE)}


def as_markdown(paper: Paper) -> str:
    """Give a paper as Markdown."""
    lines = [f"# {_in_line(paper.title)}"]
    if paper.blocks:
        lines += ["", *_lines(paper.blocks[0])]
    for before, block in pairwise(paper.blocks):
        is_together = (before.shape, block.shape) in _STAY_TOGETHER
        lines += ([] if is_together else [""]) + _lines(block)
    return "\n".join([*lines, ""])


def _lines(block: Block) -> list[str]:
    above = _in_line(block.strong)
    strong = f"**{above}**" if above else ""
    match block.shape:
        case Shape.HEADING:
            return [f"{'#' * block.level} {_in_line(block.text)}"]
        case Shape.NOTE:
            return [f"*{_in_line(block.text)}*"]
        case Shape.QUOTE:
            return [f"> {line}" if line else ">" for line in _as_typed(block.text)]
        case Shape.ITEM:
            texts = [_beside(strong, block.text), *(_as_typed(text) for text in block.under)]
            for lines in texts[:-1]:
                lines[-1] += _HARD_BREAK
            first, *others = [line for text in texts for line in text]
            return [f"- {first}", *(f"  {line}" if line else "" for line in others)]
        case Shape.TEXT:
            return _beside(strong, block.text)


def _beside(strong: str, text: str) -> list[str]:
    typed = _as_typed(text)
    return [f"{strong} {typed[0]}".rstrip(), *typed[1:]] if strong else typed


def _in_line(text: str) -> str:
    return " ".join(line.strip() for line in _as_typed(text)).strip()


def _as_typed(text: str) -> list[str]:
    """Give the lines of a text, each of which shows what was typed; at least one."""
    lines = [_escaped(line) for line in writable(text).splitlines()] or [""]
    return [
        line + _HARD_BREAK if line and following else line
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
    ]


def _escaped(line: str) -> str:
    line = line.rstrip()
    # Spaces at the beginning would make code of a line.
    line = _SPACE_BEFORE.sub(lambda found: "\u00a0" * len(found.group()), line)
    line = _TAG.sub("&lt;", _ENTITY.sub("&amp;", line))
    line = _MARKS.sub(lambda found: f"\\{found.group()}", line)
    begins = _BEGINNINGS.match(line)
    if begins:
        line = f"{line[: begins.end() - 1]}\\{line[begins.end() - 1 :]}"
    return line
