"""How much the masking finds, and how much it leaves alone, in invented sentences.

`cases.yml` (first set), `harder_cases.yml` (second set, tuned for after one score),
`unseen_cases.yml` (never tuned for), `world_cases.yml` (many countries, tuned for),
`fresh_cases.yml` and `notes_cases.yml` (each written after a tuning; their floors are their first
scores), and five files by kind, tuned for, whose misses show what is still hard. The last four,
`accounts_cases.yml`, `chat_cases.yml`, `hurried_cases.yml` and `mixed_cases.yml`, are by writers
who had not seen the rules: with them as they first came, 0.94, 0.8, 0.81 and 0.92 were found.
After tuning for the first alone the second rose by a hundredth only: so little does a tuned floor
tell of texts of another kind. The other floors are what each reached, rounded down.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.library import read
from bot.privacy.mask import mask

HERE = Path(__file__).parent
MOST_BESIDE = 8


@dataclass(frozen=True)
class Case:
    """A sentence and the exact substrings of it that must be masked."""

    say: str
    mask: list[str]


def _score(file: str) -> tuple[float, int]:
    """Give recall, and how many spans were masked that should not be.

    A part is found when none of its letters and digits is left. A mask is false when it covers no
    part, or reaches too far beyond those that it covers.
    """
    wanted = hits = false_masks = 0
    for case in read(HERE / file, list[Case]):
        masks = [(found.start, found.end) for found in mask(case.say).identifiers]
        parts = _parts(case)
        for start, end in parts:
            letters = (at for at in range(start, end) if case.say[at].isalnum())
            hits += all(any(one <= at < two for one, two in masks) for at in letters)
        wanted += len(parts)
        false_masks += sum(_is_false(each, parts) for each in masks)
    return hits / wanted, false_masks


def _parts(case: Case) -> list[tuple[int, int]]:
    """Give where each part stands: a part told twice is looked for twice."""
    parts, after = [], Counter[str]()
    for part in case.mask:
        shown = re.escape(part)
        whole = re.compile(rf"(?<!\w){shown}(?!\w)").search(case.say, after[part])
        found = whole or re.compile(shown).search(case.say, after[part])
        assert found, case.say
        after[part] = found.end()
        parts.append(found.span())
    return parts


def _is_false(masked: tuple[int, int], parts: list[tuple[int, int]]) -> bool:
    start, end = masked
    covered = sum(max(0, min(end, two) - max(start, one)) for one, two in parts)
    # "CAS" before its number, or the comma between the parts of an address, may go too.
    return not covered or end - start - covered > MOST_BESIDE


@pytest.mark.parametrize(
    ("file", "least_recall", "most_false_masks"),
    [
        ("cases.yml", 1.0, 0),
        ("harder_cases.yml", 1.0, 0),
        ("unseen_cases.yml", 0.95, 2),
        ("world_cases.yml", 0.99, 9),
        ("fresh_cases.yml", 0.91, 7),
        ("numbers_cases.yml", 1.0, 1),
        ("whereabouts_cases.yml", 0.94, 1),
        ("people_cases.yml", 0.98, 2),
        ("word_or_name_cases.yml", 0.9, 2),
        ("small_letters_cases.yml", 0.92, 0),
        ("context_cases.yml", 0.87, 3),
        ("notes_cases.yml", 0.92, 1),
        ("accounts_cases.yml", 0.99, 13),
        ("chat_cases.yml", 0.94, 8),
        ("hurried_cases.yml", 0.94, 10),
        ("mixed_cases.yml", 0.96, 5),
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
