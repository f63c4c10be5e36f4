"""How many identifiers are masked, and how many innocent words with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.progress import track

from bot.evaluation.data import IdentifyingText
from bot.evaluation.measures import part
from bot.privacy.mask import mask

Spans = list[tuple[int, int]]


def masking(texts: Sequence[IdentifyingText]) -> dict[str, Any]:
    """Give the share of identifiers masked whole, by kind, and of masks on innocent words."""
    masked: list[tuple[str, bool]] = []
    innocent: list[bool] = []
    for text in track(texts, "Masking", transient=True):
        masks = [(found.start, found.end) for found in mask(text.text).identifiers]
        true: Spans = []
        for named in text.identifiers:
            spans = _places(text.text, named.text)
            true += spans
            is_gone = any(_is_gone(text.text, span, masks) for span in spans)
            masked.append((named.kind, is_gone))
        innocent += [not any(s < end and start < e for s, e in true) for start, end in masks]
    kinds = sorted({kind for kind, _ in masked})
    return {
        "masked": part(sum(hit for _, hit in masked), len(masked)),
        "innocent": part(sum(innocent), len(innocent)),
        "kinds": {
            kind: part(sum(h for k, h in masked if k == kind), sum(k == kind for k, _ in masked))
            for kind in kinds
        },
    }


def _places(text: str, words: str) -> Spans:
    places, at = [], text.find(words)
    while at >= 0:
        places.append((at, at + len(words)))
        at = text.find(words, at + 1)
    return places


def _is_gone(text: str, span: tuple[int, int], masks: Spans) -> bool:
    """Say whether every letter of `span` is under a mask."""
    return all(
        text[at].isspace() or any(start <= at < end for start, end in masks) for at in range(*span)
    )
