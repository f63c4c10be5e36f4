"""How much the masking finds, and how much it leaves alone, in invented sentences.

Five files: `cases.yml` (first set), `harder_cases.yml` (second set, tuned for after one score),
`unseen_cases.yml` (never tuned for), `world_cases.yml` (many countries, tuned for) and
`fresh_cases.yml` (written after that tuning; its floor is its first score). The other floors are
what each reached, rounded down.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.library import read
from bot.privacy.mask import mask

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """A sentence and the exact substrings of it that must be masked."""

    say: str
    mask: list[str]


def _score(file: str) -> tuple[float, int]:
    """Give recall, and how many spans were masked that should not be."""
    wanted = hits = false_masks = 0
    for case in read(HERE / file, list[Case]):
        want = Counter(case.mask)
        got = Counter(case.say[found.start : found.end] for found in mask(case.say).identifiers)
        wanted += want.total()
        hits += (want & got).total()
        false_masks += (got - want).total()
    return hits / wanted, false_masks


@pytest.mark.parametrize(
    ("file", "least_recall", "most_false_masks"),
    [
        ("cases.yml", 1.0, 1),
        ("harder_cases.yml", 1.0, 0),
        ("unseen_cases.yml", 0.95, 2),
        ("world_cases.yml", 0.98, 10),
        ("fresh_cases.yml", 0.91, 7),
    ],
)
def test_recall_and_false_masks_stay_as_good_as_they_were(
    file: str, least_recall: float, most_false_masks: int
) -> None:
    recall, false_masks = _score(file)
    assert recall >= least_recall
    assert false_masks <= most_false_masks


def test_every_case_names_substrings_of_its_sentence() -> None:
    for file in sorted(path.name for path in HERE.glob("*cases.yml")):
        for case in read(HERE / file, list[Case]):
            assert all(part in case.say for part in case.mask), case.say
