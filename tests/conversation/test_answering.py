"""Every kept turn gets its answer: in order, one at a time, deleted or not."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.conversation.answering import START, Answering
from bot.conversation.desk import Desk
from bot.conversation.news import News
from bot.conversation.records import Closed, StartAgain
from bot.conversation.reflections import delete_reflection
from bot.storage.access import NotFound
from bot.storage.states import TurnState
from tests.bots import ScriptedBot, says
from tests.conftest import until
from tests.conversation.samples import PLAIN
from tests.conversation.waiting import all_answered, given
from tests.gateway import People, say, start, stored, turns


async def test_turns_are_answered_in_order_and_one_at_a_time(
    desk: Desk, people: People, bot: ScriptedBot, answering: Answering, opened: str
) -> None:
    texts = [f"This is what came {n}." for n in ("first", "next", "then", "last")]
    for text in texts:
        await say(desk, people.therapist, opened, text)
        answering.see_to(opened)
    await all_answered(desk, people, opened)
    assert bot.texts == texts
    assert bot.most_at_once == 1


async def test_a_message_that_comes_while_another_is_answered_is_not_forgotten(
    desk: Desk, people: People, bot: ScriptedBot, answering: Answering, opened: str
) -> None:
    bot.gate.clear()
    await say(desk, people.therapist, opened, PLAIN)
    answering.see_to(opened)
    await until(lambda: given(bot.texts))
    await say(desk, people.therapist, opened, "And then I left.")
    answering.see_to(opened)
    bot.gate.set()
    await all_answered(desk, people, opened)
    assert bot.texts == [PLAIN, "And then I left."]


async def test_two_reflections_do_not_wait_for_each_other(
    desk: Desk, people: People, bot: ScriptedBot, answering: Answering
) -> None:
    bot.gate.clear()
    for _ in range(2):
        answering.see_to(await start(desk, people.therapist))
    await until(lambda: given(bot.at_once == 2))
    bot.gate.set()


async def test_the_opening_is_asked_for_with_what_is_known_of_the_therapist(
    bot: ScriptedBot, opened: str
) -> None:
    (call,) = bot.calls
    assert (call.conversation, call.text) == (opened, START)
    assert call.context is not None
    assert call.context["path"] == "full"
    assert call.context["has_supervisor"] is True


async def test_a_gateway_that_starts_takes_up_what_an_earlier_one_left(
    desk: Desk, people: People, bot: ScriptedBot, answering: Answering, opened: str
) -> None:
    bot.gate.clear()
    await say(desk, people.therapist, opened, PLAIN)
    answering.see_to(opened)
    await until(lambda: given(bot.texts))
    await answering.stop()
    assert (await turns(desk, people.therapist, opened))[-1].state is TurnState.KEPT
    later_bot = ScriptedBot()
    later = Answering(replace(desk, bot=later_bot, news=News()))
    await later.take_up_where_left()
    await all_answered(desk, people, opened)
    await later.stop()
    assert PLAIN in later_bot.texts


async def test_a_reflection_deleted_while_it_is_answered_stays_deleted(
    desk: Desk, people: People, bot: ScriptedBot, answering: Answering, opened: str
) -> None:
    bot.gate.clear()
    await say(desk, people.therapist, opened, PLAIN)
    answering.see_to(opened)
    await until(lambda: given(bot.texts))
    with desk.news.listen(opened) as news:
        await delete_reflection(desk, people.therapist, opened)
        bot.gate.set()
        await until(lambda: given(not answering._tasks))
        assert [news.get_nowait()["type"] for _ in range(news.qsize())] == ["deleted"]
    with pytest.raises(NotFound):
        await stored(desk, people.therapist, opened)


async def test_deleting_in_the_conversation_deletes_and_tells_it_with_the_last_words(
    desk: Desk, people: People, bot: ScriptedBot, answering: Answering, opened: str
) -> None:
    bot.script = [says("It is deleted.", Closed("delete"), StartAgain())]
    with desk.news.listen(opened) as news:
        await say(desk, people.therapist, opened, "yes")
        answering.see_to(opened)
        told = [await asyncio.wait_for(news.get(), 5) for _ in range(2)]
    assert told[0]["reflection"]["state"] == "deleted"
    assert told[0]["turn"]["said"] == [{"voice": "dialogue", "text": "It is deleted."}]
    assert told[1] == {"type": "start_again"}
    with pytest.raises(NotFound):
        await stored(desk, people.therapist, opened)


async def test_more_than_the_bound_waits_in_the_journal_and_is_answered_all_the_same(
    desk: Desk, people: People, bot: ScriptedBot
) -> None:
    answering = Answering(desk, most_at_once=2)
    bot.gate.clear()
    started = [await start(desk, people.therapist) for _ in range(7)]
    for reflection in started:
        answering.see_to(reflection)
    assert len(answering._tasks) == 2
    bot.gate.set()
    for reflection in started:
        await all_answered(desk, people, reflection)
    assert bot.most_at_once <= 2
    await answering.stop()
