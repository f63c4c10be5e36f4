"""Which batches of `data/nlu/` the sentence encoder was tuned on: it cannot be judged on those.

`setup/encoder/tune.py` reads this too; the batches that are not named here were kept from it.
"""

from __future__ import annotations

_DAY = "2026-11-23"
SEEN_BY_THE_ENCODER = frozenset(
    f"{_DAY}-{batch}" for batch in (*"abdeghijklmnpqr", "s1", "s2", "s4", "s5", "s6", "s7", "s8")
)
