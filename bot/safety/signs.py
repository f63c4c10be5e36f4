"""The signs of danger, read from `data/library/safety/signs/` and compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import chain, groupby
from pathlib import Path

from bot.library import LIBRARY, STRICT, LibraryError, read
from bot.safety.kinds import Kind, Level
from bot.safety.matching import Part
from bot.safety.patterns import PatternError, compile_group, compile_pattern
from bot.safety.spelling import Spelling
from bot.safety.words import NEGATIVES, Words

SIGNS = LIBRARY / "safety" / "signs"
# The dictionary by which names are told from words tells misspellings from words here.
_LANGUAGE = LIBRARY / "privacy" / "english_words.txt"


class Scope(StrEnum):
    """Where a modifier must stand to bear on the words that raised a sign."""

    INSIDE = "inside"
    AHEAD = "ahead"
    BEFORE = "before"
    CLAUSE = "clause"
    EARLIER = "earlier"
    SENTENCE = "sentence"
    NEAR = "near"
    NEAREST = "nearest"


@dataclass(frozen=True)
class Modifier:
    """A circumstance that changes what words mean: not, in the past, only joking."""

    __pydantic_config__ = STRICT

    scope: Scope
    any: tuple[str, ...]
    # A pattern that says "not" itself ("not safe at home") is not undone by that word.
    spares_negative: bool = False
    # Modifiers that undo this one: "used to" counts for nothing beside "still".
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sign:
    """Words that raise a concern, what must be with them, and what takes it back."""

    __pydantic_config__ = STRICT

    id: str
    kind: Kind
    level: Level
    any: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]
    needs: tuple[str, ...] = ()
    lowered_by: tuple[str, ...] = ()
    removed_by: tuple[str, ...] = ()
    # With one of these a concern is immediate.
    immediate_with: tuple[str, ...] = ()
    # Kinds that the same words raise as well: who is beaten at home is at risk there.
    also: tuple[Kind, ...] = ()


@dataclass(frozen=True)
class NearMisses:
    """Words that are known with one letter wrong, and real words that only look like it."""

    __pydantic_config__ = STRICT

    words: tuple[str, ...]
    but_not: tuple[str, ...]


@dataclass(frozen=True)
class HowWordsAreRead:
    """What words.yml holds."""

    __pydantic_config__ = STRICT

    spellings: dict[str, str]
    near_misses: NearMisses
    clause_words: tuple[str, ...]


@dataclass(frozen=True)
class WrittenSigns:
    """The whole folder, as it is written."""

    words: HowWordsAreRead
    groups: dict[str, tuple[str, ...]]
    modifiers: dict[str, Modifier]
    signs: tuple[Sign, ...]


@dataclass(frozen=True)
class CompiledModifier:
    """A modifier that can be looked for."""

    name: str
    scope: Scope
    part: Part
    spares_negative: bool
    unless: tuple[CompiledModifier, ...] = ()


@dataclass(frozen=True)
class CompiledPattern:
    """A pattern that can be looked for; `negative` when it may hold a "not" of its own."""

    part: Part
    negative: bool


@dataclass(frozen=True)
class CompiledSign:
    """A sign that can be looked for."""

    sign: Sign
    patterns: tuple[CompiledPattern, ...]
    needs: tuple[CompiledModifier, ...]
    lowered_by: tuple[CompiledModifier, ...]
    removed_by: tuple[CompiledModifier, ...]
    immediate_with: tuple[CompiledModifier, ...] = ()

    @property
    def worst(self) -> Level:
        """Give the worst level that this sign can raise."""
        return Level.IMMEDIATE if self.immediate_with else self.sign.level

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """Give the kinds that this sign raises, its own first."""
        return (self.sign.kind, *self.sign.also)


@dataclass(frozen=True)
class Signs:
    """All signs, ready to be looked for. Holds no text of anybody's."""

    spelling: Spelling
    clause_words: frozenset[str]
    signs: tuple[CompiledSign, ...]

    def possible(self, words: Words) -> Iterator[tuple[CompiledSign, list[CompiledPattern]]]:
        """Give the signs, each with its patterns, that know a word of a message."""
        near = self._with_word.keys() & words.known
        patterns = sorted({place for word in (*near, None) for place in self._with_word[word]})
        for at, places in groupby(patterns, key=lambda place: place[0]):
            yield self.signs[at], [self.signs[at].patterns[place] for _, place in places]

    @cached_property
    def _with_word(self) -> Mapping[str | None, list[tuple[int, int]]]:
        """Where the patterns stand that cannot do without a word; under None, those that can."""
        found: dict[str | None, list[tuple[int, int]]] = {None: []}
        for at, sign in enumerate(self.signs):
            for place, pattern in enumerate(sign.patterns):
                for word in pattern.part.needs_one_of or (None,):
                    found.setdefault(word, []).append((at, place))
        return found


