"""Sealed bytes open with their key, in their place, whole, and in no other way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.privacy.sealing.envelope import Place, open_sealed, seal
from bot.privacy.sealing.problems import SealBroken

KEY = b"k" * 32
HERE = Place("turns", "sealed", "row1", "reflection1")
WORDS = b"She looked at the floor."


@given(st.binary(max_size=2000))
def test_what_was_sealed_opens(plain: bytes) -> None:
    assert open_sealed(KEY, seal(KEY, plain, HERE), HERE) == plain


def test_the_same_words_never_look_the_same() -> None:
    assert seal(KEY, WORDS, HERE) != seal(KEY, WORDS, HERE)
    assert WORDS not in seal(KEY, WORDS, HERE)


@pytest.mark.parametrize("part", ["table", "column", "row", "reflection"])
def test_bytes_that_were_moved_do_not_open(part: str) -> None:
    with pytest.raises(SealBroken):
        open_sealed(KEY, seal(KEY, WORDS, HERE), replace(HERE, **{part: "another"}))


def test_no_changed_byte_and_no_cut_goes_unseen() -> None:
    sealed = seal(KEY, WORDS, HERE)
    for at in range(len(sealed)):
        tampered = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        for broken in (tampered, sealed[:at]):
            with pytest.raises(SealBroken):
                open_sealed(KEY, broken, HERE)


def test_another_key_does_not_open() -> None:
    with pytest.raises(SealBroken):
        open_sealed(b"o" * 32, seal(KEY, WORDS, HERE), HERE)


@pytest.mark.parametrize("name", ["", "a|b"])
def test_a_place_that_could_be_two_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="four names"):
        seal(KEY, WORDS, replace(HERE, row=name))
