"""The encoder gives unit vectors, the same for a sentence in any company."""

from __future__ import annotations

import numpy as np
import pytest

from bot.encoder.encoder import DIMENSIONS, encoder

SENTENCES = [
    "Mum cancelled again.",
    "",
    "🙂",
    "I could feel my face go hot and I heard myself talking faster and faster, for a whole hour.",
    "ok",
    "word " * 900,
] * 6


def test_a_sentence_has_the_same_vector_in_any_company() -> None:
    together = encoder().encode(SENTENCES)
    alone = np.concatenate([encoder().encode([sentence]) for sentence in SENTENCES])
    assert together == pytest.approx(alone, abs=1e-5)


def test_vectors_have_length_one() -> None:
    assert np.linalg.norm(encoder().encode(SENTENCES), axis=1) == pytest.approx(1, abs=1e-4)


def test_nothing_gives_no_rows() -> None:
    assert encoder().encode([]).shape == (0, DIMENSIONS)


def test_what_means_the_same_lies_closer_than_what_does_not() -> None:
    cancelled, called_off, drew = encoder().encode(
        ["She called off the session.", "Mum cancelled the appointment.", "The boy drew a boat."]
    )
    assert cancelled @ called_off > cancelled @ drew
