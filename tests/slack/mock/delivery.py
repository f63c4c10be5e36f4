"""Carry what happens in Slack to the app, and again until it has answered.

What people do with buttons, modals and commands is sent once, as in Slack: they are told that
it failed and may do it again. Only events are sent again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.slack.mock.clock import Clock
from tests.slack.mock.faults import Fault, Faults
from tests.slack.mock.limits import ANSWER_SECONDS, RETRY_SECONDS

Json = dict[str, Any]

EVENT, INTERACTIVE, COMMAND = "events_api", "interactive", "slash_commands"
_LATE_SECONDS = ANSWER_SECONDS + 1.0
_HELD_SECONDS = 5.0


@dataclass
class Delivery:
    """One thing that happened, and what became of it."""

    kind: str
    payload: Json
    # How often it was put on the way, retries and duplicates counted.
    sent: int = 0
    answers: int = 0
    response: Json | None = None
    failed: list[str] = field(default_factory=list)
    _answered: asyncio.Event = field(default_factory=asyncio.Event)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def name(self) -> str:
        """Say what it is, without anybody's words."""
        inner = self.payload.get("event", self.payload)
        return str(inner.get("type") or inner.get("command"))

    @property
    def is_echo(self) -> bool:
        """Whether it only tells the app what it did itself; such things are not spoiled."""
        event = self.payload.get("event", {})
        inner = event.get("message") or event.get("previous_message") or event
        return self.kind == EVENT and "bot_id" in inner

    @property
    def wants_response(self) -> bool:
        return self.kind == COMMAND or self.payload.get("type") == "view_submission"

    def answer(self, response: Json | None) -> None:
        """Take an answer; the first one counts."""
        self.answers += 1
        if not self._answered.is_set():
            self.response = response
            self._answered.set()

    @property
    def is_answered(self) -> bool:
        return self._answered.is_set()

    async def answered(self) -> None:
        await self._answered.wait()

    def end(self) -> None:
        self._over.set()

    async def settled(self) -> bool:
        """Wait until it is answered or given up; give whether it was answered."""
        await self._over.wait()
        return self.is_answered


class Road(Protocol):
    """A way to the app: the socket, or signed requests."""

    async def send(self, delivery: Delivery, attempt: int, reason: str) -> str:
        """Send once and wait for the answer; give why it failed, or nothing."""
        ...

    async def spoil(self, fault: Fault) -> None:
        """Make what is sent next go wrong by the line itself."""
        ...


class Carrier:
    """Sends each delivery in a task of its own."""

    def __init__(self, clock: Clock, faults: Faults) -> None:
        self._clock = clock
        self._faults = faults
        self.road: Road | None = None
        self.retry_seconds = RETRY_SECONDS
        self.deliveries: list[Delivery] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: list[asyncio.Event] = []

    def carry(self, kind: str, payload: Json) -> Delivery:
        delivery = Delivery(kind, payload)
        self.deliveries.append(delivery)
        self._start(self._carry(delivery))
        return delivery

    def _start(self, doing: Any) -> None:
        task = asyncio.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is on the way any more."""
        return not self._tasks

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry(self, delivery: Delivery) -> None:
        try:
            fault = None if delivery.is_echo else self._faults.for_delivery(delivery.name)
            reason = ""
            for attempt in range(1 + len(self.retry_seconds)):
                if attempt:
                    await self._clock.sleep(self.retry_seconds[attempt - 1])
                if delivery.is_answered:
                    return
                reason = await self._attempt(delivery, attempt, reason, fault)
                fault = None
                if not reason:
                    return
                delivery.failed.append(reason)
                if delivery.kind != EVENT or reason == "no_retry":
                    return
        finally:
            delivery.end()

    async def _attempt(
        self, delivery: Delivery, attempt: int, reason: str, fault: Fault | None
    ) -> str:
        assert self.road is not None, "nobody to send to"
        match fault:
            case Fault.DELAY:
                self._start(self._late(delivery, attempt))
                await self._clock.sleep(ANSWER_SECONDS)
                return "http_timeout"
            case Fault.REORDER:
                passed = asyncio.Event()
                self._held.append(passed)
                try:
                    async with self._clock.timeout(_HELD_SECONDS):
                        await passed.wait()
                except TimeoutError:
                    self._held.remove(passed)
            case Fault.DUPLICATE:
                self._start(self._twin(delivery, attempt, reason))
            case Fault.DISCONNECT | Fault.DEAF:
                await self.road.spoil(fault)
        failed = await self._sent(delivery, attempt, reason)
        if fault is not Fault.REORDER:
            while self._held:
                self._held.pop().set()
        return failed

    async def _late(self, delivery: Delivery, attempt: int) -> None:
        await self._clock.sleep(_LATE_SECONDS)
        await self._sent(delivery, attempt, "")

    async def _twin(self, delivery: Delivery, attempt: int, reason: str) -> None:
        await self._sent(delivery, attempt, reason)

    async def _sent(self, delivery: Delivery, attempt: int, reason: str) -> str:
        assert self.road is not None
        delivery.sent += 1
        return await self.road.send(delivery, attempt, reason)
