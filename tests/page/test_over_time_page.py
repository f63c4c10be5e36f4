"""Pictures over time are looked at and read by keyboard, in Chromium, on any screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from bot.conversation.sharing import ShareWish, share
from bot.reflection.stages import Question
from bot.themes.findings import Theme
from tests.conftest import until
from tests.gateway import FakeClock, Gateway, bot, clock, gateway
from tests.page.conftest import DESKTOP, PHONE
from tests.page.test_console_page import console, press_until
from tests.told import told

__all__ = ["bot", "clock", "gateway"]

ASKED = (Question.DESCRIBE, Question.FEEL, Question.PLAN)


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
async def page(
    request: pytest.FixtureRequest, gateway: Gateway, clock: FakeClock, browser: Browser
) -> AsyncIterator[Page]:
    for week in range(26):
        reflection = await told(
            gateway.desk,
            gateway.people.therapist,
            clock.now - timedelta(weeks=week),
            *ASKED,
            themes={Theme.PARENT_TRAUMA: None},
            arousal=(7, 4),
        )
        await share(gateway.desk, gateway.people.therapist, reflection, ShareWish())
    opened = await console(gateway, browser, gateway.people.supervisor, request.param)
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text))
    yield opened
    await opened.context.close()
    assert complaints == []


async def test_the_weeks_of_a_therapist_are_found_and_read_by_keyboard(page: Page) -> None:
    await press_until(page, "Tab", "Over time")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Over time", exact=True).wait_for()
    await press_until(page, "Tab", "therapist")
    await page.keyboard.type("thera")
    await press_until(page, "Tab", "Show")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Over time: therapist").wait_for()
    picture = page.get_by_role("group", name="Picture: How stirred up")
    await expect(picture.get_by_role("img")).to_be_visible()
    for folded in ("Themes as a table", "Before and after as a table"):
        await press_until(page, "Tab", folded)
        await page.keyboard.press("Enter")
    rows = page.get_by_role("table", name="How stirred up").get_by_role("row")
    await expect(rows).to_have_count(27)
    await expect(rows.last).to_contain_text("7")
    await press_until(page, "Tab", "2025")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Reflection of").wait_for()


async def test_a_picture_that_is_too_wide_is_moved_by_the_arrow_keys(page: Page) -> None:
    await page.set_viewport_size({"width": 320, "height": 740})
    await page.goto(f"{page.url}/over-time")
    await page.get_by_label("Therapist").select_option(index=1)
    await page.get_by_role("button", name="Show").click()
    picture = page.get_by_role("group", name="Picture: How stirred up")
    await picture.focus()
    await page.keyboard.press("ArrowRight")
    await until(lambda: page.evaluate("document.activeElement.scrollLeft > 0"))


async def test_nothing_is_wider_than_the_screen_and_the_pictures_are_coloured(page: Page) -> None:
    await page.goto(f"{page.url}/over-time")
    await page.get_by_label("Therapist").select_option(index=1)
    await page.get_by_role("button", name="Show").click()
    await page.get_by_role("heading", name="Over time: therapist").wait_for()
    for folded in await page.locator("summary").all():
        await folded.click()
    seen = set()
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        seen.add(
            await page.locator(".picture .full").first.evaluate("one => getComputedStyle(one).fill")
        )
    assert len(seen - {"rgb(0, 0, 0)"}) == 2
    weeks = page.url
    for address in (weeks, f"{weeks.partition('/console')[0]}/console/team-trends"):
        await page.goto(address)
        for width in (320, 360, 1280):
            await page.set_viewport_size({"width": width, "height": 800})
            assert not await page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            ), (address, width)
