"""How well themes are heard: by leaving out whole batches, and on texts kept apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.progress import track
from sklearn.metrics import average_precision_score

from bot.encoder.encoder import DIMENSIONS, FloatArray
from bot.encoder.features import Encode
from bot.evaluation.data import Batch, HeldOutText, Pair
from bot.evaluation.measures import (
    Bools,
    Floats,
    by_label,
    calibration_error,
    drawn,
    f1,
    macro_f1,
    part,
    reliability,
)
from bot.themes.detector import Labelled, ThemeDetector
from bot.themes.findings import Finding, Theme

Find = Callable[[str], tuple[Finding, ...]]

THEMES = tuple(Theme)
# Of how many training sentences the learning curve learns.
CURVE = (100, 250, 500, 1000, 2000, 4000, 8000)
EVEN_ODDS = 0.5
_SEED = 20251123


def words_alone(sentences: Sequence[str]) -> FloatArray:
    """Give no meaning at all, so that words and characters are alone."""
    return np.zeros((len(sentences), DIMENSIONS), dtype=np.float32)


@dataclass(frozen=True)
class Judged:
    """Texts with their true labels, and what a detector said of them."""

    texts: Sequence[str]
    labels: Sequence[Collection[str]]
    findings: Sequence[Sequence[Finding]]
    probabilities: Floats

    @property
    def true(self) -> Bools:
        """Which themes the texts carry: texts x themes."""
        return carried(self.labels)

    @property
    def said(self) -> Bools:
        """Which themes were named: texts x themes."""
        return np.array([[t in {f.theme for f in each} for t in THEMES] for each in self.findings])

    def __add__(self, other: Judged) -> Judged:
        """Give both together."""
        return Judged(
            [*self.texts, *other.texts],
            [*self.labels, *other.labels],
            [*self.findings, *other.findings],
            np.concatenate([self.probabilities, other.probabilities]),
        )


def carried(labels: Sequence[Collection[str]]) -> Bools:
    """Give which themes these `theme/subtheme` keys belong to: texts x themes."""
    return np.array([[any(k.startswith(f"{t}/") for k in each) for t in THEMES] for each in labels])


def judge(detector: ThemeDetector, examples: Sequence[Labelled], what: str) -> Judged:
    """Let a detector say what it hears in `examples`."""
    texts = [example.text for example in examples]
    findings = [detector.find(text) for text in track(texts, what, transient=True)]
    labels = [example.labels for example in examples]
    return Judged(texts, labels, findings, detector.probabilities(texts))


def cross_validated(
    examples: Sequence[tuple[Labelled, Batch]], batches: Sequence[str], encode: Encode
) -> Mapping[str, Judged]:
    """Let each batch be judged by a detector that learnt from all the others."""
    judged = {}
    for name in batches:
        learnt = [example for example, batch in examples if batch.name != name]
        left_out = [example for example, batch in examples if batch.name == name]
        detector = ThemeDetector.fit(learnt, encode)
        judged[name] = judge(detector, left_out, f"Without batch {name}")
    return judged


def overall(judged: Judged) -> dict[str, Any]:
    """Give the figures of the themes."""
    said, true = judged.said, judged.true
    without = ~true.any(axis=1)
    return {
        "macro_f1": drawn(len(true), lambda rows: macro_f1(said[rows], true[rows])),
        "themes": by_label(said, true, THEMES),
        "named_without": part(int(said[without].any(axis=1).sum()), int(without.sum())),
    }


def calibration(judged: Judged) -> dict[str, Any]:
    """Give how far the probabilities of whole sentences can be taken at their word."""
    bins = reliability(judged.probabilities.ravel(), judged.true.ravel())
    return {"bins": bins, "error": calibration_error(bins)}


def subthemes(judged: Judged) -> dict[str, Any]:
    """Give the figures of each subtheme, and how often one that was named is right."""
    keys = sorted({key for each in judged.labels for key in each})
    named = [{f"{f.theme}/{f.subtheme}" for f in each if f.subtheme} for each in judged.findings]
    said = np.array([[key in each for key in keys] for each in named])
    true = np.array([[key in each for key in keys] for each in judged.labels])
    return {
        "macro_f1": drawn(len(true), lambda rows: macro_f1(said[rows], true[rows])),
        "named_right": part(int((said & true).sum()), int(said.sum())),
        "subthemes": by_label(said, true, keys),
    }


def evidence(judged: Judged, texts: Sequence[HeldOutText]) -> dict[str, Any]:
    """Give how often a rightly named theme is shown in the right words, and in how many."""
    hits, shown = [], []
    for text, findings in zip(texts, judged.findings, strict=True):
        for finding in findings:
            if finding.theme not in text.evidence:
                continue
            true = [
                (at, at + len(w))
                for w in text.evidence[finding.theme]
                if (at := text.text.find(w)) >= 0
            ]
            spans = [(words.start, words.end) for words in finding.evidence]
            hits.append(any(s < end and start < e for s, e in spans for start, end in true))
            shown.append(sum(e - s for s, e in spans) / len(text.text))
    return {"overlaps": part(sum(hits), len(hits)), "share_of_text_shown": float(np.mean(shown))}


def pairs(find: Find, given: Sequence[Pair]) -> dict[str, Any]:
    """Give how many pairs are right on both sides, in all and by what sets the sides apart."""

    def is_right(pair: Pair) -> bool:
        named = [{f.theme for f in find(side)} for side in (pair.carries, pair.lacks)]
        return pair.theme in named[0] and pair.theme not in named[1]

    right = [(pair.why, is_right(pair)) for pair in given]
    reasons = sorted({why for why, _ in right})
    return {
        "both_right": part(sum(r for _, r in right), len(right)),
        "why": {
            why: part(sum(r for w, r in right if w == why), sum(w == why for w, _ in right))
            for why in reasons
        },
    }


def pairs_left_out(judged: Judged, ids: Sequence[str | None]) -> dict[str, Any]:
    """Give how many pairs of training data, left out of it, are right on both sides.

    `ids` says which pair each text is half of. A pair is right where each theme that only one
    side carries is named there and not on the other.
    """
    sides: dict[str, list[int]] = {}
    for row, pair in enumerate(ids):
        if pair is not None:
            sides.setdefault(pair, []).append(row)
    said, true = judged.said, judged.true
    right = []
    for one, other in (rows for rows in sides.values() if len(rows) == 2):
        apart = true[one] != true[other]
        right.append(all((said[[one, other]] == true[[one, other]])[:, apart].ravel()))
    return {"both_right": part(sum(right), len(right))}


def compared(probabilities: Floats, true: Bools) -> dict[str, Any]:
    """Give what can be said of any classifier of whole texts, at even odds and without any."""
    said = probabilities >= EVEN_ODDS
    without = ~true.any(axis=1)
    precisions = [
        average_precision_score(true[:, at], probabilities[:, at]) for at in range(len(THEMES))
    ]
    return {
        "average_precision": float(np.mean(precisions)),
        "macro_f1": drawn(len(true), lambda rows: macro_f1(said[rows], true[rows])),
        "named_without": part(int(said[without].any(axis=1).sum()), int(without.sum())),
    }


def learning_curve(
    examples: Sequence[Labelled], texts: Sequence[HeldOutText], encode: Encode
) -> list[dict[str, float]]:
    """Give the quality on `texts` for growing numbers of training sentences, drawn by chance."""
    order = np.random.default_rng(_SEED).permutation(len(examples))
    true = carried([text.themes for text in texts])
    curve = []
    for size in track([*(s for s in CURVE if s < len(order)), len(order)], "Learning curve"):
        detector = ThemeDetector.fit(
            [examples[at] for at in order[:size]], encode, by_subtheme=False
        )
        found = detector.probabilities([text.text for text in texts])
        mean_f1 = np.mean([f1(found[:, at] >= EVEN_ODDS, true[:, at]) for at in range(len(THEMES))])
        precision = compared(found, true)["average_precision"]
        curve.append(
            {"sentences": size, "average_precision": precision, "macro_f1": float(mean_f1)}
        )
    return curve
