"""Words on no list: which look like names, and which are English badly typed."""

from __future__ import annotations

import pytest

from bot.privacy.near import read_text
from bot.privacy.unlisted import looks_like_a_name


@pytest.mark.parametrize("word", ["zandilebone", "oluwakorede", "wanjirukamau"])
def test_an_unlisted_name_looks_like_one(word: str) -> None:
    assert looks_like_a_name(read_text(word), word)


@pytest.mark.parametrize("word", ["definately", "overstimmed", "gatvol", "unmuted", "wouldnt"])
def test_a_slip_an_ending_and_a_borrowed_word_do_not(word: str) -> None:
    assert not looks_like_a_name(read_text(word), word)
