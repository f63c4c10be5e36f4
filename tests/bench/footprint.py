"""What it takes to have it: a cold start, memory, disk; and what a fall costs.

Cold is the process, not the disk: both sides' files are in the machine's memory after the first
round, which is not counted. Each round starts our house, measures it, kills its Rasa while eight
therapists write, stops it, and does the first two with stock Rasa.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientSession
from rich.progress import Progress

from bot.conversation.accounts import make_link
from bot.run.problems import CannotRun
from bot.settings import ROOT
from bot.terminal.client import signed_in
from tests.bench import ours as our_house
from tests.bench import stock_rasa
from tests.bench.crowd import our_speaker
from tests.bench.figures import Figure, Outcome, ratio_of, size_of, spread
from tests.bench.ours import LostTurn, Ours, rss_megabytes
from tests.bench.turns import StockTalk
from tests.bench.waiting import MOST_SECONDS, until_up
from tests.conftest import spawn_house, stop_house
from tests.stories.journal import Journal

ROUNDS = 5
TALKS_BEFORE_MEMORY = 4
TALKING = 8
LOAD_SECONDS = 3.0
MOST_MEGABYTES = 150.0
_OUR_ENVIRONMENT = ROOT / "var" / "bench" / "environment"


@dataclass
class Rounds:
    """Seconds and megabytes, a list a round."""

    ours: list[list[float]] = field(default_factory=list)
    stock: list[list[float]] = field(default_factory=list)
    fall: list[list[float]] = field(default_factory=list)
    memory: dict[str, list[list[float]]] = field(default_factory=dict)
    lost: int = 0

    def remember(self, name: str, megabytes: float) -> None:
        self.memory.setdefault(name, []).append([megabytes])

    def largest(self, name: str) -> list[float]:
        return [size for one in self.memory[name] for size in one]


async def start(folder: Path, progress: Progress, share: float) -> Outcome:
    """Measure starts, memory, disk and a fall."""
    number = max(2, round(ROUNDS * share))
    task = progress.add_task("start: rounds", total=number + 1)
    rounds = Rounds()
    async with our_house.running(folder / "ours"):
        pass  # a house has a database and keys before it is started again
    async with (
        Journal.of(our_house.settings_of(folder / "ours")) as journal,
        ClientSession() as http,
    ):
        for one in range(number + 1):
            into = rounds if one else Rounds()
            await _our_round(journal, http, into)
            await _stock_round(folder / f"stock-{one}", http, into)
            rounds.lost += into.lost if not one else 0
            progress.advance(task)
    ours_on_disk, stock_on_disk = await asyncio.to_thread(_on_disk)
    return Outcome(
        [
            ratio_of("start: cold start to first answer", rounds.ours, rounds.stock, 0.5),
            ratio_of(
                "start: Rasa's resident memory", rounds.memory["rasa"], rounds.memory["stock"], 0.4
            ),
            Figure("start: environment on disk", *[ours_on_disk / stock_on_disk] * 3, 0.4),
            size_of("start: gateway, resident MB", rounds.largest("gateway"), MOST_MEGABYTES),
            size_of("start: actions, resident MB", rounds.largest("actions"), MOST_MEGABYTES),
            ratio_of(
                "killed: first good answer against a cold start", rounds.fall, rounds.ours, 1.3
            ),
            Figure("killed: turns without an answer", *[float(rounds.lost)] * 3, 0),
        ],
        {
            "cold start, ours": spread(rounds.ours, "s"),
            "cold start, stock Rasa": spread(rounds.stock, "s"),
            "Rasa killed, to the first good answer": spread(rounds.fall, "s"),
            **{f"{name}, resident": spread(sizes, "MB") for name, sizes in rounds.memory.items()},
            "environment on disk, ours": f"{ours_on_disk / 1e6:.0f} MB",
            "environment on disk, stock Rasa": f"{stock_on_disk / 1e6:.0f} MB",
        },
        {
            "ours": [second for one in rounds.ours for second in one],
            "stock Rasa": [second for one in rounds.stock for second in one],
            "Rasa killed": [second for one in rounds.fall for second in one],
        },
        "s",
    )


async def _our_round(journal: Journal, http: ClientSession, rounds: Rounds) -> None:
    account = await our_house.new_account(journal.desk)
    token = await make_link(journal.desk, account)
    began = time.perf_counter()
    house = spawn_house(journal.desk.settings.var)
    try:
        async with AsyncExitStack() as stack:
            ours = Ours(house, journal, http, stack)
            therapist = await _sign_in_when_up(house.address, token, stack)
            talk = await ours.talk(therapist)
            rounds.ours.append([time.perf_counter() - began])
            await talk.line.close()
            for _ in range(TALKS_BEFORE_MEMORY):
                await our_house.whole_talk(ours, therapist)
            for name, size in ours.rss_megabytes().items():
                rounds.remember(name, size)
            rounds.remember("the house's keeper", rss_megabytes(house.process.pid))
            await _kill_under_load(ours, rounds)
    finally:
        stop_house(house)


async def _sign_in_when_up(address: str, token: str, stack: AsyncExitStack) -> ClientSession:
    async with asyncio.timeout(MOST_SECONDS):
        while True:
            try:
                return await stack.enter_async_context(signed_in(address, token))
            except CannotRun:
                await asyncio.sleep(0.05)


async def _kill_under_load(ours: Ours, rounds: Rounds) -> None:
    """Kill Rasa while therapists write; every turn is to be answered all the same."""
    killed_at, first_answer = float("inf"), float("inf")
    is_over = asyncio.Event()

    async def one(http: ClientSession) -> None:
        nonlocal first_answer
        speak = our_speaker(ours, http)
        while not is_over.is_set():
            began = time.perf_counter()
            try:
                await speak()
            except LostTurn:
                rounds.lost += 1
            if began > killed_at:
                first_answer = min(first_answer, time.perf_counter())
                is_over.set()

    writing = [
        asyncio.create_task(one(await ours.therapist()), name="writing") for _ in range(TALKING)
    ]
    await asyncio.sleep(LOAD_SECONDS)
    ours.house.kill("rasa")
    killed_at = time.perf_counter()
    # Those whose turn was under way when it fell are answered before they write again.
    await asyncio.gather(*writing)
    rounds.fall.append([first_answer - killed_at])


async def _stock_round(folder: Path, http: ClientSession, rounds: Rounds) -> None:
    began = time.perf_counter()
    with stock_rasa.running(folder) as stock:
        await until_up(stock, http)
        rounds.stock.append([time.perf_counter() - began])
        for _ in range(TALKS_BEFORE_MEMORY):
            talk = StockTalk(stock, http)
            for words in (stock_rasa.START, *stock_rasa.ANSWERS):
                await talk.say(words)
        rounds.remember("stock", rss_megabytes(stock.rasa.pid))
        rounds.remember("stock actions", rss_megabytes(stock.actions.pid))


def _on_disk() -> tuple[int, int]:
    """Give the bytes of our environment, without what only developers need, and of stock's."""
    subprocess.run(
        [
            *(stock_rasa.uv(), "sync", "--project", str(ROOT), "--frozen", "--no-dev", "--quiet"),
            *("--compile-bytecode", "--no-install-project", "--python", sys.executable),
        ],
        env={name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        | {"UV_PROJECT_ENVIRONMENT": str(_OUR_ENVIRONMENT)},
        check=True,
    )
    return stock_rasa.folder_bytes(_OUR_ENVIRONMENT), stock_rasa.environment_bytes()
