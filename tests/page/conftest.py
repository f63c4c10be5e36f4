"""A real Chromium on the real house."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from tests.conftest import House

NAMES = ("chromium", "chromium-browser", "google-chrome")
# A container's Chromium has no sandbox of its own, and must not look for its maker's servers.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A page may take its time on a busy machine; what is wrong stays wrong.
expect.set_options(timeout=20_000)
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("No Chromium here; setup/install-chromium says how to get one.")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=found, args=QUIET)
        yield running
        await running.close()


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
async def page(
    request: pytest.FixtureRequest, browser: Browser, house: House
) -> AsyncIterator[Page]:
    """The therapist's list of reflections, signed in by the link as a person would."""
    context = await browser.new_context(viewport=request.param, reduced_motion="reduce")
    opened = await context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: _note(message, complaints))
    await opened.goto(f"{house.address}/sign-in#{await house.link_token()}")
    await opened.get_by_role("button", name="Sign in").click()
    await opened.locator("#list").wait_for()
    yield opened
    await context.close()
    assert complaints == []


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    # A socket that is closed by going away is no fault of the page.
    if message.type in ("error", "warning") and "WebSocket" not in message.text:
        complaints.append(message.text)
