"""A supervisor sees to a concern by keyboard, in Chromium; a stand-in for the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.safety.kinds import Kind
from tests.bots import ScriptedBot
from tests.conftest import until
from tests.conversation.samples import ABOUT_THE_CASE, TO_CHECK
from tests.gateway import FakeClock, Gateway, bot, clock, run_gateway, say, share_summary, start
from tests.notified import MailServer, mail_server
from tests.page.conftest import DESKTOP, PHONE
from tests.page.test_console_page import console, press_until

__all__ = ["bot", "clock"]

DONE = "I called the duty lead & she took it over."


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as running:
        yield running


@pytest.fixture
async def gateway(
    tmp_path: Path, bot: ScriptedBot, clock: FakeClock, mail: MailServer
) -> AsyncIterator[Gateway]:
    async with run_gateway(tmp_path, bot, clock, **mail.settings) as running:
        yield running


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
async def page(
    request: pytest.FixtureRequest, gateway: Gateway, clock: FakeClock, browser: Browser
) -> AsyncIterator[Page]:
    for told in (TO_CHECK, ABOUT_THE_CASE[Kind.SUICIDALITY_CHILD]):
        reflection = await start(gateway.desk, gateway.people.therapist)
        await say(gateway.desk, gateway.people.therapist, reflection, told)
        await share_summary(gateway.desk, gateway.people.therapist, reflection)
    clock.advance(hours=30)
    opened = await console(gateway, browser, gateway.people.supervisor, request.param)
    yield opened
    await opened.context.close()


async def test_a_concern_is_acknowledged_and_what_was_done_is_written_by_keyboard(
    page: Page,
) -> None:
    await press_until(page, "Tab", "Safety")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Safety", exact=True).wait_for()
    await expect(page.get_by_role("link", name="Safety")).to_have_attribute("aria-current", "page")
    cards = page.locator(".concern")
    await expect(cards).to_have_count(3)
    await expect(cards.first).to_contain_text("A child's suicidality")
    await expect(cards.first).to_contain_text("Open longer than 24 h")
    await press_until(page, "Tab", "I have seen this")
    await page.keyboard.press("Enter")
    await expect(cards.first).to_contain_text("by you on")
    await press_until(page, "Tab", "Write down what was done")
    await page.keyboard.press("Enter")
    await press_until(page, "Tab", "text")
    await page.keyboard.type(DONE)
    await press_until(page, "Tab", "Keep it")
    await page.keyboard.press("Enter")
    finished = page.get_by_role("region", name="Done last").locator(".concern")
    await expect(finished).to_have_count(1)
    await expect(finished).to_contain_text(DONE)
    await expect(finished).to_contain_text("Was open for")
    await expect(page.get_by_role("region", name="Open").locator(".concern")).to_have_count(2)


async def test_too_much_is_said_beside_its_field_and_nothing_typed_is_lost(page: Page) -> None:
    await page.goto(page.url + "/concerns")
    await page.get_by_text("Write down what was done").first.click()
    field = page.locator("textarea").first
    # As a browser would send it that knows no length.
    await field.evaluate("field => field.removeAttribute('maxlength')")
    await field.fill("x" * 1001)
    await page.get_by_role("button", name="Keep it").first.click()
    await expect(page.get_by_role("alert")).to_contain_text("1 to 1000 characters")
    await expect(field).to_be_focused()
    await expect(field).to_have_value("x" * 1001)


async def test_an_address_is_set_and_tried_by_keyboard(page: Page, mail: MailServer) -> None:
    await page.goto(page.url + "/concerns")
    await press_until(page, "Tab", "How you are notified")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="The last messages").wait_for()
    await press_until(page, "Tab", "address")
    await page.keyboard.type("lead@clinic.example")
    await page.keyboard.press("Enter")
    await expect(page.locator(".notified")).to_contain_text("by e-mail to lead@clinic.example")
    await press_until(page, "Tab", "Send me a test")
    await page.keyboard.press("Enter")
    await expect(page.locator("tbody tr")).to_have_count(1)

    async def is_told() -> bool:
        await page.reload()
        return "handed to the mail server" in await page.locator("tbody").inner_text()

    await until(is_told, 10)
    assert len(mail.taken) == 1


async def test_nothing_is_wider_than_the_screen(page: Page) -> None:
    for path in ("concerns", "notifications"):
        await page.goto(f"{page.url.partition('/console')[0]}/console/{path}")
        for folded in await page.locator("summary").all():
            await folded.click()
        for width in (320, 360, 1280):
            await page.set_viewport_size({"width": width, "height": 800})
            assert not await page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            ), (path, width)
