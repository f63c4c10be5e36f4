"""The labelled sentences are enough, varied, well labelled, and not the ones we measure on."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

import pytest

from bot.evaluation.data import (
    Batch,
    DangerText,
    HeldOutText,
    IdentifyingText,
    Pair,
    SafeText,
    held_out,
    theme_examples,
    told_examples,
)
from bot.safety.kinds import Kind
from bot.themes.taxonomy import read_taxonomy

THEMES, TOLD = theme_examples(), told_examples()
BATCHES = Counter(batch.name for _, batch in (*THEMES, *TOLD))
# Of two texts that have more of all their runs of three words in common, one is a copy.
MOST_SHARED = 0.5
FEWEST_IN_A_BATCH = 100


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def _near(texts: Sequence[tuple[str, Batch | None]]) -> list[tuple[str, str]]:
    """Give pairs of near duplicates, but for those that are halves of one minimal pair."""
    runs = [_runs(text) for text, _ in texts]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, some in enumerate(runs):
        for run in some:
            holders[run].append(at)
    shared = Counter(
        pair for some in holders.values() if len(some) < 60 for pair in combinations(some, 2)
    )
    return [
        (texts[one][0], texts[other][0])
        for (one, other), count in shared.items()
        if count > 2
        and count > MOST_SHARED * len(runs[one] | runs[other])
        and not _is_pair(texts[one][1], texts[other][1])
    ]


def _is_pair(one: Batch | None, other: Batch | None) -> bool:
    return bool(one and other and one.pair and one.pair == other.pair)


def _held_out_texts() -> Iterable[str]:
    for name, kind in (
        ("themes", HeldOutText),
        ("danger", DangerText),
        ("safe", SafeText),
        ("identifiers", IdentifyingText),
    ):
        yield from (text.text for text in held_out(name, kind))
    for pair in held_out("pairs", Pair):
        yield from (pair.carries, pair.lacks)


def test_there_are_enough_of_each_subtheme_and_of_none() -> None:
    counts = Counter(label for example, _ in THEMES for label in example.labels)
    keys = {f"{theme}/{sub}" for theme, words in read_taxonomy().items() for sub in words.subthemes}
    assert set(counts) == keys
    assert min(counts.values()) >= 100
    assert sum(not example.labels for example, _ in THEMES) >= 1200
    assert len(THEMES) >= 4000


def test_there_is_enough_danger_of_every_kind_and_as_much_that_only_sounds_like_it() -> None:
    kinds = Counter(example.kind for example, _ in TOLD)
    near_misses = kinds.pop(None)
    assert set(kinds) == set(Kind)
    assert min(kinds.values()) >= 120
    assert sum(kinds.values()) >= 900
    assert near_misses >= 900


def test_every_batch_says_who_wrote_it_and_when_and_can_be_left_out() -> None:
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d-\w+", name) for name in BATCHES)
    assert min(BATCHES.values()) >= FEWEST_IN_A_BATCH
    assert max(BATCHES.values()) < sum(BATCHES.values()) / 4


def test_no_sentence_is_nearly_another() -> None:
    assert _near([(example.text, batch) for example, batch in (*THEMES, *TOLD)]) == []


def test_nothing_that_is_measured_on_is_learnt_from() -> None:
    learnt = [(example.text, Batch("learnt")) for example, _ in (*THEMES, *TOLD)]
    texts = set(_held_out_texts())
    near = _near([*learnt, *((text, None) for text in texts)])
    assert [pair for pair in near if (pair[0] in texts) != (pair[1] in texts)] == []


@pytest.mark.parametrize("batch", sorted(BATCHES))
def test_the_sentences_of_a_batch_are_varied(batch: str) -> None:
    # Of a minimal pair one half: the other is meant to be like it.
    halves = {b.pair or e.text: e.text for e, b in (*THEMES, *TOLD) if b.name == batch}
    texts = list(halves.values())
    words = [re.findall(r"[\w']+", text.lower()) for text in texts]
    openings = Counter(tuple(some[:3]) for some in words)
    runs = [run for text in texts for run in _runs(text)]
    variety = {
        "openings that are no other's": len(openings) / len(texts),
        "most used opening": max(openings.values()) / len(texts),
        "runs of three words that are no other's": len(set(runs)) / len(runs),
        "different words": len({word for some in words for word in some}),
        "shortest": min(map(len, words)),
        "longest": max(map(len, words)),
    }
    print(batch, len(texts), variety)  # noqa: T201 - the report on variety; pytest -s shows it
    assert variety["openings that are no other's"] > 0.6
    assert variety["most used opening"] < 0.03
    assert variety["runs of three words that are no other's"] > 0.85
    assert variety["different words"] > 1000
    assert variety["longest"] >= 1.6 * variety["shortest"]
