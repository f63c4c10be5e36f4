"""The server under the application: bounds on lines, and answers to what is no HTTP.

aiohttp answers a malformed request itself, before any application is asked: it would quote
the line and name its version. Here it gets the same sentence and headers as all others.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from typing import Any

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from bot.web.keys import BOUNDS, DESK
from bot.web.middleware.errors import refusal
from bot.web.middleware.headers import headers_of

log = structlog.get_logger()

_SHUTDOWN_SECONDS = 3


class _Line(RequestHandler):
    """One connection."""

    __slots__ = ("_app",)

    def __init__(self, app: web.Application, server: web.Server, **more: Any) -> None:
        super().__init__(server, **more)
        self._app = app

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what no application was asked about, without repeating any of it."""
        if request.writer.output_size > 0:
            raise ConnectionError
        log.info("request.malformed", status=status, kind=type(exc).__name__)
        desk = self._app[DESK]
        is_ours = status >= 500
        name, key = ("fault", "not_kept") if is_ours else ("bad_request", "malformed")
        answer = refusal(status, name, desk.notices[key])
        answer.headers.update(headers_of(desk.settings))
        answer.force_close()
        return answer

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send an answer, and hang up on a reader who does not take it."""
        try:
            async with asyncio.timeout(self._app[BOUNDS].answer_seconds):
                return await super().finish_response(request, resp, start_time)
        except TimeoutError:
            log.info("reader.too_slow")
            if self.transport is not None:
                # Not close(), which would wait for the reader to take what is left.
                self.transport.abort()
            return resp, True


class _Server(web.Server):
    """Gives each connection its handler, and refuses those beyond the bound."""

    def __init__(self, app: web.Application, like: web.Server) -> None:
        super().__init__(
            like.request_handler,
            request_factory=like.request_factory,
            handler_cancellation=like.handler_cancellation,
            loop=like._loop,  # noqa: SLF001 - what aiohttp made, with another handler
            **like._kwargs,  # noqa: SLF001
        )
        self._app = app

    def __call__(self) -> RequestHandler:
        return _Line(self._app, self, loop=self._loop, **self._kwargs)

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        if len(self._connections) > self._app[BOUNDS].lines:
            transport.abort()


class GatewayRunner(web.AppRunner):
    """Runs the application on the server above, with the bounds that aiohttp keeps itself."""

    def __init__(self, app: web.Application, **more: Any) -> None:
        """Take the application that `make_app` built."""
        bounds = app[BOUNDS].of_the_server()
        # No access log: addresses name reflections, and the log would be a list of who did what.
        super().__init__(app, **(bounds | {"access_log": None} | more))

    async def _make_server(self) -> web.Server:
        return _Server(self.app, await super()._make_server())


def freeze_what_stays() -> None:
    """Keep the collector from walking over what was loaded at the start, again and again.

    Library, templates and detectors are a large heap that never goes; a collection over it
    holds up whoever is being answered for a tenth of a second.
    """
    gc.collect()
    gc.freeze()


async def serve(app: web.Application, host: str, port: int) -> None:
    """Serve until the process is told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for told in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(told, stop.set)
    runner = GatewayRunner(app, shutdown_timeout=_SHUTDOWN_SECONDS)
    try:
        await runner.setup()
        freeze_what_stays()
        await web.TCPSite(runner, host, port).start()
        await stop.wait()
    finally:
        await runner.cleanup()
