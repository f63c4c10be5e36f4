"""How often a method may be called, and whether the app waits when it is told to."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from tests.slack.mock.clock import Clock
from tests.slack.mock.limits import A_CHANNEL, RATES, Rate

# A timer may be early by this much.
_EARLY_SECONDS = 0.05
# So long after a 429 a call may come that was under way before the app could know of it.
_UNDER_WAY_SECONDS = 0.2


@dataclass
class _Bucket:
    rate: Rate
    left: float
    at: float

    def take(self, now: float) -> float:
        """Take one; give the seconds that are still to wait, 0 when it was there."""
        a_second = self.rate.a_minute / 60
        self.left = min(self.rate.burst, self.left + (now - self.at) * a_second)
        self.at = now
        if self.left < 1:
            return (1 - self.left) / a_second
        self.left -= 1
        return 0.0


class Rates:
    """Buckets, one a method and one a channel that is written to."""

    def __init__(self, clock: Clock, rates: dict[str, Rate] | None = None) -> None:
        self._clock = clock
        self._rates = RATES | (rates or {})
        self.channel = A_CHANNEL
        self._buckets: dict[str, _Bucket] = {}
        self._not_before: dict[str, float] = {}
        self._refused_at: dict[str, float] = {}

    def refuse(self, method: str, channel: str, seconds: int) -> None:
        """Have calls of this kind wait."""
        self._not_before[self.key(method, channel)] = self._clock() + seconds
        self._refused_at[self.key(method, channel)] = time.monotonic()

    def forget(self) -> None:
        """Take back all that was told to wait, as for an app that has begun anew."""
        self._not_before.clear()

    def could_know(self, method: str, channel: str) -> bool:
        """Whether the app has had the time to hear that it must wait."""
        since = time.monotonic() - self._refused_at[self.key(method, channel)]
        return since > _UNDER_WAY_SECONDS

    def too_early(self, method: str, channel: str) -> float:
        """Give the seconds by which a call comes before the `Retry-After` it was given."""
        left = self._not_before.get(self.key(method, channel), 0.0) - self._clock()
        return left if left > _EARLY_SECONDS * self._clock.speed else 0.0

    def take(self, method: str, channel: str) -> int:
        """Count a call; give the whole seconds of its `Retry-After`, 0 when it may go on."""
        wanted = [(method, self._rates.get(method))]
        if method == "chat.postMessage":
            wanted.append((self.key(method, channel), self.channel))
        for key, rate in wanted:
            if rate is None:
                continue
            bucket = self._buckets.setdefault(key, _Bucket(rate, rate.burst, self._clock()))
            if wait := bucket.take(self._clock()):
                return math.ceil(wait)
        return 0

    @staticmethod
    def key(method: str, channel: str) -> str:
        return f"{method} {channel}" if method == "chat.postMessage" else method
