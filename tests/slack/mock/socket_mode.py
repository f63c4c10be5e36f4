"""Socket Mode: the lines that the app opens to Slack, and what goes over them."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web

from tests.slack.mock.clock import Clock
from tests.slack.mock.delivery import EVENT, Delivery
from tests.slack.mock.faults import Fault
from tests.slack.mock.limits import ANSWER_SECONDS, MOST_CONNECTIONS, TICKET_SECONDS
from tests.slack.mock.record import Record

Json = dict[str, Any]


@dataclass
class Line:
    """One WebSocket of the app's. While it is deaf nothing is read from it or written to it."""

    socket: web.WebSocketResponse
    request: web.Request
    number: int
    hears: asyncio.Event = field(default_factory=asyncio.Event)
    pings: int = 0
    is_cut: bool = False
    # What was sent over it, so that it is sent again over another.
    carried: set[int] = field(default_factory=set)

    @property
    def is_deaf(self) -> bool:
        return not self.hears.is_set()

    @property
    def is_gone(self) -> bool:
        return self.request.transport is None or self.request.transport.is_closing()

    async def send(self, frame: Json) -> None:
        if not (self.is_deaf or self.is_cut):
            await self.socket.send_json(frame)

    def cut(self) -> None:
        """Break it off without a word, as a network does; what is still on it is not heard."""
        self.is_cut = True
        if self.request.transport is not None:
            self.request.transport.abort()
        self.hears.set()


class SocketMode:
    """Gives tickets, holds the lines, and sends envelopes over one of them."""

    def __init__(
        self, clock: Clock, record: Record, app_id: str, note: Callable[[str, str], None]
    ) -> None:
        self._clock = clock
        self._record = record
        self._app_id = app_id
        self._note = note
        self._random = random.Random(0)
        self._tickets: dict[str, float] = {}
        self._waiting: dict[str, Delivery] = {}
        self._spoiled: Fault | None = None
        self.lines: list[Line] = []
        self.opened = 0
        self.is_enabled = True
        self.takes_lines = True
        # The next lines that open are deaf from the beginning.
        self.opens_deaf = 0

    def new_ticket(self) -> str:
        ticket = uuid4().hex
        self._tickets[ticket] = self._clock() + TICKET_SECONDS
        return ticket

    async def open(self, request: web.Request) -> web.StreamResponse:
        until = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if until < self._clock() or not self.takes_lines:
            raise web.HTTPForbidden(text="ticket")
        # A deaf line answers no ping either.
        socket = web.WebSocketResponse(autoping=False, autoclose=False, timeout=0.1)
        await socket.prepare(request)
        self.opened += 1
        line = Line(socket, request, self.opened)
        if self.opens_deaf:
            self.opens_deaf -= 1
        else:
            line.hears.set()
        self._prune()
        if len(self.lines) >= MOST_CONNECTIONS:
            await line.send({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self.lines.append(line)
        try:
            await line.send(self._hello())
            await self._listen(line)
        finally:
            self._drop(line)
        if not line.is_deaf:
            await socket.close()
        return socket

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.lines),
            "debug_info": {
                "host": "applink-1",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": self._app_id},
        }

    async def _listen(self, line: Line) -> None:
        while True:
            await line.hears.wait()
            message = await line.socket.receive()
            if line.is_cut:
                return
            if line.is_deaf and not line.is_gone:
                # It went deaf while it waited: this was never heard.
                continue
            if message.type is WSMsgType.TEXT:
                self._record.add(str(message.data).encode(), [str(message.data)])
                self._hear(message.data)
            elif message.type is WSMsgType.PING:
                line.pings += 1
                with suppress(ConnectionError):
                    await line.socket.pong(message.data)
            elif message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR):
                return

    def _hear(self, text: str) -> None:
        try:
            frame = json.loads(text)
            envelope = frame["envelope_id"]
        except (ValueError, KeyError, TypeError):
            self._note("socket", "a frame without envelope_id")
            return
        delivery = self._waiting.get(envelope)
        if delivery is None:
            self._note("socket", "an envelope is acknowledged that was never sent")
            return
        payload = frame.get("payload") or None
        if payload and not delivery.wants_response:
            self._note("socket", f"a response payload to {delivery.name}, which takes none")
        delivery.answer(payload)

    async def send(self, delivery: Delivery, attempt: int, reason: str) -> str:
        line = self._choose(delivery)
        if line is None:
            return "connection_failed"
        envelope = str(uuid4())
        frame: Json = {
            "envelope_id": envelope,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.wants_response,
        }
        if delivery.kind == EVENT:
            frame |= {"retry_attempt": attempt, "retry_reason": reason}
        self._waiting[envelope] = delivery
        line.carried.add(id(delivery))
        spoiled, self._spoiled = self._spoiled, None
        if spoiled is Fault.DEAF:
            self.make_deaf(line)
        try:
            await line.send(frame)
        except ConnectionError:
            return "connection_failed"
        if spoiled is Fault.DISCONNECT:
            line.cut()
            self._drop(line)
        try:
            async with self._clock.timeout(ANSWER_SECONDS):
                await delivery.answered()
        except TimeoutError:
            return "timeout"
        return ""

    def _choose(self, delivery: Delivery) -> Line | None:
        """Take one of the lines, one that has not failed this delivery where there is one."""
        self._prune()
        fresh = [line for line in self.lines if id(delivery) not in line.carried]
        return self._random.choice(fresh or self.lines) if self.lines else None

    def _prune(self) -> None:
        """Let go of lines that the app has closed, though a deaf one does not hear that."""
        for line in [one for one in self.lines if one.is_gone]:
            self._drop(line)
            line.hears.set()

    async def spoil(self, fault: Fault) -> None:
        self._spoiled = fault

    def make_deaf(self, line: Line | None = None) -> None:
        """Have a line, or all of them, stay open and hear and say nothing any more."""
        for one in [line] if line else self.lines:
            one.hears.clear()

    async def disconnect(self, reason: str = "refresh_requested", *, closes: bool = True) -> None:
        """Ask the app to come again on new lines, and close those there are.

        `warning` comes some seconds before the end, `refresh_requested` with it;
        `link_disabled` says that Socket Mode was switched off.
        """
        assert reason in ("warning", "refresh_requested", "link_disabled")
        if reason == "link_disabled":
            self.is_enabled = False
        for line in list(self.lines):
            frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
            with suppress(ConnectionError):
                await line.send(frame)
            if closes and reason != "warning":
                self._drop(line)
                with suppress(ConnectionError):
                    await line.socket.close()

    def _drop(self, line: Line) -> None:
        if line in self.lines:
            self.lines.remove(line)

    async def close(self) -> None:
        self.cut_all()

    def cut_all(self) -> None:
        for line in list(self.lines):
            self._drop(line)
            line.cut()
