"""Hide, out of sight when nobody is here, a breath, and the end of a sign-in told before."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from bot.conversation.accounts import make_link
from bot.moderation.groundings import read_groundings
from tests.bots import ScriptedBot, says
from tests.conversation.samples import DANGER
from tests.gateway import Gateway, bot, clock, gateway, turns
from tests.page.conftest import DESKTOP, PHONE

__all__ = ["bot", "clock", "gateway"]

MINE = "I have not sent this yet"
BLUR = "getComputedStyle(document.getElementById('app')).filter"


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
async def page(
    request: pytest.FixtureRequest, gateway: Gateway, bot: ScriptedBot, browser: Browser
) -> AsyncIterator[Page]:
    """A new conversation, with a clock that the test moves on."""
    bot.script = [says("Good evening.")]
    context = await browser.new_context(viewport=request.param, reduced_motion="no-preference")
    opened = await context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "console",
        lambda said: (
            complaints.append(said.text)
            # What a test breaks, and a line that is renewed, is told by the browser itself.
            if said.type in ("error", "warning")
            and not re.search("ERR_FAILED|WebSocket", said.text)
            else None
        ),
    )
    await opened.clock.install()
    link = await make_link(gateway.desk, gateway.people.therapist)
    await opened.goto(f"{gateway.address}/sign-in#{link}")
    await opened.locator("#sign-in").click()
    await opened.get_by_role("heading", name="Your sign-in").wait_for()
    await opened.goto(gateway.address)
    await opened.locator(".start[data-path=full]").click()
    await expect(opened.locator(".said")).to_be_visible()
    yield opened
    await context.close()
    assert complaints == []


async def blurred(page: Page) -> bool:
    return "blur" in await page.evaluate(BLUR)


async def test_hiding_swaps_title_and_icon_and_brings_them_back(page: Page) -> None:
    await page.locator("#composer").focus()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await expect(page.locator("#cover")).to_be_visible()
    assert await page.title() == "Notes"
    assert "notes" in str(await page.locator("#icon").get_attribute("href"))
    await page.locator("#uncover").click()
    assert await page.title() == "Ballast"
    assert "ballast" in str(await page.locator("#icon").get_attribute("href"))


async def test_words_are_blurred_after_three_minutes_and_the_key_that_wakes_does_nothing_else(
    page: Page, gateway: Gateway
) -> None:
    composer = page.locator("#composer")
    await composer.fill(MINE)
    await composer.press("End")
    await page.clock.fast_forward("02:50")
    assert not await blurred(page)
    await composer.press("!")
    await page.clock.fast_forward("02:50")
    assert not await blurred(page)
    await page.clock.fast_forward("00:15")
    await expect(page.get_by_role("dialog", name="out of sight")).to_be_visible()
    assert await blurred(page)
    for key in ("Enter", "x"):
        await page.keyboard.press(key)
        await expect(page.locator("#veil")).to_be_hidden()
        assert not await blurred(page)
        await expect(composer).to_be_focused()
        await expect(composer).to_have_value(f"{MINE}!")
        await page.clock.fast_forward("03:05")
        await expect(page.locator("#veil")).to_be_visible()
    await page.get_by_role("button", name="Show my words").click()
    await expect(composer).to_be_focused()
    await expect(page.locator(".mine")).to_have_count(0)


async def test_a_press_that_wakes_presses_nothing_beneath(page: Page) -> None:
    await page.clock.fast_forward("03:05")
    await expect(page.locator("#veil")).to_be_visible()
    box = await page.locator("#hide").bounding_box()
    assert box
    await page.mouse.move(box["x"] + 5, box["y"] + 5)
    assert await blurred(page)
    await page.mouse.down()
    await page.mouse.up()
    await expect(page.locator("#veil")).to_be_hidden()
    await expect(page.locator("#cover")).to_be_hidden()


async def test_an_open_dialog_is_blurred_too_and_stays_as_it_was(page: Page) -> None:
    await page.locator("#people").click()
    await page.clock.fast_forward("03:05")
    await expect(page.locator("#veil")).to_be_visible()
    people = "getComputedStyle(document.getElementById('people-dialog')).filter"
    assert "blur" in await page.evaluate(people)
    await page.keyboard.press("a")
    await expect(page.locator("#people-dialog")).to_be_visible()
    assert await page.evaluate("document.activeElement.closest('dialog').id") == "people-dialog"


async def test_escape_twice_covers_what_is_blurred_and_the_cover_is_not_blurred(page: Page) -> None:
    await page.clock.fast_forward("03:05")
    await expect(page.locator("#veil")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await expect(page.locator("#cover")).to_be_visible()
    await page.clock.fast_forward("30:00")
    await expect(page.locator("#veil")).to_be_hidden()
    await page.locator("#uncover").click()
    await expect(page.locator("#composer")).to_be_visible()
    assert not await blurred(page)


async def test_the_time_is_chosen_in_the_list_and_kept(page: Page) -> None:
    await page.goto(page.url.partition("#")[0])
    await page.get_by_label("Blur my words").select_option("never")
    await page.clock.fast_forward("01:00:00")
    assert not await blurred(page)
    await page.reload()
    await expect(page.get_by_label("Blur my words")).to_have_value("never")
    await page.get_by_label("Blur my words").select_option("1")
    await page.clock.fast_forward("01:02")
    await expect(page.locator("#veil")).to_be_visible()


async def test_a_breath_is_one_press_away_after_danger_and_is_never_an_answer(
    page: Page, gateway: Gateway
) -> None:
    await page.locator("#composer").fill(DANGER)
    await page.locator("#composer").press("Control+Enter")
    await expect(page.locator(".said.safety").first).to_be_visible()
    await page.locator("#breathe").click()
    dialog = page.get_by_role("dialog", name="A breath")
    groundings = read_groundings()
    assert 2 <= len(groundings) <= 3
    for one in groundings:
        await expect(dialog.get_by_role("heading", name=one.name)).to_be_visible()
        for line in one.lines:
            await expect(dialog).to_contain_text(line)
    await expect(dialog.locator(".sources")).to_have_count(len(groundings))
    await expect(dialog.locator(".awaiting")).to_have_count(len(groundings))
    moves = "document.querySelector('.circle').getAnimations().length"
    assert await page.evaluate(moves) == 0
    circle = dialog.get_by_role("button", name="A circle to breathe with")
    await circle.click()
    assert await page.evaluate(moves) == 1
    assert (
        await page.evaluate("getComputedStyle(document.querySelector('.circle')).animationDuration")
        == "10s"
    )
    await circle.click()
    assert await page.evaluate(moves) == 0
    await page.keyboard.press("Escape")
    await expect(page.locator("#breathe")).to_be_focused()
    reflection = page.url.rpartition("/")[2]
    kept = await turns(gateway.desk, gateway.people.therapist, reflection)
    assert len(kept) == 2


async def test_where_motion_is_unwanted_a_breath_is_counted_in_words(page: Page) -> None:
    await page.emulate_media(reduced_motion="reduce")
    await page.locator("#breathe").click()
    dialog = page.locator("#breath-dialog")
    await expect(dialog).to_contain_text("In: one, two, three, four.")
    await expect(dialog.locator(".circle")).to_have_count(0)


async def test_without_a_network_a_breath_says_so(page: Page) -> None:
    await page.route("**/api/groundings", lambda route: route.abort())
    await page.locator("#breathe").click()
    await expect(page.locator("#breath-body")).to_contain_text("Nothing is lost")


async def test_the_end_of_a_sign_in_is_told_before_and_writing_puts_it_off(page: Page) -> None:
    status = page.locator("#status")
    await page.locator("#composer").fill(MINE)
    await page.clock.fast_forward("49:00")
    await expect(status).to_be_empty()
    await page.keyboard.press("Escape")  # the veil
    await page.clock.fast_forward("02:00")
    await expect(status).to_contain_text("you will be signed out at")
    said = await status.inner_text()
    await page.clock.fast_forward("00:30")
    await expect(status).to_have_text(said)  # it names a time, and counts nothing down
    await page.locator("#composer").press("!")
    await expect(status).to_be_empty()
