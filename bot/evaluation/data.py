"""The texts on which the detectors are measured.

`data/nlu/` has what they learn from, in batches by who wrote them and when; `data/held_out/`
has what nobody trains or tunes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from bot import library
from bot.library import STRICT
from bot.safety.detector import Told
from bot.safety.kinds import Kind, Level
from bot.settings import ROOT
from bot.themes.detector import Labelled
from bot.themes.findings import Theme

NLU = ROOT / "data" / "nlu"
HELD_OUT = ROOT / "data" / "held_out"


@dataclass(frozen=True)
class Batch:
    """Where an example comes from: who wrote it and when, and the pair it is half of, if any."""

    name: str
    pair: str | None = None


@dataclass(frozen=True)
class HeldOutText:
    """A text with its `theme/subtheme` keys and the words that carry each theme."""

    __pydantic_config__ = STRICT

    text: str
    themes: tuple[str, ...]
    evidence: Mapping[Theme, tuple[str, ...]]
    source: str


@dataclass(frozen=True)
class Pair:
    """Two texts in nearly the same words, one with a theme and one without."""

    __pydantic_config__ = STRICT

    theme: Theme
    carries: str
    lacks: str
    why: str


@dataclass(frozen=True)
class DangerText:
    """A text that tells of danger; any of `kinds` is right."""

    __pydantic_config__ = STRICT

    text: str
    kinds: tuple[Kind, ...]
    level: Level
    how: str


@dataclass(frozen=True)
class SafeText:
    """A text that only sounds like danger."""

    __pydantic_config__ = STRICT

    text: str
    how: str
    at_most: str


@dataclass(frozen=True)
class NamedIn:
    """An identifier as it stands in a text."""

    __pydantic_config__ = STRICT

    text: str
    kind: str


@dataclass(frozen=True)
class IdentifyingText:
    """A text with the identifiers in it."""

    __pydantic_config__ = STRICT

    text: str
    identifiers: tuple[NamedIn, ...]


def theme_examples(folder: Path = NLU) -> list[tuple[Labelled, Batch]]:
    """Give the examples that carry theme labels."""
    return [
        (
            Labelled(text, frozenset(about["themes"]), about["batch"]),
            Batch(about["batch"], about.get("pair")),
        )
        for text, about in _examples(folder)
        if "themes" in about
    ]


def told_examples(folder: Path = NLU) -> list[tuple[Told, Batch]]:
    """Give the examples that tell of danger or only sound like it."""
    return [
        (Told.from_metadata(text, about["concern"]), Batch(about["batch"]))
        for text, about in _examples(folder)
        if "concern" in about
    ]


def steering_examples(folder: Path = NLU) -> list[Told]:
    """Give the examples of steering and small talk that tell of no danger."""
    blocks = [block for path in sorted(folder.glob("*.yml")) for block in _blocks(path)]
    told = [
        Told.from_intent(line.removeprefix("- "), block["intent"])
        for block in blocks
        for line in block["examples"].splitlines()
    ]
    return [each for each in told if each]


T = TypeVar("T")


def held_out(name: str, kind: type[T]) -> list[T]:
    """Read a file of `data/held_out/`, a `kind` a line."""
    adapter = TypeAdapter(kind)
    lines = (HELD_OUT / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [adapter.validate_json(line) for line in lines if line]


def _examples(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(folder.rglob("*.yml")):
        for block in _blocks(path):
            for example in block["examples"] if isinstance(block["examples"], list) else []:
                yield example["text"].strip(), example.get("metadata", {})


def _blocks(path: Path) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = library.read(path, dict[str, Any])["nlu"]
    return blocks
