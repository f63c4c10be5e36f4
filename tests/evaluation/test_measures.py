"""The figures are the ones they say they are."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bot.evaluation.data import IdentifyingText, NamedIn
from bot.evaluation.masking import masking
from bot.evaluation.measures import calibration_error, f1, macro_f1, part, reliability

SAID = np.array([True, True, False, False])
TRUE = np.array([True, False, True, False])


def test_f1_is_the_harmonic_mean_of_precision_and_recall() -> None:
    assert f1(SAID, TRUE) == pytest.approx(0.5)
    assert f1(SAID, SAID) == 1
    assert f1(~TRUE, TRUE) == 0
    both = np.stack([SAID, TRUE], axis=1)
    assert macro_f1(both, np.stack([TRUE, TRUE], axis=1)) == pytest.approx(0.75)


def test_a_part_has_wilsons_interval_and_nothing_is_not_a_number() -> None:
    found = part(8, 10)
    assert (found.value, found.of) == (0.8, 10)
    assert (found.low, found.high) == (
        pytest.approx(0.490, abs=1e-3),
        pytest.approx(0.943, abs=1e-3),
    )
    assert math.isnan(part(0, 0).value)


def test_what_comes_true_as_often_as_said_is_calibrated() -> None:
    chance = np.random.default_rng(1)
    said = chance.random(20_000)
    true = chance.random(20_000) < said
    assert calibration_error(reliability(said, true)) < 0.02
    assert calibration_error(reliability(said, said > 0.5)) > 0.2


def test_masking_counts_what_is_gone_and_what_was_innocent() -> None:
    texts = [
        IdentifyingText(
            "I saw Thandi in Soweto.", (NamedIn("Thandi", "name"), NamedIn("Soweto", "place"))
        ),
        IdentifyingText("Then Sipho cried.", ()),
        IdentifyingText("The kettle was on.", (NamedIn("kettle", "name"),)),
    ]
    found = masking(texts)
    assert (found["masked"].value, found["masked"].of) == (pytest.approx(2 / 3), 3)
    assert (found["innocent"].value, found["innocent"].of) == (pytest.approx(1 / 3), 3)
