"""How alike two supervisors labelled the same findings: Cohen's kappa with its interval.

Of labels alone, without words and without people. What is compared is the theme that a finding
has after a reader's label, or that none fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from bot.themes.findings import Theme

# Below this nothing is shown. With fewer reflections a 95 % interval made by drawing them again
# holds the truth in 85 of 100 cases only, and with fewer findings it spans half the scale
# (docs/decisions/0018).
FEWEST_REFLECTIONS = 10
FEWEST_FINDINGS = 30
_DRAWS = 2000
_SEED = 20261130
_TAILS = (2.5, 97.5)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Said:
    """What a finding is after a reader's label; without a theme: none fits."""

    theme: Theme | None
    subtheme: str | None = None


Pair = tuple[Said, Said]
# What may be said of a finding's theme, in the order of rows and columns of a table.
CATEGORIES: tuple[Theme | None, ...] = (*Theme, None)


@dataclass(frozen=True)
class Agreement:
    """How alike two readers' labels are, of `findings` in `reflections`.

    `table[a][b]`: how many findings the first gave `CATEGORIES[a]` and the second
    `CATEGORIES[b]`. `same`: how many got the same theme. Kappa with the ends of its 95 %
    interval; None where it is not defined, since both said one and the same throughout.
    """

    findings: int
    reflections: int
    same: int
    table: Sequence[Sequence[int]]
    kappa: float | None
    low: float | None
    high: float | None


def is_enough(readings: Sequence[Sequence[Pair]]) -> bool:
    """Say whether there are so many findings and reflections that a figure says something."""
    findings = sum(map(len, readings))
    return findings >= FEWEST_FINDINGS and _with_findings(readings) >= FEWEST_REFLECTIONS


def agreement(readings: Sequence[Sequence[Pair]]) -> Agreement | None:
    """Give the agreement over reflections, each with its findings' pairs; None for too few.

    Findings of one reflection are not independent of each other: for the interval reflections
    are drawn again, whole, and not findings.
    """
    if not is_enough(readings):
        return None
    tables = np.array([_table(pairs) for pairs in readings])
    total = tables.sum(axis=0)
    first, second = zip(*(pair for pairs in readings for pair in pairs), strict=True)
    low, high = _interval(tables)
    return Agreement(
        findings=int(total.sum()),
        reflections=_with_findings(readings),
        same=int(total.trace()),
        table=[[int(count) for count in row] for row in total],
        kappa=None if _is_one_category(total) else _kappa(first, second),
        low=None if _is_one_category(total) else low,
        high=None if _is_one_category(total) else high,
    )


def kappas(tables: Floats) -> Floats:
    """Give Cohen's kappa (1960) of each table of counts; not a number where it is not defined.

    `tables`: n x categories x categories. The same figure as scikit-learn's, which takes one at
    a time: two thousand of its calls would take five seconds.
    """
    findings = tables.sum(axis=(-1, -2))
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = np.trace(tables, axis1=-2, axis2=-1) / findings
        expected = (tables.sum(axis=-1) * tables.sum(axis=-2)).sum(axis=-1) / findings**2
        found: Floats = (observed - expected) / (1 - expected)
    return found


def _kappa(first: Sequence[Said], second: Sequence[Said]) -> float:
    one, other = ([CATEGORIES.index(said.theme) for said in each] for each in (first, second))
    return float(cohen_kappa_score(one, other, labels=range(len(CATEGORIES))))


def _interval(tables: Floats) -> tuple[float, float]:
    chance = np.random.default_rng(_SEED)
    reflections = len(tables)
    # How often each reflection comes, in each draw.
    weights = chance.multinomial(reflections, [1 / reflections] * reflections, size=_DRAWS)
    drawn = kappas(np.tensordot(weights, tables, axes=1).astype(float))
    defined = drawn[~np.isnan(drawn)]
    if not len(defined):
        return float("nan"), float("nan")
    low, high = np.percentile(defined, _TAILS)
    return float(low), float(high)


def _table(pairs: Sequence[Pair]) -> NDArray[np.int64]:
    table = np.zeros((len(CATEGORIES), len(CATEGORIES)), dtype=np.int64)
    for one, other in pairs:
        table[CATEGORIES.index(one.theme), CATEGORIES.index(other.theme)] += 1
    return table


def _is_one_category(total: NDArray[np.int64]) -> bool:
    return bool((np.diag(total) == total.sum()).any())


def _with_findings(readings: Sequence[Sequence[Pair]]) -> int:
    return sum(1 for pairs in readings if pairs)


def tally(pairs: Sequence[Pair]) -> dict[str, int]:
    """Give in how many pairs the theme is the same, the theme but not the subtheme, and neither."""
    theme = [one.theme is other.theme for one, other in pairs]
    whole = sum(one == other for one, other in pairs)
    return {"same": whole, "theme": sum(theme) - whole, "other": len(pairs) - sum(theme)}
