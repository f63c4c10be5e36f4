"""One turn at a time: through the gateway, straight to our Rasa, and on stock Rasa.

The three sides say the same thing one after the other, so that whatever else the machine does
weighs on all alike. A block is one conversation.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from uuid import uuid4

from aiohttp import ClientSession
from rich.progress import Progress

from tests.bench import ours as our_house
from tests.bench import stock_rasa
from tests.bench.figures import Outcome, ratio_of, spread
from tests.bench.ours import LostTurn, Ours
from tests.bench.stock_rasa import StockRasa
from tests.bench.waiting import until_up

CONVERSATIONS = 14
# Turn 10 and turn 200: each stands for the ten around it.
EARLY, LATE = 10, 200
_AROUND = 5
LONG_TALKS = 3
REFLECTIONS = 100
PAIRS = 6
AT_ONCE = 8

GATEWAY, STRAIGHT, STOCK = "through the gateway", "straight to our Rasa", "stock Rasa"


class StockTalk:
    """One conversation with stock Rasa."""

    def __init__(self, stock: StockRasa, http: ClientSession) -> None:
        self._stock, self._http, self._sender = stock, http, uuid4().hex

    async def say(self, text: str) -> float:
        """Say `text`; give the milliseconds until its answer was there. Raises `LostTurn`."""
        began = time.perf_counter()
        said = await self._stock.say(self._http, self._sender, text)
        took = (time.perf_counter() - began) * 1000
        if not said:
            raise LostTurn("stock Rasa gave an empty answer")
        return took


async def turn(folder: Path, progress: Progress, share: float) -> Outcome:
    """Compare whole conversations of the three sides."""
    blocks: dict[str, list[list[float]]] = {GATEWAY: [], STRAIGHT: [], STOCK: []}
    other_words = 0
    number = max(2, round(CONVERSATIONS * share))
    task = progress.add_task("turn: conversations", total=number + 1)
    async with our_house.running(folder / "ours") as ours:
        with stock_rasa.running(folder / "stock") as stock:
            await until_up(stock, ours.http)
            for one in range(number + 1):
                took, other = await _three(ours, stock)
                other_words += other
                if one:  # what is loaded at the first turns is not a turn's cost
                    for name, times in took.items():
                        blocks[name].append(times)
                progress.advance(task)
    return Outcome(
        [
            ratio_of("turn: gateway against our Rasa", blocks[GATEWAY], blocks[STRAIGHT], 1.15),
            ratio_of("turn: ours against stock", blocks[GATEWAY], blocks[STOCK], 0.4),
            ratio_of("turn: our Rasa against stock", blocks[STRAIGHT], blocks[STOCK], None),
        ],
        {name: spread(times) for name, times in blocks.items()}
        | {"answers that the gateway gave in other words than our Rasa": str(other_words)},
        {name: [t for times in block for t in times] for name, block in blocks.items()},
    )


async def _three(ours: Ours, stock: StockRasa) -> tuple[dict[str, list[float]], int]:
    """Hold one conversation on each side, turn by turn; count answers in other words."""
    took: dict[str, list[float]] = {GATEWAY: [], STRAIGHT: [], STOCK: []}
    # Each has a therapist of its own: what was offered before changes what is said.
    talk = await ours.talk(await ours.therapist())
    beside = await ours.talk(await ours.therapist())
    stock_talk, rasa, other = StockTalk(stock, ours.http), ours.rasa(), 0
    await stock_talk.say(stock_rasa.START)
    for words in stock_rasa.ANSWERS:
        took[STOCK].append(await stock_talk.say(words))
        if talk.question is None:
            continue
        said = talk.next_words()
        for_rasa = talk.for_rasa(said)
        took[GATEWAY].append(await talk.say(said))
        began = time.perf_counter()
        answer = await rasa.answer(beside.reflection, uuid4().hex, for_rasa, None)
        took[STRAIGHT].append((time.perf_counter() - began) * 1000)
        by_gateway = [m["text"] for m in talk.turn["said"] if m["voice"] == "dialogue"]
        other += [message.text for message in answer if message.text] != by_gateway
    await talk.line.close()
    await beside.line.close()
    return took, other


async def long(folder: Path, progress: Progress, share: float) -> Outcome:
    """Compare turn 200 of one conversation with turn 10: an answer, "go back", and so on."""
    number, late = max(1, round(LONG_TALKS * share)), max(4 * EARLY, round(LATE * share))
    all_turns: dict[str, list[list[float]]] = {"ours": [], "stock Rasa": []}
    task = progress.add_task("long: turns", total=number * (late + _AROUND))
    async with our_house.running(folder / "ours") as ours:
        with stock_rasa.running(folder / "stock") as stock:
            await until_up(stock, ours.http)
            for _ in range(number):
                talk, other = await ours.talk(await ours.therapist()), StockTalk(stock, ours.http)
                took, stock_took = await _up_to_the_account(talk, other)
                while len(took) < late + _AROUND:
                    words = "go back" if len(took) % 2 else our_house.ANSWERS["describe"]
                    took.append(await talk.say(words))
                    stock_took.append(await other.say(words))
                    progress.advance(task)
                await talk.line.close()
                all_turns["ours"].append(took)
                all_turns["stock Rasa"].append(stock_took)
    blocks = {
        (side, at): [pair for took in talks for pair in _around(took, at)]
        for side, talks in all_turns.items()
        for at in (EARLY, late)
    }
    ours_late, stock_late = blocks["ours", late], blocks["stock Rasa", late]
    said = f"long: turn {late} against turn {EARLY}"
    return Outcome(
        [
            ratio_of(said, ours_late, blocks["ours", EARLY], 1.3),
            ratio_of(f"{said}, stock", stock_late, blocks["stock Rasa", EARLY], None),
            ratio_of(f"long: turn {late}, ours against stock", ours_late, stock_late, None),
        ],
        {f"turn {at}, {side}": spread(times) for (side, at), times in blocks.items()},
        {
            side: [sum(at) / len(at) for at in zip(*talks, strict=True)]
            for side, talks in all_turns.items()
        },
    )


def _around(took: list[float], at: int) -> list[list[float]]:
    """Give the ten turns around one in pairs (an answer and a going back), each pair a block."""
    found = took[at - _AROUND : at + _AROUND]
    return [found[first : first + 2] for first in range(0, len(found), 2)]


async def _up_to_the_account(
    talk: our_house.Talk, other: StockTalk
) -> tuple[list[float], list[float]]:
    took = []
    while talk.question != "describe":
        took.append(await talk.say(talk.next_words()))
    await other.say(stock_rasa.START)
    stock_took = [await other.say(words) for words in stock_rasa.ANSWERS[:2]]
    # As many turns on either side, whatever leads up to the account.
    return took[-2:], stock_took


async def hundredth(folder: Path, progress: Progress, share: float) -> Outcome:
    """Compare a therapist's 100th reflection with others' first, turn by turn."""
    before = max(8, round((REFLECTIONS - 1) * share))
    pairs = max(2, round(PAIRS * share))
    task = progress.add_task("hundredth: reflections", total=before + pairs)
    late, first = [], []
    async with our_house.running(folder / "ours") as ours:
        therapist = await ours.therapist()

        async def some(count: int) -> None:
            for _ in range(count):
                await our_house.whole_talk(ours, therapist)
                progress.advance(task)

        shares = [before // AT_ONCE + (one < before % AT_ONCE) for one in range(AT_ONCE)]
        await asyncio.gather(*map(some, shares))
        for _ in range(pairs):
            two = await ours.talk(therapist), await ours.talk(await ours.therapist())
            took: tuple[dict[str, float], dict[str, float]] = ({}, {})
            while any(talk.question for talk in two):
                for talk, times in zip(two, took, strict=True):
                    if question := talk.question:
                        times[question] = await talk.say(talk.next_words())
            # Where the walks differ ("how did the last plan go?") there is nothing to compare.
            both = took[0].keys() & took[1].keys()
            late.append([took[0][question] for question in sorted(both)])
            first.append([took[1][question] for question in sorted(both)])
            for talk in two:
                await talk.line.close()
            progress.advance(task)
    return Outcome(
        [ratio_of(f"hundredth: reflection {before + 1} against the first", late, first, 1.1)],
        {"reflection 100": spread(late), "first reflection": spread(first)},
    )
