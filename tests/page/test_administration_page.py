"""An administrator's evening, by keyboard, in Chromium; names and reasons are shown as typed."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from bot.conversation.accounts import make_link
from tests.gateway import Gateway, bot, clock, gateway
from tests.page.conftest import DESKTOP, PHONE
from tests.page.test_console_page import press_until

__all__ = ["bot", "clock", "gateway"]

HOSTILE = "<img src=x onerror=alert(1)> & {{ 7 * 7 }}"
# A name without a place to break it, which must not push anything out of a narrow screen.
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 2
PLACES = ("", "/teams", "/supervision", "/contacts", "/keeping", "/health", "/audit")


async def come_in(gateway: Gateway, browser: Browser, size: ViewportSize) -> Page:
    context = await browser.new_context(viewport=size, reduced_motion="reduce")
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    administrator = gateway.people.administrator
    await page.goto(f"{gateway.address}/sign-in#{await make_link(gateway.desk, administrator)}")
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name="Your sign-in").wait_for()
    await page.goto(gateway.address)
    return page


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
async def page(
    request: pytest.FixtureRequest, gateway: Gateway, browser: Browser
) -> AsyncIterator[Page]:
    opened = await come_in(gateway, browser, request.param)
    yield opened
    await opened.context.close()


async def reach(page: Page, field: str) -> None:
    """Press Tab until the field of this name has the focus."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.name") == field:
            return
    raise AssertionError(f"Tab never came to {field}")


async def add(page: Page, name: str, role: str) -> str:
    """Add a person by keyboard alone, and give the link that is shown."""
    await page.goto(page.url.partition("/administration")[0] + "/administration")
    await reach(page, "name")
    await page.keyboard.type(name)
    await reach(page, "role")
    await page.keyboard.type(role)
    await press_until(page, "Tab", "Add and show the link")
    await page.keyboard.press("Enter")
    link = page.locator("code.secret")
    await link.wait_for()
    return await link.inner_text()


async def test_a_person_is_added_joins_a_team_is_supervised_and_is_closed(
    gateway: Gateway, page: Page
) -> None:
    await expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
    link = await add(page, HOSTILE, "therapist")
    assert "/sign-in#" in link
    assert link.partition("#")[2] not in page.url
    await expect(page.locator("h1")).to_have_text(f"A sign-in link for {HOSTILE}")

    await page.goto(f"{gateway.address}/administration/teams")
    await reach(page, "team")
    await page.keyboard.type(HOSTILE)
    await reach(page, "person")
    await page.keyboard.type("<img")
    await press_until(page, "Tab", "Make the team")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()

    await page.goto(f"{gateway.address}/administration/supervision")
    await reach(page, "therapist")
    await page.keyboard.type("<img")
    await reach(page, "supervisor")
    await page.keyboard.type("other")
    await press_until(page, "Tab", "Begin")
    await page.keyboard.press("Enter")
    row = page.get_by_role("row", name="<img")
    await expect(row).to_contain_text("other supervisor")
    await press_until(page, "Tab", "other supervisor with <img")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("region", name="Over").get_by_role("row")).to_have_count(2)

    await page.goto(f"{gateway.address}/administration")
    await press_until(page, "Tab", "<img")
    await page.keyboard.press("Enter")
    close = page.get_by_role("region", name="Close the account")
    await expect(close).to_contain_text("supervisors can open nothing")
    await press_until(page, "Tab", "Close the account of <img")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("closed since")).to_be_visible()


async def test_a_hold_is_placed_with_a_reason_and_released(gateway: Gateway, page: Page) -> None:
    await page.goto(f"{gateway.address}/administration/keeping")
    await reach(page, "held")
    await page.keyboard.type("other")
    await reach(page, "reason")
    await page.keyboard.type(HOSTILE)
    await press_until(page, "Tab", "Hold all of theirs")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("cell", name=HOSTILE)).to_be_visible()
    await press_until(page, "Tab", "Release")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Nothing is held now.")).to_be_visible()


async def test_the_audit_is_verified_and_the_result_has_the_focus(
    gateway: Gateway, page: Page
) -> None:
    await page.goto(f"{gateway.address}/administration/audit")
    head = await page.locator("code.secret").inner_text()
    await reach(page, "head")
    await page.keyboard.type(head)
    await press_until(page, "Tab", "Verify the audit now")
    await page.keyboard.press("Enter")
    result = page.get_by_role("heading", name="The audit holds")
    await expect(result).to_be_focused()
    await expect(page.get_by_text("still fits what was written down")).to_be_visible()


async def test_what_cannot_be_done_is_said_and_stays_typed(gateway: Gateway, page: Page) -> None:
    await page.get_by_label("Name").fill(gateway.people.therapist.name)
    await page.get_by_label("Role").select_option("supervisor")
    await page.get_by_role("button", name="Add and show the link").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await expect(page).to_have_title("Not done · People · Ballast")
    await expect(page.get_by_label("Name")).to_have_value(gateway.people.therapist.name)
    await expect(page.get_by_label("Role")).to_have_value("supervisor")


async def test_a_sign_in_that_is_too_old_is_renewed_in_another_tab_and_nothing_is_lost(
    gateway: Gateway, page: Page
) -> None:
    gateway.clock.advance(minutes=11)
    await page.reload()
    await expect(page.get_by_text("asks for a sign-in of the last ten minutes")).to_be_visible()
    await page.get_by_label("Name").fill("Nomvula Dube")
    await page.get_by_label("Role").select_option("therapist")
    await page.get_by_role("button", name="Add and show the link").click()
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="Sign in again").click()
    tab = await opened.value
    token = await make_link(gateway.desk, gateway.people.administrator)
    await tab.goto(f"{gateway.address}/sign-in#{token}")
    await tab.get_by_role("button", name="Sign in").click()
    await tab.get_by_role("heading", name="Your sign-in").wait_for()
    await page.get_by_role("button", name="Go on").click()
    await expect(page.locator("h1")).to_have_text("A sign-in link for Nomvula Dube")


async def test_no_page_is_wider_than_the_screen_and_each_says_where_one_is(
    gateway: Gateway, page: Page
) -> None:
    await add(page, LONG, "therapist")
    for place in PLACES:
        await page.goto(f"{gateway.address}/administration{place}")
        assert await page.locator("h1").count() == 1
        await expect(page.locator('nav [aria-current="page"]')).to_have_count(1)
        for width in (320, 360, 740, 1280):
            await page.set_viewport_size({"width": width, "height": 800})
            assert not await page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            ), (place, width)


async def test_every_field_has_its_name_and_every_table_its_heads(
    gateway: Gateway, page: Page
) -> None:
    for place in PLACES:
        await page.goto(f"{gateway.address}/administration{place}")
        nameless = await page.evaluate(
            """[...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
                .filter((field) => !field.labels.length).length"""
        )
        assert nameless == 0, place
        for table in await page.locator("table").all():
            await expect(table.locator("caption")).to_have_count(1)
            assert await table.get_by_role("columnheader").count() > 1
        ids = await page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
        assert len(ids) == len(set(ids)), place
