"""A message as the signs see it: plain words, each knowing where it was written.

Case, accents, curly quotes, spaces, contractions and common misspellings are ironed
out here. What the words mean is not decided here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

# Stands between sentences. No pattern and no gap can cross it.
STOP = ""
# No pattern names a longer beginning; bounds the work on a word of thousands of letters.
LONGEST_BEGINNING = 16

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_QUOTES = {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00b4": "'", "`": "'"}
_ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "prof", "st", "vs", "eg", "ie", "approx"})
_CLAUSE_MARKS = frozenset(',;:()[]"\u201c\u201d\u2026\u2013\u2014\n/')
_ENDINGS = {"s": "s", "m": "am", "re": "are", "ve": "have", "ll": "will", "d": "would"}
_SHORT_FOR_IS = frozenset({"he", "she", "it", "that", "there", "who", "what", "here", "where"})
_IRREGULAR = {"can't": ("can", "not"), "won't": ("will", "not"), "ain't": ("is", "not")}
_SHORTEST_FUZZY = 6
_NOTE_SLASHES = frozenset({"w", "c"})


@dataclass(frozen=True)
class Words:
    """The words of one message, as sets of places.

    Place 0 and the last place are stops, and so is the place between two sentences.
    A set of places is an integer whose bit n stands for place n.
    """

    spans: tuple[tuple[int, int], ...]
    where: Mapping[str, int]
    stops: int
    clause_starts: int
    everywhere: int
    found: dict[object, int] = field(default_factory=dict)

    @cached_property
    def beginnings(self) -> Mapping[str, int]:
        """Give the places of all words that begin alike, up to `LONGEST_BEGINNING` letters."""
        found: dict[str, int] = {}
        for word, places in self.where.items():
            for length in range(1, min(len(word), LONGEST_BEGINNING) + 1):
                found[word[:length]] = found.get(word[:length], 0) | places
        return found

    @cached_property
    def known(self) -> frozenset[str]:
        """Give all words, and all their beginnings as patterns write them (bruis*)."""
        return frozenset(self.where) | {f"{beginning}*" for beginning in self.beginnings}

    def in_order(self) -> tuple[str, ...]:
        """Give the plain words as they follow each other, without the stops."""
        placed: dict[int, str] = {}
        for word, places in self.where.items():
            left = 0 if word == STOP else places
            while left:
                placed[left.bit_length()] = word
                left ^= 1 << (left.bit_length() - 1)
        return tuple(placed[place] for place in sorted(placed))


class Spelling:
    """How a written word is read: its known misspellings, and near misses of a few words."""

    def __init__(
        self, spellings: Mapping[str, str], near: Iterable[str] = (), but_not: Iterable[str] = ()
    ) -> None:
        """Prepare for looking up; `near` words are also known with one letter wrong."""
        self._known = {wrong: tuple(right.split()) for wrong, right in spellings.items()}
        self._as_is = frozenset(but_not) | frozenset(near)
        self._near: dict[str, str] = {}
        for word in near:
            for shorter in _with_one_letter_less(word):
                self._near.setdefault(shorter, word)

    def read(self, written: str) -> tuple[str, ...]:
        """Give the plain words that a written word (lower case) stands for."""
        if written in self._known:
            return self._known[written]
        if "'" in written:
            return self._long_form(written)
        if len(written) < _SHORTEST_FUZZY or written in self._as_is:
            return (written,)
        return (self._nearest(written),)

    def _long_form(self, written: str) -> tuple[str, ...]:
        if written in _IRREGULAR:
            return _IRREGULAR[written]
        if written.endswith("n't"):
            return (written[:-3], "not")
        stem, _, ending = written.partition("'")
        if ending == "s" and stem in _SHORT_FOR_IS:
            return (stem, "is")
        return (*self.read(stem), _ENDINGS.get(ending, ending))

    def _nearest(self, written: str) -> str:
        # Bounded: nobody misspells into a word of thirty letters, an attacker may.
        if len(written) <= 20:
            for shorter in _with_one_letter_less(written):
                word = self._near.get(shorter)
                if word and word[0] == written[0] and abs(len(word) - len(written)) <= 1:
                    return word
        return written


def read_words(text: str, spelling: Spelling, clause_words: frozenset[str]) -> Words:
    """Read a message into words. Takes time in proportion to its length."""
    plain = "".join(map(_plain_letter, text)) if not text.isascii() else text.lower()
    spans: list[tuple[int, int]] = [(0, 0)]
    places: dict[str, list[int]] = {STOP: [0]}
    clauses: list[int] = []
    end, previous = 0, STOP
    cache: dict[str, tuple[str, ...]] = {}
    for match in _WORD.finditer(plain):
        written = match.group()
        between = plain[end : match.start()]
        if previous and _ends_sentence(between, previous, text[match.start()]):
            places[STOP].append(len(spans))
            spans.append((end, end))
        elif between.strip() == "/" and previous in _NOTE_SLASHES:
            pass  # "w/ belt" and "c/o pain" run on
        elif _CLAUSE_MARKS.intersection(between) or " -" in between or ".." in between:
            clauses.append(len(spans))
        words = cache.get(written)
        if words is None:
            words = cache[written] = spelling.read(written)
        if words[0] in clause_words:
            clauses.append(len(spans))
        for word in words:
            places.setdefault(word, []).append(len(spans))
            spans.append(match.span())
        end, previous = match.end(), written
    places[STOP].append(len(spans))
    spans.append((end, end))
    where = {word: bits(found) for word, found in places.items()}
    everywhere = (1 << len(spans)) - 1
    return Words(tuple(spans), where, where[STOP], bits(clauses), everywhere)


def bits(places: Iterable[int]) -> int:
    """Give a set of places as an integer."""
    found = bytearray()
    for place in places:
        byte, bit = divmod(place, 8)
        if byte >= len(found):
            found.extend(bytes(byte + 1 - len(found)))
        found[byte] |= 1 << bit
    return int.from_bytes(found, "little")


def _plain_letter(letter: str) -> str:
    # One letter in, one letter out: offsets must not move, so a letter whose lower case
    # is longer (the Turkish dotted I) keeps its first part only.
    if letter.isascii():
        return letter.lower()
    if letter in _QUOTES:
        return _QUOTES[letter]
    return (unicodedata.normalize("NFD", letter)[0].lower() or letter)[0]


def _ends_sentence(between: str, previous: str, following: str) -> bool:
    if "\n" in between and (following.isupper() or "\n\n" in between):
        return True
    if "!" in between or "?" in between:
        return True
    if "." not in between or previous in _ABBREVIATIONS:
        return False
    if ".." in between:
        return not following.islower()
    if between == ".":
        return len(previous) > 1 and not following.isdigit()
    return True


def _with_one_letter_less(word: str) -> Iterator[str]:
    yield word
    for place in range(1, len(word)):
        yield word[:place] + word[place + 1 :]
