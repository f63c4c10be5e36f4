"""Sharing and saying yes, as a therapist does it in Chromium; a stand-in for the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from bot.conversation.accounts import make_link
from bot.conversation.consents import is_given, set_consent
from bot.conversation.records import Answered, Asked, Closed
from bot.conversation.review.concerns import write_done
from bot.reflection.stages import Question, Stage
from bot.storage.concerns import concerns_in
from bot.storage.models import Account, Share, ShareTurn, Supervision
from bot.storage.states import Purpose, ShareScope
from tests.bots import ScriptedBot, says
from tests.conversation.samples import TO_CHECK
from tests.gateway import Gateway, bot, clock, gateway, say, share_summary, socket_of
from tests.page.conftest import PHONE

__all__ = ["bot", "clock", "gateway"]

TOLD = "She sent the neighbour to fetch him & I said nothing."
OF_ME = "sometimes I wish I could just disappear"
NOTE = "Could we look at why I said nothing?"


@dataclass
class Evening:
    gateway: Gateway
    browser: Browser
    id: str

    async def page_of(self, account: Account, path: str = "") -> Page:
        context = await self.browser.new_context(viewport=PHONE, reduced_motion="reduce")
        page = await context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        link = await make_link(self.gateway.desk, account)
        await page.goto(f"{self.gateway.address}/sign-in#{link}")
        await page.get_by_role("button", name="Sign in").click()
        # Who came by a link is offered a passkey first.
        await page.get_by_role("heading", name="Your sign-in").wait_for()
        await page.goto(self.gateway.address + (path or "/"))
        return page

    async def summary(self) -> Page:
        people = self.gateway.people
        page = await self.page_of(people.therapist, f"/#/reflection/{self.id}")
        await page.locator("#share").wait_for()
        return page

    async def shares(self) -> list[Share]:
        async with self.gateway.desk.sessions() as session:
            return list(await session.scalars(select(Share).order_by(Share.shared_at)))


@pytest.fixture
async def evening(gateway: Gateway, bot: ScriptedBot, browser: Browser) -> AsyncIterator[Evening]:
    therapist = await gateway.signed_in(gateway.people.therapist)
    async with therapist.post("/api/reflections", json={}) as response:
        reflection = (await response.json())["id"]
    bot.script = [
        says("Good evening."),
        says("Noted.", Answered(Question.DESCRIBE)),
        says("Noted.", Answered(Question.FEEL)),
        says("Thank you.", Asked(Question.ENDING, Stage.CLOSE), Closed("keep")),
    ]
    async with socket_of(therapist, reflection) as socket:
        for words in (TOLD, OF_ME, "keep"):
            await socket.answer_to(await socket.send(words))
    yield Evening(gateway, browser, reflection)
    for context in browser.contexts:
        await context.close()


async def test_two_presses_share_the_summary_and_one_takes_it_back(evening: Evening) -> None:
    page = await evening.summary()
    await page.locator("#share").click()
    await expect(page.locator("#share-offer")).to_contain_text("the summary with supervisor")
    await page.locator("#share-go").click()
    await expect(page.locator("#summary-status")).to_contain_text("Shared with supervisor until")
    await expect(page.locator(".shares .views")).to_have_text("Not opened yet.")
    (share,) = await evening.shares()
    assert (share.scope, share.note) == (ShareScope.SUMMARY, None)
    reader = await evening.page_of(evening.gateway.people.supervisor, f"/console/{evening.id}")
    await expect(reader.locator("article.shared")).to_contain_text(TOLD)
    await expect(reader.locator("body")).not_to_contain_text(OF_ME)
    await page.reload()
    await expect(page.locator(".shares .views")).to_contain_text("Opened:")
    await page.locator(".shares .withdraw").click()
    await expect(page.locator("#summary-status")).to_contain_text("withdrawn")
    await expect(page.locator(".shares")).to_have_count(0)
    await reader.reload()
    await expect(reader.locator("body")).not_to_contain_text(TOLD)


async def test_what_is_previewed_is_drawn_alike_for_the_supervisor(evening: Evening) -> None:
    page = await evening.summary()
    await page.locator("#share").click()
    await page.locator("#share-dialog .more summary").click()
    await page.locator("input[value=whole]").check()
    mine = page.locator(".messages input[data-turn='2']")
    await expect(mine).not_to_be_checked()
    await expect(page.locator(".messages input[data-turn='1']")).to_be_checked()
    await page.locator("#share-note").fill(NOTE)
    await page.locator("#share-look").click()
    article = page.locator("#share-preview article")
    await expect(article).to_contain_text(NOTE)
    await expect(article).not_to_contain_text(OF_ME)
    # A preview of something else does not stay.
    await mine.check()
    await expect(article).to_have_count(0)
    await page.locator("#share-look").click()
    await expect(article).to_contain_text(OF_ME)
    previewed = await article.evaluate("(element) => element.outerHTML")
    await page.locator("#share-go").click()
    await page.locator(".shares li").wait_for()
    reader = await evening.page_of(evening.gateway.people.supervisor, f"/console/{evening.id}")
    # Without what the two write beside it.
    shown = await reader.locator("article.shared").evaluate(
        "(e) => { e.querySelectorAll('.beside').forEach((b) => b.remove()); return e.outerHTML; }"
    )
    assert shown.split() == previewed.split()
    await page.locator(".show-shared").click()
    again = page.locator("#share-body article")
    assert await again.evaluate("(element) => element.outerHTML") == previewed


async def test_with_several_supervisors_one_is_named_first(evening: Evening) -> None:
    people, desk = evening.gateway.people, evening.gateway.desk
    async with desk.sessions.begin() as session:
        session.add(
            Supervision(
                therapist_id=people.therapist.id,
                supervisor_id=people.other_supervisor.id,
                since=desk.clock(),
            )
        )
    page = await evening.summary()
    await page.locator("#share").click()
    await expect(page.locator("#share-go")).to_be_disabled()
    await page.get_by_label("other supervisor").check()
    await page.locator("#share-dialog .more summary").click()
    await page.locator("input[value=turns]").check()
    await expect(page.locator("#share-go")).to_be_disabled()
    await page.locator(".messages input[data-turn='1']").check()
    await page.locator("#share-forever").check()
    await page.locator("#share-go").click()
    await page.locator(".shares li").wait_for()
    (share,) = await evening.shares()
    assert (share.supervisor_id, share.until) == (people.other_supervisor.id, None)
    async with desk.sessions() as session:
        chosen = list(
            await session.scalars(select(ShareTurn).where(ShareTurn.share_id == share.id))
        )
    assert len(chosen) == 1
    too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not await page.evaluate(too_wide)


async def test_each_yes_is_a_box_of_its_own_with_its_history(evening: Evening) -> None:
    page = await evening.page_of(evening.gateway.people.therapist)
    trends, corrections = page.locator("#consent-team_trends"), page.locator("#consent-corrections")
    await expect(trends).to_be_enabled()
    await expect(page.locator(".consents")).to_contain_text("never of fewer than five people")
    await trends.check()
    await expect(page.locator(".consents .consent-status")).to_contain_text("Noted")
    await expect(corrections).not_to_be_checked()
    await trends.uncheck()
    await expect(page.locator(".consents .consent-status")).to_contain_text("Taken back")
    await expect(page.locator("#consent-slack")).to_be_hidden()
    await page.locator(".consents summary").click()
    await expect(page.locator(".consents li")).to_contain_text("taken back on")


async def test_a_yes_that_was_said_in_slack_can_be_taken_back_here(evening: Evening) -> None:
    desk, therapist = evening.gateway.desk, evening.gateway.people.therapist
    await set_consent(desk, therapist, Purpose.SLACK, given=True)
    page = await evening.page_of(therapist)
    slack = page.locator("#consent-slack")
    await expect(slack).to_be_checked()
    await slack.uncheck()
    await expect(page.locator(".consents .consent-status")).to_contain_text(
        "nothing more goes to Slack"
    )
    assert not await is_given(desk, therapist, Purpose.SLACK)


async def test_the_author_reads_what_was_done_about_a_concern_and_that_no_message_went(
    evening: Evening,
) -> None:
    desk, people = evening.gateway.desk, evening.gateway.people
    await say(desk, people.therapist, evening.id, TO_CHECK)
    await share_summary(desk, people.therapist, evening.id)
    async with desk.sessions() as session:
        raised = [concern for concern, _ in await concerns_in(session, [evening.id])]
    shown = [concern for concern in raised if not concern.kind.is_about_the_therapist]
    await write_done(desk, people.supervisor, shown[0].id, "I <b>called</b> the school & asked.")
    page = await evening.summary()
    told = page.locator("#sharing .concerns-done")
    await expect(told).to_contain_text("supervisor said they have seen it")
    await expect(told).to_contain_text("I <b>called</b> the school & asked.")
    await expect(told).to_contain_text("not acknowledged yet")
    await expect(told).to_contain_text("Ballast sent no message about this.")
