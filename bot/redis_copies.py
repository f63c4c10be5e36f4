"""The copies of a gateway, joined by Redis: turns at work, and news of what changed.

Nothing in Redis is kept, and nothing there is in plain: news is sealed with a key of the
installation. While Redis is away each copy goes on by itself, and the database decides.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import structlog
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError

from bot.conversation.news import News
from bot.privacy.sealing.envelope import Place, open_sealed, seal
from bot.privacy.sealing.problems import SealBroken
from bot.storage.columns import new_id

log = structlog.get_logger()

_PREFIX = "ballast:"
_NEWS = _PREFIX + "news"
_PLACE = Place("redis", "news", "all", "all")
# A copy that fell keeps the others off what it held for so long.
_HOLD_SECONDS = 10.0
# Seldom enough for very many conversations that wait while Rasa is away.
_ASK_AGAIN_SECONDS = 0.2
_ANSWER_SECONDS = 2.0
_TRY_AGAIN_SECONDS = 1.0
# News waiting for Redis. What does not fit is made up for by reading the journal again.
_MOST_WAITING = 1000


class RedisCopies:
    """Asks and tells the other copies."""

    are_there = True

    def __init__(self, url: str, password: str | None, key: bytes, news: News) -> None:
        """Take where Redis is, its password, the key that news is sealed with, and who listens."""
        # Closed with everything when this is; the limits count through it too.
        self.pool = ConnectionPool.from_url(
            url,
            password=password,
            socket_timeout=_ANSWER_SECONDS,
            socket_connect_timeout=_ANSWER_SECONDS,
        )
        self._redis: Redis = Redis(connection_pool=self.pool)
        # Waits for what comes, as long as nothing comes.
        self._ear: Redis = Redis.from_url(
            url, password=password, socket_connect_timeout=_ANSWER_SECONDS, health_check_interval=5
        )
        self._key, self._news = key, news
        self._me = new_id()
        self._waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_MOST_WAITING)
        self._has_left_out = False
        self._tasks: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Tell and hear news while the block runs."""
        self._news.pass_on = self._pass_on
        self._tasks = [asyncio.create_task(self._speak()), asyncio.create_task(self._listen())]
        try:
            yield
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            with suppress(RedisError, OSError):
                await self._ear.aclose()
                await self.pool.aclose()

    @asynccontextmanager
    async def hold(self, what: str) -> AsyncIterator[None]:
        """Wait until no other copy is at `what`, and keep them off it while the block runs."""
        lock = self._redis.lock(
            f"{_PREFIX}hold:{what}", timeout=_HOLD_SECONDS, sleep=_ASK_AGAIN_SECONDS
        )
        try:
            await lock.acquire()
        except (RedisError, OSError) as fault:
            log.warning("copies.not_reached", kind=type(fault).__name__)
            yield
            return
        keeping = asyncio.create_task(_keep(lock))
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            with suppress(RedisError, OSError):
                await lock.release()

    def _pass_on(self, told: dict[str, Any]) -> None:
        try:
            self._waiting.put_nowait(told)
        except asyncio.QueueFull:
            self._has_left_out = True

    async def _speak(self) -> None:
        while True:
            told = await self._waiting.get()
            if self._has_left_out:
                self._has_left_out = False
                told = {"missed": True}
            body = json.dumps({"by": self._me} | told).encode()
            while True:
                try:
                    await self._redis.publish(_NEWS, seal(self._key, body, _PLACE))
                    break
                except (RedisError, OSError) as fault:
                    log.warning("copies.not_reached", kind=type(fault).__name__)
                    await asyncio.sleep(_TRY_AGAIN_SECONDS)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._ear.pubsub() as ear:
                    await ear.subscribe(_NEWS)
                    # Whatever was told before has been missed.
                    self._news.miss()
                    async for message in ear.listen():
                        if message["type"] == "message":
                            self._hear(message["data"])
            except (RedisError, OSError) as fault:
                log.warning("copies.not_reached", kind=type(fault).__name__)
            await asyncio.sleep(_TRY_AGAIN_SECONDS)

    def _hear(self, sealed: bytes) -> None:
        try:
            told = cast("dict[str, Any]", json.loads(open_sealed(self._key, sealed, _PLACE)))
        except (SealBroken, ValueError):
            log.warning("copies.not_ours")
            return
        if told["by"] == self._me:
            return
        if told.get("missed"):
            self._news.miss()
        else:
            self._news.hear(told)


async def _keep(lock: Lock) -> None:
    """Hold on to a lock; one that was lost is let go, and the database decides."""
    while True:
        await asyncio.sleep(_HOLD_SECONDS / 3)
        try:
            await lock.reacquire()
        except LockError:
            log.warning("copies.lost_hold")
            return
        except (RedisError, OSError) as fault:
            log.warning("copies.not_reached", kind=type(fault).__name__)
