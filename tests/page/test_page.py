"""The page as a therapist uses it, in Chromium, on the real parts."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

TOLD = (
    "Her mum Thandi cancelled again ten minutes before the session, the third time this month. "
    "She told me last spring that her own father used to beat her as a child. And honestly I am "
    "dreading the call I have to make, my stomach turns when I see her number."
)
PATIENCE = 15_000


async def start(page: Page, path: str = "full") -> None:
    await page.locator(f".start[data-path={path}]").click()
    await answered(page, 1)
    if await page.get_by_role("button", name="Not yet").count():  # how did the last plan go?
        await say(page, "skip")


async def say(page: Page, text: str) -> None:
    turns = await page.locator(".turn").count()
    composer = page.locator("#composer")
    await composer.fill(text)
    await composer.press("Control+Enter")
    if await composer.input_value():  # it was asked about a name: once more sends it as it is
        await composer.press("Control+Enter")
    await answered(page, turns + 1)


async def choose(page: Page, label: str) -> None:
    turns = await page.locator(".turn").count()
    await page.get_by_role("button", name=label, exact=True).last.click()
    await answered(page, turns + 1)


async def slide(page: Page, number: int) -> None:
    turns = await page.locator(".turn").count()
    await page.get_by_role("slider").fill(str(number))
    await page.get_by_role("button", name=f"Answer {number}", exact=True).click()
    await answered(page, turns + 1)


async def answered(page: Page, turns: int) -> None:
    newest = page.locator(".turn").nth(turns - 1)
    await expect(newest.locator(".said").first).to_be_visible(timeout=PATIENCE)


async def test_a_therapist_walks_all_ten_stages(page: Page) -> None:
    await start(page)
    await say(page, "6")
    await say(page, TOLD)
    await expect(page.locator(".masked").first).to_contain_text("masked")
    await expect(page.locator(".mine .words").last).to_contain_text("[person A]")
    await expect(page.locator(".kept").last).to_have_text(re.compile("kept", re.IGNORECASE))
    for answer in (
        "Tight chest. I wanted it to be over.",
        "Coming to a clinic may remind her of being a child nobody believed.",
        "He sat outside with his grandmother and drew.",
        "The first five minutes went well, then she went quiet.",
    ):
        await say(page, answer)
    marks = page.locator("mark[data-theme]")
    await expect(marks.first).to_be_attached()
    themes = {await mark.get_attribute("data-theme") for mark in await marks.all()}
    assert themes == {"reduced_investment", "parent_trauma", "countertransference"}
    for verdict in ("Yes", "Not quite", "Yes"):
        await choose(page, verdict)
    await expect(page.locator(".step-card")).to_have_count(3)
    await expect(page.locator(".step-card .sources").first).to_be_attached()
    await choose(page, "Take 2")
    await say(page, "Send her a short message that I was glad she rang.")
    await say(page, "How do I stay warm without losing the frame?")
    await slide(page, 4)
    await choose(page, "Keep")
    summary = page.locator("#summary")
    await expect(summary).to_be_visible(timeout=PATIENCE)
    await expect(summary).to_contain_text("Send her a short message")
    await expect(summary).to_contain_text("How do I stay warm")
    await expect(summary).not_to_contain_text("Thandi")
    async with page.expect_download() as downloading:
        await page.locator("#download").click()
    path = await (await downloading.value).path()
    text = path.read_text(encoding="utf-8")
    assert "## Plan" in text
    assert "Send her a short message" in text


async def test_a_reflection_can_be_shared_withdrawn_and_deleted(page: Page) -> None:
    await start(page, "short")
    await say(page, "She sent the neighbour to fetch him again and I said nothing.")
    for _ in range(9):
        if await page.locator("#summary").is_visible():
            break
        await say(page, "skip")
    await expect(page.locator("#summary")).to_be_visible(timeout=PATIENCE)
    await page.locator("#share").click()
    await page.locator("#share-go").click()
    await expect(page.locator("#summary-status")).to_contain_text("Shared with")
    await page.locator(".shares .withdraw").click()
    await expect(page.locator("#summary-status")).to_contain_text("withdrawn")
    await expect(page.locator(".shares")).to_have_count(0)
    await page.locator("#remove").click()
    await page.locator("#remove-yes").click()
    await expect(page.locator("#list")).to_be_visible()


async def test_what_is_typed_survives_a_reload_and_hiding(page: Page) -> None:
    await start(page)
    await page.locator("#composer").fill("I have not sent this yet")
    await page.locator("#hide").click()
    await expect(page.locator("#cover")).to_be_visible()
    assert "Ballast" not in await page.title()
    await page.locator("#uncover").click()
    await page.reload()
    await expect(page.locator("#composer")).to_have_value("I have not sent this yet")


async def test_whom_to_call_is_one_press_away_and_danger_is_answered_in_a_box(page: Page) -> None:
    await start(page)
    await page.locator("#people").click()
    await expect(page.locator("#people-list")).to_contain_text("10111")
    await page.keyboard.press("Escape")
    await say(page, "5")
    await say(page, "A child is being hurt tonight, the boy told me his uncle is beating him now.")
    await expect(page.locator(".said.safety:not(.check)").first).to_be_visible()
    await expect(page.locator("#log")).to_contain_text("10111")
    await choose(page, "Take the reflection up again when I am ready")
    await say(page, "My hands are still shaking.")


async def test_a_check_on_safety_does_not_look_like_an_alarm(page: Page) -> None:
    await start(page)
    await say(page, "5")
    await say(page, "I have a bad feeling about what goes on at home.")
    box = page.locator(".said.safety")
    await expect(box).to_have_class("said safety check")
    await expect(box).to_contain_text("One thing to check")
    await expect(page.locator("#log")).to_contain_text("Show me whom to call")


async def test_everything_can_be_reached_by_keyboard_and_nothing_is_wider_than_the_screen(
    page: Page,
) -> None:
    await start(page)
    await page.locator("body").press("Tab")
    focused = set()
    for _ in range(40):
        await page.keyboard.press("Tab")
        focused.add(await page.evaluate("document.activeElement?.id"))
    assert {"people", "hide", "composer"} <= focused
    too_wide = await page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert not too_wide
