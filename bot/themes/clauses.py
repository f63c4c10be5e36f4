"""Split a sentence into clauses without losing where they stood."""

from __future__ import annotations

import itertools
import re

from bot.encoder.sentences import Span

# A clause ends where the writer paused or joined on another thought.
_JOINT = re.compile(
    r"\s*[;:,()\n–—]+\s*|\s+-+\s+"
    r"|\s+(?=(?:and|but|because|although|though|while|whereas|so|then|or|yet|until|when|which|who)\s)",
    re.IGNORECASE,
)
# The bracket of "[person A]" is part of it.
_EDGE = re.compile(r"^[^\w\[]*(?:(?:and|but|so|then|because|or)\s+)?", re.IGNORECASE)
_LOOSE_END = re.compile(
    r"(?:[\s,;:]+(?:and|but|so|because|or|when|which)\b)*[\s,;:]*$", re.IGNORECASE
)

SHORTEST_CLAUSE_WORDS = 3


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
