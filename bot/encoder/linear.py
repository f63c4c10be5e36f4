"""A trained linear model on text features, kept as arrays and JSON: nothing in it can run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.encoder.encoder import DIMENSIONS, Reading
from bot.encoder.features import TextFeatures

FloatArray = NDArray[np.float64]

FORMAT = 4
SEED = 20251123
_DESCRIPTION, _WEIGHTS = "model.json", "weights.npz"


@dataclass(frozen=True)
class LinearModel:
    """The features, and a weight vector (a row of `weights`) and a bias for each label.

    `more` is whatever else its owner has to remember, as JSON.
    """

    features: TextFeatures
    labels: tuple[str, ...]
    weights: FloatArray
    biases: FloatArray
    more: Mapping[str, Any]

    def logits(self, texts: Sequence[str]) -> FloatArray:
        """Give how far each label is from even odds: texts x labels."""
        return self._logits(self.features.transform(texts))

    def read(self, texts: Sequence[str]) -> tuple[FloatArray, list[Reading]]:
        """Give the logits of `texts`, texts x labels, and how each was read."""
        rows, readings = self.features.read(texts)
        return self._logits(rows), readings

    def meaning_of(self, label: int) -> FloatArray:
        """Give what each of the encoder's numbers adds to the logit of a label."""
        found: FloatArray = self.features.meaning_weight * self.weights[label, -DIMENSIONS:]
        return found

    def _logits(self, rows: csr_matrix) -> FloatArray:
        found: FloatArray = np.asarray(rows @ self.weights.T) + self.biases
        return found

    def save(self, folder: Path) -> None:
        """Write the model into `folder`."""
        np.savez_compressed(
            folder / _WEIGHTS, weights=self.weights.astype(np.float32), biases=self.biases
        )
        self.features.save(folder)
        described = {"format": FORMAT, "labels": self.labels, "more": dict(self.more)}
        (folder / _DESCRIPTION).write_text(json.dumps(described), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote. Raises `ValueError` for another version's format."""
        described = json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8"))
        if described["format"] != FORMAT:
            raise ValueError("The model was trained by another version of the code.")
        with np.load(folder / _WEIGHTS, allow_pickle=False) as arrays:
            # Laid out label by label, so that a product needs no copy of them all.
            weights = np.asfortranarray(arrays["weights"], dtype=np.float64)
            biases = arrays["biases"]
        features = TextFeatures.load(folder)
        return cls(features, tuple(described["labels"]), weights, biases, described["more"])


def fit_yes_or_no(rows: csr_matrix, wanted: NDArray[np.bool_], strength: float) -> FloatArray:
    """Learn one yes-or-no; give its weights with the bias last. `strength` is scikit-learn's C."""
    model = LogisticRegression(C=strength, max_iter=1000, random_state=SEED).fit(rows, wanted)
    return np.append(model.coef_[0], model.intercept_[0])


def share(logits: FloatArray) -> FloatArray:
    """Turn logits into probabilities, each for itself."""
    probabilities: FloatArray = 1.0 / (1.0 + np.exp(-logits))
    return probabilities
