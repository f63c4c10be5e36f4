"""Slack's clock, which a test may make quick."""

from __future__ import annotations

import asyncio
import time


class Clock:
    """Gives Slack's time as seconds since 1970; `speed` of its seconds pass in one of ours."""

    def __init__(self, speed: float = 1.0, epoch: float | None = None) -> None:
        self.speed = speed
        self._epoch = time.time() if epoch is None else epoch
        self._began = time.monotonic()
        self._last = 0

    def __call__(self) -> float:
        return self._epoch + (time.monotonic() - self._began) * self.speed

    def advance(self, seconds: float) -> None:
        self._epoch += seconds

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)

    def timeout(self, seconds: float) -> asyncio.Timeout:
        return asyncio.timeout(seconds / self.speed)

    def ts(self) -> str:
        """Give the name of a message: its time, later than every one before."""
        self._last = max(self._last + 1, int(self() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
