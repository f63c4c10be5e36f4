"""How long the console's pages take with very many reflections: `make bench-console`.

Everything is real: the gateway over HTTP, SQLite, sealed rows; all reflections are shared with
one supervisor, which is the hardest. Ends with status 1 when a promise does not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import structlog
from aiohttp import ClientSession
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import Engine, event, text

from bot.web.server import freeze_what_stays
from tests.bench.seed import seed
from tests.bots import ScriptedBot
from tests.gateway import Gateway, run_gateway

FEW, MANY, ROUNDS = 1000, 100_000, 60
MOST_MS = 300.0
PAGES = {
    "the queue": "/console",
    "three filters": "/console?theme=parent_trauma&state=new&question=yes",
    "three that seldom meet": (
        "/console?theme=parent_trauma/mistrust&concern=child_at_risk&disagreement=yes"
    ),
    "a therapist's, by date": "/console?therapist={therapist}&since=2025-06-01&until=2025-09-30",
    "a reflection": "/console/{reflection}",
}


class Counted:
    """Counts what the database is asked."""

    def __init__(self, engine: Engine) -> None:
        self.number = 0
        event.listen(engine, "before_cursor_execute", self._count)

    def _count(self, *_: Any) -> None:
        self.number += 1


async def measure(number: int, progress: Progress) -> dict[str, tuple[list[float], int]]:
    """Give the milliseconds of each page and how many queries it takes."""
    with tempfile.TemporaryDirectory() as folder:
        async with run_gateway(Path(folder), ScriptedBot()) as gateway:
            task = progress.add_task(f"{number:,} reflections", total=number)
            supervisor = gateway.people.supervisor
            await seed(
                gateway.desk, supervisor, number, lambda done: progress.update(task, completed=done)
            )
            async with gateway.desk.sessions.begin() as session:
                await session.execute(text("ANALYZE"))
            http = await gateway.signed_in(supervisor)
            return await _measured(gateway, http)


async def _measured(gateway: Gateway, http: ClientSession) -> dict[str, tuple[list[float], int]]:
    engine = gateway.desk.sessions.kw["bind"].sync_engine
    counted = Counted(engine)
    freeze_what_stays()  # as `ballast serve` does
    async with http.get("/console") as response:
        page = await response.text()
    places = {
        "reflection": re.findall(r'href="/console/([0-9a-f]{32})"', page)[0],
        "therapist": re.findall(r'option value="([0-9a-f]{32})"', page)[0],
    }
    found: dict[str, tuple[list[float], int]] = {}
    for name, address in PAGES.items():
        taken = []
        for _ in range(ROUNDS):
            before, began = counted.number, time.perf_counter()
            async with http.get(address.format(**places)) as response:
                assert response.status == 200, address
                await response.read()
            taken.append((time.perf_counter() - began) * 1000)
            queries = counted.number - before
        found[name] = taken, queries
    return found


def _p95(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


def main() -> int:
    """Measure with few and with many; 0 when everything holds."""
    asked = argparse.ArgumentParser(prog="make bench-console", description=__doc__)
    asked.add_argument("--many", type=int, default=MANY, help=f"{MANY} unless told")
    asked.add_argument("--few", type=int, default=FEW, help=f"{FEW} unless told")
    chosen = asked.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    console = Console()
    with Progress(console=console) as progress:
        few = asyncio.run(measure(chosen.few, progress))
        found = asyncio.run(measure(chosen.many, progress))
    table = Table(
        "page", f"median ms of {chosen.few:,}", f"of {chosen.many:,}", "95th percentile", "queries"
    )
    for name, (taken, queries) in found.items():
        row = (statistics.median(few[name][0]), statistics.median(taken), _p95(taken))
        table.add_row(name, *(f"{each:.0f}" for each in row), f"{few[name][1]}, {queries}")
    console.print(table)
    holds = {
        f"95 of 100 pages within {MOST_MS:.0f} ms": all(
            _p95(taken) <= MOST_MS for taken, _ in found.values()
        ),
        "as many queries as with few": all(few[name][1] == found[name][1] for name in found),
    }
    for promise, is_kept in holds.items():
        console.print(("holds: " if is_kept else "DOES NOT HOLD: ") + promise, highlight=False)
    return 0 if all(holds.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
