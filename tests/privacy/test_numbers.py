"""Check digits of identity numbers."""

from __future__ import annotations

from bot.privacy.numbers import is_aadhaar, is_au_medicare, is_nhs_number, is_za_identity


def test_a_south_african_identity_number_needs_its_check_digit() -> None:
    assert is_za_identity("9202204720083")
    assert not is_za_identity("9202204720084")


def test_an_nhs_number_needs_its_check_digit() -> None:
    assert is_nhs_number("9434765919")
    assert not is_nhs_number("9434765918")


def test_an_australian_medicare_number_needs_its_check_digit() -> None:
    assert is_au_medicare("2123456701")
    assert not is_au_medicare("2123456711")


def test_an_aadhaar_number_needs_its_check_digit() -> None:
    assert is_aadhaar("234123412346")
    assert not is_aadhaar("234123412347")
