"""Find the themes of a message, with the words that led to them.

Each sentence is scored on its own ("label the sentence, not the story"), by logistic
regression on words, runs of characters and meaning, one yes-or-no for each theme and each
subtheme. A theme's probability is calibrated, so that a threshold means what it says.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from bot.encoder.encoder import Reading
from bot.encoder.features import Encode, TextFeatures
from bot.encoder.linear import FloatArray, LinearModel, fit_yes_or_no, share
from bot.encoder.sentences import Span, at_most, joined, sentences
from bot.encoder.tuning import SEEN_BY_THE_ENCODER
from bot.themes.clauses import clauses
from bot.themes.findings import Evidence, Finding, Theme

# From here on a theme is named in a passage of neighbouring sentences, read as one. Set for
# precision: naming a theme that is not there is the main fault. Each sentence judged for itself
# named a theme in twice as many texts that have none.
NAMING_THRESHOLD = 0.55
MOST_IN_A_PASSAGE = 4
# The encoder reads 256 tokens, about a thousand characters. A sentence without an end is a passage
# of its own, and read once.
LONGEST_PASSAGE = 600
# In a passage one sentence can drown. It is heard by itself when it is surer of the theme than the
# passage is of the contrary, or all but sure: on texts of several sentences by an author of their
# own, that found two themes where the second alone found one and a half.
ALONE_THRESHOLD = 0.85
EVEN_ODDS_TOGETHER = 1.0
# A subtheme is named from here on; below, the theme is named without one.
SUBTHEME_THRESHOLD = 0.35
# A clause stands for its sentence when it adds about as much to the theme as all other clauses add
# or take away together.
CLAUSE_SHARE = 0.45
MOST_EVIDENCE = 3
# "Nothing much." has not enough in it to say anything.
SHORTEST_TELLING_WORDS = 3
# Each costs the encoder 3 to 7 ms while everybody else waits, so a long message is read in at most
# so many.
MOST_SENTENCES = 60
FEWEST_EXAMPLES = 5
FEWEST_BATCHES = 3
# How closely the training sentences are followed (scikit-learn's C).
STRENGTH = 4.0

_MASKED_ASIDE = re.compile(r",\s*\[(?:name|person [A-Z]+)\],")
_MASKED_PERSON = re.compile(r"\[(?:name|person [A-Z]+)\]")
_MASKED = re.compile(r"\[[a-z]+\]")


@dataclass(frozen=True)
class Labelled:
    """A training sentence with its `theme/subtheme` keys; none is an answer too.

    `batch` says who wrote it and when.
    """

    text: str
    labels: frozenset[str]
    batch: str = ""


@dataclass(frozen=True)
class _Read:
    """A sentence with its scores, and how the encoder read it."""

    sentence: Span
    whole: FloatArray
    reading: Reading

    def evidence(self, meaning: FloatArray) -> Evidence:
        """Give the clause that adds most to a theme's `meaning`, or the sentence where none leads.

        `meaning` is what each of the encoder's numbers adds to the theme.
        """
        parts = clauses(self.sentence)
        added = np.array([meaning @ self._between(part) for part in parts])
        best = self.sentence
        if len(parts) > 1 and added.max() > CLAUSE_SHARE * np.abs(added).sum():
            best = parts[int(np.argmax(added))]
        return Evidence(best.start, best.end, best.text)

    def _between(self, part: Span) -> NDArray[np.float32]:
        # Tokens are counted in what the encoder read, which is shorter where names are masked.
        start, end = (
            len(_readable(self.sentence.text[: at - self.sentence.start]))
            for at in (part.start, part.end)
        )
        return self.reading.between(start, end)


@dataclass(frozen=True)
class _Passage:
    """Neighbouring sentences, and the scores of all of them read as one."""

    together: FloatArray
    read: Sequence[_Read]

    def telling(self, column: int) -> list[tuple[FloatArray, _Read]]:
        """Give the sentences that carry the label, surest first, each with what says so."""
        ranked = sorted(self.read, key=lambda one: -one.whole[column])
        if self.together[column] >= NAMING_THRESHOLD:
            others = [one for one in ranked[1:] if one.whole[column] >= NAMING_THRESHOLD]
            return [(self.together, one) for one in (ranked[0], *others)]
        if len(self.read) == 1:
            return []
        passage = self.together[column]
        return [
            (one.whole, one)
            for one in ranked
            if one.whole[column] + passage >= EVEN_ODDS_TOGETHER
            or one.whole[column] >= ALONE_THRESHOLD
        ]


class ThemeDetector:
    """What was learned: one yes-or-no for each theme and each subtheme."""

    def __init__(self, model: LinearModel) -> None:
        """Hold a trained detector."""
        self._model = model
        self._labels = model.labels

    @classmethod
    def fit(
        cls,
        examples: Sequence[Labelled],
        encode: Encode | None = None,
        *,
        by_subtheme: bool = True,
    ) -> ThemeDetector:
        """Learn from `examples`. Raises `ValueError` when a theme has too few of them."""
        texts = [example.text for example in examples]
        features = TextFeatures(encode)
        rows = features.fit_transform(texts)
        subthemes = sorted({label for example in examples for label in example.labels})
        labels = [*(theme.value for theme in Theme), *(subthemes if by_subtheme else ())]
        learned = []
        for label in labels:
            wanted = np.array([_carries(example, label) for example in examples])
            if wanted.sum() < FEWEST_EXAMPLES:
                raise ValueError(f"Too few training sentences for {label}: {wanted.sum()}.")
            learned.append(fit_yes_or_no(rows, wanted, STRENGTH))
        for at, theme in enumerate(Theme):
            learned[at] = _calibrated(learned[at], rows, examples, theme)
        table = np.array(learned)
        return cls(LinearModel(features, tuple(labels), table[:, :-1], table[:, -1], {}))

    def find(self, message: str) -> tuple[Finding, ...]:
        """Give the themes of `message`, surest first; none where there is not enough to say."""
        told = [span for span in sentences(message) if self._is_enough_to_say(span.text)]
        spans = at_most(told, MOST_SENTENCES, message)
        if not spans:
            return ()
        groups = _passages(spans)
        wholes = [joined(group, message).text for group in groups]
        texts = [*wholes, *(span.text for span in spans)]
        logits, readings = self._model.read([_readable(text) for text in texts])
        scores = share(logits)
        reads = iter(map(_Read, spans, scores[len(groups) :], readings[len(groups) :]))
        passages = [
            _Passage(row, list(itertools.islice(reads, len(group))))
            for row, group in zip(scores, groups, strict=False)
        ]
        findings = (self._finding(theme, passages) for theme in Theme)
        return tuple(sorted(filter(None, findings), key=lambda f: -f.confidence))

    def probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Give how likely each theme is in each text, read as one: texts x themes."""
        return share(self._model.logits([_readable(text) for text in texts]))[:, : len(Theme)]

    def _is_enough_to_say(self, sentence: str) -> bool:
        is_long_enough = len(sentence.split()) >= SHORTEST_TELLING_WORDS
        return is_long_enough and self._model.features.can_read(_readable(sentence))

    def _finding(self, theme: Theme, passages: Sequence[_Passage]) -> Finding | None:
        column = self._labels.index(theme.value)
        told = [pair for passage in passages for pair in passage.telling(column)]
        if not told:
            return None
        told.sort(key=lambda pair: (-pair[0][column], -pair[1].whole[column]))
        row = told[0][0]
        own = [i for i, label in enumerate(self._labels) if label.startswith(f"{theme}/")]
        best = own[int(np.argmax(row[own]))]
        is_clear = row[best] >= SUBTHEME_THRESHOLD
        meaning = self._model.meaning_of(column)
        return Finding(
            theme=theme,
            subtheme=self._labels[best].partition("/")[2] if is_clear else None,
            confidence=round(float(row[column]), 3),
            evidence=tuple(one.evidence(meaning) for _, one in told[:MOST_EVIDENCE]),
        )

    def save(self, folder: Path) -> None:
        """Write the detector as arrays and JSON: nothing in it can run when it is loaded."""
        self._model.save(folder)

    @classmethod
    def load(cls, folder: Path) -> ThemeDetector:
        """Read what `save` wrote. Raises `ValueError` for another version's format."""
        return cls(LinearModel.load(folder))


