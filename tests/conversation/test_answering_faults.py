"""The bot is down, stumbles or breaks: the answer comes all the same, or a sentence."""

from __future__ import annotations

import asyncio
from errno import ENOSPC
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text

from bot.app import open_desk
from bot.conversation.answering import MOST_ATTEMPTS, Answering
from bot.conversation.bot import BotDown, BotStumbled
from bot.conversation.desk import Desk
from bot.conversation.records import Answered
from bot.reflection.stages import Question
from bot.storage.states import TurnState, Voice
from tests.bots import ScriptedBot, says
from tests.conftest import until
from tests.conversation.samples import PLAIN
from tests.conversation.waiting import all_answered, given
from tests.gateway import People, make_people, say, start, turns
from tests.sealing import with_master_key


@pytest.mark.usefixtures("impatient")
async def test_a_bot_that_is_down_is_waited_for_and_that_is_told_once(
    desk: Desk, people: People, bot: ScriptedBot, answering: Answering, opened: str
) -> None:
    bot.is_up = False
    with desk.news.listen(opened) as news:
        turn = await say(desk, people.therapist, opened, PLAIN)
        answering.see_to(opened)
        # More often than a bot that stumbles would be asked.
        await until(lambda: given(len(bot.texts) > MOST_ATTEMPTS + 1))
        bot.is_up = True
        answered = (await all_answered(desk, people, opened))[-1]
        await until(lambda: given(news.qsize() > 1))
        told = [news.get_nowait() for _ in range(news.qsize())]
    assert [event["type"] for event in told] == ["waiting", "turn"]
    assert told[0]["id"] == turn.client_id
    assert told[0]["text"] == desk.notices["waiting"]
    assert (answered.state, answered.attempts) == (TurnState.ANSWERED, 0)
    assert {call.turn for call in bot.calls[1:]} == {turn.id}


@pytest.mark.usefixtures("impatient")
async def test_a_bot_that_stumbles_is_asked_again(
    desk: Desk, people: People, bot: ScriptedBot, answering: Answering, opened: str
) -> None:
    bot.script = [BotStumbled(), BotStumbled(), says("I am back.")]
    await say(desk, people.therapist, opened, PLAIN)
    answering.see_to(opened)
    answered = (await all_answered(desk, people, opened))[-1]
    assert [message.text for message in answered.messages] == ["I am back."]
    assert answered.attempts == 2


@pytest.mark.usefixtures("impatient")
async def test_after_three_stumbles_the_person_is_told_and_the_next_turn_is_answered(
    desk: Desk, people: People, bot: ScriptedBot, answering: Answering, opened: str
) -> None:
    bot.script = [BotStumbled() for _ in range(MOST_ATTEMPTS)]
    with desk.news.listen(opened) as news:
        await say(desk, people.therapist, opened, PLAIN)
        await say(desk, people.therapist, opened, "And then I left.")
        answering.see_to(opened)
        _, failed, answered = await all_answered(desk, people, opened)
        first = await asyncio.wait_for(news.get(), 5)
    assert (failed.state, failed.text) == (TurnState.FAILED, PLAIN)
    assert [(m.voice, m.text) for m in failed.messages] == [(Voice.NOTICE, desk.notices["failed"])]
    assert (first["turn"]["id"], first["turn"]["state"]) == (failed.client_id, "failed")
    assert answered.state is TurnState.ANSWERED
    assert bot.texts == [PLAIN] * MOST_ATTEMPTS + ["And then I left."]


@pytest.mark.usefixtures("impatient")
async def test_being_down_does_not_count_as_stumbling(
    desk: Desk, people: People, bot: ScriptedBot, answering: Answering, opened: str
) -> None:
    bot.script = [BotStumbled(), BotDown(), BotStumbled(), BotDown(), BotDown(), says("Yes.")]
    await say(desk, people.therapist, opened, PLAIN)
    answering.see_to(opened)
    answered = (await all_answered(desk, people, opened))[-1]
    assert (answered.state, answered.attempts) == (TurnState.ANSWERED, 2)


async def test_a_fault_in_one_answer_does_not_keep_the_next_from_coming(
    desk: Desk, people: People, bot: ScriptedBot, answering: Answering, opened: str
) -> None:
    bot.script = [RuntimeError("anything")]
    await say(desk, people.therapist, opened, PLAIN)
    answering.see_to(opened)
    await until(lambda: given(not answering._tasks))
    assert (await turns(desk, people.therapist, opened))[-1].state is TurnState.KEPT
    answering.see_to(opened)
    assert (await all_answered(desk, people, opened))[-1].state is TurnState.ANSWERED


@pytest.mark.usefixtures("impatient")
async def test_an_answer_that_could_not_be_written_is_asked_for_again(tmp_path: Path) -> None:
    bot = ScriptedBot()
    async with open_desk(with_master_key(var=tmp_path), lambda _: bot) as (desk, _):
        people = await make_people(desk)
        reflection = await start(desk, people.therapist)
        answering = Answering(desk)
        answering.see_to(reflection)
        await all_answered(desk, people, reflection)
        bot.script = [says("Noted.", Answered(Question.PLAN)) for _ in range(99)]
        await _rename(desk, "plans", "plans_away")
        turn = await say(desk, people.therapist, reflection, PLAIN)
        answering.see_to(reflection)
        await until(lambda: given(PLAIN in bot.texts))
        await until(lambda: given(not answering._tasks or bot.texts.count(PLAIN) > 1))
        await _rename(desk, "plans_away", "plans")
        try:
            async with asyncio.timeout(3):
                await all_answered(desk, people, reflection)
        finally:
            await answering.stop()
        assert {call.turn for call in bot.calls[1:]} == {turn.id}


async def _rename(desk: Desk, table: str, name: str) -> None:
    async with desk.sessions.begin() as session:
        await session.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


async def test_a_log_that_cannot_be_written_holds_no_answer_back(
    desk: Desk, people: People, answering: Answering, opened: str
) -> None:
    class FullDisk:
        def msg(self, _: str) -> None:
            raise OSError(ENOSPC, "No space left on device")

        info = warning = error = msg

    structlog.configure(logger_factory=lambda *_: FullDisk())
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    try:
        with desk.news.listen(opened) as news:
            await say(desk, people.therapist, opened, PLAIN)
            answering.see_to(opened)
            event = await asyncio.wait_for(news.get(), 2)
    finally:
        structlog.reset_defaults()
        asyncio.get_running_loop().set_exception_handler(None)
    assert event["turn"]["state"] == "answered"
