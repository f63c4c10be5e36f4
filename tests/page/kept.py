"""A browser that is looked over, and what the tests of keeping words do in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import which

from playwright.async_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    async_playwright,
    expect,
)

from bot.conversation.accounts import make_link
from tests.conftest import House
from tests.gateway import Gateway
from tests.page.conftest import NAMES, QUIET

THOUGHT = "I have not sent this yet"


def watched(context: BrowserContext) -> list[str]:
    """Give the list of all that the pages of a context complain of, as it grows."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # That a line cannot be opened is what these tests are about.
        about_lines = ("WebSocket", "net::ERR_")
        if message.type in ("error", "warning") and not any(
            one in message.text for one in about_lines
        ):
            complaints.append(message.text)

    context.on("console", note)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    return complaints


@asynccontextmanager
async def profile(folder: Path, *more: str) -> AsyncIterator[BrowserContext]:
    """Run a browser of its own whose profile lies in a folder and stays there."""
    found = next(filter(None, map(which, NAMES)))
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            folder, executable_path=found, args=[*QUIET, *more], reduced_motion="reduce"
        )
        try:
            yield context
        finally:
            await context.close()


async def sign_in(context: BrowserContext, gateway: Gateway, address: str = "") -> Page:
    page = await context.new_page()
    token = await make_link(gateway.desk, gateway.people.therapist)
    await page.goto(f"{address or gateway.address}/sign-in#{token}")
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


async def from_link(context: BrowserContext, house: House) -> Page:
    """The list of the demonstration therapist of a real house."""
    page = await context.new_page()
    await page.goto(f"{house.address}/sign-in#{await house.link_token()}")
    await page.get_by_role("button", name="Sign in").click()
    await page.locator("#list").wait_for()
    return page


async def start_reflection(gateway: Gateway) -> str:
    http = await gateway.signed_in(gateway.people.therapist)
    async with http.post("/api/reflections", json={}) as response:
        return str((await response.json())["id"])


async def open_reflection(page: Page, gateway: Gateway, reflection: str, address: str = "") -> None:
    await page.goto(f"{address or gateway.address}/#/reflection/{reflection}")
    await page.locator("#log .said").first.wait_for()


def box(page: Page) -> Locator:
    return page.locator("#composer")


async def say(page: Page, text: str) -> None:
    """Write a message, and wait until it is answered."""
    answers = await page.locator(".said").count()
    await box(page).fill(text)
    await box(page).press("Control+Enter")
    await expect(page.locator(".said").nth(answers)).to_be_visible()


async def mine(page: Page) -> list[str]:
    """What one's own messages say, in the order in which they stand there."""
    texts = await page.locator(".mine .words").all_text_contents()
    return [text.removeprefix("You: ").strip() for text in texts]


async def databases(page: Page) -> list[str]:
    names: list[str] = await page.evaluate(
        "indexedDB.databases().then((all) => all.map(({ name }) => name))"
    )
    return names
