"""What sealing costs, and how long "kept" takes: the part `sealing` of `make bench`.

Parts are taken in turns in one run, so that a busy machine weighs on all alike. What sealing costs
is measured in processor time: the share of a whole turn that is spent in the keyring, and beside
it the same turn with sealing switched off, which a busy machine blurs by more than it costs.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog
from rich.progress import Progress

from bot import app
from bot.conversation.answering import Answering
from bot.conversation.desk import Desk
from bot.conversation.hearing import hear
from bot.conversation.turns import Incoming, take_turn
from bot.evaluation.speed import MESSAGE
from bot.privacy.mask import mask
from bot.privacy.sealing.envelope import Place
from bot.privacy.sealing.keyring import Keyring
from bot.settings import Settings
from bot.storage.columns import new_id
from bot.storage.models import Account
from tests.bench.figures import Outcome, ratio_of
from tests.bots import ScriptedBot
from tests.gateway import FakeClock, make_people, start
from tests.sealing import OpenKeyring, with_master_key

ROUNDS = 100
WARM_UP = 5
TURNS_A_REFLECTION = 20
MOST_OF_A_TURN = 0.03
MOST_COMMITS = 4.0
SHORT = "She came late again, and I felt myself go cold."


@asynccontextmanager
async def _desk(var: Path, keyring: type[Keyring]) -> AsyncIterator[Desk]:
    var.mkdir()  # noqa: ASYNC240 - before anything is measured
    app.Keyring = keyring  # type: ignore[misc] # as the tests switch sealing off
    settings = with_master_key(var=var, models=Settings().models)
    async with app.open_desk(settings, lambda _: ScriptedBot(), FakeClock()) as (desk, _):
        yield desk


class TimedKeyring(Keyring):
    """Counts the processor time that is spent on sealing and opening."""

    nanoseconds = 0

    def seal(self, plain: bytes, place: Place) -> bytes:
        began = time.thread_time_ns()
        sealed = super().seal(plain, place)
        TimedKeyring.nanoseconds += time.thread_time_ns() - began
        return sealed

    def open(self, sealed: bytes, place: Place) -> bytes:
        began = time.thread_time_ns()
        plain = super().open(sealed, place)
        TimedKeyring.nanoseconds += time.thread_time_ns() - began
        return plain


class Therapist:
    """Somebody who goes on writing, in a new reflection every twenty turns."""

    def __init__(self, desk: Desk, account: Account) -> None:
        self.desk, self.account = desk, account
        self._reflection, self._turns = "", 0
        self._answering = Answering(desk)

    async def kept(self, text: str) -> None:
        """Have one message kept."""
        await take_turn(self.desk, self.account, Incoming(self._reflection, uuid4().hex, text))

    async def whole_turn(self, text: str) -> None:
        """Have one message kept and its answer written."""
        await self.kept(text)
        await self._answering._answer_all(self._reflection)

    async def ready(self) -> None:
        """Be in a reflection with room for another turn."""
        if self._turns % TURNS_A_REFLECTION == 0:
            self._reflection = await start(self.desk, self.account)
            await self._answering._answer_all(self._reflection)
        self._turns += 1


class Commits:
    """Bare durable commits of a kilobyte, in the journal mode that the gateway uses."""

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(file)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute("CREATE TABLE kept (id TEXT PRIMARY KEY, data BLOB)")

    def one(self) -> None:
        with self._database:
            self._database.execute("INSERT INTO kept VALUES (?, ?)", (new_id(), b"x" * 1024))

    def close(self) -> None:
        self._database.close()


class Times:
    """What each part took, in milliseconds: by the clock, of the processor, and on sealing."""

    def __init__(self) -> None:
        self.taken: dict[str, list[tuple[float, float, float]]] = {}

    async def of(self, name: str, part: Callable[[], Any]) -> None:
        began = self._now()
        if asyncio.iscoroutine(done := part()):
            await done
        took = [(end - start) / 1e6 for start, end in zip(began, self._now(), strict=True)]
        self.taken.setdefault(name, []).append((took[0], took[1], took[2]))

    def _now(self) -> tuple[int, int, int]:
        return time.perf_counter_ns(), time.process_time_ns(), TimedKeyring.nanoseconds

    def median(self, name: str, which: int = 0) -> float:
        return statistics.median(took[which] for took in self.taken[name])

    def blocks(self, name: str, which: int = 0) -> list[list[float]]:
        """Give what each round took, a block a round."""
        return [[took[which]] for took in self.taken[name]]


async def measure(folder: Path, rounds: int, advance: Callable[[], None]) -> Times:
    """Take all parts in turns."""
    mask("Is Anna in?")
    times = Times()
    async with (
        _desk(folder / "sealed", TimedKeyring) as sealed,
        _desk(folder / "open", OpenKeyring) as opened,
        _desk(folder / "kept", TimedKeyring) as keeping,
    ):
        # By rules alone: the learned detector takes most of a turn, and blurs what little
        # sealing takes.
        by_rules = replace(keeping, concern_detector=None)
        writers = {
            name: Therapist(desk, (await make_people(desk)).therapist)
            for name, desk in {
                "sealed": replace(sealed, concern_detector=None),
                "not sealed": replace(opened, concern_detector=None),
                "kept": keeping,
                "kept by rules": by_rules,
            }.items()
        }
        commits = Commits(folder / "bare.db")
        for number in range(rounds + WARM_UP):
            advance()
            if number == WARM_UP:
                times.taken.clear()  # what is loaded at the first turns is not a turn's cost
            for writer in writers.values():
                await writer.ready()
            await times.of("a bare durable commit", commits.one)
            for name, text in (("short", SHORT), ("long", MESSAGE)):
                await times.of(
                    f"hearing, {name}",
                    lambda t=text: hear(t, sealed.signs, sealed.concern_detector),
                )
                await times.of(f"hearing by rules, {name}", lambda t=text: hear(t, sealed.signs))
                await times.of(f"kept, {name}", lambda t=text: writers["kept"].kept(t))
                await times.of(
                    f"kept by rules, {name}", lambda t=text: writers["kept by rules"].kept(t)
                )
            both = ("sealed", "not sealed")
            for name in both if number % 2 else reversed(both):
                writer = writers[name]
                await times.of(
                    f"a whole turn by rules, {name}", lambda w=writer: w.whole_turn(MESSAGE)
                )
        commits.close()
    return times


async def sealing(folder: Path, progress: Progress, share: float) -> Outcome:
    """Take all parts in turns, and give what sealing costs and what "kept" takes."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    rounds = max(10, round(ROUNDS * share))
    task = progress.add_task("sealing: rounds", total=rounds + WARM_UP)
    times = await measure(folder, rounds, lambda: progress.advance(task))
    table = {}
    for name in times.taken:
        clock, processor, sealing = (times.median(name, which) for which in range(3))
        share_of_it = f", {sealing:.3f} of it sealing" if sealing else ""
        table[name] = f"median {clock:.2f} ms, {processor:.2f} of a processor{share_of_it}"
    whole = "a whole turn by rules, sealed"
    costs, turns = times.blocks(whole, 2), times.blocks(whole, 1)
    commits = times.blocks("a bare durable commit")
    against = times.median(whole, 1) / times.median("a whole turn by rules, not sealed", 1) - 1
    table["against the same turn not sealed"] = f"{against:+.1%} of processor time"
    return Outcome(
        [
            ratio_of("sealing: its share of a turn", costs, turns, MOST_OF_A_TURN),
            ratio_of(
                "sealing: kept, in bare commits", times.blocks("kept, short"), commits, MOST_COMMITS
            ),
        ],
        table,
    )
