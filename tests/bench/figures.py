"""What a part of the benchmark says: figures with a bar, and what lay behind them.

A figure is a ratio with an interval of 95%, by bootstrap over blocks: within a block the machine
was as busy for one side as for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

_RESAMPLES = 2000
_SEED = 20261201

Blocks = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Figure:
    """One ratio (or size) and the bar it is held against."""

    name: str
    ratio: float
    low: float
    high: float
    bar: float | None
    is_at_least: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether the bar is held by the middle of what was measured; None without a bar."""
        if self.bar is None:
            return None
        return self.ratio >= self.bar if self.is_at_least else self.ratio <= self.bar


@dataclass
class Outcome:
    """What a part found. `shown` holds the series of a plot, in its unit, by name."""

    figures: list[Figure] = field(default_factory=list)
    table: dict[str, str] = field(default_factory=dict)
    shown: dict[str, list[float]] = field(default_factory=dict)
    unit: str = "ms"


def median(blocks: Blocks) -> float:
    """Give the median of everything in all blocks."""
    return float(np.median(np.concatenate([np.asarray(block, float) for block in blocks])))


def ratio_of(
    name: str,
    ours: Blocks,
    theirs: Blocks,
    bar: float | None,
    *,
    is_at_least: bool = False,
    of: Callable[[Blocks], float] = median,
) -> Figure:
    """Give `of(ours) / of(theirs)`; the blocks of both are drawn together, so pairs stay pairs."""
    random = np.random.default_rng(_SEED)
    count = min(len(ours), len(theirs))
    drawn = []
    for _ in range(_RESAMPLES):
        chosen = random.integers(0, count, count)
        drawn.append(of([ours[i] for i in chosen]) / of([theirs[i] for i in chosen]))
    low, high = np.percentile(drawn, (2.5, 97.5))
    middle = of(ours[:count]) / of(theirs[:count])
    return Figure(name, middle, float(low), float(high), bar, is_at_least)


def size_of(name: str, sizes: Sequence[float], bar: float) -> Figure:
    """Give the largest of some sizes against a bar in the same unit."""
    return Figure(name, max(sizes), min(sizes), max(sizes), bar)


def spread(blocks: Blocks, unit: str = "ms") -> str:
    """Say the median and the 95th percentile."""
    values = np.concatenate([np.asarray(block, float) for block in blocks])
    return f"median {np.median(values):.1f} {unit}, 95% within {np.percentile(values, 95):.1f}"


def as_json(figures: Mapping[str, Sequence[Figure]]) -> list[dict[str, object]]:
    """Give all figures as `var/bench.json` holds them."""
    return [
        {
            "name": figure.name,
            "ratio": round(figure.ratio, 4),
            "low": round(figure.low, 4),
            "high": round(figure.high, 4),
            "bar": figure.bar,
            "holds": figure.holds,
        }
        for part in figures.values()
        for figure in part
    ]
