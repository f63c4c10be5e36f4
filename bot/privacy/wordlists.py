"""The lists against which names and places are looked up, read once when first needed.

From `data/library/privacy/`, which a clinician may edit, and from Faker's lists of names
and places, Latin script only. No rule lives here.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from bot.library import LIBRARY, STRICT, LibraryError, read
from bot.privacy.words import key_of

PRIVACY = LIBRARY / "privacy"
WORDS_FILE = PRIVACY / "english_words.txt"
TOWNS_FILE = PRIVACY / "towns.txt"

# Locales whose names a therapist in one of the four countries may well meet.
NAME_LOCALES = tuple(
    "en_US en_GB en_IE en_NZ en_IN zu_ZA en_NG yo_NG ig_NG ha_NG en_KE en_PK tw_GH "
    "fr_DZ fr_FR nl_NL nl_BE es_MX es_ES pt_PT pt_BR tr_TR de_DE it_IT pl_PL ga_IE en sw vi_VN "
    "id_ID ro_RO cs_CZ hr_HR hu_HU sv_SE lt_LT uz_UZ az_AZ".split()
)
# Only these locales' given names count in lower case: the longer lists hold rare ones.
FAMILIAR_LOCALES = frozenset("en_US en_GB en_IE zu_ZA en_IN en_NG en_KE".split())

Phrases = dict[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True)
class NameLists:
    """What `names.yml` holds."""

    __pydantic_config__ = STRICT
    given: dict[str, list[str]]
    surnames: dict[str, list[str]]
    mostly_names: list[str]
    everyday: frozenset[str]
    word_names: list[str]


@dataclass(frozen=True)
class NotNameLists:
    """What `not_names.yml` holds."""

    __pydantic_config__ = STRICT
    roles: list[str]
    calendar: list[str]
    peoples_and_languages: list[str]
    therapy: list[str]
    authors: list[str]
    things: list[str]
    other_languages: list[str]
    months_or_names: list[str]
    regions: list[str]
    regions_or_names: list[str]
    people_or_regions: list[str]
    abbreviations: frozenset[str]
    figures: list[str]
    figures_or_names: list[str]
    play_words: frozenset[str]
    film_words: frozenset[str]
    public_people: list[str]
    authors_or_names: list[str]
    reading_words: frozenset[str]
    loanwords: list[str]


@dataclass(frozen=True)
class ThingLists:
    """What `things.yml` holds."""

    __pydantic_config__ = STRICT
    things: dict[str, list[str]]


@dataclass(frozen=True)
class Signs:
    """What `name_signs.yml` holds: words beside which a name stands."""

    __pydantic_config__ = STRICT
    titles: frozenset[str]
    addresses: frozenset[str]
    kin: frozenset[str]
    before: frozenset[str]
    acts: frozenset[str]
    helpers: frozenset[str]
    is_words: frozenset[str]
    states: frozenset[str]
    possessed: frozenset[str]
    not_initial_after: frozenset[str]
    particles: frozenset[str]
    openers: frozenset[str]
    modals: frozenset[str]
    idioms: frozenset[str]
    things_do: frozenset[str]
    has_words: frozenset[str]
    weak_states: frozenset[str]
    determiners: frozenset[str]
    told: frozenset[str]
    endearments: frozenset[str]
    addressed: frozenset[str]
    after_addressed: frozenset[str]
    speech: frozenset[str]
    families: frozenset[str]
    before_unknown_place: frozenset[str]
    verbs_too: frozenset[str]
    names_first: frozenset[str]
    person_verbs: frozenset[str]


@dataclass(frozen=True)
class PlaceLists:
    """What `places.yml` holds."""

    __pydantic_config__ = STRICT
    places: dict[str, list[str]]
    before_a_place: frozenset[str]
    school_words: frozenset[str]
    clinic_words: frozenset[str]
    generic: frozenset[str]
    house_words: frozenset[str]
    business_words: frozenset[str]
    called_by_name: frozenset[str]
    work_words: frozenset[str]
    court_words: frozenset[str]
    institutions: list[str]

    @cached_property
    def towns(self) -> frozenset[str]:
        """Give the listed places of one word."""
        return frozenset(key_of(each) for some in self.places.values() for each in some)


@dataclass(frozen=True)
class Names:
    """Every list that the rules for names ask, as keys."""

    english: frozenset[str]
    listed: frozenset[str]
    familiar: frozenset[str]
    given: frozenset[str]
    mostly: frozenset[str]
    sure_in_small_letters: frozenset[str]
    word_names: frozenset[str]
    roles: frozenset[str]
    never: frozenset[str]
    things: frozenset[str]
    never_phrases: Phrases
    regions_or_names: frozenset[str]
    people_or_regions: frozenset[str]
    abbreviations: frozenset[str]
    region_words: frozenset[str]
    surname_like: frozenset[str]
    surname_words: frozenset[str]
    months_or_names: frozenset[str]
    figures: Phrases
    figures_or_names: frozenset[str]
    play_words: frozenset[str]
    film_words: frozenset[str]
    authors: frozenset[str]
    authors_or_names: frozenset[str]
    reading_words: frozenset[str]
    loanwords: frozenset[str]


@cache
def signs() -> Signs:
    """Give the words beside which a name stands."""
    return read(PRIVACY / "name_signs.yml", Signs)


@cache
def place_lists() -> PlaceLists:
    """Give the file of places, schools' and clinics' words."""
    return read(PRIVACY / "places.yml", PlaceLists)


@cache
def place_phrases() -> Phrases:
    """Give the places below state level, by their first word."""
    listed = [place for places in place_lists().places.values() for place in places]
    listed += [*_lines(TOWNS_FILE), *place_lists().institutions]
    listed += _faker("address", "zu_ZA", "cities")
    # "Down", "Highland" and the like are counties that read as plain words.
    counties = _faker("address", "en_GB", "counties")
    listed += [county for county in counties if key_of(county) not in english_words()]
    return phrases(listed)


@cache
def english_words() -> frozenset[str]:
    """Give the frequent English words; the file says where they come from."""
    return frozenset(map(key_of, _lines(WORDS_FILE)))


@cache
def names() -> Names:
    """Give every list that the rules for names ask."""
    own = read(PRIVACY / "names.yml", NameLists)
    english = english_words()
    given = {_compact(name) for group in own.given.values() for name in group}
    surnames = {_compact(name) for group in own.surnames.values() for name in group}
    familiar = set(given)
    all_given = set(given)
    listed = given | surnames
    for locale in NAME_LOCALES:
        first = set(map(_compact, _faker("person", locale, "first")))
        surnames |= set(map(_compact, _faker("person", locale, "last")))
        listed |= first
        all_given |= first
        familiar |= first if locale in FAMILIAR_LOCALES else set()
    own_not = read(PRIVACY / "not_names.yml", NotNameLists)
    never = [*own_not.calendar, *own_not.peoples_and_languages, *own_not.therapy]
    never += [*own_not.authors, *own_not.things, *own_not.regions]
    never += own_not.other_languages
    never += [*own_not.figures, *own_not.public_people]
    things = read(PRIVACY / "things.yml", ThingLists).things
    listed_things = [*own_not.things, *(each for some in things.values() for each in some)]
    never += listed_things
    never += _faker("address", "en_US", "countries")
    regions = [*own_not.regions, *_faker("address", "en_US", "countries")]
    single = {_compact(entry) for entry in never if " " not in entry}
    either = frozenset(map(key_of, own_not.regions_or_names))
    surname_like = [*own_not.authors, *own_not.peoples_and_languages, *own_not.figures]
    surname_like += [*own_not.things, *own_not.public_people, *own_not.therapy]
    roles = frozenset(_compact(role) for role in own_not.roles if " " not in role)
    return Names(
        english=english,
        listed=frozenset(name for name in listed | surnames if len(name) > 1) - english,
        familiar=frozenset(name for name in familiar if len(name) > 2) - english,
        given=frozenset(name for name in all_given if len(name) > 4) - english,
        mostly=frozenset(map(key_of, own.mostly_names)),
        sure_in_small_letters=frozenset(map(key_of, own.mostly_names)) - own.everyday,
        word_names=frozenset(map(key_of, own.word_names)),
        roles=roles,
        never=frozenset(single) - either,
        things=frozenset(_compact(each) for each in listed_things if " " not in each),
        never_phrases=phrases(
            each for each in (*never, *own_not.roles) if key_of(each) not in either
        ),
        regions_or_names=either,
        people_or_regions=frozenset(map(key_of, own_not.people_or_regions)),
        abbreviations=own_not.abbreviations,
        region_words=frozenset(_compact(word) for each in regions for word in each.split()),
        surname_words=frozenset(surnames & english),
        months_or_names=frozenset(map(key_of, own_not.months_or_names)),
        surname_like=frozenset(map(_compact, surname_like)),
        figures=phrases(own_not.figures),
        figures_or_names=frozenset(map(key_of, own_not.figures_or_names)),
        play_words=own_not.play_words,
        film_words=own_not.film_words,
        authors=frozenset(map(key_of, [*own_not.authors, *own_not.authors_or_names])),
        authors_or_names=frozenset(map(key_of, own_not.authors_or_names)),
        reading_words=own_not.reading_words,
        loanwords=frozenset(map(key_of, own_not.loanwords)),
    )


def phrases(entries: Iterable[str]) -> Phrases:
    """Order phrases by their first word, the longest first, each as a tuple of keys."""
    by_first: dict[str, set[tuple[str, ...]]] = {}
    for entry in entries:
        parts = tuple(_compact(part) for part in entry.split())
        by_first.setdefault(parts[0], set()).add(parts)
    return {first: tuple(sorted(some, key=len, reverse=True)) for first, some in by_first.items()}


def _lines(file: Path) -> list[str]:
    """Give the lines of a list, remarks left out."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        raise LibraryError(f"{file.name}: the file is missing.") from None
    return [line for line in lines if line and not line.startswith("#")]


def _compact(entry: str) -> str:
    """Give an entry's key without the ending that `split_words` parts from a word."""
    return key_of(entry).removesuffix("'s").rstrip(".")


def _faker(provider: str, locale: str, prefix: str) -> list[str]:
    """Give the entries of Faker's lists that begin with a prefix, Latin script only."""
    source: Any = importlib.import_module(f"faker.providers.{provider}.{locale}").Provider
    lists = [getattr(source, each) for each in dir(source) if each.startswith(prefix)]
    entries = (entry for some in lists if not callable(some) for entry in some)
    return list(_latin(entries))


def _latin(entries: Iterable[object]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, str) and entry and entry[0] < "\u0250" and "{" not in entry:
            yield entry
