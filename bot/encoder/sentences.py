"""Split a message into sentences without losing where they stood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pysbd

# A run of words longer than this without a full stop is cut: pysbd's rules slow down on
# endless sentences, and evidence of that length shows nobody anything.
LONGEST_SENTENCE = 400


@dataclass(frozen=True)
class Span:
    """A stretch of a message: `start` and `end` count its characters."""

    start: int
    end: int
    text: str


def sentences(message: str) -> list[Span]:
    """Give the sentences of `message` in order; those without a letter are left out."""
    found = []
    for line in re.finditer(r"[^\n]+", message):
        for piece_start, piece in _short_enough(line.group(), line.start()):
            segmenter = pysbd.Segmenter(language="en", clean=False, char_span=False)
            position = 0
            for sentence in segmenter.segment(piece):
                at = piece.find(sentence.strip(), position)
                if at < 0 or not sentence.strip():
                    continue
                position = at + len(sentence.strip())
                if any(letter.isalpha() for letter in sentence):
                    found.append(Span(piece_start + at, piece_start + position, sentence.strip()))
    return found


def at_most(spans: list[Span], most: int, message: str) -> list[Span]:
    """Give `spans` with neighbours joined, two and two, until there are no more than `most`."""
    while len(spans) > most:
        pairs = [spans[i : i + 2] for i in range(0, len(spans), 2)]
        spans = [joined(pair, message) for pair in pairs]
    return spans


def joined(spans: list[Span], message: str) -> Span:
    """Give neighbouring `spans` as one, with what lies between them."""
    start, end = spans[0].start, spans[-1].end
    return Span(start, end, message[start:end])


def _short_enough(line: str, start: int) -> Iterator[tuple[int, str]]:
    while len(line) > LONGEST_SENTENCE:
        cut = max(line.rfind(mark, 100, LONGEST_SENTENCE) for mark in (". ", "? ", "! ", ", ", " "))
        cut = cut + 1 if cut > 0 else LONGEST_SENTENCE
        yield start, line[:cut]
        line, start = line[cut:], start + cut
    yield start, line
