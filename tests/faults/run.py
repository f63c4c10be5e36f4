"""`make faults`: every fault, the whole of it, as a table and as `var/faults.json`."""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import logging
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from bot.run.model import check_model
from bot.settings import ROOT, Settings
from tests.bots import ScriptedBot
from tests.faults import scenes, slack
from tests.faults.disk import CannotTry
from tests.faults.library import library_read_once
from tests.faults.lines import Spoiling
from tests.faults.machine import run_machine
from tests.faults.outcome import Outcome, Stopwatch, summed
from tests.faults.proxy import Fault
from tests.faults.widget import CONVERSATIONS, FAULTS, widget
from tests.faults.wired import ACTIONS, RASA
from tests.gateway import run_gateway

KILLS = (120, 40, 40)  # gateway, Rasa, action server
MACHINE_RUNS, MACHINE_STEPS = 2000, 50
REQUESTS = 50_000
PARTS = ("house", "scenes", "machine", "requests", "widget", "slack")

console = Console()


async def _house(progress: Progress, share: float, seed: int) -> AsyncIterator[Outcome]:
    """Break a real house: kills, spoiled lines, and at last the search for the canary."""
    numbers = tuple(max(1, round(number * share)) for number in KILLS)
    chosen = [Spoiling(line, fault) for line in (RASA, ACTIONS) for fault in Fault]
    task = progress.add_task("real house", total=sum(numbers) + len(chosen) + 1)
    with tempfile.TemporaryDirectory() as folder:
        async with scenes.open_house(Path(folder)) as (house, http):
            async for outcome in scenes.kills(house, http, numbers, seed):
                progress.update(task, advance=1, description=outcome.name)
                yield outcome
            async for outcome in scenes.spoilings(house, http, chosen):
                progress.update(task, advance=1, description=outcome.name)
                yield outcome
            yield await scenes.canary_in_house(house, http)
            progress.update(task, advance=1, description="real house")


async def _scenes(progress: Progress) -> AsyncIterator[Outcome]:
    task = progress.add_task("gateway alone", total=len(scenes.SCENES))
    with library_read_once():
        for scene in scenes.SCENES:
            name = scene.__name__.replace("_", " ")
            progress.update(task, description=name)
            with tempfile.TemporaryDirectory() as folder:
                try:
                    yield await scenes.canary_in_folder(Path(folder), scene)
                except CannotTry as why:
                    progress.console.print(f"{name}: not tried, {why}")
            progress.update(task, advance=1)


