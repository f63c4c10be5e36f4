"""How themes and subthemes are called when a therapist sees them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot import library
from bot.themes.findings import Theme


@dataclass(frozen=True)
class ThemeWords:
    """A theme's name as shown, what it is about, and the names of its subthemes."""

    __pydantic_config__ = library.STRICT

    name: str
    about: str
    subthemes: dict[str, str]


def read_taxonomy(folder: Path = library.LIBRARY) -> dict[Theme, ThemeWords]:
    """Give the words for every theme; raises `LibraryError` when one is missing."""
    path = folder / "themes.yml"
    taxonomy = library.read(path, dict[Theme, ThemeWords])
    missing = set(Theme) - set(taxonomy)
    if missing:
        raise library.LibraryError(f"data/library/themes.yml: no entry for {min(missing)}.")
    return taxonomy
