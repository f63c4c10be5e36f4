"""Find a pattern in a message, at all its places at once.

There is no backtracking: a pattern is walked once, with all places of the message held
in one integer, so that no text whatever can make it slow. How patterns are written is in
`patterns.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol

from bot.safety.words import Words


class Part(Protocol):
    """A piece of a pattern. Places lie before words: 0 is before the first one."""

    def forward(self, places: int, words: Words) -> int:
        """Give where this part may end if it starts at `places`."""

    def backward(self, places: int, words: Words) -> int:
        """Give where this part may start if it ends at `places`."""

    def occurs(self, words: Words) -> bool:
        """Say whether the words that this part cannot do without are in the message."""

    @property
    def needs_one_of(self) -> frozenset[str] | None:
        """Give words of which it cannot do without one; None where it can do without any.

        By these the few patterns are found that a message may hold, out of hundreds.
        """


class _WithoutWords:
    """What parts have in common that need no word of their own."""

    needs_one_of: ClassVar[None] = None

    def occurs(self, words: Words) -> bool:
        """Say yes."""
        return True


@dataclass(frozen=True, eq=False)
class Phrases:
    """One of many fixed phrases, sorted by their number of words."""

    by_length: Mapping[int, frozenset[tuple[str, ...]]]

    def forward(self, places: int, words: Words) -> int:
        """Give where this part may end if it starts at `places`."""
        return _any_of((places & self._starts(n, words)) << n for n in self.by_length)

    def backward(self, places: int, words: Words) -> int:
        """Give where this part may start if it ends at `places`."""
        return _any_of((places >> n) & self._starts(n, words) for n in self.by_length)

    def occurs(self, words: Words) -> bool:
        """Say whether one of the phrases may be in the message: it knows a first word."""
        return not self.needs_one_of.isdisjoint(words.known)

    @cached_property
    def needs_one_of(self) -> frozenset[str]:
        """Give the first words of the phrases."""
        return frozenset(first for by_first in self._by_first.values() for first in by_first)

    @cached_property
    def _by_first(self) -> Mapping[int, Mapping[str, tuple[tuple[str, ...], ...]]]:
        return {
            length: {
                first: tuple(phrase for phrase in phrases if phrase[0] == first)
                for first in {phrase[0] for phrase in phrases}
            }
            for length, phrases in self.by_length.items()
        }

    def _starts(self, length: int, words: Words) -> int:
        key = (id(self), length)
        if key not in words.found:
            by_first = self._by_first[length]
            firsts = by_first.keys() & words.known
            words.found[key] = _any_of(
                _phrase_starts(phrase, words) for first in firsts for phrase in by_first[first]
            )
        return words.found[key]


@dataclass(frozen=True, eq=False)
class Choice:
    """Any one of several parts."""

    parts: tuple[Part, ...]

    def forward(self, places: int, words: Words) -> int:
        """Give where this part may end if it starts at `places`."""
        return _any_of(part.forward(places, words) for part in self._present(words))

    def backward(self, places: int, words: Words) -> int:
        """Give where this part may start if it ends at `places`."""
        return _any_of(part.backward(places, words) for part in self._present(words))

    def occurs(self, words: Words) -> bool:
        """Say whether any of the parts may be in the message."""
        return self._which(words) != 0

    @cached_property
    def needs_one_of(self) -> frozenset[str] | None:
        """Give the words of all its parts, where each needs some."""
        each = [part.needs_one_of for part in self.parts]
        return None if None in each else frozenset().union(*filter(None, each))

    def _which(self, words: Words) -> int:
        key = ("parts", id(self))
        if key not in words.found:
            words.found[key] = sum(
                1 << place for place, part in enumerate(self.parts) if part.occurs(words)
            )
        return words.found[key]

    def _present(self, words: Words) -> Iterator[Part]:
        left = self._which(words)
        while left:
            yield self.parts[(left & -left).bit_length() - 1]
            left &= left - 1


@dataclass(frozen=True, eq=False)
class InOrder:
    """Parts that follow each other."""

    parts: tuple[Part, ...]

    def forward(self, places: int, words: Words) -> int:
        """Give where this part may end if it starts at `places`."""
        for part in self.parts:
            if not places:
                break
            places = part.forward(places, words)
        return places

    def backward(self, places: int, words: Words) -> int:
        """Give where this part may start if it ends at `places`."""
        for part in reversed(self.parts):
            if not places:
                break
            places = part.backward(places, words)
        return places

    def occurs(self, words: Words) -> bool:
        """Say whether all of the parts may be in the message."""
        return all(part.occurs(words) for part in self._needed)

    @cached_property
    def needs_one_of(self) -> frozenset[str] | None:
        """Give the words that the part needs which occurs least: its shortest word is longest."""
        needed = [words for part in self.parts if (words := part.needs_one_of) is not None]
        return max(needed, key=lambda words: (min(map(len, words)), -len(words)), default=None)

    @cached_property
    def _needed(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.needs_one_of is not None)


@dataclass(frozen=True, eq=False)
class Optional(_WithoutWords):
    """A part that may be absent."""

    part: Part

    def forward(self, places: int, words: Words) -> int:
        """Give where this part may end if it starts at `places`."""
        return places | self.part.forward(places, words)

    def backward(self, places: int, words: Words) -> int:
        """Give where this part may start if it ends at `places`."""
        return places | self.part.backward(places, words)


@dataclass(frozen=True, eq=False)
class Gap(_WithoutWords):
    """Up to so many words of any kind, never across a sentence."""

    longest: int
    within_clause: bool

    def forward(self, places: int, words: Words) -> int:
        """Give where this part may end if it starts at `places`."""
        open_to = ~words.stops
        if self.within_clause:
            open_to &= ~words.clause_starts
            places &= ~words.clause_starts
        reached = places
        for _ in range(self.longest):
            reached |= (reached & open_to) << 1
        return reached & ~words.clause_starts if self.within_clause else reached

    def backward(self, places: int, words: Words) -> int:
        """Give where this part may start if it ends at `places`."""
        open_to = ~words.stops
        if self.within_clause:
            open_to &= ~words.clause_starts
            places &= ~words.clause_starts
        reached = places
        for _ in range(self.longest):
            reached |= (reached >> 1) & open_to
        return reached & ~words.clause_starts if self.within_clause else reached


@dataclass(frozen=True, eq=False)
class Edge(_WithoutWords):
    """The start of a sentence, or the end of a clause or sentence. Takes no word."""

    start: bool

    def forward(self, places: int, words: Words) -> int:
        """Give where this part may end if it starts at `places`."""
        return places & (words.stops << 1 if self.start else words.stops | words.clause_starts)

    backward = forward


@dataclass(frozen=True, eq=False)
class NotHere(_WithoutWords):
    """A place at which a part does not start. Takes no word."""

    part: Part

    def forward(self, places: int, words: Words) -> int:
        """Give where this part may end if it starts at `places`."""
        return places & ~self.part.backward((words.everywhere << 1) | 1, words)

    backward = forward


def _phrase_starts(phrase: tuple[str, ...], words: Words) -> int:
    found = words.everywhere
    for place, word in enumerate(phrase):
        found &= _places_of(word, words) >> place
    return found


def _places_of(word: str, words: Words) -> int:
    if not word.endswith("*"):
        return words.where.get(word, 0)
    return words.beginnings.get(word[:-1], 0)


def _any_of(sets: Iterator[int]) -> int:
    together = 0
    for places in sets:
        together |= places
    return together
