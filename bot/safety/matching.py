"""Find a pattern in a message, at all its places at once.

There is no backtracking: a pattern is walked once, with all places of the message held
in one integer, so that no text whatever can make it slow. How patterns are written is in
`patterns.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.safety.words import Words


class Part(Protocol):
    """A piece of a pattern. Places lie before words: 0 is before the first one."""

    def forward(self, places: int, words: Words) -> int:
        """Give where this part may end if it starts at `places`."""

    def backward(self, places: int, words: Words) -> int:
        """Give where this part may start if it ends at `places`."""


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

    def _starts(self, length: int, words: Words) -> int:
        key = (id(self), length)
        if key not in words.found:
            words.found[key] = _any_of(
                _phrase_starts(phrase, words) for phrase in self.by_length[length]
            )
        return words.found[key]


@dataclass(frozen=True, eq=False)
class Choice:
    """Any one of several parts."""

    parts: tuple[Part, ...]

    def forward(self, places: int, words: Words) -> int:
        """Give where this part may end if it starts at `places`."""
        return _any_of(part.forward(places, words) for part in self.parts)

    def backward(self, places: int, words: Words) -> int:
        """Give where this part may start if it ends at `places`."""
        return _any_of(part.backward(places, words) for part in self.parts)


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


@dataclass(frozen=True, eq=False)
class Optional:
    """A part that may be absent."""

    part: Part

    def forward(self, places: int, words: Words) -> int:
        """Give where this part may end if it starts at `places`."""
        return places | self.part.forward(places, words)

    def backward(self, places: int, words: Words) -> int:
        """Give where this part may start if it ends at `places`."""
        return places | self.part.backward(places, words)


@dataclass(frozen=True, eq=False)
class Gap:
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
class Edge:
    """The start of a sentence, or the end of a clause or sentence. Takes no word."""

    start: bool

    def forward(self, places: int, words: Words) -> int:
        """Give where this part may end if it starts at `places`."""
        return places & (words.stops << 1 if self.start else words.stops | words.clause_starts)

    backward = forward


@dataclass(frozen=True, eq=False)
class NotHere:
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
    if word not in words.found:
        words.found[word] = _any_of(
            places for known, places in words.where.items() if known.startswith(word[:-1])
        )
    return words.found[word]


def _any_of(sets: Iterator[int]) -> int:
    together = 0
    for places in sets:
        together |= places
    return together
