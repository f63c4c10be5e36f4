"""How soon one can write on a slow computer: `make bench-input`.

A conversation is opened in Chromium with the processor slowed down four times. The place to
write is there before the scripts run, so three times are measured: when the first letter
typed into it stands on the screen; from then on, how long a letter waits at most to be seen, since
the scripts that come and run then hold it up; and when the page itself looks after what was typed.
The second must be at most the bar, and the first no later than the bar after the arrival of the
last script that writing needs, both at the median; else it ends with status 1.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import structlog
from playwright.async_api import BrowserContext, async_playwright
from rich.console import Console
from rich.table import Table

from bot.conversation.accounts import make_link
from tests.bots import ScriptedBot, says
from tests.gateway import Gateway, run_gateway, socket_of
from tests.page.conftest import NAMES, QUIET

RUNS = 20
SLOWER = 4
MOST_MS = 300
TURNS = (0, 40)
# Types whenever one could, until the page says how long it keeps what is written. A letter put in
# before a frame is on the screen at the next. The browser's own typing would add the way to the
# test.
PROBE = """
const seen = { painted: 0, longest: 0, kept: 0 };
let typedAt = 0;
window.firstInput = seen;
function look() {
  const box = document.getElementById("composer");
  if (typedAt) {
    seen.painted ||= performance.now();
    seen.longest = Math.max(seen.longest, performance.now() - typedAt);
  }
  if (box?.checkVisibility() && document.getElementById("keeping-hint")?.textContent) {
    if (!box.value) throw new Error("what was typed is gone");
    seen.kept = performance.now();
    return;
  }
  if (!box?.checkVisibility()) return requestAnimationFrame(look);
  box.focus();
  if (document.activeElement === box && document.execCommand("insertText", false, "a")) typedAt = performance.now();
  requestAnimationFrame(look);
}
requestAnimationFrame(look);
"""  # noqa: E501 - JavaScript
SCRIPTS = """() => Math.max(...performance.getEntriesByType("resource")
  .filter(({ name }) => document.querySelector(`script[src="${new URL(name).pathname}"], [rel=modulepreload][href="${new URL(name).pathname}"]`)).map(({ responseEnd }) => responseEnd))"""  # noqa: E501 - JavaScript


async def _reflection(gateway: Gateway, bot: ScriptedBot, turns: int) -> str:
    therapist = await gateway.signed_in(gateway.people.therapist)
    bot.script = [says("Good evening."), *(says(f"And then? {number}") for number in range(turns))]
    async with therapist.post("/api/reflections", json={}) as response:
        reflection = str((await response.json())["id"])
    async with socket_of(therapist, reflection) as socket:
        for number in range(turns):
            await socket.answer_to(
                await socket.send(f"She looked away, and I said nothing. {number}")
            )
    return reflection


class Run(NamedTuple):
    """Milliseconds from the beginning of one page; `longest` is a letter's longest wait."""

    scripts: float
    painted: float
    longest: float
    kept: float


async def _one(context: BrowserContext, address: str) -> Run:
    page = await context.new_page()
    line = await context.new_cdp_session(page)
    await page.goto("about:blank")
    await line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await page.add_init_script(PROBE)
    await page.goto(address, wait_until="commit")
    while not await page.evaluate("window.firstInput?.kept > 0"):
        await asyncio.sleep(0.3)  # seldom, so that asking weighs little
    scripts = await page.evaluate(SCRIPTS)
    seen = await page.evaluate("window.firstInput")
    await page.evaluate("indexedDB.deleteDatabase('ballast')")
    await page.close()
    return Run(scripts, seen["painted"], seen["longest"], seen["kept"])


async def measure(runs: int) -> dict[int, list[Run]]:
    """Open each conversation so many times, in turns, after one that is not counted."""
    bot = ScriptedBot()
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise SystemExit("No Chromium here; setup/install-chromium says how to get one.")
    times: dict[int, list[Run]] = {turns: [] for turns in TURNS}
    with tempfile.TemporaryDirectory() as folder:
        async with run_gateway(Path(folder), bot) as gateway, async_playwright() as playwright:
            reflections = {turns: await _reflection(gateway, bot, turns) for turns in TURNS}
            browser = await playwright.chromium.launch(executable_path=found, args=QUIET)
            context = await browser.new_context(viewport={"width": 1280, "height": 800})
            page = await context.new_page()
            link = await make_link(gateway.desk, gateway.people.therapist)
            await page.goto(f"{gateway.address}/sign-in#{link}")
            await page.locator("#sign-in").click()
            await page.get_by_role("heading", name="Your sign-in").wait_for()
            await page.close()
            for number in range(runs + 1):
                for turns, reflection in reflections.items():
                    took = await _one(context, f"{gateway.address}/#/reflection/{reflection}")
                    if number:
                        times[turns].append(took)
            await browser.close()
    return times


def main() -> int:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    console = Console()
    with console.status("Measuring"):
        times = asyncio.run(measure(parser.parse_args().runs))
    table = Table(
        "turns",
        "last script, ms",
        "first letter seen after it",
        "letter waits at most",
        "slowest run",
        "looked after, after it",
    )
    holds = True
    for turns, runs in times.items():
        scripts = statistics.median(run.scripts for run in runs)
        painted = statistics.median(run.painted - run.scripts for run in runs)
        longest = statistics.median(run.longest for run in runs)
        slowest = max(run.longest for run in runs)
        kept = statistics.median(run.kept - run.scripts for run in runs)
        holds = holds and painted <= MOST_MS and longest <= MOST_MS
        shown = (scripts, painted, longest, slowest, kept)
        table.add_row(str(turns), *(f"{one:.0f}" for one in shown))
    console.print(table)
    promise = (
        f"the first letter is seen within {MOST_MS} ms of the last script, and each letter is "
        f"seen within as long, {SLOWER} times slower"
    )
    console.print(("holds: " if holds else "DOES NOT HOLD: ") + promise, highlight=False)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
