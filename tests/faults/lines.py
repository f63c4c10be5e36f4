"""Spoil what one process of the house answers another, and see what became of a turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from uuid import uuid4

from aiohttp import ClientSession

from tests.conftest import until
from tests.faults.kills import MORE, TOLD
from tests.faults.outcome import Outcome, Stopwatch
from tests.faults.proxy import Fault
from tests.faults.wired import ANSWER_SECONDS, RASA, WiredHouse
from tests.faults.writer import Writer

_TOLD_SECONDS = 3 * ANSWER_SECONDS


@dataclass(frozen=True)
class Spoiling:
    """A fault on one of the two lines: to Rasa, or from there to the action server."""

    line: str
    fault: Fault

    @property
    def name(self) -> str:
        return f"{self.fault}, of {self.line}"


async def spoil(house: WiredHouse, http: ClientSession, spoiling: Spoiling, word: str) -> Outcome:
    """Write a turn while a line is spoiled, mend it, and count what was lost and doubled.

    The words must be kept at once, the person told in a sentence that the answer has to wait,
    and the answer must come by itself, once, when the line is whole again.
    """
    outcome = Outcome(spoiling.name, tried=1)
    line = house.to_rasa if spoiling.line == RASA else house.to_actions
    with Stopwatch(outcome):
        writer = await Writer.at_describe(http)
        await writer.connect()
        client_id, text = uuid4().hex, TOLD.format(word=word)
        spoiled_before = line.spoiled
        line.break_with(spoiling.fault)
        if spoiling.fault is Fault.REFUSED:
            line.cut()
        try:
            await writer.send(client_id, text)
            kept = await writer.wait_for("kept", client_id, 20)
            outcome.expect(kept, "it was not kept at once")
            waiting = await writer.wait_for("waiting", client_id, _TOLD_SECONDS)
            if outcome.expect(waiting, "nobody was told that the answer has to wait"):
                outcome.expect("kept" in str(waiting and waiting["text"]), "told, but not so")

            async def was_spoiled() -> bool:
                return line.spoiled > spoiled_before

            if spoiling.fault is not Fault.REFUSED:
                await until(was_spoiled, 10)
            # Long enough for the gateway to have asked a few times.
            await asyncio.sleep(2)
        finally:
            line.mend()
        turns = await writer.answered(client_id)
        states = [turn["state"] for turn in turns if turn["id"] == client_id]
        outcome.expect(states == ["answered"], f"it ended as {states}")
        await writer.settle(client_id, text, outcome)
        await writer.go_on(MORE.format(word=word), outcome)
        taken = await asyncio.to_thread(house.times_taken_by_rasa, writer.id)
        outcome.doubled += max(0, taken - 3)
    return outcome


async def all_spoilings(
    house: WiredHouse, http: ClientSession, spoilings: Iterable[Spoiling], word: str
) -> AsyncIterator[Outcome]:
    """Do one after the other."""
    for spoiling in spoilings:
        yield await spoil(house, http, spoiling, word)
