"""Find the themes of a message, with the words that led to them.

Each sentence is scored on its own ("label the sentence, not the story"), by logistic
regression on words and on runs of characters, one yes-or-no for each theme and each
subtheme. A theme is named only from the threshold up, which is set on held-out sentences
so that naming a theme where there is none stays rare.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from bot.themes.clauses import Span, clauses, sentences
from bot.themes.findings import Evidence, Finding, Theme

# Of sentences named with a theme, at least this share has it, on held-out sentences.
PRECISION_WANTED = 0.85
LOWEST_THRESHOLD = 0.40
HIGHEST_THRESHOLD = 0.80
# A subtheme is named from here on; below, the theme is named without one.
SUBTHEME_THRESHOLD = 0.35
# A clause stands for its sentence when it alone scores nearly as high.
CLAUSE_SHARE = 0.75
MOST_EVIDENCE = 3
FORMAT = 1
_SEED = 20251123

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """A training sentence with its `theme/subtheme` keys; none is an answer too."""

    text: str
    labels: frozenset[str]


class ThemeDetector:
    """What was learned: two vocabularies, one weight vector a label, a threshold a theme."""

    def __init__(
        self,
        vectorizers: Sequence[TfidfVectorizer],
        labels: Sequence[str],
        weights: FloatArray,
        biases: FloatArray,
        thresholds: dict[str, float],
    ) -> None:
        """Hold a trained detector. `weights` is labels x features, `biases` one a label."""
        self._vectorizers = vectorizers
        self._labels = list(labels)
        self._weights = weights
        self._biases = biases
        self._thresholds = thresholds

    @classmethod
    def fit(cls, examples: Sequence[Labelled]) -> ThemeDetector:
        """Learn from `examples`. Raises `ValueError` when a theme has too few of them."""
        texts = [example.text for example in examples]
        vectorizers = _vectorizers()
        features = hstack([v.fit_transform(texts) for v in vectorizers]).tocsr()
        subthemes = sorted({label for example in examples for label in example.labels})
        labels = [*(theme.value for theme in Theme), *subthemes]
        weights, biases, thresholds = [], [], {}
        for label in labels:
            wanted = np.array([_carries(example, label) for example in examples])
            if wanted.sum() < 5:
                raise ValueError(f"Too few training sentences for {label}: {wanted.sum()}.")
            if label in list(Theme):
                thresholds[label] = _threshold(features, wanted)
            model = _classifier().fit(features, wanted)
            weights.append(model.coef_[0])
            biases.append(model.intercept_[0])
        return cls(vectorizers, labels, np.array(weights), np.array(biases), thresholds)

    def find(self, message: str) -> tuple[Finding, ...]:
        """Give the themes of `message`, surest first; none where there is not enough to say."""
        spans = sentences(message)
        if not spans:
            return ()
        scores = self._scores([span.text for span in spans])
        findings = (self._finding(theme, spans, scores) for theme in Theme)
        return tuple(sorted(filter(None, findings), key=lambda f: -f.confidence))

    def _finding(self, theme: Theme, spans: list[Span], scores: FloatArray) -> Finding | None:
        column = scores[:, self._labels.index(theme)]
        threshold = self._thresholds[theme]
        telling = [int(row) for row in np.argsort(-column) if column[row] >= threshold]
        if not telling:
            return None
        own = [i for i, label in enumerate(self._labels) if label.startswith(f"{theme}/")]
        best = own[int(np.argmax(scores[telling[0], own]))]
        is_clear = scores[telling[0], best] >= SUBTHEME_THRESHOLD
        return Finding(
            theme=theme,
            subtheme=self._labels[best].partition("/")[2] if is_clear else None,
            confidence=round(float(column[telling[0]]), 3),
            evidence=tuple(self._evidence(theme, spans[row]) for row in telling[:MOST_EVIDENCE]),
        )

    def _evidence(self, theme: Theme, sentence: Span) -> Evidence:
        """Give the clause that carries the theme, or the sentence where none does alone."""
        parts = clauses(sentence)
        best = sentence
        if len(parts) > 1:
            column = self._labels.index(theme)
            scores = self._scores([sentence.text, *(part.text for part in parts)])[:, column]
            row = int(np.argmax(scores[1:]))
            if scores[1 + row] >= CLAUSE_SHARE * scores[0]:
                best = parts[row]
        return Evidence(best.start, best.end, best.text)

    def _scores(self, texts: list[str]) -> FloatArray:
        features = hstack([v.transform(texts) for v in self._vectorizers]).tocsr()
        logits = np.asarray(features @ self._weights.T) + self._biases
        probabilities: FloatArray = 1.0 / (1.0 + np.exp(-logits))
        return probabilities

    def save(self, folder: Path) -> None:
        """Write the detector as arrays and JSON: nothing in it can run when it is loaded."""
        np.savez_compressed(
            folder / "weights.npz",
            weights=self._weights.astype(np.float32),
            biases=self._biases,
            idf=np.concatenate([v.idf_ for v in self._vectorizers]),
        )
        described = {
            "format": FORMAT,
            "labels": self._labels,
            "thresholds": self._thresholds,
            "vocabularies": [list(v.get_feature_names_out()) for v in self._vectorizers],
        }
        (folder / "detector.json").write_text(json.dumps(described), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> ThemeDetector:
        """Read what `save` wrote. Raises `ValueError` for another version's format."""
        described = json.loads((folder / "detector.json").read_text(encoding="utf-8"))
        if described["format"] != FORMAT:
            raise ValueError("The theme detector was trained by another version of the code.")
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            weights = arrays["weights"].astype(np.float64)
            biases, idf = arrays["biases"], arrays["idf"]
        vectorizers, position = [], 0
        for fresh, words in zip(_vectorizers(), described["vocabularies"], strict=True):
            fresh.vocabulary = {word: i for i, word in enumerate(words)}
            fresh.idf_ = idf[position : position + len(words)]
            position += len(words)
            vectorizers.append(fresh)
        return cls(vectorizers, described["labels"], weights, biases, described["thresholds"])


def _carries(example: Labelled, label: str) -> bool:
    return any(own == label or own.startswith(f"{label}/") for own in example.labels)


def _vectorizers() -> tuple[TfidfVectorizer, TfidfVectorizer]:
    return (
        TfidfVectorizer(
            ngram_range=(1, 3),
            min_df=2,
            sublinear_tf=True,
            token_pattern=r"(?u)\b\w[\w']*\b",  # noqa: S106 - tokens of language, not of access
        ),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=3, sublinear_tf=True),
    )


def _classifier() -> LogisticRegression:
    return LogisticRegression(C=4.0, class_weight="balanced", max_iter=1000, random_state=_SEED)


def _threshold(features: csr_matrix, wanted: NDArray[np.bool_]) -> float:
    """Give the lowest threshold that reaches the precision wanted on held-out sentences."""
    folds = StratifiedKFold(5, shuffle=True, random_state=_SEED)
    held_out = cross_val_predict(_classifier(), features, wanted, cv=folds, method="predict_proba")[
        :, 1
    ]
    precision, _, thresholds = precision_recall_curve(wanted, held_out)
    reached = thresholds[precision[:-1] >= PRECISION_WANTED]
    lowest = float(reached.min()) if len(reached) else HIGHEST_THRESHOLD
    return float(np.clip(lowest, LOWEST_THRESHOLD, HIGHEST_THRESHOLD))
