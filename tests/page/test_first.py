"""One can write before the scripts have come, and nothing of it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.bots import ScriptedBot, says
from tests.gateway import Gateway, bot, clock, gateway
from tests.page.conftest import DESKTOP, PHONE
from tests.page.kept import sign_in, start_reflection
from tests.web.loaded import part

__all__ = ["bot", "clock", "gateway"]

EARLY = "She did not come, and I was glad."


@pytest.fixture
async def reflection(gateway: Gateway, bot: ScriptedBot) -> str:
    bot.script = [says("Good evening.")]
    return await start_reflection(gateway)


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
async def page(
    request: pytest.FixtureRequest, gateway: Gateway, browser: Browser
) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=request.param, reduced_motion="reduce")
    yield await sign_in(context, gateway)
    await context.close()


async def hold_back(page: Page, script: str) -> asyncio.Event:
    """Have a script come only once the event that this gives is set."""
    come = asyncio.Event()

    async def later(route: Route) -> None:
        await come.wait()
        await route.continue_()

    await page.route(f"**/static/{script}", later)
    return come


async def test_what_is_typed_before_the_scripts_have_come_is_kept(
    gateway: Gateway, reflection: str, page: Page
) -> None:
    come = await hold_back(page, "chat.js")
    await page.goto(f"{gateway.address}/#/reflection/{reflection}", wait_until="commit")
    composer = page.locator("#composer")
    await composer.click()
    await page.keyboard.type(EARLY)
    # A press on "Send" does not leave the page while nobody hears it.
    await page.evaluate("document.getElementById('writing').requestSubmit()")
    await expect(composer).to_have_value(EARLY)
    come.set()
    await expect(page.locator(".said")).to_contain_text("Good evening.")
    await expect(page.locator("#keeping-hint")).to_contain_text("Writing")
    await page.keyboard.type(" Really.")
    await expect(composer).to_have_value(f"{EARLY} Really.")
    await page.wait_for_timeout(300)  # the last letters are on their way to the device
    await page.reload()
    await expect(composer).to_have_value(f"{EARLY} Really.")
    await composer.press("Control+Enter")
    await expect(page.locator(".mine .words")).to_contain_text(f"{EARLY} Really.")
    await expect(composer).to_have_value("")


async def test_what_lay_on_the_device_is_joined_with_what_is_typed_before(
    gateway: Gateway, reflection: str, page: Page
) -> None:
    address = f"{gateway.address}/#/reflection/{reflection}"
    await page.goto(address)
    composer = page.locator("#composer")
    await composer.fill("From before.")
    await expect(page.locator("#keeping-hint")).to_contain_text("Writing")
    await page.wait_for_timeout(300)  # the last letters are on their way to the device
    come = await hold_back(page, part("device"))
    await page.reload(wait_until="commit")
    await composer.click()
    await page.keyboard.type(EARLY)
    come.set()
    await expect(composer).to_have_value(f"From before.\n\n{EARLY}")


async def test_the_list_does_not_show_a_place_to_write(gateway: Gateway, page: Page) -> None:
    await page.route("**/static/chat.js", lambda route: route.abort())
    await page.goto(gateway.address)
    await expect(page.locator("#room")).to_be_hidden()
