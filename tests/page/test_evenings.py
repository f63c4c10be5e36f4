"""A supervisor's twenty minutes and a therapist's evening after it, by keyboard alone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from bot.storage.states import Role
from tests.bots import ScriptedBot
from tests.gateway import Gateway, bot, clock, gateway
from tests.page.conftest import DESKTOP, PHONE
from tests.page.practice import ASKED, FELT, NOTE, Practice, make_practice
from tests.page.test_console_page import FOCUSED, press_until

__all__ = ["bot", "clock", "gateway"]

MINE = "What did your hands do while you said nothing?"
MORE = "Would you tell me how he said goodbye?"
ANSWER = "They held the pen. He waved, and she did not see it."


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    return dict(request.param)


@pytest.fixture
async def practice(gateway: Gateway, bot: ScriptedBot) -> Practice:
    return await make_practice(gateway, bot)


@pytest.fixture
async def supervisor(
    practice: Practice, browser: Browser, size: dict[str, int]
) -> AsyncIterator[Page]:
    page = await practice.page_of(browser, Role.SUPERVISOR, size)  # type: ignore[arg-type]
    yield page
    await page.context.close()


@pytest.fixture
async def therapist(
    practice: Practice, browser: Browser, size: dict[str, int]
) -> AsyncIterator[Page]:
    page = await practice.page_of(browser, Role.THERAPIST, size)  # type: ignore[arg-type]
    yield page
    await page.context.close()


async def press(page: Page, *labels: str) -> None:
    """Go on with Tab to each of these in turn, and press Enter on it."""
    for label in labels:
        await press_until(page, "Tab", label)
        await page.keyboard.press("Enter")


async def type_into(page: Page, field: str, text: str) -> None:
    await press_until(page, "Tab", field)
    await page.keyboard.type(text)


async def test_a_supervisor_reads_answers_labels_asks_and_signs_off(
    practice: Practice, supervisor: Page, therapist: Page
) -> None:
    await supervisor.goto(f"{practice.gateway.address}/console")
    await find(supervisor)
    await read_and_ask(supervisor)
    await answer(therapist, practice.gateway.address)
    await sign_off(supervisor)


async def find(page: Page) -> None:
    """Danger first: it is looked at; then whoever has a question."""
    await expect(page.locator(".queue-urgent")).to_contain_text("child at risk")
    await press(page, "Safety")
    await page.get_by_role("heading", name="Safety", exact=True).wait_for()
    await press(page, "I have seen this")
    await expect(page.locator(".concern").first).to_contain_text("by you on")
    await page.wait_for_load_state()
    await press(page, "Shared with you")
    await page.get_by_role("heading", name="Shared with you").wait_for()
    await press(page, "Choose what to show")
    await press_until(page, "Tab", "question")
    await page.keyboard.press("Space")
    await page.keyboard.press("Enter")
    await expect(page.locator(".queue-card")).to_have_count(1)
    await press(page, "Reflection of")
    await expect(page.locator("h1")).to_have_text("Reflection of 2 March 2026")


async def read_and_ask(page: Page) -> None:
    """A view of a theme, a comment on words, and asking for more, which then waits."""
    for words in (NOTE, ASKED, FELT.partition(".")[0], "8 before, 4 after"):
        await expect(page.locator("article.shared")).to_contain_text(words)
    await press(page, "Your view of it", "It fits")
    await expect(page.locator(".label-said").first).to_contain_text("supervisor: it fits")
    # A browser takes the focus to where the address points once all is there.
    await page.wait_for_load_state()
    await page.locator("#turn-3 > .beside > details > summary").focus()
    await page.keyboard.press("Enter")
    await type_into(page, "passage", "wanted to take him home")
    await type_into(page, "text", MINE)
    await press(page, "Send")
    remark = page.locator("#turn-3 .remark", has_text=MINE)
    await expect(remark.locator("blockquote")).to_have_text("wanted to take him home")
    await page.wait_for_load_state()
    await page.locator("#remarks-title").scroll_into_view_if_needed()
    await page.locator("#review summary", has_text="for more").focus()
    await page.keyboard.press("Enter")
    await type_into(page, "text", MORE)
    await press(page, "Ask for more")
    await expect(page.locator("#remarks")).to_contain_text(MORE)
    await expect(page.locator("#review-title")).to_contain_text("waiting for the therapist")


async def answer(page: Page, address: str) -> None:
    """The therapist's list tells of it, the page shows it, and the answer goes back."""
    await page.goto(f"{address}/")
    await page.locator(".card-news").wait_for()
    await press(page, "Your supervisor asked for more")
    await expect(page.locator("h1")).to_have_text("Reflection of 2 March 2026")
    await expect(page.locator("main")).to_contain_text("supervisor asked you for more.")
    theirs = page.locator("#remarks .remark", has_text=MORE)
    await theirs.get_by_text("Reply", exact=True).focus()
    await page.keyboard.press("Enter")
    await type_into(page, "text", ANSWER)
    await press(page, "Send")
    await expect(page.locator("#remarks")).to_contain_text(ANSWER)
    await page.goto(f"{address}/")
    await page.locator("#reflections .card").first.wait_for()
    await expect(page.locator(".card-news")).to_have_count(0)


async def sign_off(page: Page) -> None:
    """The answer is on the page without a reload; it is signed off, and goes to the meeting."""
    await expect(page.locator("#remarks")).to_contain_text(ANSWER)
    await expect(page.locator("#review-title")).to_contain_text("in review")
    await page.locator("#review summary", has_text="for more").focus()
    await press_until(page, "Shift+Tab", "Sign off")
    await page.keyboard.press("Enter")
    await expect(page.locator("#review-title")).to_contain_text("closed")
    await press(page, "What happened in your review")
    await expect(page.locator("#review .history li").last).to_contain_text("signed off")
    await press(page, "Talking points")
    await page.get_by_role("heading", name="Talking points").first.wait_for()


async def test_a_therapist_sees_who_looked_and_takes_it_back(
    practice: Practice, supervisor: Page, therapist: Page
) -> None:
    address = practice.gateway.address
    await supervisor.goto(f"{address}/console/{practice.reflection}")
    await expect(supervisor.locator("article.shared")).to_contain_text(ASKED)
    async with (await practice.gateway.signed_in(practice.account(Role.THERAPIST))).get(
        f"/api/reflections/{practice.reflection}/share"
    ) as response:
        shares = (await response.json())["shares"]
    assert any(share["views"] for share in shares)
    await therapist.goto(f"{address}/reflections/{practice.reflection}")
    assert await therapist.evaluate(FOCUSED) is not None
    http = await practice.gateway.signed_in(practice.account(Role.THERAPIST))
    async with http.delete(f"/api/reflections/{practice.reflection}/share") as response:
        assert response.status == 204
    await expect(supervisor.locator("#live-status")).to_contain_text("This is not here any more.")
    for path in ("", "/search", "/talking-points", "/over-time", "/double-readings"):
        await supervisor.goto(f"{address}/console{path}")
        await expect(supervisor.locator("main")).not_to_contain_text(ASKED)
        assert practice.reflection not in await supervisor.content()
    await therapist.reload()
    await expect(therapist.locator("main")).to_contain_text("Shared with nobody now")
