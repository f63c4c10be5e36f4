"""The judge of context: which words it weighs, and what it may never do."""

from __future__ import annotations

import json

import pytest

from bot.privacy.judge import WEIGHTS_FILE, evidence, words_to_judge
from bot.privacy.near import read_text


def _evidence(text: str, word: str) -> float:
    near = read_text(text)
    at = next(at for at, each in enumerate(near.words) if each.key == word)
    return evidence(near, at, word)


@pytest.mark.parametrize(
    ("name", "plain", "word"),
    [
        ("not sure if i should ring grace back", "she held grace and anger at once", "grace"),
        ("i was short with mark today", "it left a mark on me", "mark"),
        ("i told hope about it", "i have no hope left", "hope"),
    ],
)
def test_a_persons_place_speaks_more_for_a_name_than_a_things(
    name: str, plain: str, word: str
) -> None:
    assert word in words_to_judge()
    assert _evidence(name, word) > _evidence(plain, word)


def test_the_kept_weights_are_numbers_alone() -> None:
    kept = json.loads(WEIGHTS_FILE.read_bytes())
    assert set(kept) == {"bias", "weights"}
    assert all(isinstance(each, float | int) for each in kept["weights"].values())
