"""Nothing that was written is lost: on the device, over a bad line, in several pages at once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.conversation.accounts import make_link
from tests.bots import ScriptedBot
from tests.gateway import Gateway, bot, clock, gateway

__all__ = ["bot", "clock", "gateway"]

THOUGHT = "I have not sent this yet"


async def sign_in(context: BrowserContext, gateway: Gateway) -> Page:
    page = await context.new_page()
    token = await make_link(gateway.desk, gateway.people.therapist)
    await page.goto(f"{gateway.address}/sign-in#{token}")
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


async def open_reflection(page: Page, gateway: Gateway, reflection: str) -> None:
    await page.goto(f"{gateway.address}/#/reflection/{reflection}")
    await page.locator("#log .said").first.wait_for()


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    opened = await browser.new_context(reduced_motion="reduce")
    complaints: list[str] = []
    opened.on("weberror", lambda error: complaints.append(str(error.error)))
    opened.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
    yield opened
    await opened.close()
    assert [one for one in complaints if "WebSocket" not in one] == []


@pytest.fixture
async def reflection(gateway: Gateway) -> str:
    http = await gateway.signed_in(gateway.people.therapist)
    async with http.post("/api/reflections", json={}) as response:
        return str((await response.json())["id"])


@pytest.fixture
async def page(context: BrowserContext, gateway: Gateway, reflection: str) -> Page:
    opened = await sign_in(context, gateway)
    await open_reflection(opened, gateway, reflection)
    return opened


async def test_smoke(page: Page, gateway: Gateway, context: BrowserContext, reflection: str) -> None:
    box = page.locator("#composer")
    await box.fill(THOUGHT)
    print(await page.evaluate("(async () => (await indexedDB.databases()))()"), await page.locator("#keeping-hint").inner_text())
    await page.reload()
    await expect(box).to_have_value(THOUGHT)
    other = await context.new_page()
    await open_reflection(other, gateway, reflection)
    await expect(other.locator("#composer")).to_have_value(THOUGHT)
    await other.locator("#composer").press("End")
    await other.keyboard.type(" and more", delay=5)
    await expect(box).to_have_value(THOUGHT + " and more")
    await box.press("Control+Enter")
    await expect(other.locator("#composer")).to_have_value("")
    await expect(page.locator(".said")).to_have_count(2)
    await expect(other.locator(".said")).to_have_count(2)
    await expect(other.locator(".mine")).to_have_count(1)
