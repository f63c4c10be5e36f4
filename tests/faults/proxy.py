"""A proxy between two of the house's processes, which shows where a turn is and spoils answers.

It speaks just enough HTTP to know where a request and its answer end: heads and bodies with a
`Content-Length`, many on one line, as aiohttp and sanic talk to each other.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from enum import StrEnum


class Moment(StrEnum):
    """Where a request is, as the proxy sees it."""

    ASKED = "asked"  # the whole request is here, nothing of it was passed on
    WORKING = "working"  # the whole request was passed on
    ANSWERED = "answered"  # the whole answer is here, nothing of it was passed on
    HALF = "half"  # half of the answer was passed on
    PASSED = "passed"  # the whole answer was passed on


class Fault(StrEnum):
    """What is done to a request. All but the first two let the other side do its work."""

    REFUSED = "no line at all"
    RESET_BEFORE = "reset before it is asked"
    DELAY = "delay"
    RESET = "reset of the answer"
    BLACK_HOLE = "black hole"
    HALF_BODY = "half body"
    GARBAGE = "garbage"
    GARBAGE_BODY = "garbage for a body"
    EMPTY_ANSWER = "empty answer"
    NOTHING_SAID = "answer that says nothing"
    SLOW_DRIP = "slow drip"


Watch = Callable[[Moment], Awaitable[None]]

_BEFORE = (Fault.REFUSED, Fault.RESET_BEFORE)
_DRIP_SECONDS = 0.25


class Proxy:
    """Listens on one port of this machine and passes on to another.

    `fault` is done to every request to a path that ends in `ending`; `watch` is told of each
    of their moments and may take its time.
    """

    def __init__(self, port: int, to_port: int, ending: str, delay_seconds: float) -> None:
        self.port, self.to_port, self.ending = port, to_port, ending
        self.delay_seconds = delay_seconds
        self.fault: Fault | None = None
        self.watch: Watch | None = None
        self.spoiled = 0
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._line, "127.0.0.1", self.port)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for line in list(self._lines):
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    def break_with(self, fault: Fault) -> None:
        """Spoil what is asked from now on."""
        self.fault = fault

    def mend(self) -> None:
        """Pass everything on again. Lines left hanging are cut: nothing would come by them."""
        self.fault = None
        self.cut()

    def cut(self) -> None:
        """Cut every line that is open."""
        for line in list(self._lines):
            line.cancel()

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        try:
            if self.fault is Fault.REFUSED:
                return
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await self._pass_on(reader, writer)
        except asyncio.CancelledError:
            pass  # mended or stopped: the line is cut below
        finally:
            self._lines.discard(task)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
        try:
            while True:
                head, body = await _message(reader)
                if head.split(b" ")[1].decode().endswith(self.ending):
                    await self._turn(head + body, writer, there_reader, there_writer)
                else:
                    there_writer.write(head + body)
                    writer.write(b"".join(await _message(there_reader)))
                await writer.drain()
        finally:
            there_writer.close()

    async def _turn(
        self,
        request: bytes,
        writer: asyncio.StreamWriter,
        there_reader: asyncio.StreamReader,
        there_writer: asyncio.StreamWriter,
    ) -> None:
        await self._at(Moment.ASKED)
        fault = self.fault
        if fault in _BEFORE:
            await self._spoil(fault, b"", writer)
        there_writer.write(request)
        await there_writer.drain()
        await self._at(Moment.WORKING)
        head, body = await _message(there_reader)
        await self._at(Moment.ANSWERED)
        # Looked at again: the fault may have begun while the other side was working.
        if (fault := self.fault) is not None:
            await self._spoil(fault, head + body, writer)
        half = len(head) + len(body) // 2
        writer.write((head + body)[:half])
        await writer.drain()
        await self._at(Moment.HALF)
        writer.write((head + body)[half:])
        await writer.drain()
        await self._at(Moment.PASSED)

    async def _at(self, moment: Moment) -> None:
        if self.watch is not None:
            await self.watch(moment)

    async def _spoil(self, fault: Fault, answer: bytes, writer: asyncio.StreamWriter) -> None:
        """Do what `fault` says; returns only where the answer is to be passed on as it is."""
        self.spoiled += 1
        match fault:
            case Fault.DELAY:
                await asyncio.sleep(self.delay_seconds)
                return
            case Fault.RESET | Fault.RESET_BEFORE | Fault.REFUSED:
                _reset(writer)
            case Fault.BLACK_HOLE:
                await asyncio.Event().wait()
            case Fault.HALF_BODY:
                writer.write(answer[: len(answer) - len(answer.partition(b"\r\n\r\n")[2]) // 2])
            case Fault.GARBAGE:
                writer.write(bytes(range(256)) * 4 + b"\r\n\r\n")
            case Fault.GARBAGE_BODY:
                writer.write(_answer(b"\xff\x00{[}]: garbage"))
            case Fault.EMPTY_ANSWER:
                writer.write(_answer(b""))
            case Fault.NOTHING_SAID:
                writer.write(_answer(b'{"said": [], "events": [], "responses": []}'))
            case Fault.SLOW_DRIP:
                for byte in answer:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(_DRIP_SECONDS)
        with suppress(OSError):
            await writer.drain()
        raise ConnectionAbortedError


def _answer(body: bytes) -> bytes:
    """Give a well-formed answer with whatever body."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close so that the other end gets a reset instead of an end."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Give the next request or answer: its head with the empty line, and its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        assert name.lower() != b"transfer-encoding", "a body without a length"
        if name.lower() == b"content-length":
            length = int(value)
    return head, await reader.readexactly(length)
