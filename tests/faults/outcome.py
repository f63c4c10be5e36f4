"""What came of a fault: how often it was tried, and what was lost, doubled or broken by it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Outcome:
    """One line of the table. A turn that was acknowledged and is not there is lost."""

    name: str
    tried: int = 0
    lost: int = 0
    doubled: int = 0
    # Whatever else was found, as sentences without anybody's words.
    broken: list[str] = field(default_factory=list)
    # Of the tries, how often the step at which it was meant to happen never came.
    missed: int = 0
    seconds: float = 0.0
    # Of the tries, how often each kind of fault, where one line of the table has several.
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return self.tried > 0 and not (self.lost or self.doubled or self.broken)

    def add(self, other: Outcome) -> None:
        """Take in what another try of the same kind came to."""
        self.tried += other.tried
        self.lost += other.lost
        self.doubled += other.doubled
        self.missed += other.missed
        self.broken += other.broken
        for name, times in other.counts.items():
            self.counts[name] = self.counts.get(name, 0) + times

    def expect(self, claim: object, otherwise: str) -> bool:
        """Note `otherwise` as broken unless the claim is true."""
        if not claim:
            self.broken.append(otherwise)
        return bool(claim)

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "tried": self.tried,
            "lost": self.lost,
            "doubled": self.doubled,
            "holds": self.holds,
            "missed": self.missed,
            "broken": self.broken[:20],
            "seconds": round(self.seconds, 1),
            **({"counts": self.counts} if self.counts else {}),
        }


def summed(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Give one outcome a name, in the order in which the names first came."""
    by_name: dict[str, Outcome] = {}
    for outcome in outcomes:
        by_name.setdefault(outcome.name, Outcome(outcome.name)).add(outcome)
        by_name[outcome.name].seconds += outcome.seconds
    return list(by_name.values())


class Stopwatch:
    """Adds the time that a block takes to an outcome."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    def __enter__(self) -> None:
        self._began = time.monotonic()

    def __exit__(self, *_: object) -> None:
        self._outcome.seconds += time.monotonic() - self._began
