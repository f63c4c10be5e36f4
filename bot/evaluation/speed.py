"""How long a turn's hearing takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

# Sixty words in four sentences, as a therapist writes after a hard hour.
MESSAGE = (
    "Mum turned up twenty minutes late again and sat with her coat on the whole time. When I asked "
    "how the week had been she said I was the one who gets paid to know. I could feel my face go "
    "hot, and I heard myself talking faster and faster. Afterwards I sat in the empty room and "
    "could not have told you what the boy drew."
)
ROUNDS = 40
_TO_MILLISECONDS = 1e-6


def timed(parts: dict[str, Callable[[str], Any]]) -> dict[str, dict[str, float]]:
    """Give the median and the 95th percentile in milliseconds of each part on one message."""
    for run in parts.values():
        run(MESSAGE)
    taken: dict[str, list[int]] = {name: [] for name in parts}
    for _ in range(ROUNDS):
        for name, run in parts.items():
            began = time.perf_counter_ns()
            run(MESSAGE)
            taken[name].append(time.perf_counter_ns() - began)
    return {
        name: {
            "median_ms": float(np.median(times)) * _TO_MILLISECONDS,
            "p95_ms": float(np.percentile(times, 95)) * _TO_MILLISECONDS,
        }
        for name, times in taken.items()
    }
