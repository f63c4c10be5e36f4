"""Sentences as features: words, runs of characters, and meaning, side by side.

Words catch what is said outright, characters catch typing errors, the encoder catches what
is said another way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.encoder.encoder import FloatArray, Reading, encoder

Encode = Callable[[Sequence[str]], FloatArray]

# How much meaning weighs against words and characters, each of length 1.
MEANING_WEIGHT = 1.5
# Of sentences in English, clinical shorthand and typing errors among them, at least 0.46 of the
# words are known; of Spanish or German a quarter, of isiZulu or Russian none.
LEAST_KNOWN = 0.4
_WORD = re.compile(r"(?u)\b\w[\w']*\b")


class TextFeatures:
    """Learns a vocabulary, and turns sentences into rows of features."""

    def __init__(
        self, encode: Encode | None = None, meaning_weight: float = MEANING_WEIGHT
    ) -> None:
        """Begin without a vocabulary. `encode` gives the meaning of sentences, a row each."""
        self.meaning_weight = meaning_weight
        self._encode = encode
        self._vectorizers = (
            TfidfVectorizer(
                ngram_range=(1, 2),
                min_df=2,
                sublinear_tf=True,
                token_pattern=_WORD.pattern,
            ),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=4, sublinear_tf=True),
        )

    def fit_transform(self, sentences: Sequence[str]) -> csr_matrix:
        """Learn the vocabulary of `sentences` and give their features, a row each."""
        words = [v.fit_transform(sentences) for v in self._vectorizers]
        return self._join(words, self._meanings(sentences))

    def transform(self, sentences: Sequence[str]) -> csr_matrix:
        """Give the features of `sentences`, a row each."""
        return self._join(self._words_of(sentences), self._meanings(sentences))

    def read(self, sentences: Sequence[str]) -> tuple[csr_matrix, list[Reading]]:
        """Give the features of `sentences`, a row each, and how each was read.

        Of what an `encode` gave at the beginning, no token is known.
        """
        if self._encode:
            readings = [Reading.whole(row) for row in self._encode(sentences)]
        else:
            readings = encoder().read(sentences)
        meanings = np.stack([reading.meaning for reading in readings])
        return self._join(self._words_of(sentences), meanings), readings

    def can_read(self, text: str) -> bool:
        """Say whether `text` is in words met in training; of another language it knows nothing."""
        words = _WORD.findall(text.lower())
        known = sum(word in self._words for word in words)
        return known >= LEAST_KNOWN * len(words) > 0

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(self._vectorizers[0].vocabulary_)

    def _words_of(self, sentences: Sequence[str]) -> list[csr_matrix]:
        return [vectorizer.transform(sentences) for vectorizer in self._vectorizers]

    def _meanings(self, sentences: Sequence[str]) -> FloatArray:
        return (self._encode or encoder().encode)(sentences)

    def _join(self, words: list[csr_matrix], meanings: FloatArray) -> csr_matrix:
        return hstack([*words, csr_matrix(self.meaning_weight * meanings)]).tocsr()

    def save(self, folder: Path) -> None:
        """Write the vocabulary as JSON and numbers: nothing in it can run when it is loaded."""
        words = [list(v.get_feature_names_out()) for v in self._vectorizers]
        (folder / "vocabulary.json").write_text(json.dumps(words), encoding="utf-8")
        np.savez_compressed(
            folder / "vocabulary.npz",
            meaning_weight=self.meaning_weight,
            **{f"idf{i}": v.idf_.astype(np.float32) for i, v in enumerate(self._vectorizers)},
        )

    @classmethod
    def load(cls, folder: Path) -> TextFeatures:
        """Read what `save` wrote."""
        words = json.loads((folder / "vocabulary.json").read_text(encoding="utf-8"))
        with np.load(folder / "vocabulary.npz", allow_pickle=False) as arrays:
            features = cls(meaning_weight=float(arrays["meaning_weight"]))
            for i, vectorizer in enumerate(features._vectorizers):
                vectorizer.vocabulary = {word: row for row, word in enumerate(words[i])}
                vectorizer.idf_ = arrays[f"idf{i}"].astype(np.float64)
        return features
