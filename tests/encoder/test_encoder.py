"""The encoder gives unit vectors, the same for a sentence in any company."""

from __future__ import annotations

import numpy as np
import pytest

from bot.encoder.encoder import DIMENSIONS, Reading, encoder

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


def test_a_reading_has_the_same_numbers_as_the_sentence_whichever_company_it_keeps() -> None:
    meanings = np.stack([reading.meaning for reading in encoder().read(SENTENCES)])
    assert meanings == pytest.approx(encoder().encode(SENTENCES), abs=1e-5)


def test_what_the_tokens_add_makes_up_the_whole() -> None:
    for reading in encoder().read(SENTENCES):
        assert reading.added.sum(axis=0) == pytest.approx(reading.meaning, abs=1e-5)
        assert len(reading.places) == len(reading.added)


def test_tokens_are_found_by_where_their_words_stand() -> None:
    sentence = "The boy drew a boat, and I dread calling her."
    (reading,) = encoder().read([sentence])
    cut = sentence.index("and")
    parts = reading.between(0, cut) + reading.between(cut, len(sentence))
    (first, *_, last) = reading.added
    assert parts + first + last == pytest.approx(reading.meaning, abs=1e-5)
    (dread,) = encoder().encode(["I dread calling her."])
    assert dread @ reading.between(cut, len(sentence)) > dread @ reading.between(0, cut)


def test_where_no_token_stands_nothing_is_added() -> None:
    (long,) = encoder().read(["word " * 900])
    assert not long.between(4000, 4500).any()
    assert not Reading.whole(long.meaning).between(0, 4500).any()
