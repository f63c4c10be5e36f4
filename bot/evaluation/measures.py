"""Figures with the interval in which they would lie if other texts had been drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

_DRAWS = 1000
_SEED = 20251123
_TAILS = (2.5, 97.5)


@dataclass(frozen=True)
class Figure:
    """A figure, its 95 % interval, and of how many texts or findings it speaks."""

    value: float
    low: float
    high: float
    of: int


def part(hits: int, of: int) -> Figure:
    """Give a proportion with Wilson's interval; of nothing it is not a number."""
    if not of:
        return Figure(float("nan"), float("nan"), float("nan"), 0)
    found = binomtest(hits, of).proportion_ci(method="wilson")
    return Figure(hits / of, float(found.low), float(found.high), of)


def drawn(of: int, measure: Callable[[NDArray[np.int64]], float]) -> Figure:
    """Give `measure` of all rows, with the interval it takes when rows are drawn again."""
    chance = np.random.default_rng(_SEED)
    everything = np.arange(of)
    again = [measure(chance.integers(0, of, of)) for _ in range(_DRAWS)]
    low, high = np.nanpercentile(again, _TAILS)
    return Figure(measure(everything), float(low), float(high), of)


def f1(said: Bools, true: Bools) -> float:
    """Give the F1 of one yes-or-no; 0 where nothing was right."""
    right = int((said & true).sum())
    return 2 * right / max(1, int(said.sum()) + int(true.sum()))


def macro_f1(said: Bools, true: Bools) -> float:
    """Give the mean F1 of the columns: texts x themes."""
    return float(np.mean([f1(said[:, at], true[:, at]) for at in range(true.shape[1])]))


def by_label(said: Bools, true: Bools, labels: Sequence[str]) -> dict[str, dict[str, Figure]]:
    """Give precision, recall and F1 of each label (a column), with intervals."""
    found = {}
    for at, label in enumerate(labels):
        one, other = said[:, at], true[:, at]
        right = int((one & other).sum())
        found[label] = {
            "precision": part(right, int(one.sum())),
            "recall": part(right, int(other.sum())),
            "f1": _drawn_f1(one, other),
        }
    return found


def _drawn_f1(said: Bools, true: Bools) -> Figure:
    return drawn(len(true), lambda rows: f1(said[rows], true[rows]))


@dataclass(frozen=True)
class Bin:
    """Of the probabilities in a tenth: their mean, how often they came true, how many they were."""

    said: float
    true: float
    of: int


def reliability(probabilities: Floats, true: Bools, bins: int = 10) -> list[Bin]:
    """Give how often what was said to be so likely was so."""
    where = np.minimum((probabilities * bins).astype(int), bins - 1)
    return [
        Bin(float(probabilities[inside].mean()), float(true[inside].mean()), int(inside.sum()))
        for inside in (where == at for at in range(bins))
        if inside.any()
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Give the expected calibration error: how far off the bins are, weighed by their size."""
    return sum(each.of * abs(each.said - each.true) for each in bins) / sum(b.of for b in bins)
