"""Getting ready for the next meeting by keyboard, in Chromium, on a screen and on paper."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.bots import ScriptedBot
from tests.conversation.samples import DANGER
from tests.gateway import Gateway, bot, clock, gateway
from tests.page.conftest import DESKTOP, PHONE
from tests.page.test_console_page import ASKED, TOLD, console, press_until, tell

__all__ = ["bot", "clock", "gateway"]


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
async def page(
    request: pytest.FixtureRequest, gateway: Gateway, bot: ScriptedBot, browser: Browser
) -> AsyncIterator[Page]:
    await tell(gateway, bot, TOLD, ASKED)
    await tell(gateway, bot, DANGER)
    opened = await console(gateway, browser, gateway.people.supervisor, request.param)
    yield opened
    await opened.context.close()


async def open_points(page: Page) -> None:
    await press_until(page, "Tab", "Talking points")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Talking points").wait_for()
    await press_until(page, "Tab", "therapist")
    await press_until(page, "Tab", "Show")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Questions")).to_be_visible()


async def test_points_are_chosen_written_and_taken_along_by_keyboard(page: Page) -> None:
    await open_points(page)
    line = page.locator(".points li", has_text=ASKED)
    await press_until(page, "Tab", "leave")
    while not await page.evaluate("document.activeElement.value.startsWith('question-')"):
        await press_until(page, "Tab", "leave")
    await page.keyboard.press("Space")
    await press_until(page, "Tab", "own")
    await page.keyboard.type("Holidays")
    await press_until(page, "Tab", "Put it together")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Our own lines")).to_be_visible()
    await expect(line.get_by_role("checkbox")).to_be_checked()
    await expect(page.locator("#own")).to_have_value("Holidays")
    assert "Holidays" not in page.url
    await press_until(page, "Tab", "As PDF")
    async with page.expect_download() as download:
        await page.keyboard.press("Enter")
    assert (await download.value).suggested_filename == "talking-points-2026-03-02.pdf"


async def test_on_paper_there_is_no_form_and_nothing_that_was_left_out(page: Page) -> None:
    await open_points(page)
    line = page.locator(".points li", has_text=ASKED)
    await line.get_by_role("checkbox").check()
    await page.emulate_media(media="print")
    for gone in (
        line,
        *(page.locator(name) for name in ("#points-form", ".places", ".points-choice")),
    ):
        await expect(gone).to_be_hidden()
    await expect(page.get_by_role("heading", name="Questions")).to_be_hidden()
    await expect(page.get_by_role("checkbox").first).to_be_hidden()
    await expect(page.get_by_role("heading", name="Safety", exact=True)).to_be_visible()
    await expect(page.get_by_text("a rare story can still be recognised")).to_be_visible()
    await page.emulate_media(media="screen")
    await line.get_by_role("checkbox").uncheck()
    await page.emulate_media(media="print")
    await expect(line).to_be_visible()


async def test_a_line_leads_to_its_place_and_nothing_is_wider_than_the_screen(page: Page) -> None:
    await open_points(page)
    for width in (320, 360, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        assert not await page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        ), width
    await page.locator(".points li", has_text=ASKED).get_by_role("link").click()
    assert page.url.endswith("#shared-question")
    await expect(page.locator("#shared-question")).to_be_in_viewport()
    await expect(page.get_by_role("link", name="PDF")).to_be_visible()
