"""Signing in as a person does it: Chromium, its own virtual authenticator, the real gateway."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, Page

from bot.conversation.accounts.links import make_link
from bot.conversation.accounts.people import add_account
from bot.storage.models import Account
from bot.storage.states import Role
from tests.bots import ScriptedBot
from tests.conftest import free_port, until
from tests.gateway import Gateway, run_gateway
from tests.page.conftest import PHONE

NAME, PASSWORD = "Thandi Mokoena", "wren harbour kettle plum"


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with run_gateway(tmp_path, ScriptedBot(), port=free_port()) as running:
        yield running


@pytest.fixture
async def thandi(gateway: Gateway) -> Account:
    return await add_account(gateway.desk, NAME, Role.THERAPIST)


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=PHONE, reduced_motion="reduce")
    opened = await context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    devtools = await context.new_cdp_session(opened)
    await devtools.send("WebAuthn.enable")
    await devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield opened
    await context.close()
    assert complaints == []


async def test_from_the_first_link_to_a_passkey_and_a_password(
    gateway: Gateway, thandi: Account, page: Page
) -> None:
    address = gateway.desk.settings.address
    await page.goto(f"{address}/sign-in#{await make_link(gateway.desk, thandi)}")
    # Opening it signs nobody in: the button does.
    button = page.get_by_role("button", name="Sign in")
    await button.wait_for()
    assert await page.context.cookies() == []
    await button.click()

    # The link is used up, so the page offers to make a passkey; the keyboard suffices.
    await page.get_by_role("heading", name="Your sign-in").wait_for()
    await page.locator("#passkey-form").wait_for()  # a press would not wait until it is shown
    await page.get_by_label("Name for a new passkey").press("Enter")
    await page.get_by_text("The passkey is made.").wait_for()
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await page.locator("#list").wait_for()

    await page.get_by_role("link", name="Your sign-in").click()
    await page.get_by_label("New password").fill(PASSWORD)
    await page.get_by_role("button", name="Set password").click()
    await page.get_by_role("button", name="Set up the second factor").click()
    picture = page.locator("#factor-picture")

    async def is_drawn() -> bool:
        return await picture.evaluate("image => image.naturalWidth") > 100

    await until(is_drawn)
    assert await picture.get_attribute("alt")
    secret = (await page.locator("#factor-secret").inner_text()).replace(" ", "")
    app = pyotp.TOTP(secret)
    await page.get_by_label("The six figures it shows").fill(app.at(gateway.clock.now))
    await page.get_by_role("button", name="Check and take up").click()
    await page.locator("#codes li").nth(9).wait_for()
    await page.get_by_role("button", name="I have kept them").click()
    await page.get_by_role("button", name="Sign out").click()

    await page.wait_for_url("**/sign-in")
    gateway.clock.advance(seconds=30)
    await page.get_by_role("textbox", name="Name").fill(NAME.lower())
    await page.get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_label("Code from").fill(app.at(gateway.clock.now))
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.locator("#list").wait_for()

    # Ten minutes later changes are closed until one signs in again, and one comes back here.
    gateway.clock.advance(minutes=11)
    await page.get_by_role("link", name="Your sign-in").click()
    assert await page.locator("#passkey-form").is_hidden()
    await page.get_by_role("button", name="Sign in again").click()
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await page.locator("#passkey-form").wait_for()


@pytest.mark.parametrize("place", ["/", "/your-sign-in"])
async def test_signing_out_asks_first_where_words_would_go_with_it(
    gateway: Gateway, thandi: Account, page: Page, place: str
) -> None:
    address = gateway.desk.settings.address
    await page.goto(f"{address}/sign-in#{await make_link(gateway.desk, thandi)}")
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name="Your sign-in").wait_for()
    draft = {"text": "I was cross with her mother.", "at": int(time.time() * 1000)}
    await page.evaluate("it => localStorage.setItem('ballast:one:draft', it)", json.dumps(draft))
    await page.goto(f"{address}{place}")
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_text("have not been sent or kept yet").wait_for()
    await page.get_by_role("button", name="Cancel").click()
    # What an earlier release kept readable is sealed from now on.
    assert await page.evaluate("localStorage.length") == 0
    assert await page.evaluate("indexedDB.databases().then((all) => all.length)") == 1
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_role("button", name="Sign out and remove them").click()
    await page.get_by_role("heading", name="Sign in").wait_for()
    assert await page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    assert await page.context.cookies() == []
