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

from bot.encoder.encoder import FloatArray, encoder

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
        self._meaning_weight = meaning_weight
        self._encode = encode or (lambda sentences: encoder().encode(sentences))
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
        return self._join([v.fit_transform(sentences) for v in self._vectorizers], sentences)

    def transform(self, sentences: Sequence[str]) -> csr_matrix:
        """Give the features of `sentences`, a row each."""
        return self._join([v.transform(sentences) for v in self._vectorizers], sentences)

    def can_read(self, text: str) -> bool:
        """Say whether `text` is in words met in training; of another language it knows nothing."""
        words = _WORD.findall(text.lower())
        known = sum(word in self._words for word in words)
        return known >= LEAST_KNOWN * len(words) > 0

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(self._vectorizers[0].vocabulary_)

    def _join(self, parts: list[csr_matrix], sentences: Sequence[str]) -> csr_matrix:
        meaning = csr_matrix(self._meaning_weight * self._encode(sentences))
        return hstack([*parts, meaning]).tocsr()

    def save(self, folder: Path) -> None:
        """Write the vocabulary as JSON and numbers: nothing in it can run when it is loaded."""
        words = [list(v.get_feature_names_out()) for v in self._vectorizers]
        (folder / "vocabulary.json").write_text(json.dumps(words), encoding="utf-8")
        np.savez_compressed(
            folder / "vocabulary.npz",
            meaning_weight=self._meaning_weight,
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
