"""The second layer of safety: hears danger told in words that no rule knows.

It only adds to what the rules of `concerns.py` find: a gentle check where danger is possible, and
a stop where it is all but sure (docs/decisions/0007).
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bot.encoder.features import Encode, TextFeatures
from bot.encoder.linear import LinearModel, fit_yes_or_no, share
from bot.encoder.sentences import at_most, joined, sentences
from bot.safety.concerns import Concern
from bot.safety.kinds import Kind, Level

LEARNED = "learned"
# From here on words count as telling of danger, and a kind as one they may tell of. Set on texts
# of authors left out of training: of 100 plain dangers 90 to 93 are found from here on.
# Kinds are told apart less well than danger from none, so two or three are asked about rather
# than one missed.
DANGER_THRESHOLD = 0.15
KIND_THRESHOLD = 0.1
MOST_KINDS = 3
# From here on it stops the reflection as a rule would. Of 100 near misses of authors left out,
# about one was stopped that no rule stops; of 100 plain dangers, 27 that none does.
SURE_THRESHOLD = 0.9
MOST_SENTENCES = 60
# One word alone is no sentence; a single word that tells of danger is for the rules.
FEWEST_WORDS = 2
# A short message is read as a whole too: what one sentence hints at, the next may say.
# It has learned from single sentences more than from several, so that of these it has to be surer.
MOST_READ_TOGETHER = 4
TOGETHER_THRESHOLD = 0.3
STRENGTH = 4.0
# How many runs of daily sentences are learnt from, and of how many sentences at the most.
RUNS, LONGEST_RUN = 2500, 4
_DANGER = "danger"
# Sentences of these subthemes may tell of danger as well; nobody labelled them for it.
_MAY_BE_DANGER = frozenset(
    f"parent_trauma/{subtheme}"
    for subtheme in ("domestic_violence", "parent_distress", "ptsd_dissociation")
)
# What is said in these may tell of danger; whatever else steers the assistant tells of none.
_MAY_TELL = frozenset({"tell", "talk_to_person", "overwhelmed"})


@dataclass(frozen=True)
class Told:
    """A training sentence and the danger it tells of, if any."""

    text: str
    kind: Kind | None

    @classmethod
    def from_metadata(cls, text: str, concern: str) -> Told:
        """Read an example of `data/nlu/safety/`; `none` is an answer."""
        return cls(text, None if concern == "none" else Kind(concern))

    @classmethod
    def from_themes(cls, text: str, themes: Collection[str]) -> Told | None:
        """Take an example of `data/nlu/themes/` as daily work without danger, if it is."""
        return None if _MAY_BE_DANGER & set(themes) else cls(text, None)

    @classmethod
    def from_intent(cls, text: str, intent: str) -> Told | None:
        """Take an example of steering or small talk as without danger, if it is."""
        return None if intent in _MAY_TELL else cls(text, None)


def runs_of(daily: Sequence[Told]) -> list[Told]:
    """Give daily sentences in runs of two to four, as a message tells them; always the same.

    Danger is told in the midst of daily matters, so these have to be met without danger too.
    """
    chance = random.Random(RUNS)  # noqa: S311 - not for secrets
    texts = [told.text for told in daily]
    return [
        Told(" ".join(chance.sample(texts, chance.randint(2, LONGEST_RUN))), None)
        for _ in range(RUNS if len(texts) > LONGEST_RUN else 0)
    ]


class ConcernDetector:
    """What was learned: one yes-or-no for danger, and one for each kind of it."""

    def __init__(self, model: LinearModel) -> None:
        """Hold a trained detector."""
        self._model = model

    @classmethod
    def fit(
        cls,
        told: Sequence[Told],
        daily: Sequence[Told] = (),
        steering: Sequence[Told] = (),
        encode: Encode | None = None,
    ) -> ConcernDetector:
        """Learn from what was `told` of danger and near it, and of `daily` work and `steering`.

        Raises `ValueError` when a kind of danger has no example.
        """
        examples = [*told, *daily, *runs_of(daily), *steering]
        features = TextFeatures(encode)
        rows = features.fit_transform([example.text for example in examples])
        is_danger = np.array([example.kind is not None for example in examples])
        learned = [fit_yes_or_no(rows, is_danger, STRENGTH)]
        kinds = np.array([example.kind or "" for example in examples])[is_danger]
        learned += [fit_yes_or_no(rows[is_danger], kinds == kind.value, STRENGTH) for kind in Kind]
        table = np.array(learned)
        labels = (_DANGER, *(kind.value for kind in Kind))
        return cls(LinearModel(features, labels, table[:, :-1], table[:, -1], {}))

    def find(self, text: str) -> tuple[Concern, ...]:
        """Give a concern for each kind of danger that `text`, or a sentence of it, may tell of.

        The likeliest kind stops where the danger is all but sure; all others are checks.
        """
        told = [
            span
            for span in sentences(text)
            if len(span.text.split()) >= FEWEST_WORDS and self._model.features.can_read(span.text)
        ]
        spans = at_most(told, MOST_SENTENCES, text)
        if not spans:
            return ()
        alone = len(spans)
        if 1 < alone <= MOST_READ_TOGETHER:
            spans.append(joined(spans, text))
        shares = share(self._model.logits([span.text for span in spans]))
        surest: dict[Kind, tuple[float, Concern]] = {}
        for at, (span, (danger, *kinds)) in enumerate(zip(spans, shares, strict=True)):
            if danger < (DANGER_THRESHOLD if at < alone else TOGETHER_THRESHOLD):
                continue
            by_likelihood = sorted(zip(kinds, Kind, strict=True), reverse=True)
            for rank, (likely, kind) in enumerate(by_likelihood[:MOST_KINDS]):
                if rank and likely < KIND_THRESHOLD:
                    break
                stops = danger >= SURE_THRESHOLD and rank == 0
                level = Level.CONCERN if stops else Level.CHECK
                concern = Concern(kind, level, span.start, span.end, LEARNED)
                if danger > surest.get(kind, (0.0, concern))[0]:
                    surest[kind] = danger, concern
        return tuple(concern for _, concern in surest.values())

    def save(self, folder: Path) -> None:
        """Write the detector as arrays and JSON: nothing in it can run when it is loaded."""
        self._model.save(folder)

    @classmethod
    def load(cls, folder: Path) -> ConcernDetector:
        """Read what `save` wrote. Raises `ValueError` for another version's format."""
        return cls(LinearModel.load(folder))


def add_learned(ruled: Sequence[Concern], learned: Sequence[Concern]) -> tuple[Concern, ...]:
    """Give what the rules found, and what was learned of kinds that they did not find.

    Where the rules stop already, what was learned only asks: it takes one kind for another.
    """
    known = {concern.kind for concern in ruled}
    is_stopped = any(concern.level.stops for concern in ruled)
    added = [concern for concern in learned if concern.kind not in known]
    if is_stopped:
        added = [replace(concern, level=Level.CHECK) for concern in added]
    return (*ruled, *added)
