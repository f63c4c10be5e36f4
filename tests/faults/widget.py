"""Conversations in real Chromium over a line on which anything happens.

Afterwards what was typed, what the screen shows and what the journal holds must be the same, in
the same order, each message and each answer once.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from itertools import product
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from playwright.async_api import Error as BrowserError

from bot.conversation.bot import Said
from bot.privacy.mask import find_all
from bot.storage.models import Account, Turn
from bot.web.bounds import Bounds
from tests.conftest import free_port
from tests.faults.crash import leave_as_killed
from tests.faults.disk import CannotTry
from tests.faults.library import library_read_once
from tests.faults.model import answer_to
from tests.faults.outcome import Outcome, Stopwatch
from tests.faults.weather import BadLine, Mishap, Weather
from tests.faults.world import PacedBot
from tests.gateway import FakeClock, Gateway, make_people, run_gateway, turns
from tests.page.conftest import NAMES, QUIET

CONVERSATIONS, FAULTS = 50, 1000
_AT_ONCE = 16
_PAGES_OF_A_BROWSER = 8
_FEWEST_MESSAGES, _MOST_MESSAGES = 6, 60
_SETTLING_SECONDS = 120.0
_FOREVER = 24 * 365 * 10
_ADJECTIVES = ("tired", "heavy", "slow", "tight", "restless", "numb", "warm", "quiet", "tense")
_PLACES = ("the kettle", "the door", "the window", "my desk", "the stairs", "the sink", "the bus")
_TIMES = ("before the call", "after the call", "all morning", "on the way home")


class UnhurriedBot(PacedBot):
    """Takes a moment for each answer, so that something can happen meanwhile."""

    async def answer(
        self, conversation: str, turn: str, text: str, context: dict[str, Any] | None
    ) -> list[Said]:
        await asyncio.sleep(random.uniform(0, 0.4))
        return await super().answer(conversation, turn, text, context)


class Clinic:
    """A gateway that is killed and comes back, behind a bad line."""

    def __init__(self, folder: Path) -> None:
        self._var = folder / "var"
        self._var.mkdir()
        self._open: AsyncExitStack | None = None
        self._port = free_port()
        self._bot, self._clock = UnhurriedBot(), FakeClock()
        self._bot.open()
        self.line = BadLine(free_port(), self._port, self._crash)
        self.crashes = 0

    async def start(self) -> None:
        await self._start()
        await self.line.start()

    async def stop(self) -> None:
        await self.line.stop()
        await self._shut()

    async def _start(self) -> None:
        self._open = AsyncExitStack()
        forever = {"session_hours": _FOREVER, "idle_minutes": 60 * _FOREVER}
        bounds = Bounds(sockets_of_one=200, requests_of_one=200)
        running = run_gateway(self._var, self._bot, self._clock, bounds, port=self._port, **forever)
        self.gateway: Gateway = await self._open.enter_async_context(running)

    async def _shut(self) -> None:
        assert self._open is not None
        opened, self._open = self._open, None
        await opened.aclose()

    async def _crash(self) -> None:
        """Take what lies on the disk now; nothing that happens later counts."""
        self.crashes += 1
        await leave_as_killed(self._var, self._shut)
        await self._start()

    async def new_context(
        self, browser: Browser, reflections: int
    ) -> tuple[BrowserContext, Account, list[str]]:
        """A browser in which somebody new is signed in, and so many reflections of theirs."""
        account = (await make_people(self.gateway.desk)).therapist
        http = await self.gateway.signed_in(account)
        context = await browser.new_context(reduced_motion="reduce")
        await context.add_cookies(
            [{"name": c.key, "value": c.value, "url": self.line.address} for c in http.cookie_jar]
        )
        made = []
        for _ in range(reflections):
            async with http.post("/api/reflections", json={}) as response:
                made.append(str((await response.json())["id"]))
        return context, account, made

    async def told(self, account: Account, reflection: str) -> list[Turn]:
        """What the journal holds, without the opening."""
        await self.line.is_up()
        return (await turns(self.gateway.desk, account, reflection))[1:]


@asynccontextmanager
async def clinic(folder: Path) -> AsyncIterator[tuple[Clinic, Browser]]:
    """Open a clinic and a browser while the block runs."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise CannotTry("no Chromium here")
    opened = Clinic(folder)
    with library_read_once():
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=found, args=QUIET)
            await opened.start()
            try:
                yield opened, browser
            finally:
                await browser.close()
                await opened.stop()


