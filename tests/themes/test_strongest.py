"""Several answers, one finding a theme."""

from __future__ import annotations

import json
from dataclasses import replace

from bot.themes.findings import Evidence, Finding, Theme
from bot.themes.strongest import MOST_WORDS, strongest


def finding(theme: Theme, confidence: float, *words: str, subtheme: str | None = None) -> Finding:
    return Finding(
        theme, subtheme, confidence, tuple(Evidence(0, len(word), word) for word in words)
    )


A, B = Theme.PARENT_TRAUMA, Theme.COUNTERTRANSFERENCE


def test_nothing_heard_gives_nothing() -> None:
    assert strongest([]) == []


def test_each_theme_comes_once_surest_first() -> None:
    heard = [finding(A, 0.5, "one"), finding(B, 0.6, "two"), finding(A, 0.9, "three")]
    assert [(f.theme, f.confidence) for f in strongest(heard)] == [(A, 0.9), (B, 0.6)]


def test_the_words_come_from_several_answers_rather_than_from_one() -> None:
    (joined,) = strongest([finding(A, 0.5, "late", "later"), finding(A, 0.9, "first", "second")])
    assert [evidence.text for evidence in joined.evidence] == ["first", "late"]
    assert len(joined.evidence) == MOST_WORDS


def test_the_subtheme_is_the_surest_one_that_was_heard() -> None:
    heard = [finding(A, 0.9, "x"), finding(A, 0.7, "y", subtheme="bereavement")]
    (joined,) = strongest([*heard, finding(A, 0.6, "z", subtheme="mistrust")])
    assert joined.subtheme == "bereavement"


def test_a_finding_is_plain_values_for_json() -> None:
    one = replace(finding(A, 0.5, "x"), subtheme="mistrust")
    assert json.loads(json.dumps(one.as_dict())) == {
        "theme": "parent_trauma",
        "subtheme": "mistrust",
        "confidence": 0.5,
        "evidence": [{"start": 0, "end": 1, "text": "x"}],
    }
