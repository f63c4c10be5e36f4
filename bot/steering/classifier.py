"""Find out what a message is meant to do: tell something, answer, or steer.

A free-text answer must never be taken for a command because of one word in it, and being
asked once more is far less bad than having one's words deleted. So a steering intent
stands only where the classifier is sure and the message is short; everything else tells.
A longer message is not even read: whoever writes that much tells something.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.encoder.features import Encode, TextFeatures
from bot.encoder.linear import SEED, LinearModel

TELL = "tell"
# How sure it must be, and how long a message may be that steers.
SURE = 0.5
LONGEST_STEERING_WORDS = 14
# The encoder was tuned on these very words, so that what it says of them is too sure.
MEANING_WEIGHT = 0.5


@dataclass(frozen=True)
class Intent:
    """What a message is meant to do, and how sure that is (0 to 1)."""

    name: str
    confidence: float


class SteeringClassifier:
    """What was learned: a weight vector an intent, and the short examples."""

    def __init__(self, model: LinearModel) -> None:
        """Hold a trained classifier."""
        self._model = model
        self._intents = list(model.labels)
        self._known: dict[str, str] = model.more["known"]

    @classmethod
    def fit(
        cls, examples: Sequence[tuple[str, str]], encode: Encode | None = None
    ) -> SteeringClassifier:
        """Learn from pairs of a message and its intent; from the short ones, which may steer."""
        short = [(text, intent) for text, intent in examples if may_steer(text)]
        features = TextFeatures(encode, meaning_weight=MEANING_WEIGHT)
        rows = features.fit_transform([text for text, _ in short])
        model = LogisticRegression(C=6.0, max_iter=400, random_state=SEED)
        model.fit(rows, [intent for _, intent in short])
        known = {plain(text): intent for text, intent in short}
        intents = tuple(str(intent) for intent in model.classes_)
        return cls(LinearModel(features, intents, model.coef_, model.intercept_, {"known": known}))

    def read(self, message: str) -> Intent:
        """Give the intent of `message`.

        What is word for word an example needs no guessing: it has the example's intent.
        """
        if not may_steer(message):
            return Intent(TELL, 1.0)
        if known := self._known.get(plain(message)):
            return Intent(known, 1.0)
        (logits,) = self._model.logits([message])
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        best = int(np.argmax(shares))
        intent = Intent(self._intents[best], float(shares[best]))
        if intent.name != TELL and intent.confidence < SURE:
            return Intent(TELL, float(shares[self._intents.index(TELL)]))
        return intent

    def save(self, folder: Path) -> None:
        """Write the classifier as arrays and JSON: nothing in it can run when it is loaded."""
        self._model.save(folder)

    @classmethod
    def load(cls, folder: Path) -> SteeringClassifier:
        """Read what `save` wrote. Raises `ValueError` for another version's format."""
        return cls(LinearModel.load(folder))


def may_steer(message: str) -> bool:
    """Say whether `message` is short enough to be anything but an account."""
    return len(message.split()) <= LONGEST_STEERING_WORDS


def plain(text: str) -> str:
    """Give `text` in lower case without the punctuation around its words."""
    kept = re.sub(r"[^\w\s'?.]+", " ", text.lower().replace("’", "'"))
    words = re.sub(r"(?<=\w)[.?]+(?=\s|$)", "", kept).split()
    return " ".join(words) or text.strip()