def _passages(spans: Sequence[Span]) -> list[list[Span]]:
    """Give neighbouring sentences in groups that are read as one."""
    groups: list[list[Span]] = []
    for span in spans:
        is_full = not groups or len(groups[-1]) == MOST_IN_A_PASSAGE
        if is_full or span.end - groups[-1][0].start > LONGEST_PASSAGE:
            groups.append([])
        groups[-1].append(span)
    return groups


def _readable(text: str) -> str:
    """Give `text` with plain words where an identifier was masked: the encoder knows those."""
    return _MASKED.sub("it", _MASKED_PERSON.sub("she", _MASKED_ASIDE.sub("", text)))


def _calibrated(
    learned: FloatArray, rows: csr_matrix, examples: Sequence[Labelled], theme: Theme
) -> FloatArray:
    """Stretch and shift a theme's logits until their probabilities come true (Platt's scaling).

    Whether they do is seen on batches left out, and only on those the encoder was not tuned
    on: it knows the sentences of all others, and makes a detector too sure of itself.
    """
    batch = np.array([example.batch for example in examples])
    wanted = np.array([_carries(example, theme) for example in examples])
    unseen = sorted(set(batch) - SEEN_BY_THE_ENCODER - {""})
    if not unseen or len(set(batch)) < FEWEST_BATCHES:
        return learned
    logits, true = [], []
    for name in unseen:
        out = batch == name
        other = fit_yes_or_no(rows[~out], wanted[~out], STRENGTH)
        logits.append(rows[out] @ other[:-1] + other[-1])
        true.append(wanted[out])
    said = csr_matrix(np.concatenate(logits)[:, None])
    slope, shift = fit_yes_or_no(said, np.concatenate(true), strength=1e6)
    stretched: FloatArray = learned * slope
    stretched[-1] += shift
    return stretched


def _carries(example: Labelled, label: str) -> bool:
    return any(own == label or own.startswith(f"{label}/") for own in example.labels)
