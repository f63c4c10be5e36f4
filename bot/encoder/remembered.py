"""The encoder with a memory: for work that asks for the same sentences again and again.

Training and evaluation do: three detectors learn from much the same sentences, and encoding them
takes longer than learning. A conversation does not, and keeps no text of anybody in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from bot.encoder.encoder import FloatArray, encoder


class Remembered:
    """The encoder, asked once for each sentence."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._known: dict[str, FloatArray] = {}

    def __call__(self, sentences: Sequence[str]) -> FloatArray:
        """Give a row for each sentence."""
        new = list(dict.fromkeys(each for each in sentences if each not in self._known))
        self._known.update(zip(new, encoder().encode(new), strict=True))
        return np.stack([self._known[sentence] for sentence in sentences])


@cache
def for_training() -> Remembered:
    """Give the one memory that everything trained in this process shares."""
    return Remembered()
