"""Nothing that was written is lost: in several pages, over bad lines, on what keeps nothing."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, WebSocketRoute, expect

from bot.web.bounds import Bounds
from tests.bots import ScriptedBot
from tests.conftest import House, free_port, start_house, stop_house, until
from tests.gateway import FakeClock, Gateway, bot, clock, gateway, run_gateway
from tests.page.kept import (
    THOUGHT,
    box,
    databases,
    from_link,
    mine,
    open_reflection,
    profile,
    say,
    sign_in,
    start_reflection,
    watched,
)

__all__ = ["bot", "clock", "gateway"]

HALF_AN_HOUR = 30 * 60 * 1000
WHOLE = (
    "6",
    (
        "Her mum cancelled again ten minutes before the session, the third time this month. She "
        "told me that her own father used to beat her as a child. I am dreading the call."
    ),
    "Tight chest. I wanted it to be over.",
    "Coming to a clinic may remind her of being a child nobody believed.",
    "He sat outside with his grandmother and made a picture.",
    "The first five minutes went well, then she went quiet.",
    "Yes",
    "Not quite",
    "Yes",
    "Take 2",
    "Send her a short message that I was glad she rang.",
    "How do I stay warm without losing the frame?",
    "4",
    "Keep",
)


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    opened = await browser.new_context(reduced_motion="reduce")
    complaints = watched(opened)
    yield opened
    await opened.close()
    assert complaints == []


@pytest.fixture
async def reflection(gateway: Gateway) -> str:
    return await start_reflection(gateway)


@pytest.fixture
async def page(context: BrowserContext, gateway: Gateway, reflection: str) -> Page:
    opened = await sign_in(context, gateway)
    await open_reflection(opened, gateway, reflection)
    return opened


@pytest.fixture
async def other(context: BrowserContext, page: Page, gateway: Gateway, reflection: str) -> Page:
    opened = await context.new_page()
    await open_reflection(opened, gateway, reflection)
    return opened


async def test_a_message_is_in_the_outbox_on_the_device_before_it_is_sent(
    page: Page, context: BrowserContext
) -> None:
    await box(page).fill(THOUGHT)
    await context.set_offline(True)
    await box(page).press("Control+Enter")
    await expect(box(page)).to_have_value("")
    await expect(page.locator(".pending .sending")).to_have_text("Waiting for the network")
    await expect(page.locator("#status")).to_contain_text("stays on this computer")
    await context.set_offline(False)
    await page.reload()
    await expect(page.locator(".mine .kept")).to_have_text("Kept")
    assert await mine(page) == [THOUGHT]


async def test_offline_in_the_middle_and_back_keeps_all_in_order(
    page: Page, context: BrowserContext, gateway: Gateway
) -> None:
    await say(page, "The first.")
    await context.set_offline(True)
    # A line that is open may well carry a message until the page hears of it.
    await until(lambda: page.evaluate("!navigator.onLine"))
    for text in ("The second.", "The third.", "The fourth."):
        await box(page).fill(text)
        await box(page).press("Control+Enter")
    await expect(page.locator(".pending")).to_have_count(3)
    await context.set_offline(False)
    await expect(page.locator(".said")).to_have_count(5)
    told = ["The first.", "The second.", "The third.", "The fourth."]
    assert await mine(page) == told
    assert gateway.bot.texts == told


async def test_two_pages_show_one_message_once_and_share_the_draft(page: Page, other: Page) -> None:
    await box(page).fill(THOUGHT)
    await expect(box(other)).to_have_value(THOUGHT)
    await box(other).press("End")
    await other.keyboard.type(" and more", delay=5)
    await expect(box(page)).to_have_value(f"{THOUGHT} and more")
    await box(page).press("Control+Enter")
    await expect(box(other)).to_have_value("")
    for one in (page, other):
        await expect(one.locator(".said")).to_have_count(2)
        assert await mine(one) == [f"{THOUGHT} and more"]


async def test_what_was_changed_in_both_pages_is_kept_in_one_box(page: Page, other: Page) -> None:
    write = """text => {
        const box = document.getElementById("composer");
        box.value = text;
        box.dispatchEvent(new Event("input"));
    }"""
    for number in range(20):
        here, there = f"Written here, {number}.", f"Written there, {number}."
        await asyncio.gather(page.evaluate(write, here), other.evaluate(write, there))
        await expect(box(page)).to_have_value(_both(here, there))
        await expect(box(other)).to_have_value(await box(page).input_value())
        await page.reload()
        await expect(box(page)).to_have_value(_both(here, there))
        await box(page).fill("")
        await expect(box(other)).to_have_value("")


def _both(here: str, there: str) -> re.Pattern[str]:
    one, two = re.escape(here), re.escape(there)
    return re.compile(rf"^({one}\s+{two}|{two}\s+{one})$")


async def test_a_message_of_a_page_that_went_before_sending_is_sent_by_the_other(
    page: Page, other: Page, context: BrowserContext, gateway: Gateway
) -> None:
    await page.evaluate("WebSocket.prototype.send = () => {}")  # this page's line is dead
    await box(page).fill(THOUGHT)
    await box(page).press("Control+Enter")
    await expect(other.locator(".pending")).to_have_count(1)
    await page.close()
    await expect(other.locator(".said")).to_have_count(2)
    assert await mine(other) == [THOUGHT]
    assert gateway.bot.texts == [THOUGHT]


async def test_signing_out_in_one_page_closes_the_other(
    page: Page, other: Page, gateway: Gateway
) -> None:
    await box(page).fill(THOUGHT)
    await expect(box(other)).to_have_value(THOUGHT)
    await other.goto(f"{gateway.address}/#")
    await other.get_by_role("button", name="Sign out").click()
    await other.get_by_role("button", name="Sign out and remove them").click()
    await page.wait_for_url("**/sign-in")
    await other.wait_for_url("**/sign-in")
    assert await databases(page) == []


async def test_keep_nothing_holds_in_all_pages_and_asks_before_words_are_left(
    page: Page, other: Page, gateway: Gateway
) -> None:
    await box(page).fill(THOUGHT)
    await expect(box(other)).to_have_value(THOUGHT)
    assert await databases(page) == ["ballast"]
    await other.goto(f"{gateway.address}/#")
    await other.locator("#keep-nothing").check()
    await expect(other.locator(".keeping")).to_contain_text("what was here is removed")
    await expect(page.locator("#keeping-hint")).to_contain_text("only as long as this page")
    await expect(box(page)).to_have_value(THOUGHT)
    assert await databases(page) == []
    assert await page.evaluate("Object.keys(localStorage)") == ["keep-nothing"]
    # The words are still in the pages: a new one is told, a reload of the last one asks first.
    await other.goto("about:blank")
    asked = []

    async def stay(dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    await page.evaluate("setTimeout(() => location.reload())")
    await page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    await expect(box(page)).to_have_value(THOUGHT)
    await box(page).press("Control+Enter")
    await expect(page.locator(".said")).to_have_count(2)
    await page.reload()
    await expect(page.locator(".said")).to_have_count(2)
    assert asked == ["beforeunload"]
    assert await databases(page) == []


async def test_a_turn_that_is_missing_in_the_middle_is_asked_for(
    page: Page, gateway: Gateway, reflection: str
) -> None:
    # This page's line loses all that is told of a message of another page.
    await say(page, "The first.")
    http = await gateway.signed_in(gateway.people.therapist)
    listeners = gateway.desk.news._listeners
    deaf = listeners.pop(reflection)
    async with http.ws_connect(f"/api/reflections/{reflection}/socket") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "say", "id": "elsewhere", "text": "The second."})
        while (await socket.receive_json()).get("turn", {}).get("state") != "answered":
            pass
    listeners[reflection] = deaf
    await say(page, "The third.")
    await expect(page.locator(".said")).to_have_count(4)
    assert await mine(page) == ["The first.", "The second.", "The third."]


async def test_what_was_refused_once_and_kept_all_the_same_does_not_stay_in_the_box(
    context: BrowserContext, gateway: Gateway, reflection: str
) -> None:
    page = await sign_in(context, gateway)
    lines: list[WebSocketRoute] = []

    def refuse_on_the_first(route: WebSocketRoute) -> None:
        lines.append(route)
        server = route.connect_to_server()
        is_first = len(lines) == 1
        hears: list[str] = []

        def say(frame: str | bytes) -> None:
            server.send(frame)
            if is_first:
                hears.append("nothing")
                refused = {"type": "refused", "id": json.loads(frame)["id"], "reason": "not_kept"}
                route.send(json.dumps(refused | {"text": "It was not kept."}))

        route.on_message(say)
        server.on_message(lambda frame: None if hears else route.send(frame))

    await page.route_web_socket("**/socket*", refuse_on_the_first)
    await open_reflection(page, gateway, reflection)
    await box(page).fill(THOUGHT)
    await box(page).press("Control+Enter")
    await expect(page.locator("#status")).to_contain_text("It was not kept.")
    await expect(box(page)).to_have_value(THOUGHT)
    await lines[0].close()
    await expect(page.locator(".said")).to_have_count(2)
    await expect(box(page)).to_have_value("")
    assert await mine(page) == [THOUGHT]


async def test_half_an_hour_idle_with_lines_closed_by_the_server_and_then_going_on(
    tmp_path: Path, context: BrowserContext, bot: ScriptedBot
) -> None:
    long = {"idle_minutes": 600.0}
    async with run_gateway(tmp_path, bot, bounds=Bounds(idle_seconds=2), **long) as running:
        page = await sign_in(context, running)
        await page.clock.install()
        await open_reflection(page, running, await start_reflection(running))
        await box(page).fill(THOUGHT)
        await asyncio.sleep(2.5)  # the server closes the line
        running.clock.advance(minutes=30)
        await page.clock.fast_forward(HALF_AN_HOUR)
        await page.clock.resume()
        await expect(box(page)).to_have_value(THOUGHT)
        await box(page).press("Control+Enter")
        await expect(page.locator(".said")).to_have_count(2)
        assert await mine(page) == [THOUGHT]


async def test_a_computer_that_slept_over_a_dead_line_goes_on(
    page: Page, gateway: Gateway, reflection: str
) -> None:
    await page.clock.install()
    await open_reflection(page, gateway, reflection)
    lines = gateway.desk.news._listeners
    before = set(lines[reflection])
    await page.clock.fast_forward(HALF_AN_HOUR)
    await page.clock.resume()

    async def is_new() -> bool:
        return bool(set(lines.get(reflection, ())) - before)

    await until(is_new)
    await say(page, THOUGHT)
    assert await mine(page) == [THOUGHT]


async def test_plain_http_on_an_intranet_works_with_less_and_says_so(
    tmp_path: Path, bot: ScriptedBot
) -> None:
    port = free_port()
    address = f"http://ballast.clinic.test:{port}"
    async with (
        run_gateway(tmp_path, bot, FakeClock(), port=port, public_url=address) as running,
        profile(
            tmp_path / "profile", "--host-resolver-rules=MAP *.clinic.test 127.0.0.1"
        ) as opened,
    ):
        complaints = watched(opened)
        page = await sign_in(opened, running, address)
        assert await page.evaluate("[isSecureContext, typeof crypto.subtle]") == [
            False,
            "undefined",
        ]
        await open_reflection(page, running, await start_reflection(running), address)
        hint = page.locator("#keeping-hint")
        await expect(hint).to_contain_text("last only as long as this page")
        await box(page).fill(THOUGHT)
        other = await opened.new_page()
        await other.goto(page.url)
        await expect(box(other)).to_have_value(THOUGHT)
        await box(other).press("Control+Enter")
        for one in (page, other):
            await expect(one.locator(".said")).to_have_count(2)
            assert await mine(one) == [THOUGHT]
        assert complaints == []


@pytest.fixture(scope="module")
def own_house(tmp_path_factory: pytest.TempPathFactory):
    running = start_house(tmp_path_factory.mktemp("kept"))
    yield running
    stop_house(running)


async def test_the_gateway_is_killed_and_comes_back_while_somebody_types(
    own_house: House, context: BrowserContext
) -> None:
    page = await from_link(context, own_house)
    await page.locator(".start[data-path=full]").click()
    await page.locator(".said").first.wait_for()
    await box(page).focus()
    text = "Six, and my hands are still shaking from it."
    await page.keyboard.type(text[:10], delay=20)
    own_house.kill("gateway")
    await page.keyboard.type(text[10:30], delay=20)
    await expect(page.locator("#status")).to_contain_text("Waiting for the network")
    await page.keyboard.type(text[30:], delay=20)
    await box(page).press("Control+Enter")
    await expect(page.locator(".pending")).to_have_count(1)
    await expect(page.locator(".turn").nth(1).locator(".said").first).to_be_visible(timeout=60_000)
    assert await mine(page) == [text]


async def test_a_reload_at_each_of_the_ten_stages_loses_neither_draft_nor_place(
    own_house: House, context: BrowserContext
) -> None:
    page = await from_link(context, own_house)
    await page.locator(".start[data-path=full]").click()
    await page.locator(".said").first.wait_for()
    stages = []
    for told in WHOLE:
        stages.append(await page.locator("#stages-list [aria-current]").text_content())
        turns = await page.locator(".turn").count()
        await box(page).fill(told)
        await page.wait_for_timeout(500)  # the last 300 ms of typing may go with a page
        await page.reload()
        await expect(box(page)).to_have_value(told)
        await expect(page.locator(".turn")).to_have_count(turns)
        await box(page).press("Control+Enter")
        await page.reload()
        # Cut off before it lay in the outbox, it stands in the box again.
        await page.locator("#log .said").first.wait_for(state="attached")
        if await box(page).input_value() == told:
            await box(page).press("Control+Enter")
        newest = page.locator(".turn").nth(turns).locator(".said")
        await expect(newest.first).to_be_attached(timeout=30_000)
        # A safety message comes before the answer it stands above.
        await expect(page.locator(".thinking, .pending")).to_have_count(0)
    await expect(page.locator("#summary")).to_contain_text("glad she rang")
    assert len(set(stages)) == 10
    kept = await page.evaluate(
        "fetch(`/api${location.hash.slice(1).replace('/reflection/', '/reflections/')}`)"
        ".then((answer) => answer.json()).then(({ turns }) => turns.map(({ text }) => text))"
    )
    assert kept == ["", *WHOLE]
    assert await page.locator(".mine .words").count() == len(WHOLE)
