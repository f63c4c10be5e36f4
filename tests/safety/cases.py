"""Reads the hand-written sentences beside this file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.library import STRICT, read
from bot.safety.concerns import find_concerns
from bot.safety.kinds import Kind, Level
from bot.safety.signs import Signs

NOTHING = 3


@dataclass(frozen=True)
class Danger:
    """A sentence that must raise one of `kinds`, at `level` or worse."""

    __pydantic_config__ = STRICT

    level: Level
    kinds: tuple[Kind, ...]
    text: str
    known_miss: bool = False


@dataclass(frozen=True)
class Safe:
    """A sentence that must raise nothing, or a check at the most."""

    __pydantic_config__ = STRICT

    at_most: str
    text: str


@dataclass(frozen=True)
class Cases:
    """One file of sentences."""

    __pydantic_config__ = STRICT

    danger: tuple[Danger, ...]
    safe: tuple[Safe, ...]


def load_cases(name: str) -> Cases:
    return read(Path(__file__).with_name(name), Cases)


def worst_rank(text: str, signs: Signs, kinds: tuple[Kind, ...] = tuple(Kind)) -> int:
    """Give the rank of the worst concern of these kinds, `NOTHING` when there is none."""
    found = find_concerns(text, signs)
    return min((c.level.rank for c in found if c.kind in kinds), default=NOTHING)
