"""Which batches of `data/nlu/` the sentence encoder was tuned on: it cannot be judged on those."""

from __future__ import annotations

SEEN_BY_THE_ENCODER: frozenset[str] = frozenset()
