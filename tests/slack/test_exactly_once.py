"""Whatever goes wrong between Slack and us, each message has one effect and one answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.storage.slack_tables import SlackPost
from bot.storage.states import SlackPostState
from tests.bots import ScriptedBot, says
from tests.conftest import until
from tests.gateway import run_gateway
from tests.slack.mock import Fault, Person
from tests.slack.mock.socket_mode import Line
from tests.slack.running import FULL, OnSlack, on_slack, settings_for
from tests.slack.test_conversation import begun, words


@pytest.fixture
async def here(tmp_path: Path):
    async with on_slack(tmp_path, **FULL) as running:
        yield running


def said_twice(ann: Person) -> list[str]:
    return [text for text, count in Counter(ann.hears()).items() if count > 1]


@pytest.mark.parametrize("fault", [Fault.DUPLICATE, Fault.DISCONNECT, Fault.REORDER], ids=str)
async def test_on_the_way_here(here: OnSlack, fault: Fault) -> None:
    ann = await begun(here)
    here.slack.faults.at_next_delivery(fault)
    here.bot.script = [says("One answer."), says("Another answer.")]
    ann.writes("She came late.")
    ann.writes("And he was silent.")
    await ann.until_hears("One answer.", 40)
    await ann.until_hears("Another answer.", 40)
    await here.slack.until_at_rest()
    assert sorted(await words(here)) == ["", "And he was silent.", "She came late."]
    assert len(here.bot.texts) == 2
    assert not said_twice(ann)


@pytest.mark.parametrize(
    "fault",
    [Fault.RATE_LIMITED, Fault.ERROR_BEFORE, Fault.ERROR_AFTER, Fault.CUT_BEFORE, Fault.CUT_AFTER],
    ids=str,
)
async def test_on_the_way_back(here: OnSlack, fault: Fault) -> None:
    ann = await begun(here)
    here.slack.faults.at_next_call("chat.postMessage", fault)
    here.bot.script = [says("One answer.")]
    ann.writes("She came late.")
    await ann.until_hears("One answer.", 40)
    ann.writes("Go on.")
    await ann.until_hears("Noted.", 40)
    assert not said_twice(ann)
    assert (fault, "chat.postMessage") in here.slack.faults.made


async def test_an_answer_of_slack_that_never_comes(here: OnSlack) -> None:
    ann = await begun(here)
    here.slack.faults.at_next_call("chat.postMessage", Fault.NO_ANSWER)
    ann.writes("She came late.")
    await ann.until_hears("Noted.")
    here.bot.script = [says("And then?")]
    ann.writes("Go on.")
    await ann.until_hears("And then?", 40)
    assert not said_twice(ann)


async def test_a_gateway_that_fell_while_it_posted_looks_before_it_posts_again(
    tmp_path: Path,
) -> None:
    async with on_slack(tmp_path, **FULL) as here:
        ann = await begun(here)
        here.bot.script = [says("One answer.")]
        ann.writes("She came late.")
        await ann.until_hears("One answer.")

        async def is_noted() -> bool:
            async with here.desk.sessions.begin() as session:
                # As it would stand had the gateway been killed before Slack's answer came.
                done = await session.execute(
                    update(SlackPost)
                    .where(SlackPost.state == SlackPostState.POSTED, SlackPost.turn_id.is_not(None))
                    .values(state=SlackPostState.SENDING, ts=None)
                )
            return done.rowcount == 2

        await until(is_noted)
        var = here.desk.settings.var
        async with AsyncExitStack() as stack:
            await here.gateway.close()
            await here.gateway.server.close()
            bot = ScriptedBot()
            again = await stack.enter_async_context(
                run_gateway(var, bot, here.gateway.clock, **settings_for(here.slack, **FULL))
            )
            bot.script = [says("And then?")]
            ann.writes("Go on.")
            await ann.until_hears("And then?", 40)
            assert again.address
        assert not said_twice(ann)


async def test_a_line_that_went_deaf_is_replaced(tmp_path: Path) -> None:
    async with on_slack(tmp_path, **FULL, slack_quiet_seconds=2) as here:
        ann = await begun(here)
        lines: list[Line] = here.slack.socket.lines
        for line in list(lines):
            line.hears.clear()
        here.bot.script = [says("One answer.")]
        ann.writes("She came late.")
        await ann.until_hears("One answer.", 40)
        assert not said_twice(ann)


async def test_an_address_that_was_used_up_is_asked_for_anew(here: OnSlack) -> None:
    ann = await begun(here)
    socket = here.slack.socket
    socket.takes_lines = False
    for line in list(socket.lines):
        line.cut()
    # What is tried now is refused, and its address is of no use any more.
    await asyncio.sleep(3)
    socket.takes_lines = True
    here.bot.script = [says("One answer.")]
    ann.writes("She came late.")
    await ann.until_hears("One answer.", 40)
    assert not said_twice(ann)


async def test_a_press_that_is_sent_twice_has_one_effect(here: OnSlack) -> None:
    ann = await begun(here, "Does that fit?", choices=[("/affirm", "Yes, it fits")])
    here.slack.faults.at_next_delivery(Fault.DUPLICATE)
    here.bot.script = [says("Thank you.")]
    ann.presses("Yes, it fits")
    await ann.until_hears("Thank you.")
    await here.slack.until_at_rest()
    assert len(await words(here)) == 2
    assert not said_twice(ann)


async def test_a_refusal_is_said_once_however_often_slack_comes(here: OnSlack) -> None:
    una = here.slack.stranger()
    here.slack.faults.at_next_delivery(Fault.DUPLICATE)
    una.writes("hello")
    await una.until_hears("only with people of the workspace")
    await here.slack.until_at_rest()
    assert not said_twice(una)
