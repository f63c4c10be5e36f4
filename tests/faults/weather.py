"""A line between pages and gateway on which, by a seeded chance, anything happens.

It speaks HTTP and the frames of sockets, so that it can lose, hold up, double and mix up single
ones; what is not about a reflection passes untouched.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum

from aiohttp import (
    ClientConnectionError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    DummyCookieJar,
    WSMsgType,
    web,
)


class Mishap(StrEnum):
    """What can happen to a frame or a request, and through it to the whole line."""

    DROP = "drop"
    DELAY = "delay"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    CUT = "cut"
    SWALLOW = "swallow"
    RESTART = "restart"


_WEIGHTS = {
    Mishap.DROP: 20,
    Mishap.DELAY: 20,
    Mishap.DUPLICATE: 20,
    Mishap.REORDER: 20,
    Mishap.CUT: 10,
    Mishap.SWALLOW: 5,
    Mishap.RESTART: 5,
}
_LONGEST_DELAY_SECONDS = 2.0
_ABOUT_ONE = re.compile(r"/api/reflections/([\w-]+)")
_OF_ONE_HOP = {"connection", "upgrade", "transfer-encoding", "content-length", "content-encoding"}
Line = web.WebSocketResponse | ClientWebSocketResponse


class Weather:
    """What is still to happen in one conversation; no more once `left` is used up."""

    def __init__(self, seed: int, mishaps: int, often: float = 0.4) -> None:
        self.left = mishaps
        self.happened: Counter[Mishap] = Counter()
        self._chance = random.Random(seed)
        self._often = often

    def next(self) -> Mishap | None:
        if not self.left or self._chance.random() > self._often:
            return None
        (mishap,) = self._chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))
        self.left -= 1
        self.happened[mishap] += 1
        return mishap

    def delay(self) -> float:
        return self._chance.uniform(0.05, _LONGEST_DELAY_SECONDS)


class BadLine:
    """Listens on a port and passes on to the gateway; `restart` is what kills and revives that."""

    def __init__(self, port: int, to_port: int, restart: Callable[[], Awaitable[None]]) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._to = f"http://127.0.0.1:{to_port}"
        self._port, self._restart = port, restart
        self._weathers: dict[str, Weather] = defaultdict(lambda: Weather(0, 0))
        self._lines: dict[int, web.Request] = {}
        self._restarting: asyncio.Task[None] | None = None
        self.is_down = False

    def set(self, reflection: str, weather: Weather) -> None:
        self._weathers[reflection] = weather

    async def start(self) -> None:
        self._http = ClientSession(cookie_jar=DummyCookieJar(), timeout=ClientTimeout(total=30))
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._pass_on)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()

    async def stop(self) -> None:
        await self.is_up()
        self.cut_all()
        await self._runner.cleanup()
        await self._http.close()

    async def is_up(self) -> None:
        """Wait until no restart is going on."""
        while self._restarting is not None and not self._restarting.done():
            await asyncio.sleep(0.05)

    def cut_all(self) -> None:
        for request in list(self._lines.values()):
            _cut(request)

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        found = _ABOUT_ONE.match(request.path)
        weather = self._weathers[found[1] if found else ""]
        self._lines[id(request)] = request
        try:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await self._socket(request, weather)
            return await self._request(request, weather)
        except (ClientError, ConnectionError, TimeoutError, asyncio.IncompleteReadError):
            _cut(request)
            return web.Response(status=502)
        finally:
            del self._lines[id(request)]

    async def _request(self, request: web.Request, weather: Weather) -> web.StreamResponse:
        mishap = weather.next()
        body = await request.read()
        if mishap in (Mishap.DROP, Mishap.SWALLOW):
            raise ConnectionResetError
        if mishap in (Mishap.DELAY, Mishap.REORDER):
            await asyncio.sleep(weather.delay())
        if mishap is Mishap.RESTART:
            self.begin_restart()
        for _ in range(2 if mishap is Mishap.DUPLICATE else 1):
            if self.is_down:
                raise ConnectionResetError
            async with self._http.request(
                request.method,
                self._to + request.path_qs,
                data=body,
                headers=request.headers,
                allow_redirects=False,
            ) as answer:
                content = await answer.read()
        if self.is_down or mishap is Mishap.CUT:
            raise ConnectionResetError
        kept = [(k, v) for k, v in answer.headers.items() if k.lower() not in _OF_ONE_HOP]
        response = web.Response(status=answer.status, body=content)
        response.headers.clear()
        response.headers.extend(kept)
        return response

    async def _socket(self, request: web.Request, weather: Weather) -> web.StreamResponse:
        headers = {k: request.headers[k] for k in ("Cookie", "Origin", "Host")}
        if self.is_down:
            raise ConnectionResetError
        async with self._http.ws_connect(self._to + request.path_qs, headers=headers) as there:
            here = web.WebSocketResponse()
            await here.prepare(request)
            passage = _Passage(self, request, weather)
            pumps = [
                asyncio.create_task(passage.pump(here, there)),
                asyncio.create_task(passage.pump(there, here)),
            ]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            if passage.is_deaf and not pumps[0].done():
                await asyncio.wait(pumps[:1])  # the page must find out by itself
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            await here.close()
        return here

    def begin_restart(self) -> None:
        """Kill the gateway in this moment, for everybody: nothing it still says gets through."""
        if self._restarting is None or self._restarting.done():
            self.is_down = True
            self.cut_all()
            self._restarting = asyncio.create_task(self._restarted())

    async def _restarted(self) -> None:
        try:
            await self._restart()
        finally:
            self.is_down = False


class _Passage:
    """One socket's two directions. Deaf: it stays open, and nothing comes through any more."""

    def __init__(self, line: BadLine, request: web.Request, weather: Weather) -> None:
        self.line, self.request, self.weather = line, request, weather
        self.is_deaf = False

    async def pump(self, source: Line, sink: Line) -> None:
        held: list[str] = []
        with suppress(ClientConnectionError, ConnectionError, RuntimeError):
            while True:
                # What was held back comes a little later, if nothing overtakes it.
                wait = asyncio.timeout(1.0 if held else None)
                try:
                    async with wait:
                        frame = await source.receive()
                except TimeoutError:
                    await self._send(sink, held)
                    continue
                if frame.type is not WSMsgType.TEXT:
                    return
                mishap = self.weather.next()
                if mishap is Mishap.REORDER:
                    held.append(frame.data)
                    continue
                await self._happen(mishap)
                if mishap is not Mishap.DROP:
                    twice = 2 if mishap is Mishap.DUPLICATE else 1
                    await self._send(sink, [frame.data] * twice)
                await self._send(sink, held)

    async def _happen(self, mishap: Mishap | None) -> None:
        match mishap:
            case Mishap.DELAY:
                await asyncio.sleep(self.weather.delay())
            case Mishap.CUT:
                _cut(self.request)
                raise ConnectionResetError
            case Mishap.SWALLOW:
                self.is_deaf = True
            case Mishap.RESTART:
                self.line.begin_restart()

    async def _send(self, sink: Line, frames: list[str]) -> None:
        while frames:
            frame = frames.pop(0)
            if not self.is_deaf and not self.line.is_down:
                await sink.send_str(frame)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
