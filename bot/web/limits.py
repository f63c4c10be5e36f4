"""How often somebody may do something: counted in this process, or by all copies of the gateway."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

# Beyond so many keys the one unused longest is forgotten: a flood of addresses must not
# fill the memory.
MOST_KEYS = 10_000


class Limiter:
    """A bucket for each key, refilled evenly; full, it lets a minute's worth pass at once."""

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        """Allow `per_minute` for each key."""
        self._size = float(per_minute)
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def allows(self, key: str) -> bool:
        """Take one from the bucket of `key`; False when it is empty."""
        now = self._now()
        level, since = self._buckets.pop(key, (self._size, now))
        level = min(self._size, level + (now - since) * self._size / 60)
        is_allowed = level >= 1
        self._buckets[key] = (level - 1 if is_allowed else level, now)
        if len(self._buckets) > MOST_KEYS:
            self._buckets.popitem(last=False)
        return is_allowed

    async def seconds_until(self, key: str) -> float:
        """Give how long it takes until the bucket of `key` holds one again."""
        level, since = self._buckets.get(key, (self._size, self._now()))
        return max(0.0, (1 - level) * 60 / self._size - (self._now() - since))
