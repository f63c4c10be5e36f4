"""Kill a process at a step of a turn, and see what became of the turn.

No step is waited for by the clock alone: each is reached when the world shows it, in a frame,
in the size of a write-ahead file, or on one of the lines between the processes.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

from aiohttp import ClientSession

from tests.faults.outcome import Outcome, Stopwatch
from tests.faults.proxy import Moment, Proxy
from tests.faults.wired import ACTIONS, GATEWAY, RASA, WiredHouse
from tests.faults.writer import Writer

TOLD = "She shouted at me in the corridor about {word} and I froze, my hands were shaking."
MORE = "My hands, and I wanted to be anywhere else, even with {word}."
_STEP_SECONDS = 15.0


class Step(StrEnum):
    """Where a turn is when the process is killed."""

    SENDING = "while it is sent"
    JOURNAL = "while it is written down"
    KEPT = "right after kept"
    RASA_ASKED = "before Rasa is asked"
    RASA_WORKS = "while Rasa works"
    ACTION_ASKED = "before the action server is asked"
    ACTION_WORKS = "while the action server works"
    ACTION_ANSWERED = "between action server and Rasa"
    RASA_ANSWERED = "between Rasa and the gateway"
    HALF_ANSWERED = "in the middle of Rasa's answer"
    ANSWER_WRITTEN = "while the answer is written down"
    DELIVERED = "while the answer is delivered"


STEPS = tuple(Step)
_ON_THE_LINE = {
    Step.RASA_ASKED: (RASA, Moment.ASKED),
    Step.RASA_WORKS: (RASA, Moment.WORKING),
    Step.ACTION_ASKED: (ACTIONS, Moment.ASKED),
    Step.ACTION_WORKS: (ACTIONS, Moment.WORKING),
    Step.ACTION_ANSWERED: (ACTIONS, Moment.ANSWERED),
    Step.RASA_ANSWERED: (RASA, Moment.ANSWERED),
    Step.HALF_ANSWERED: (RASA, Moment.HALF),
    Step.ANSWER_WRITTEN: (RASA, Moment.PASSED),
}


@dataclass(frozen=True)
class Kill:
    """Who is killed, at which step."""

    victim: str
    step: Step

    @property
    def name(self) -> str:
        return f"{self.victim} killed {self.step}"


def planned(gateway: int, rasa: int, actions: int) -> Iterator[Kill]:
    """Spread so many kills of each process evenly over all steps, the processes mixed."""
    left = {GATEWAY: gateway, RASA: rasa, ACTIONS: actions}
    steps = {name: itertools.cycle(STEPS) for name in left}
    while any(left.values()):
        victim = max(left, key=lambda name: left[name])
        left[victim] -= 1
        yield Kill(victim, next(steps[victim]))


async def kill_at(
    house: WiredHouse, http: ClientSession, kill: Kill, word: str, late: float
) -> Outcome:
    """Write a turn, kill in the middle of it, and count what was lost and doubled.

    `late` are the seconds between the step and the kill.
    """
    outcome = Outcome(kill.name, tried=1)
    with Stopwatch(outcome):
        writer = await Writer.at_describe(http)
        await writer.connect()
        client_id, text = uuid4().hex, TOLD.format(word=word)
        async with _reached(house, writer, kill.step, client_id) as reached:
            await writer.send(client_id, text)
            try:
                async with asyncio.timeout(_STEP_SECONDS):
                    await reached()
                await asyncio.sleep(late)
            except TimeoutError:
                outcome.missed += 1
            house.kill(kill.victim)
            house.revive(kill.victim)
        if kill.victim == GATEWAY:
            await writer.hang_up()
        await writer.settle(client_id, text, outcome)
        await writer.go_on(MORE.format(word=word), outcome)
        taken = await asyncio.to_thread(house.times_taken_by_rasa, writer.id)
        outcome.doubled += max(0, taken - 3)
        outcome.expect(taken >= 3, "Rasa knows fewer turns than it answered")
        outcome.broken += await asyncio.to_thread(house.wrong_with_files)
    return outcome


Reached = Callable[[], Awaitable[None]]


class _reached:  # noqa: N801 - it is used as a function
    """Give what waits for a step; between `async with` and its end the step is watched for."""

    def __init__(self, house: WiredHouse, writer: Writer, step: Step, client_id: str) -> None:
        self._house, self._writer, self._step, self._id = house, writer, step, client_id
        self._proxy: Proxy | None = None

    async def __aenter__(self) -> Reached:
        house, step = self._house, self._step
        journal = _Journal(house.var / "ballast.db-wal")
        if step in _ON_THE_LINE:
            line, wanted = _ON_THE_LINE[step]
            self._proxy = house.to_rasa if line == RASA else house.to_actions
            on_line = asyncio.Event()
            # The request is held until the kill is done, but for a moment the kill has to win.
            self._go_on = asyncio.Event()

            async def watch(moment: Moment) -> None:
                if moment is wanted and not on_line.is_set():
                    journal.look()
                    on_line.set()
                    if moment in (Moment.ASKED, Moment.ANSWERED, Moment.HALF):
                        await self._go_on.wait()

            self._proxy.watch = watch

            async def on_the_line() -> None:
                await on_line.wait()
                if step is Step.ANSWER_WRITTEN:
                    await journal.grows()

            return on_the_line

        async def seen() -> None:
            if step is Step.JOURNAL:
                await journal.grows()
            elif step is Step.KEPT:
                await self._until(lambda: self._id in self._writer.acknowledged)
            elif step is Step.DELIVERED:
                await self._until(self._is_delivered)

        return seen

    async def __aexit__(self, *_: object) -> None:
        if self._proxy is not None:
            self._proxy.watch = None
            self._go_on.set()

    async def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so():
            self._writer.news.clear()
            await self._writer.news.wait()

    def _is_delivered(self) -> bool:
        return any(
            frame["type"] == "turn"
            and frame["turn"]["id"] == self._id
            and frame["turn"]["state"] == "answered"
            for frame in self._writer.told
        )


class _Journal:
    """The database's write-ahead file, which changes when something is written down."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.look()

    def look(self) -> None:
        self._seen = self._state()

    async def grows(self) -> None:
        while self._state() == self._seen:
            await asyncio.sleep(0.0002)

    def _state(self) -> tuple[int, int]:
        with suppress(FileNotFoundError):
            found = self._file.stat()
            return found.st_size, found.st_mtime_ns
        return 0, 0


async def all_kills(
    house: WiredHouse,
    http: ClientSession,
    kills: Iterator[Kill],
    word: str,
    chance: random.Random,
) -> AsyncIterator[Outcome]:
    """Do one kill after the other."""
    for kill in kills:
        # So that not always the very first instruction after the step is what is cut.
        late = chance.choice((0.0, 0.0, 0.001, 0.005, 0.02))
        yield await kill_at(house, http, kill, word, late)