class Conversation:
    """One reflection, somebody who writes in it whatever happens, and what came of it."""

    def __init__(self, place: Clinic, account: Account, reflection: str, seed: int, faults: int):
        self._place, self._account, self._reflection = place, account, reflection
        self._chance = random.Random(seed)
        self.weather = Weather(seed, faults)
        self.typed: list[str] = []
        self.refused = 0
        self._texts = _texts(self._chance)

    async def talk(self, page: Page) -> None:
        """Write until all that was to happen has happened, and until everything is settled."""
        await self.open(page)
        self._place.line.set(self._reflection, self.weather)
        while len(self.typed) < _MOST_MESSAGES:
            if not self.weather.left and len(self.typed) >= _FEWEST_MESSAGES:
                break
            await self._write(page)
            if self._chance.random() < 0.1:
                await self.open(page)
        self.weather.left = 0

    async def open(self, page: Page) -> None:
        """Open or reload the page; while the gateway is away there is none, so once more."""
        address = f"{self._place.line.address}/#/reflection/{self._reflection}"
        for _ in range(60):
            with suppress(BrowserError):
                if page.url == address:
                    await page.reload()
                else:
                    await page.goto(address)
                await page.locator("#log .said").first.wait_for(timeout=40_000)
                return
            await asyncio.sleep(1)

    async def _write(self, page: Page) -> None:
        text = next(self._texts)
        box = page.locator("#composer")
        if back := await box.input_value():
            # What was refused is back in the box, with a sentence: it is sent once more, now last.
            self.refused += 1
            parts = set(back.split("\n\n"))
            self.typed = [*(one for one in self.typed if one not in parts), back]
            await box.press("Control+Enter")
            await _until(page, "() => document.getElementById('composer').value === ''", 5)
        await box.fill(text)
        self.typed.append(text)
        await box.press("Control+Enter")
        await _until(page, "() => document.getElementById('composer').value === ''", 5)
        if self._chance.random() < 0.6:
            # Most people wait for the answer, some write on at once.
            await _until(page, _ALL_ANSWERED, 12)
        else:
            await asyncio.sleep(self._chance.uniform(0, 0.5))

    async def judge(self, pages: list[Page], outcome: Outcome) -> None:
        """Compare what was typed with the journal and with each screen."""
        for page in pages:
            await _until(page, _IS_SETTLED, _SETTLING_SECONDS, len(self.typed))
        told = await self._place.told(self._account, self._reflection)
        _compare(outcome, "journal", self.typed, [turn.text for turn in told])
        wanted = [answer_to(turn.id) for turn in told]
        for page in pages:
            mine = await page.locator(".mine .words").all_text_contents()
            _compare(outcome, "screen", self.typed, [text.removeprefix("You: ") for text in mine])
            said = await page.locator(".turn:has(.mine) .said.dialogue").all_text_contents()
            answers = [text.removeprefix("Ballast: ") for text in said]
            _compare(outcome, "answers", wanted, answers)
            outcome.expect(not await page.locator(".pending").count(), "something is still pending")


_ALL_ANSWERED = """() => !document.querySelector(".pending")
    && [...document.querySelectorAll(".turn")].every((turn) => turn.querySelector(".said"))"""
_IS_SETTLED = """(wanted) => !document.querySelector(".pending")
    && document.querySelectorAll(".turn .mine").length === wanted
    && [...document.querySelectorAll(".turn")].every((turn) => turn.querySelector(".said"))"""


async def _until(page: Page, script: str, seconds: float, arg: object = None) -> None:
    """Look again and again; what is not so in time is seen when it is judged."""
    # Not wait_for_function: the page's policy allows no making of code out of text.
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not await page.evaluate(script, arg):
                await asyncio.sleep(0.1)


def _compare(outcome: Outcome, where: str, wanted: list[str], found: list[str]) -> None:
    outcome.lost += len(set(wanted) - set(found))
    outcome.doubled += len(found) - len(set(found))
    outcome.expect(not set(found) - set(wanted), f"{where}: something that nobody wrote")
    in_order = [text for text in wanted if text in set(found)] == list(dict.fromkeys(found))
    outcome.expect(in_order, f"{where}: out of order")


def _texts(chance: random.Random) -> Iterator[str]:
    """Give texts that differ, and in which nothing is masked."""
    all_there_are = [
        f"I was {one} at {place} {time}."
        for one, place, time in product(_ADJECTIVES, _PLACES, _TIMES)
    ]
    chance.shuffle(all_there_are)
    return iter([text for text in all_there_are if not find_all(text)])


async def _have(talk: Conversation, context: BrowserContext, *, has_second: bool) -> Outcome:
    """Have a conversation; with `has_second` another page shows it all the while."""
    outcome = Outcome("one conversation")
    pages = [await context.new_page() for _ in range(1 + has_second)]
    for second in pages[1:]:
        await talk.open(second)
    try:
        await talk.talk(pages[0])
    except BrowserError as fault:
        outcome.broken.append(f"the browser gave up: {type(fault).__name__}")
    outcome.counts["refused, put back"] = talk.refused
    outcome.tried = talk.weather.happened.total()
    await talk.judge(pages, outcome)
    for page in pages:
        await page.close()
    return outcome


async def widget(
    folder: Path,
    seed: int,
    conversations: int = CONVERSATIONS,
    faults: int = FAULTS,
    told: Callable[[], None] = lambda: None,
) -> Outcome:
    """Have so many conversations with so many faults spread over them; `told` after each."""
    outcome = Outcome("widget over a bad line")
    happened: Counter[Mishap] = Counter()
    browsers = max(1, min(_AT_ONCE, conversations) // _PAGES_OF_A_BROWSER)

    async def browse(place: Clinic, browser: Browser, numbers: range) -> None:
        context, account, reflections = await place.new_context(browser, len(numbers))
        left = iter(zip(numbers, reflections, strict=True))

        async def one_after_the_other() -> None:
            for number, reflection in left:
                share = faults // conversations + (number < faults % conversations)
                talk = Conversation(place, account, reflection, seed * 1000 + number, share)
                found = await _have(talk, context, has_second=number % 5 == 0)
                outcome.broken += [f"conversation {number}: {one}" for one in found.broken]
                found.broken = []
                outcome.add(found)
                happened.update(talk.weather.happened)
                told()

        await asyncio.gather(*(one_after_the_other() for _ in range(_PAGES_OF_A_BROWSER)))
        await context.close()

    with Stopwatch(outcome):
        async with clinic(folder) as (place, browser):
            shares = [range(first, conversations, browsers) for first in range(browsers)]
            await asyncio.gather(*(browse(place, browser, share) for share in shares))
    outcome.expect(outcome.tried >= faults, f"{outcome.tried} of {faults} faults happened")
    outcome.counts |= {str(mishap): times for mishap, times in happened.items()}
    return outcome
