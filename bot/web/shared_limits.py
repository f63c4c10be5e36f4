"""Limits that all copies of the gateway count together, in Redis.

What is counted stands there for a minute, under a fingerprint: neither an address nor an account
can be read from it. While Redis is away each copy counts by itself.
"""

from __future__ import annotations

import hashlib
import hmac
import time

import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from bot.web.limits import Limiter

log = structlog.get_logger()


class SharedLimits:
    """Makes limiters that count in one Redis."""

    def __init__(self, pool: ConnectionPool, key: bytes) -> None:
        """Take connections to Redis, which stay their owner's, and the key of the fingerprints."""
        # Where it is, the connections know.
        storage = RedisStorage(
            "async+redis://",
            connection_pool=pool,  # type: ignore[arg-type] # typed as what stands in an address
            implementation="redispy",
        )
        self.strategy = MovingWindowRateLimiter(storage)
        self.key = key

    def limiter(self, name: str, per_minute: int) -> SharedLimiter:
        """Give the limiter of one kind of doing."""
        return SharedLimiter(self, name, per_minute)


class SharedLimiter(Limiter):
    """Lets so many pass in any minute, in whichever copies."""

    def __init__(self, limits: SharedLimits, name: str, per_minute: int) -> None:
        """Allow `per_minute` for each key."""
        super().__init__(per_minute)
        self._limits, self._name = limits, name
        self._item = RateLimitItemPerMinute(per_minute)

    async def allows(self, key: str) -> bool:
        """Count one; False when there were as many within a minute."""
        try:
            return await self._limits.strategy.hit(self._item, self._name, self._print(key))
        except (RedisError, OSError) as fault:
            log.warning("copies.not_reached", kind=type(fault).__name__)
            return await super().allows(key)

    async def seconds_until(self, key: str) -> float:
        """Give how long it takes until one more may pass."""
        try:
            found = await self._limits.strategy.get_window_stats(
                self._item, self._name, self._print(key)
            )
        except (RedisError, OSError):
            return await super().seconds_until(key)
        return max(0.0, found.reset_time - time.time())

    def _print(self, key: str) -> str:
        return hmac.new(self._limits.key, key.encode(), hashlib.sha256).hexdigest()
