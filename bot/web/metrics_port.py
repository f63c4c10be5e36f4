"""The port on which Prometheus reads the gateway's metrics: apart from the one for people.

It answers whoever reaches it, so it listens on this machine unless a deployer says otherwise.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sized
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from aiohttp import ClientSession, web
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.desk import Desk
from bot.conversation.operation import room, what_waits
from bot.web.health import parts_up

if TYPE_CHECKING:
    from bot.telemetry.metrics import Metrics

# Asked more often, the answer before is given: reading costs queries.
_SAME_FOR_SECONDS = 2.0
_DATABASE_SECONDS = 2.0
_SHUTDOWN_SECONDS = 1.0


@asynccontextmanager
async def metrics_served(
    metrics: Metrics | None, desk: Desk, http: ClientSession, sockets: Sized
) -> AsyncIterator[None]:
    """Serve `metrics` on the port of the settings while the block runs; nothing without them."""
    port = desk.settings.metrics_port
    if metrics is None or port is None:
        yield
        return
    serving = MetricsPort(metrics, desk, http, sockets)
    try:
        await serving.start(desk.settings.metrics_host, port)
        yield
    finally:
        await serving.stop()


class MetricsPort:
    """Serves `GET /metrics`, and nothing else."""

    def __init__(self, metrics: Metrics, desk: Desk, http: ClientSession, sockets: Sized) -> None:
        """Take who measures, and what is looked at when somebody reads."""
        self._metrics, self._desk, self._http, self._sockets = metrics, desk, http, sockets
        self._read_at, self._last = float("-inf"), b""
        self._one_at_a_time = asyncio.Lock()
        served = web.Application()
        served.router.add_get("/metrics", self._answer)
        self._runner = web.AppRunner(served, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)

    async def start(self, host: str, port: int) -> None:
        """Listen. Raises `OSError` where the port is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()

    async def stop(self) -> None:
        """Let go of the port."""
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        async with self._one_at_a_time:
            if time.monotonic() - self._read_at > _SAME_FOR_SECONDS:
                self._last = self._metrics.exposed(await self._now())
                self._read_at = time.monotonic()
        return web.Response(
            body=self._last,
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )

    async def _now(self) -> dict[str, float]:
        desk = self._desk
        up = await parts_up(desk, self._http)
        now = {f"{part}_up": float(is_up) for part, is_up in up.items() if part != "gateway"}
        now["sockets_open"] = len(self._sockets)
        now["learned_safety"] = float(desk.concern_detector is not None)
        # What cannot be read is left out: the other figures matter most just then.
        with suppress(SQLAlchemyError, OSError):  # a time-out is an OSError
            async with asyncio.timeout(_DATABASE_SECONDS):
                now |= await what_waits(desk)
        with suppress(OSError):
            now |= await room(desk)
        return now
