"""A double reading by keyboard, in Chromium, on a desktop and on a narrow phone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, expect

from bot.conversation.records import Answered, Heard
from bot.conversation.sharing import ShareWish, share
from bot.reflection.stages import Question
from bot.storage.models import Supervision
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot, says
from tests.gateway import Gateway, bot, clock, gateway, socket_of, start
from tests.page.conftest import DESKTOP
from tests.page.test_console_page import console, press_until

__all__ = ["bot", "clock", "gateway"]

NARROW = {"width": 320, "height": 640}
TOLD = "She sent the neighbour to fetch him & I said nothing, with a tight chest."
FOUND = (
    Finding(Theme.REDUCED_INVESTMENT, "drop_off", 0.9, (Evidence(0, 35, TOLD[:35]),)),
    Finding(Theme.COUNTERTRANSFERENCE, None, 0.7, (Evidence(53, 72, TOLD[53:72]),)),
)


@dataclass(frozen=True)
class Pages:
    author: Page
    first: Page
    second: Page


@pytest.fixture(params=[DESKTOP, NARROW], ids=["desktop", "narrow"])
async def pages(
    request: pytest.FixtureRequest, gateway: Gateway, bot: ScriptedBot, browser: Browser
) -> AsyncIterator[Pages]:
    """The author at their reflection, and both readers at their lists of double readings."""
    people, desk = gateway.people, gateway.desk
    both = (people.supervisor, people.other_supervisor)
    async with desk.sessions.begin() as session:
        session.add(
            Supervision(
                therapist_id=people.therapist.id, supervisor_id=both[1].id, since=desk.clock()
            )
        )
    reflection = await start(desk, people.therapist)
    bot.script = [says(), says("Noted.", Answered(Question.DESCRIBE), Heard(FOUND))]
    async with socket_of(await gateway.signed_in(people.therapist), reflection) as socket:
        await socket.answer_to(await socket.send(TOLD))
    for one in both:
        await share(desk, people.therapist, reflection, ShareWish(supervisor=one.id))
    opened = [
        await console(gateway, browser, account, request.param)
        for account in (people.therapist, *both)
    ]
    await opened[0].goto(f"{gateway.address}/reflections/{reflection}")
    yield Pages(*opened)
    for page in opened:
        await page.context.close()


async def press(page: Page, wanted: str) -> None:
    await press_until(page, "Tab", wanted)
    await page.keyboard.press("Enter")


async def fits(page: Page) -> None:
    assert not await page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )


async def test_two_read_the_same_by_keyboard_and_settle_where_they_differ(pages: Pages) -> None:
    await press(pages.author, "Let two people read this twice")
    await fits(pages.author)
    await press(pages.author, "Begin")
    await expect(pages.author.get_by_text("not done yet")).to_have_count(2)
    for page, answers in (
        (pages.first, ("It fits", "It fits")),
        (pages.second, ("It does not fit", "It fits")),
    ):
        await press(page, "Double reading")
        await expect(page.get_by_role("heading", name="Double reading")).to_be_visible()
        await fits(page)
        await press(page, "to label")
        for labelled, answer in enumerate(answers):
            await expect(page.get_by_text(f"Labelled: {labelled} of 2")).to_be_visible()
            await fits(page)
            await expect(page.locator(".one-finding h2")).to_be_focused()
            # What is fitting is the first thing after the finding.
            await page.keyboard.press("Tab")
            if answer != "It fits":
                await page.keyboard.press("Tab")
            assert await page.evaluate("document.activeElement.innerText") == answer
            await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Are you done?")).to_be_focused()
        await press(page, "I am done")
    await expect(pages.second.get_by_text("Where you differ")).to_be_visible()
    await expect(pages.first.get_by_text("You are done.")).to_be_visible()
    await pages.first.reload()
    await fits(pages.first)
    await press(pages.first, "Propose it")
    await expect(pages.first.get_by_text("You would settle on")).to_be_visible()
    await pages.second.reload()
    await press(pages.second, "Settle on this")
    await expect(pages.second.locator("dd strong")).to_contain_text("left to you")
    await fits(pages.second)
    await press(pages.second, "Double reading")
    await expect(pages.second.get_by_text("You are done with 1 more")).to_be_visible()
    await fits(pages.second)
