"""The library as the actions use it: read once, at the first action."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from bot.moderation.steps import Step, read_steps
from bot.reflection.wording import Wording, read_wording
from bot.safety.contacts import Contacts, load_contacts
from bot.settings import Settings
from bot.themes.findings import Theme
from bot.themes.taxonomy import ThemeWords, read_taxonomy


@dataclass(frozen=True)
class Shelf:
    """Everything that the actions read from `data/library/`."""

    wording: Wording
    taxonomy: dict[Theme, ThemeWords]
    steps: dict[str, Step]


@cache
def shelf() -> Shelf:
    """Give the library; raises `LibraryError` when a file of it is broken."""
    folder = Settings().library
    return Shelf(
        wording=read_wording(folder),
        taxonomy=read_taxonomy(folder),
        steps={step.id: step for step in read_steps(folder)},
    )


@cache
def contacts_of(country: str) -> Contacts:
    """Give the contacts of `country`, a two-letter code."""
    return load_contacts(country, Settings().library / "safety" / "contacts")
