"""Spoil what one process of the house answers another, and see what became of a turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from uuid import uuid4

from aiohttp import ClientSession

from tests.faults.kills import MORE, TOLD
from tests.faults.outcome import Outcome, Stopwatch
from tests.faults.proxy import Fault
from tests.faults.wired import ACTIONS, ANSWER_SECONDS, RASA, WiredHouse
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


# What comes from the action server whole and means nothing is the action's fault to Rasa. The
# gateway gives such a turn up after three tries: it says so, and the question stays open.
_GIVEN_UP = frozenset(
    Spoiling(ACTIONS, fault)
    for fault in (
        Fault.HALF_BODY,
        Fault.GARBAGE,
        Fault.GARBAGE_BODY,
        Fault.EMPTY_ANSWER,
        Fault.NOTHING_SAID,
    )
)


async def spoil(house: WiredHouse, http: ClientSession, spoiling: Spoiling, word: str) -> Outcome:
    """Write a turn while a line is spoiled, mend it, and count what was lost and doubled.

    The words must be kept at once, the person told in a sentence that the answer has to wait,
    and the answer must come by itself, once, when the line is whole again; or they are told
    that there is none, and what they say again is answered.
    """
    outcome = Outcome(spoiling.name, tried=1)
    line = house.to_rasa if spoiling.line == RASA else house.to_actions
    with Stopwatch(outcome):
        writer = await Writer.at_describe(http)
        await writer.connect()
        client_id, text = uuid4().hex, TOLD.format(word=word)
        line.break_with(spoiling.fault)
        if spoiling.fault is Fault.REFUSED:
            line.cut()
        try:
            await writer.send(client_id, text)
            kept = await writer.wait_for("kept", client_id, 20)
            outcome.expect(kept, "it was not kept at once")
            if spoiling in _GIVEN_UP:
                await _is_given_up(outcome, writer, client_id)
            else:
                waiting = await writer.wait_for("waiting", client_id, _TOLD_SECONDS)
                told = str(waiting["text"]) if waiting else ""
                outcome.expect("kept" in told, "nobody was told that the answer has to wait")
                # Long enough for the gateway to have asked again.
                await asyncio.sleep(1)
        finally:
            line.mend()
        if spoiling in _GIVEN_UP:
            client_id = uuid4().hex
            await writer.send(client_id, text)
        await writer.answered(client_id)
        await writer.settle(client_id, text, outcome)
        await writer.go_on(MORE.format(word=word), outcome)
        taken = await asyncio.to_thread(house.times_taken_by_rasa, writer.id)
        outcome.doubled += max(0, taken - 3)
    return outcome


async def _is_given_up(outcome: Outcome, writer: Writer, client_id: str) -> None:
    turns = await writer.answered(client_id)
    (turn,) = [turn for turn in turns if turn["id"] == client_id]
    outcome.expect(turn["state"] == "failed", f"it ended as {turn['state']}")
    told = " ".join(message["text"] for message in turn["said"])
    outcome.expect("your words are kept" in told, "nobody was told that there is no answer")
    outcome.expect(turn["asks"], "the question is no longer open")


async def all_spoilings(
    house: WiredHouse, http: ClientSession, spoilings: Iterable[Spoiling], word: str
) -> AsyncIterator[Outcome]:
    """Do one after the other."""
    for spoiling in spoilings:
        yield await spoil(house, http, spoiling, word)
