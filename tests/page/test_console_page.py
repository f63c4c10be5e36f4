"""A supervisor's twenty minutes, by keyboard, in Chromium; a stand-in for the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from bot.conversation.accounts import make_link
from bot.conversation.records import Answered, Heard
from bot.conversation.sharing import withdraw_all
from bot.reflection.stages import Question
from bot.storage.models import Account
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot, says
from tests.conversation.samples import DANGER
from tests.gateway import Gateway, bot, clock, gateway, share_summary, socket_of
from tests.page.conftest import DESKTOP, PHONE

__all__ = ["bot", "clock", "gateway"]

TOLD = "She sent the neighbour to fetch him & I said nothing."
# A field says its name, and not all that it offers.
FOCUSED = """(({ tagName, name, innerText }) =>
  ["A", "BUTTON", "SUMMARY"].includes(tagName) ? innerText : name ?? "")(document.activeElement)"""
ASKED = "How do I speak with her without blaming her?"


async def tell(gateway: Gateway, bot: ScriptedBot, *told: str) -> str:
    """A reflection with a theme and a question for supervision, shared as a summary."""
    therapist = await gateway.signed_in(gateway.people.therapist)
    async with therapist.post("/api/reflections", json={}) as response:
        reflection = str((await response.json())["id"])
    found = Finding(Theme.REDUCED_INVESTMENT, None, 0.9, (Evidence(0, len(TOLD), TOLD),))
    bot.script = [
        says("Good evening."),
        says("Noted.", Answered(Question.DESCRIBE), Heard((found,))),
        says("Noted.", Answered(Question.SUPERVISION_QUESTION)),
    ]
    async with socket_of(therapist, reflection) as socket:
        for words in told:
            await socket.answer_to(await socket.send(words))
    await share_summary(gateway.desk, gateway.people.therapist, reflection)
    return reflection


async def console(gateway: Gateway, browser: Browser, account: Account, size: ViewportSize) -> Page:
    context = await browser.new_context(viewport=size, reduced_motion="reduce")
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    await page.goto(f"{gateway.address}/sign-in#{await make_link(gateway.desk, account)}")
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name="Your sign-in").wait_for()
    await page.goto(f"{gateway.address}/console")
    return page


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
async def page(
    request: pytest.FixtureRequest, gateway: Gateway, bot: ScriptedBot, browser: Browser
) -> AsyncIterator[Page]:
    await tell(gateway, bot, TOLD, ASKED)
    await tell(gateway, bot, DANGER)
    opened = await console(gateway, browser, gateway.people.supervisor, request.param)
    yield opened
    await opened.context.close()


async def press_until(page: Page, key: str, wanted: str) -> None:
    """Press a key until what has the focus says `wanted`."""
    for _ in range(40):
        await page.keyboard.press(key)
        if wanted in await page.evaluate(FOCUSED):
            return
    raise AssertionError(f"{key} never came to {wanted}")


async def test_danger_is_read_first_and_leaves_the_top_when_it_is_closed(page: Page) -> None:
    urgent = page.locator(".queue-urgent")
    await expect(urgent).to_contain_text("child at risk")
    await expect(page.locator(".queue-card")).to_have_count(2)
    await press_until(page, "Tab", "child at risk")
    await page.keyboard.press("Enter")
    await expect(page.locator("article.shared")).to_be_visible()
    await press_until(page, "Tab", "Sign off")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Open it again")).to_be_visible()
    await page.goto(page.url.rpartition("/")[0])
    await expect(urgent).to_have_count(0)
    await expect(page.locator(".queue-card")).to_have_count(2)
    await expect(page.locator(".state-closed")).to_have_count(1)


async def test_filters_are_set_by_keyboard_and_stay_in_the_address(page: Page) -> None:
    await press_until(page, "Tab", "Choose what to show")
    await page.keyboard.press("Enter")
    await press_until(page, "Tab", "question")
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.locator(".queue-card")).to_have_count(1)
    await expect(page.locator(".queue-card")).to_contain_text("has a question for you")
    assert "question=yes" in page.url
    await page.reload()
    await expect(page.locator("input[name=question]")).to_be_checked()
    await page.get_by_role("link", name="Show all").click()
    await expect(page.locator(".queue-card")).to_have_count(2)


async def test_nothing_is_wider_than_the_screen(page: Page) -> None:
    await page.get_by_text("Choose what to show").click()
    for width in (320, 360, 1280):
        await page.set_viewport_size({"width": width, "height": 800})
        assert not await page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        ), width


async def test_a_new_share_appears_without_a_reload_and_leaves_when_it_is_withdrawn(
    gateway: Gateway, bot: ScriptedBot, browser: Browser
) -> None:
    people = gateway.people
    page = await console(gateway, browser, people.supervisor, DESKTOP)
    await expect(page.locator("main")).to_contain_text("Nothing is shared with you now.")
    await page.evaluate("window.isTheSamePage = true")
    reflection = await tell(gateway, bot, TOLD)
    await expect(page.locator(".queue-card")).to_have_count(1)
    await expect(page.locator("#live-status")).to_have_text("This page changed just now.")
    await withdraw_all(gateway.desk, people.therapist, reflection)
    await expect(page.locator("main")).to_contain_text("Nothing is shared with you now.")
    assert await page.evaluate("window.isTheSamePage")
    await page.context.close()


async def test_what_is_written_appears_on_the_other_page_and_never_over_ones_own_words(
    gateway: Gateway, bot: ScriptedBot, browser: Browser
) -> None:
    people = gateway.people
    reflection = await tell(gateway, bot, TOLD)
    reads = await console(gateway, browser, people.supervisor, DESKTOP)
    await reads.goto(f"{gateway.address}/console/{reflection}")
    writes = await console(gateway, browser, people.therapist, PHONE)
    await writes.goto(f"{gateway.address}/reflections/{reflection}")
    for page in (reads, writes):
        await page.evaluate("window.isTheSamePage = true")

    async def write(page: Page, opened: str, words: str) -> None:
        await page.get_by_text(opened, exact=True).last.click()
        box = page.locator("#remarks details[open] textarea").last
        await box.fill(words)
        await box.locator("xpath=ancestor::form").get_by_role("button").click()
        await expect(page.locator("#remarks .remark .told", has_text=words)).to_be_visible()

    await write(writes, "Write about the whole", "Was I too quick?")
    asked = reads.locator("#remarks .remark")
    await expect(asked).to_contain_text("Was I too quick?")
    # It can be answered as it appeared; what comes meanwhile waits.
    await asked.get_by_text("Reply", exact=True).click()
    await asked.locator("textarea").fill("You were <b>there</b>.")
    await write(writes, "Write about the whole", "I wonder.")
    await expect(reads.locator("#live-status")).to_contain_text("Something new was written.")
    await expect(asked.locator("textarea")).to_have_value("You were <b>there</b>.")
    assert await reads.evaluate("window.isTheSamePage")
    await asked.get_by_role("button", name="Send").click()
    await expect(reads.locator("#remarks")).to_contain_text("I wonder.")
    reply = writes.locator(".remark .remark")
    await expect(reply).to_contain_text("You were <b>there</b>.")
    await withdraw_all(gateway.desk, people.therapist, reflection)
    await expect(reads.locator("#live-status")).to_contain_text("This is not here any more.")
    await expect(reads.locator("body")).not_to_contain_text("I wonder.")
    for page in (reads, writes):
        await page.context.close()


async def test_a_new_concern_appears_without_a_reload(
    gateway: Gateway, bot: ScriptedBot, browser: Browser
) -> None:
    page = await console(gateway, browser, gateway.people.supervisor, DESKTOP)
    await page.goto(f"{gateway.address}/console/concerns")
    await expect(page.locator("main")).to_contain_text("No concern that is shown to you is open.")
    await page.evaluate("window.isTheSamePage = true")
    await tell(gateway, bot, DANGER)
    await expect(page.locator(".concern").first).to_contain_text("A child at risk")
    assert await page.evaluate("window.isTheSamePage")
    await page.get_by_role("button", name="I have seen this").first.click()
    await expect(page.locator(".concern").first).to_contain_text("by you on")
    await page.context.close()
