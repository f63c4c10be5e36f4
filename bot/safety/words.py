"""A message as the signs see it: plain words, each knowing where it was written.

Case, accents, curly quotes, spaces, contractions and common misspellings are ironed
out here. What the words mean is not decided here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.safety.spelling import Spelling

# Stands between sentences. No pattern and no gap can cross it.
STOP = ""
# No pattern names a longer beginning; bounds the work on a word of thousands of letters.
LONGEST_BEGINNING = 16
NEGATIVES = frozenset({"not", "no", "never", "nothing", "nobody", "without"})

# A hash alone is a fracture in a doctor's note.
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?|#s?(?![^\W_])")
_QUOTES = {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00b4": "'", "`": "'"}
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st vs eg ie approx mo fa pt cl yr yrs wk wks hx re incl".split()
)
_CLAUSE_MARKS = frozenset(',;:()[]"\u201c\u201d\u2026\u2013\u2014\n/')
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

    @cached_property
    def negatives(self) -> int:
        """Give the places of not, no, never and their like."""
        places = 0
        for word in NEGATIVES:
            places |= self.where.get(word, 0)
        return places

    def in_order(self) -> tuple[str, ...]:
        """Give the plain words as they follow each other, without the stops."""
        placed: dict[int, str] = {}
        for word, places in self.where.items():
            left = 0 if word == STOP else places
            while left:
                placed[left.bit_length()] = word
                left ^= 1 << (left.bit_length() - 1)
        return tuple(placed[place] for place in sorted(placed))


def read_words(text: str, spelling: Spelling, clause_words: frozenset[str]) -> Words:
    """Read a message into words. Takes time in proportion to its length."""
    plain = "".join(map(_plain_letter, text)) if not text.isascii() else text.lower()
    spans: list[tuple[int, int]] = [(0, 0)]
    places: dict[str, list[int]] = {STOP: [0]}
    clauses: list[int] = []
    end, previous = 0, STOP
    cache: dict[tuple[str, bool], tuple[str, ...]] = {}
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
        # Within a sentence a capital means a name: it is no misspelled word.
        first, second = text[match.start()], text[match.start() + 1 : match.start() + 2]
        is_name = bool(previous) and first.isupper() and second.islower()
        words = cache.get((written, is_name))
        if words is None:
            words = cache[written, is_name] = spelling.read(written, is_name=is_name)
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
