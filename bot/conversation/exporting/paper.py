"""A paper: blocks of plain text in their order, whatever form they leave in.

Nothing in a text is markup. Whoever gives a paper a form (`markdown.py`, `pdf.py`) sees to it
that a reader sees every character as it was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

# Beneath the title, which is the first.
SECOND_LEVEL, THIRD_LEVEL = 2, 3


class Shape(StrEnum):
    """What a block is."""

    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"
    QUOTE = "quote"
    NOTE = "note"


@dataclass(frozen=True)
class Block:
    """One block: what is `strong` stands before its text, what is `under` an item belongs to it."""

    shape: Shape
    text: str = field(repr=False)
    strong: str = field(default="", repr=False)
    under: tuple[str, ...] = field(default=(), repr=False)
    level: int = SECOND_LEVEL


@dataclass(frozen=True)
class Paper:
    """A title, and what stands below it."""

    title: str
    blocks: Sequence[Block]


def heading(words: str, level: int = SECOND_LEVEL) -> Block:
    """Give a heading."""
    return Block(Shape.HEADING, words, level=level)


def paragraph(words: str, strong: str = "") -> Block:
    """Give a paragraph."""
    return Block(Shape.TEXT, words, strong)


def item(words: str, under: Iterable[str] = (), strong: str = "") -> Block:
    """Give an item of a list; those that follow each other are one list."""
    return Block(Shape.ITEM, words, strong, tuple(under))


def quote(words: str) -> Block:
    """Give words that somebody else said."""
    return Block(Shape.QUOTE, words)


def note(words: str) -> Block:
    """Give something said about the paper itself."""
    return Block(Shape.NOTE, words)


def section(name: str, words: str | None) -> list[Block]:
    """Give a heading with one text below it; nothing where there is no text."""
    return [heading(name), paragraph(words)] if words else []
