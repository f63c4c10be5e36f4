"""Pairs of sentences that differ in a denial: what is said is a theme, what is denied is none."""

from __future__ import annotations

import pytest

from bot.themes.detector import ThemeDetector
from bot.themes.findings import Theme

INVESTMENT, TRAUMA, OWN = Theme
PAIRS = [
    (
        INVESTMENT,
        "Mum cancelled the session again and did not ring.",
        "Mum has not cancelled once.",
    ),
    (INVESTMENT, "Mum missed the session again.", "Mum never missed a session this term."),
    (INVESTMENT, "Dad refuses to come in.", "Dad has never refused to come in."),
    (
        INVESTMENT,
        "She stopped answering my calls weeks ago.",
        "She answers my calls and messages every time.",
    ),
    (
        TRAUMA,
        "She told me that her own father used to beat her as a child.",
        "She told me that nobody ever beat her as a child.",
    ),
    (TRAUMA, "Her husband used to hit her.", "Her husband never hit her."),
    (TRAUMA, "She is grieving for her baby who died.", "Nobody in the family has died."),
    (OWN, "I was so angry that my hands shook.", "I was not angry with her at all."),
    (OWN, "I am dreading the call I have to make.", "I am not dreading the call at all."),
    (OWN, "I felt helpless sitting there.", "I did not feel helpless sitting there."),
    (OWN, "I drove home feeling like a bad therapist.", "I did not feel like a bad therapist."),
    (OWN, "I wanted to take him home with me.", "I had no wish to take him home with me."),
]


def themes_of(detector: ThemeDetector, text: str) -> set[Theme]:
    return {finding.theme for finding in detector.find(text)}


@pytest.fixture(scope="module")
def right(trained: ThemeDetector) -> list[tuple[bool, bool]]:
    """For each pair, whether what is said is heard and what is denied is not."""
    return [
        (theme in themes_of(trained, said), theme not in themes_of(trained, denied))
        for theme, said, denied in PAIRS
    ]


def test_what_is_said_is_mostly_heard(right: list[tuple[bool, bool]]) -> None:
    # Measured on 2026-11-23: 12 of 12.
    assert sum(said for said, _ in right) >= 11, right


def test_no_fewer_pairs_are_right_on_both_sides_than_before(
    right: list[tuple[bool, bool]],
) -> None:
    # Measured on 2026-11-23: 7 of 12.
    assert sum(said and denied for said, denied in right) >= 6, right


def test_most_pairs_are_right_on_both_sides(right: list[tuple[bool, bool]]) -> None:
    assert sum(said and denied for said, denied in right) >= 0.75 * len(PAIRS), right
