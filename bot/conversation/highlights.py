"""Cut a text where the words of its findings begin and end, so that they can be marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.storage.models import FoundTheme


@dataclass(frozen=True)
class Piece:
    """A stretch of a text, and the ids of the findings whose evidence it belongs to."""

    text: str
    findings: tuple[str, ...]


def pieces_of(text: str, findings: Sequence[FoundTheme]) -> list[Piece]:
    """Give `text` in pieces, in order and with nothing left out; evidence may overlap."""
    spans = [
        (words["start"], words["end"], finding.id)
        for finding in findings
        for words in finding.evidence
    ]
    cuts = sorted({0, len(text), *(at for start, end, _ in spans for at in (start, end))})
    return [
        Piece(
            text[start:end],
            tuple(dict.fromkeys(whose for a, b, whose in spans if a <= start and end <= b)),
        )
        for start, end in pairwise(cuts)
        if end <= len(text)
    ]
