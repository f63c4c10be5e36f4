"""Split a message into sentences and clauses without losing where they stood."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pysbd

# A run of words longer than this without a full stop is cut: pysbd's rules slow down on
# endless sentences, and evidence of that length shows nobody anything.
LONGEST_SENTENCE = 400

# A clause ends where the writer paused or joined on another thought.
_JOINT = re.compile(
    r"\s*[;:,()\n–—]+\s*|\s+-+\s+"
    r"|\s+(?=(?:and|but|because|although|though|while|whereas|so|then|or|yet|until|when|which|who)\s)",
    re.IGNORECASE,
)
_EDGE = re.compile(r"^[\s\W]*(?:(?:and|but|so|then|because|or)\s+)?", re.IGNORECASE)
_LOOSE_END = re.compile(
    r"(?:[\s,;:]+(?:and|but|so|because|or|when|which)\b)*[\s,;:]*$", re.IGNORECASE
)

SHORTEST_CLAUSE_WORDS = 3


@dataclass(frozen=True)
class Span:
    """A stretch of a message: `start` and `end` count its characters."""

    start: int
    end: int
    text: str


def sentences(message: str) -> list[Span]:
    """Give the sentences of `message` in order; blank ones are left out."""
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
                found.append(Span(piece_start + at, piece_start + position, sentence.strip()))
    return found


def at_most(spans: list[Span], most: int, message: str) -> list[Span]:
    """Give `spans` with neighbours joined, two and two, until there are no more than `most`."""
    while len(spans) > most:
        pairs = [spans[i : i + 2] for i in range(0, len(spans), 2)]
        spans = [
            Span(pair[0].start, pair[-1].end, message[pair[0].start : pair[-1].end])
            for pair in pairs
        ]
    return spans


def clauses(sentence: Span) -> list[Span]:
    """Give the clauses of `sentence`; one too short to mean anything joins the one before it."""
    cuts = [0, *(match.end() for match in _JOINT.finditer(sentence.text)), len(sentence.text)]
    pieces: list[tuple[int, int]] = []
    for start, end in itertools.pairwise(cuts):
        is_short = len(sentence.text[start:end].split()) < SHORTEST_CLAUSE_WORDS
        if pieces and is_short:
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((start, end))
    if len(pieces) > 1 and len(sentence.text[slice(*pieces[0])].split()) < SHORTEST_CLAUSE_WORDS:
        pieces[:2] = [(pieces[0][0], pieces[1][1])]
    return [span for start, end in pieces if (span := _trimmed(sentence, start, end))]


def _trimmed(sentence: Span, start: int, end: int) -> Span | None:
    text = sentence.text[start:end]
    lead = _EDGE.match(text)
    left = lead.end() if lead else 0
    text = _LOOSE_END.sub("", text[left:], count=1)
    if not text:
        return None
    return Span(sentence.start + start + left, sentence.start + start + left + len(text), text)


def _short_enough(line: str, start: int) -> Iterator[tuple[int, str]]:
    while len(line) > LONGEST_SENTENCE:
        cut = max(line.rfind(mark, 100, LONGEST_SENTENCE) for mark in (". ", "? ", "! ", ", ", " "))
        cut = cut + 1 if cut > 0 else LONGEST_SENTENCE
        yield start, line[:cut]
        line, start = line[cut:], start + cut
    yield start, line