def load_signs(folder: Path = SIGNS) -> Signs:
    """Read and compile the signs. Raises `LibraryError` naming what is wrong.

    It takes a second of the processor's time, so files that have not changed are read once.
    """
    written_at = (file.stat().st_mtime_ns for file in sorted(folder.glob("*.yml")))
    return _read_signs(folder, tuple(written_at))


@lru_cache(maxsize=2)
def _read_signs(folder: Path, written_at: tuple[int, ...]) -> Signs:
    signs: list[Sign] = []
    for kind in Kind:
        of_kind = read(folder / f"{kind.value}.yml", tuple[Sign, ...])
        if stray := [sign.id for sign in of_kind if sign.kind is not kind]:
            raise LibraryError(
                f"{kind.value}.yml: at {stray[0]}: kind: this is another kind's file."
            )
        signs += of_kind
    written = WrittenSigns(
        read(folder / "words.yml", HowWordsAreRead),
        read(folder / "groups.yml", dict[str, tuple[str, ...]]),
        read(folder / "modifiers.yml", dict[str, Modifier]),
        tuple(signs),
    )
    try:
        return compile_signs(written)
    except PatternError as error:
        raise LibraryError(f"{folder.name}: {error}.") from None


def compile_signs(content: WrittenSigns) -> Signs:
    """Compile the signs; raises `PatternError` when a pattern or a name is wrong."""
    groups: dict[str, Part] = {}
    for name, phrases in content.groups.items():
        groups[name] = compile_group(phrases, groups)
    negative = set(NEGATIVES)
    for name, phrases in content.groups.items():
        if any(_is_negative(phrase, negative) for phrase in phrases):
            negative.add(name)
    modifiers: dict[str, CompiledModifier] = {}
    for name, modifier in content.modifiers.items():
        modifiers[name] = CompiledModifier(
            name,
            modifier.scope,
            compile_group(modifier.any, groups),
            modifier.spares_negative,
            _named(modifier.unless, modifiers, name),
        )
    return Signs(
        _spelling(content),
        frozenset(content.words.clause_words),
        tuple(_compile_sign(sign, groups, modifiers, negative) for sign in content.signs),
    )


def _spelling(content: WrittenSigns) -> Spelling:
    """Know each longer word of the groups and signs when it is misspelled."""
    language = frozenset(_LANGUAGE.read_text(encoding="utf-8").split())
    patterns = [*chain(*content.groups.values()), *chain(*(sign.any for sign in content.signs))]
    words = content.words
    near = language.intersection(*[re.findall(r"[a-z]+", " ".join(patterns))])
    return Spelling(
        words.spellings,
        near.union(words.near_misses.words),
        words.near_misses.but_not,
        language.union(words.spellings),
    )


def _compile_sign(
    sign: Sign,
    groups: Mapping[str, Part],
    modifiers: Mapping[str, CompiledModifier],
    negative: set[str],
) -> CompiledSign:
    return CompiledSign(
        sign,
        tuple(
            CompiledPattern(compile_pattern(pattern, groups), _is_negative(pattern, negative))
            for pattern in sign.any
        ),
        _named(sign.needs, modifiers, sign.id),
        _named(sign.lowered_by, modifiers, sign.id),
        _named(sign.removed_by, modifiers, sign.id),
        _named(sign.immediate_with, modifiers, sign.id),
    )


def _named(
    names: Sequence[str], modifiers: Mapping[str, CompiledModifier], user: str
) -> tuple[CompiledModifier, ...]:
    unknown = set(names) - set(modifiers)
    if unknown:
        raise PatternError(f"{user} names no modifier known so far: {min(unknown)}")
    return tuple(modifiers[name] for name in names)


def _is_negative(pattern: str, negative: set[str]) -> bool:
    return not negative.isdisjoint(re.findall(r"\w+", pattern))
