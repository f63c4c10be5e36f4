"""Our actions behind a small HTTP server, which a test can break."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from rasa_sdk.executor import ActionExecutor

from tests.conftest import free_port

Answer = Callable[[dict[str, Any], dict[str, Any]], web.Response]


class ActionServer:
    """Runs each action as rasa-sdk does; `answers` puts another answer in place of a true one.

    `calls` are the names of the actions called, `release` holds every answer back while
    it is cleared.
    """

    def __init__(self, port: int | None = None) -> None:
        self._port = port or free_port()
        self._executor = ActionExecutor()
        self._executor.register_package("actions")
        self.mend()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}/webhook"

    def mend(self) -> None:
        """Make the server answer truly again."""
        self.answers: dict[str, Answer] = {}
        self.calls: list[str] = []
        self.release = asyncio.Event()
        self.release.set()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=8 * 2**20)
        app.router.add_post("/webhook", self._webhook)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    async def _webhook(self, request: web.Request) -> web.Response:
        call = await request.json()
        self.calls.append(call["next_action"])
        await self.release.wait()
        result = await self._executor.run(call)
        instead = self.answers.get(call["next_action"]) or self.answers.get("*")
        return instead(call, result) if instead else web.json_response(result)


def status(code: int) -> Answer:
    """Answer with a status and a bare sentence."""
    return lambda call, result: web.json_response({"error": "it broke"}, status=code)


def repeating(call: dict[str, Any], result: dict[str, Any]) -> web.Response:
    """Answer as rasa-sdk does when an action raises: with everything that it was sent."""
    return web.json_response({"error": "it broke", "request_body": call}, status=500)


def said_nothing(call: dict[str, Any], result: dict[str, Any]) -> web.Response:
    """Answer with the true events and without a word."""
    return web.json_response({"events": result["events"], "responses": []})


def failed_record(call: dict[str, Any], result: dict[str, Any]) -> web.Response:
    """Answer as the shield does when an action fell."""
    record = {"record": "failed", "error": "0123"}
    return web.json_response({"events": [], "responses": [{"custom": {"records": [record]}}]})
