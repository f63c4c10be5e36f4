"""The signs of danger, read from `data/library/safety/signs.yml` and compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.library import LIBRARY, STRICT, LibraryError, read
from bot.safety.kinds import Kind, Level
from bot.safety.matching import Part
from bot.safety.patterns import PatternError, compile_group, compile_pattern
from bot.safety.words import Spelling

_NEGATIVE = frozenset({"not", "no", "never", "nothing", "nobody", "without"})

SIGNS = LIBRARY / "safety" / "signs.yml"


class Scope(StrEnum):
    """Where a modifier must stand to bear on the words that raised a sign."""

    INSIDE = "inside"
    AHEAD = "ahead"
    BEFORE = "before"
    CLAUSE = "clause"
    EARLIER = "earlier"
    SENTENCE = "sentence"
    NEAR = "near"


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


@dataclass(frozen=True)
class NearMisses:
    """Words that are known with one letter wrong, and real words that only look like it."""

    __pydantic_config__ = STRICT

    words: tuple[str, ...]
    but_not: tuple[str, ...]


@dataclass(frozen=True)
class SignsFile:
    """The whole of signs.yml."""

    __pydantic_config__ = STRICT

    spellings: dict[str, str]
    near_misses: NearMisses
    clause_words: tuple[str, ...]
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
    """A pattern that can be looked for; `negative` when it holds a "not" of its own."""

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


@dataclass(frozen=True)
class Signs:
    """All signs, ready to be looked for. Holds no text of anybody's."""

    spelling: Spelling
    clause_words: frozenset[str]
    signs: tuple[CompiledSign, ...]


def load_signs(path: Path = SIGNS) -> Signs:
    """Read and compile the signs. Raises `LibraryError` naming what is wrong."""
    content = read(path, SignsFile)
    try:
        return compile_signs(content)
    except PatternError as error:
        raise LibraryError(f"{path.name}: {error}.") from None


def compile_signs(content: SignsFile) -> Signs:
    """Compile the signs; raises `PatternError` when a pattern or a name is wrong."""
    groups: dict[str, Part] = {}
    negative = set(_NEGATIVE)
    for name, phrases in content.groups.items():
        groups[name] = compile_group(phrases, groups)
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
        Spelling(content.spellings, content.near_misses.words, content.near_misses.but_not),
        frozenset(content.clause_words),
        tuple(_compile_sign(sign, groups, modifiers, negative) for sign in content.signs),
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
