"""The library of groundings, `data/library/groundings.yml`: a moment to settle, at any time.

They are offered and read; nothing is asked, answered or kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from annotated_types import Gt, Le, Len

from bot import library
from bot.moderation.steps import Review, Source, Support

Seconds = Annotated[int, Gt(0), Le(10)]


@dataclass(frozen=True)
class Breath:
    """How long a breath goes in and out."""

    __pydantic_config__ = library.STRICT

    in_seconds: Seconds
    out_seconds: Seconds


@dataclass(frozen=True)
class Grounding:
    """A short way to settle, in a few lines."""

    __pydantic_config__ = library.STRICT

    id: str
    name: str
    lines: Annotated[list[str], Len(1, 4)]
    sources: Annotated[list[Source], Len(min_length=1)]
    support: Support
    review: Review
    breath: Breath | None = None


def read_groundings(folder: Path = library.LIBRARY) -> tuple[Grounding, ...]:
    """Read the groundings in their order; raises `LibraryError` when two share an id."""
    groundings = library.read(folder / "groundings.yml", list[Grounding])
    if len({one.id for one in groundings}) < len(groundings):
        raise library.LibraryError("data/library/groundings.yml: two groundings share an id.")
    return tuple(groundings)
