"""What a screen reader is told: what newly comes, once, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, expect

from bot.conversation.accounts import make_link
from bot.conversation.records import Asked
from bot.reflection.stages import Question, Stage
from tests.bots import ScriptedBot, says
from tests.conftest import until
from tests.conversation.samples import DANGER, TO_CHECK
from tests.gateway import Gateway, bot, clock, gateway, socket_of
from tests.page.conftest import DESKTOP

__all__ = ["bot", "clock", "gateway"]

MINE = "I could not look at her when she said it."
# Notes whatever is put into the two regions, and what has the focus then.
WATCH = """
window.heard = [];
for (const id of ["read-first", "read-out"]) {
  new MutationObserver(() => {
    const text = document.getElementById(id).textContent;
    if (text) heard.push([id, text, document.activeElement.id]);
  }).observe(document.getElementById(id), { childList: true, characterData: true, subtree: true });
}
"""


@dataclass
class Listened:
    page: Page

    async def heard(self) -> list[list[str]]:
        return await self.page.evaluate("heard")

    async def texts(self) -> list[str]:
        return [text for _, text, _ in await self.heard()]

    async def hears(self, words: str) -> list[list[str]]:
        async def found() -> list[list[str]]:
            return [one for one in await self.heard() if words in one[1]]

        return await until(found)

    async def say(self, text: str) -> None:
        await self.page.locator("#composer").fill(text)
        await self.page.locator("#composer").press("Control+Enter")


@pytest.fixture
async def reflection(gateway: Gateway, bot: ScriptedBot) -> str:
    therapist = await gateway.signed_in(gateway.people.therapist)
    bot.script = [
        says("Good evening.", Asked(Question.DESCRIBE, Stage.DESCRIBE)),
        says("Said long before.", Asked(Question.FEEL, Stage.FEEL)),
    ]
    async with therapist.post("/api/reflections", json={}) as response:
        found = str((await response.json())["id"])
    async with socket_of(therapist, found) as socket:
        await socket.answer_to(await socket.send("She came late."))
    return found


@pytest.fixture
async def listened(gateway: Gateway, reflection: str, browser: Browser) -> AsyncIterator[Listened]:
    context = await browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    page = await context.new_page()
    link = await make_link(gateway.desk, gateway.people.therapist)
    await page.goto(f"{gateway.address}/sign-in#{link}")
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("heading", name="Your sign-in").wait_for()
    await page.add_init_script(
        f"document.addEventListener('DOMContentLoaded', () => {{ {WATCH} }})"
    )
    await page.goto(f"{gateway.address}/#/reflection/{reflection}")
    await expect(page.locator("#log")).to_contain_text("Said long before.")
    yield Listened(page)
    await context.close()


async def test_at_opening_only_the_stage_is_said(listened: Listened) -> None:
    await listened.hears("You are at stage 3 of 10, In you.")
    assert len(await listened.texts()) == 1


async def test_an_answer_is_one_message_once_without_ones_own_words_and_moves_no_focus(
    listened: Listened, bot: ScriptedBot
) -> None:
    await listened.hears("stage 3")
    bot.script = [
        [*says("Thank you."), *says("Now the parent?", Asked(Question.PARENT, Stage.PARENT))]
    ]
    await listened.say(MINE)
    ((region, text, focus),) = await listened.hears("Thank you.")
    assert region == "read-out"
    assert text.strip() == "Thank you. Now the parent? You are at stage 4 of 10, The parent."
    assert focus == "composer"
    await expect(listened.page.locator("#read-out")).to_be_empty()
    # What is drawn again, by a page that is visited again or a line that comes back, is not new.
    await listened.page.evaluate("dispatchEvent(new Event('online'))")
    await listened.say("And then she left.")
    await listened.hears("Noted.")
    assert len(await listened.hears("Thank you.")) == 1
    assert not [text for text in await listened.texts() if MINE in text or "left" in text]


async def test_danger_is_answered_first_and_at_once(listened: Listened) -> None:
    await listened.hears("stage 3")
    await listened.say(DANGER)
    ((region, _, _),) = await listened.hears("Safety first")
    assert region == "read-first"


async def test_a_check_is_no_alarm(listened: Listened) -> None:
    await listened.hears("stage 3")
    await listened.say(TO_CHECK)
    ((region, _, _),) = await listened.hears("One thing to check")
    assert region == "read-out"


async def test_nothing_is_said_while_the_page_is_covered(
    listened: Listened, bot: ScriptedBot
) -> None:
    await listened.hears("stage 3")
    bot.gate.clear()
    await listened.say(MINE)
    await expect(listened.page.locator(".thinking")).to_be_visible()
    await listened.page.locator("#hide").click()
    bot.gate.set()
    await expect(listened.page.locator("#log")).to_contain_text("Noted.")
    await listened.page.evaluate("new Promise((done) => setTimeout(done, 600))")
    assert len(await listened.texts()) == 1
    await listened.page.locator("#uncover").click()
    await listened.hears("Noted.")


async def test_the_conversation_is_a_plain_region_with_a_name(listened: Listened) -> None:
    log = listened.page.locator("#log")
    assert await log.get_attribute("aria-live") is None
    await expect(listened.page.get_by_role("region", name="Reflection of")).to_have_count(1)
    assert await listened.page.locator("[role=log], #log [aria-live]").count() == 0