def machine_runs(runs: int) -> str:
    """Run the state machine in a process of its own; give what it found, as it is printed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        run_machine(runs, MACHINE_STEPS, is_repeatable=False)
    except Exception as found:  # noqa: BLE001 - whatever it found, the table goes on
        return "".join(traceback.format_exception(found))
    return ""


async def _machine(progress: Progress, share: float) -> Outcome:
    """Run the state machine; what it finds is printed as the fewest steps that show it."""
    runs = max(1, round(MACHINE_RUNS * share))
    task = progress.add_task(f"state machine, {runs} runs", total=None)
    outcome = Outcome("state machine", tried=runs)
    with Stopwatch(outcome), ProcessPoolExecutor(1, get_context("spawn")) as beside:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(beside, machine_runs, runs)
    if found:
        progress.console.print(found, markup=False)
        outcome.broken.append("the steps that show it are printed above")
    progress.update(task, total=1, completed=1)
    return outcome


async def _requests(progress: Progress, share: float) -> Outcome:
    """Send the storm of generated requests of `tests/promises/storm.py`."""
    from tests.promises.storm import storm  # noqa: PLC0415 - schemathesis takes seconds to import

    number = max(100, round(REQUESTS * share))
    task = progress.add_task(f"{number} generated requests", total=None)
    outcome = Outcome("generated requests")
    with Stopwatch(outcome), tempfile.TemporaryDirectory() as folder:
        async with run_gateway(Path(folder), ScriptedBot()) as gateway:
            found = await storm(gateway, number)
    outcome.tried, outcome.broken = found.sent, list(found.faults)
    progress.update(task, total=1, completed=1)
    return outcome


async def _widget(progress: Progress, share: float, seed: int) -> AsyncIterator[Outcome]:
    """Have conversations in Chromium over a line on which anything happens."""
    conversations = max(1, round(CONVERSATIONS * share))
    task = progress.add_task("widget over a bad line", total=conversations)
    with tempfile.TemporaryDirectory() as folder:
        try:
            yield await widget(
                Path(folder),
                seed,
                conversations,
                max(1, round(FAULTS * share)),
                lambda: progress.update(task, advance=1),
            )
        except CannotTry as why:
            progress.console.print(f"widget: not tried, {why}")


async def _slack(progress: Progress, share: float, seed: int) -> Outcome:
    """Have conversations in a Slack of our own, with faults in all of them."""
    talks = max(2, round(slack.CONVERSATIONS * share))
    faults = max(len(slack.KINDS), round(slack.FAULTS * share))
    task = progress.add_task(f"Slack, {faults} faults in {talks} conversations", total=None)
    with tempfile.TemporaryDirectory() as folder:
        outcome = await slack.broken_talks(Path(folder), faults, talks, seed)
    progress.update(task, total=1, completed=1)
    return outcome


async def _all(parts: list[str], share: float, seed: int) -> list[Outcome]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    found: list[Outcome] = []
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        # On another core, beside all that is waiting in the house.
        machine = asyncio.create_task(_machine(progress, share)) if "machine" in parts else None
        if "house" in parts:
            found += [outcome async for outcome in _house(progress, share, seed)]
        if "scenes" in parts:
            found += [outcome async for outcome in _scenes(progress)]
        if "widget" in parts:
            found += [outcome async for outcome in _widget(progress, share, seed)]
        if "slack" in parts:
            found.append(await _slack(progress, share, seed))
        if "requests" in parts and importlib.util.find_spec("tests.promises.storm"):
            found.append(await _requests(progress, share))
        if machine is not None:
            found.append(await machine)
    return summed(found)


def _print(outcomes: list[Outcome]) -> None:
    table = Table("fault", "tried", "lost", "doubled", "holds", "seconds")
    for one in outcomes:
        holds = "yes" if one.holds else "[red]no[/red]"
        row = (str(one.tried), str(one.lost), str(one.doubled), holds, f"{one.seconds:.0f}")
        table.add_row(one.name, *row)
    console.print(table)
    for one in outcomes:
        for sentence in one.broken[:5]:
            console.print(f"[red]{one.name}: {sentence}[/red]")
    missed = sum(one.missed for one in outcomes)
    kills = sum(one.tried for one in outcomes if " killed " in one.name)
    console.print(f"{kills} kills, of which {missed} missed their step and came a little later.")


def _revision() -> str:
    asked = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def main() -> int:
    """Run what was asked for; 0 when everything holds."""
    asked = argparse.ArgumentParser(prog="make faults", description=__doc__)
    asked.add_argument("--only", choices=PARTS, action="append", help="a part; again for more")
    asked.add_argument("--share", type=float, default=1.0, help="0.1 tries a tenth")
    asked.add_argument("--seed", type=int, default=int(time.time()), help="of the kills' moments")
    chosen = asked.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    settings = Settings()
    check_model(settings.models)
    began = datetime.now(UTC)
    console.print(f"Seed {chosen.seed}.")
    outcomes = asyncio.run(_all(chosen.only or list(PARTS), chosen.share, chosen.seed))
    _print(outcomes)
    written = settings.var / "faults.json"
    written.parent.mkdir(exist_ok=True)
    report = {
        "revision": _revision(),
        "date": began.isoformat(timespec="seconds"),
        "seed": chosen.seed,
        "faults": [outcome.as_dict() for outcome in outcomes],
    }
    written.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    console.print(f"Written to {written}.")
    return 0 if all(outcome.holds for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
