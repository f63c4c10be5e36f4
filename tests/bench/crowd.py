"""Many at once: 16 who answer at once, and 100 who think before they write."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import ClientSession
from rich.progress import Progress
from sqlalchemy import func, select

from bot.storage.models import Turn
from bot.storage.states import TurnState
from tests.bench import ours as our_house
from tests.bench import stock_rasa
from tests.bench.figures import Blocks, Figure, Outcome, ratio_of, spread
from tests.bench.ours import LostTurn, Ours
from tests.bench.stock_rasa import StockRasa
from tests.bench.turns import StockTalk
from tests.bench.waiting import until_up

THERAPISTS = 16
BLOCKS = 5
BLOCK_SECONDS = 20.0
MANY = 100
THINKS_SECONDS = 20.0
EVENING_SECONDS = 600.0
_SEED = 20261201

Speaker = Callable[[], Awaitable[float]]


async def busy(folder: Path, progress: Progress, share: float) -> Outcome:
    """Count messages a second with 16 therapists who never stop, our house and stock in turns."""
    seconds = max(5.0, BLOCK_SECONDS * share)
    rates: dict[str, list[list[float]]] = {"ours": [], "stock Rasa": []}
    lost = dict.fromkeys(rates, 0)
    task = progress.add_task("busy: blocks", total=2 * BLOCKS)
    async with our_house.running(folder / "ours") as ours:
        with stock_rasa.running(folder / "stock") as stock:
            await until_up(stock, ours.http)
            speakers: dict[str, list[Speaker]] = {
                "ours": [our_speaker(ours, await ours.therapist()) for _ in range(THERAPISTS)],
                "stock Rasa": [_stock_speaker(stock, ours.http) for _ in range(THERAPISTS)],
            }
            for _ in range(BLOCKS):
                for side, speaking in speakers.items():
                    said, failed = await _for_seconds(speaking, seconds)
                    rates[side].append([said / seconds])
                    lost[side] += failed
                    progress.advance(task)
            memory = ours.rss_megabytes()
    return Outcome(
        [
            ratio_of(
                "busy: messages a second, ours against stock",
                rates["ours"],
                rates["stock Rasa"],
                2.5,
                is_at_least=True,
            ),
            Figure("busy: turns of ours without an answer", lost["ours"], 0, lost["ours"], 0),
        ],
        {f"{side}, messages a second": spread(times, "") for side, times in rates.items()}
        | {"turns of stock Rasa without an answer": str(lost["stock Rasa"])}
        | {f"{name}, resident after it": f"{size:.0f} MB" for name, size in memory.items()},
        {side: [rate for block in times for rate in block] for side, times in rates.items()},
        "messages a second",
    )


def our_speaker(ours: Ours, http: ClientSession) -> Speaker:
    talk: our_house.Talk | None = None

    async def speak() -> float:
        nonlocal talk
        if talk is None or talk.question is None:
            if talk:
                await talk.line.close()
            talk = await ours.talk(http)
        return await talk.say(talk.next_words())

    return speak


def _stock_speaker(stock: StockRasa, http: ClientSession) -> Speaker:
    talk, left = StockTalk(stock, http), [stock_rasa.START, *stock_rasa.ANSWERS]

    async def speak() -> float:
        nonlocal talk
        if not left:
            talk = StockTalk(stock, http)
            left.extend([stock_rasa.START, *stock_rasa.ANSWERS])
        return await talk.say(left.pop(0))

    return speak


async def _for_seconds(speaking: list[Speaker], seconds: float) -> tuple[int, int]:
    """Have all speak until the time is over; count answers within it, and turns without one."""
    ends, said, failed = time.monotonic() + seconds, 0, 0

    async def one(speak: Speaker) -> None:
        nonlocal said, failed
        while time.monotonic() < ends:
            try:
                await speak()
            except LostTurn:
                failed += 1
            else:
                said += time.monotonic() < ends

    await asyncio.gather(*map(one, speaking))
    return said, failed


async def evening(folder: Path, progress: Progress, share: float) -> Outcome:
    """Have 100 therapists write for ten minutes, with 20 seconds to think on average."""
    seconds = max(30.0, EVENING_SECONDS * share)
    chance = random.Random(_SEED)
    task = progress.add_task("evening: turns", total=MANY * seconds / THINKS_SECONDS)
    took: list[list[float]] = []
    lost = 0
    async with our_house.running(folder / "ours") as ours:
        await _open_all(ours, took_up := [])
        ends = time.monotonic() + seconds

        async def one(speak: Speaker) -> None:
            nonlocal lost
            mine: list[float] = []
            took.append(mine)
            # Nobody begins with all the others.
            await asyncio.sleep(chance.uniform(0, THINKS_SECONDS))
            while time.monotonic() < ends:
                try:
                    mine.append(await speak())
                except LostTurn:
                    lost += 1
                progress.advance(task)
                await asyncio.sleep(chance.uniform(0.5, 1.5) * THINKS_SECONDS)

        await asyncio.gather(*map(one, took_up))
        async with ours.desk.sessions() as session:
            unanswered = await session.scalar(
                select(func.count()).where(Turn.state != TurnState.ANSWERED)
            )
            kept = await session.scalar(
                select(func.count()).where(Turn.state == TurnState.ANSWERED, Turn.number > 0)
            )
        memory = ours.rss_megabytes()
    took = [mine for mine in took if mine]
    sent = sum(map(len, took))
    slow = _percentile_95(took)
    lost += int(unanswered or 0) + max(0, sent - int(kept or 0))
    return Outcome(
        [
            Figure("evening: 95th percentile of a turn, seconds", slow, *_range(took), 1.0),
            Figure("evening: turns lost", lost, lost, lost, 0),
        ],
        {
            f"{MANY} therapists, {seconds:.0f} s": spread(took),
            "turns sent": str(sent),
            "turns answered in the journal": str(kept),
        }
        | {f"{name}, resident after it": f"{size:.0f} MB" for name, size in memory.items()},
        {"a turn": [time for mine in took for time in mine]},
    )


async def _open_all(ours: Ours, speakers: list[Speaker]) -> None:
    for _ in range(MANY):
        speakers.append(our_speaker(ours, await ours.therapist()))


def _percentile_95(blocks: Blocks) -> float:
    """Give the 95th percentile in seconds."""
    values = sorted(value for block in blocks for value in block)
    return values[int(0.95 * (len(values) - 1))] / 1000


def _range(took: Blocks) -> tuple[float, float]:
    """Give the interval of the 95th percentile, by bootstrap over therapists."""
    ones = [[1000.0] for _ in took]
    figure = ratio_of(
        "", took, ones, None, of=lambda b: _percentile_95(b) if b is not ones else 1.0
    )
    return figure.low, figure.high
