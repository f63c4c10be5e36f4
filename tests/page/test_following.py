"""What newly comes while somebody reads further up is pointed to, and moves nothing."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.bots import ScriptedBot, says
from tests.conftest import until
from tests.gateway import Gateway, bot, clock, gateway, socket_of
from tests.page.conftest import DESKTOP, PHONE
from tests.page.kept import sign_in, start_reflection

__all__ = ["bot", "clock", "gateway"]

LOW = {"width": 640, "height": 280}
LONG = " ".join(["What is read while something new comes."] * 60)
WHERE = "[scrollY, document.documentElement.scrollHeight]"


@pytest.mark.parametrize("size", [DESKTOP, PHONE, LOW], ids=["desktop", "phone", "low"])
async def test_what_comes_out_of_view_is_pointed_to_and_moves_nothing(
    gateway: Gateway, bot: ScriptedBot, browser: Browser, size: dict[str, int]
) -> None:
    bot.script = [says("Good evening."), says(LONG), says(LONG), says("The newest.")]
    reflection = await start_reflection(gateway)
    therapist = await gateway.signed_in(gateway.people.therapist)
    context = await browser.new_context(viewport=size, reduced_motion="reduce")
    page = await sign_in(context, gateway)
    newer = page.locator("#newer")
    async with socket_of(therapist, reflection) as socket:
        for words in ("One.", "Two."):
            await socket.answer_to(await socket.send(words))
        await page.goto(f"{gateway.address}/#/reflection/{reflection}")
        await expect(page.locator(".turn")).to_have_count(3)
        await expect(newer).to_be_hidden()
        await page.mouse.wheel(0, -20_000)
        await until(lambda: page.evaluate("scrollY === 0"))
        await socket.answer_to(await socket.send("Three."))
    await expect(page.locator(".turn")).to_have_count(4)
    await expect(newer).to_be_in_viewport(ratio=1)
    shown = await page.evaluate(WHERE)
    assert shown[0] == 0
    await page.evaluate("document.getElementById('newer').hidden = true")
    assert await page.evaluate(WHERE) == shown
    await page.evaluate("document.getElementById('newer').hidden = false")
    await newer.click()
    await expect(page.locator("#log .said").last).to_contain_text("The newest.")
    await expect(page.locator("#log .said").last).to_be_in_viewport()
    await expect(newer).to_be_hidden()
    await context.close()
