"""Find out what a message is meant to do: tell something, answer, or steer.

A free-text answer must never be taken for a command because of one word in it, and being
asked once more is far less bad than having one's words deleted. So a steering intent
stands only where the classifier is sure and the message is short; everything else tells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bot.encoder.features import TextFeatures

TELL = "tell"
# How sure it must be, and how long a message may be that steers.
SURE = 0.4
LONGEST_STEERING_WORDS = 14
FORMAT = 1
_SEED = 20251123


@dataclass(frozen=True)
class Intent:
    """What a message is meant to do, and how sure that is (0 to 1)."""

    name: str
    confidence: float


class SteeringClassifier:
    """What was learned: the features, a weight vector an intent, and the short examples."""

    def __init__(
        self,
        features: TextFeatures,
        intents: Sequence[str],
        weights: NDArray[np.float64],
        biases: NDArray[np.float64],
        known: dict[str, str],
    ) -> None:
        """Hold a trained classifier. `weights` is intents x features, `biases` one an intent."""
        self._features = features
        self._intents = list(intents)
        self._weights = weights
        self._biases = biases
        self._known = known

    @classmethod
    def fit(cls, examples: Sequence[tuple[str, str]]) -> SteeringClassifier:
        """Learn from pairs of a message and its intent."""
        texts = [text for text, _ in examples]
        features = TextFeatures()
        rows = features.fit_transform(texts)
        model = LogisticRegression(C=6.0, max_iter=400, random_state=_SEED)
        model.fit(rows, [intent for _, intent in examples])
        known = {
            plain(text): intent
            for text, intent in examples
            if len(text.split()) <= LONGEST_STEERING_WORDS
        }
        return cls(features, model.classes_, model.coef_, model.intercept_, known)

    def read(self, message: str) -> Intent:
        """Give the intent of `message`.

        What is word for word an example needs no guessing: it has the example's intent.
        """
        if known := self._known.get(plain(message)):
            return Intent(known, 1.0)
        logits = np.asarray(self._features.transform([message]) @ self._weights.T)[0] + self._biases
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        best = int(np.argmax(shares))
        intent = Intent(self._intents[best], float(shares[best]))
        if intent.name != TELL and not _may_steer(message, intent):
            return Intent(TELL, float(shares[self._intents.index(TELL)]))
        return intent

    def save(self, folder: Path) -> None:
        """Write the classifier as arrays and JSON: nothing in it can run when it is loaded."""
        np.savez_compressed(
            folder / "steering.npz",
            weights=self._weights.astype(np.float32),
            biases=self._biases,
        )
        described = {"format": FORMAT, "intents": self._intents, "known": self._known}
        (folder / "steering.json").write_text(json.dumps(described), encoding="utf-8")
        self._features.save(folder)

    @classmethod
    def load(cls, folder: Path) -> SteeringClassifier:
        """Read what `save` wrote. Raises `ValueError` for another version's format."""
        described = json.loads((folder / "steering.json").read_text(encoding="utf-8"))
        if described["format"] != FORMAT:
            raise ValueError("The steering classifier was trained by another version of the code.")
        with np.load(folder / "steering.npz", allow_pickle=False) as arrays:
            weights, biases = arrays["weights"].astype(np.float64), arrays["biases"]
        features = TextFeatures.load(folder)
        return cls(features, described["intents"], weights, biases, described["known"])


def _may_steer(message: str, intent: Intent) -> bool:
    return intent.confidence >= SURE and len(message.split()) <= LONGEST_STEERING_WORDS


def plain(text: str) -> str:
    """Give `text` in lower case without the punctuation around its words."""
    kept = re.sub(r"[^\w\s'?.]+", " ", text.lower().replace("’", "'"))
    words = re.sub(r"(?<=\w)[.?]+(?=\s|$)", "", kept).split()
    return " ".join(words) or text.strip()
