"""The small pattern language does what its page says."""

from __future__ import annotations

import pytest

from bot.safety.patterns import compile_group, compile_pattern
from bot.safety.spelling import Spelling
from bot.safety.words import read_words

SPELLING = Spelling({"hes": "he is", "kiling": "killing"}, ["suicidal"], ["suicidally"])


def _found(pattern: str, text: str) -> bool:
    groups = {"CHILD": compile_group(["boy", "girl", "little one"], {})}
    words = read_words(text, SPELLING, frozenset({"but"}))
    return bool(compile_pattern(pattern, groups).forward(words.everywhere, words))


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        ("he is here", "He's here.", True),
        ("he is here", "hes here", True),
        ("he is not here", "he isn\u2019t here", True),
        ("can not go", "I can't go", True),
        ("will not", "won't", True),
        ("CHILD fell", "The little one fell", True),
        ("CHILD fell", "The little bird fell", False),
        ("bruis*", "two bruises", True),
        ("her own? life", "her life", True),
        ("her own? life", "her own life", True),
        ("her own? life", "her whole life", False),
        ("a .. b", "a x y z b", True),
        ("a .. b", "a x y z w b", False),
        ("a .. b", "a, b", False),
        ("a .. b", "a x but b", False),
        ("a ... b", "a, x but y b", True),
        ("a ... b", "a. b", False),
        ("a ... b", "a 1 2 3 4 5 6 7 8 b", False),
        ("a & b", "a x, y b", True),
        ("a & b", "b x, y a", True),
        ("a & b", "a. b", False),
        ("a & b & c", "c then a then b", True),
        ("a & b & c", "c then a then d", False),
        ("x (a & b)", "x b a", True),
        ("^ want", "want it", True),
        ("^ want", "I want it", False),
        ("^ want", "No. Want it", True),
        ("go on $", "I can't go on", True),
        ("go on $", "I can't go on, really", True),
        ("go on $", "I go on holiday", False),
        ("suicide !(risk|talk)", "suicide risk", False),
        ("suicide !(risk|talk)", "suicide note", True),
        ("suicidal", "suicdal", True),
        ("suicidal", "siucidal", True),
        ("killing", "KILING", True),
        ("cafe", "caf\u00e9", True),
        ("a b", "a   b", True),
        ("dr x", "Dr. X", True),
        ("one two", "one... two", True),
        ("one two", "one... Two", False),
    ],
)
def test_a_pattern_finds_what_it_says(pattern: str, text: str, is_found: bool) -> None:  # noqa: FBT001
    assert _found(pattern, text) is is_found
