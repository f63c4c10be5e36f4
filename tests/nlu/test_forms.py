"""Slots, forms and rules, as Rasa runs ours: filled only while asked, left and come back to."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.events import ActionExecuted, SlotSet

from bot.reflection.answers import answer_payload
from bot.reflection.stages import Question
from bot.reflection.walk import SKIPPED
from bot.reflection.wording import read_wording
from tests.nlu.conftest import Talk

WORDING = read_wording()
ACCOUNT = "She came late again and said nothing to me for half an hour."


def texts(said: list[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in said if message["text"]]


def records(said: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [r for message in said for r in message["records"] if r["record"] == kind]


async def filled(talk: Talk) -> set[str]:
    tracker = await talk.tracker()
    return {q.value for q in Question if tracker.get_slot(q.value) is not None}


async def test_a_free_text_slot_is_filled_only_while_it_is_asked_for(talk: Talk) -> None:
    assert await talk.asked() == "arousal_before"
    assert await filled(talk) == set()
    await talk.say("4")
    assert (await filled(talk), await talk.asked()) == ({"arousal_before"}, "describe")
    await talk.say(ACCOUNT)
    assert (await filled(talk), await talk.asked()) == ({"arousal_before", "describe"}, "feel")
    assert await talk.slot("describe") == ACCOUNT


async def test_a_slot_that_was_filled_is_not_overwritten_by_what_is_said_later(talk: Talk) -> None:
    await talk.say("4")
    await talk.say(ACCOUNT)
    await talk.say("tight in the chest, and sad")
    tracker = await talk.tracker()
    set_to = [e.value for e in tracker.events if isinstance(e, SlotSet) and e.key == "describe"]
    assert set(set_to) == {ACCOUNT}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("what do you keep", WORDING.say("what_is_kept")),
        ("who sees this", WORDING.say("who_sees_this")),
        ("why do you ask", [WORDING.of(Question.DESCRIBE).why]),
        ("thanks", WORDING.say("thanks")),
        ("/overwhelmed", WORDING.say("overwhelmed")),
        ("/pause", WORDING.say("pause")),
        ("/stop", WORDING.say("stop")),
        ("/talk_to_person", WORDING.say("talk_to_person")),
    ],
)
async def test_an_interruption_is_answered_and_the_form_comes_back_to_its_question(
    talk: Talk, text: str, says: list[str]
) -> None:
    await talk.say("4")
    said = await talk.say(text)
    assert set(says) <= set(texts(said))
    assert await talk.asked() == "describe"
    assert await filled(talk) == {"arousal_before"}
    assert records(said, "asked")[-1]["question"] == "describe"
    await talk.say(ACCOUNT)
    assert (await talk.slot("describe"), await talk.asked()) == (ACCOUNT, "feel")


async def test_interruptions_can_follow_one_another(talk: Talk) -> None:
    await talk.say("4")
    for text in ("/pause", "/resume", "/why_do_you_ask", "/example", "/silence", "/greet"):
        await talk.say(text)
        assert await talk.asked() == "describe", text
    await talk.say(ACCOUNT)
    assert await talk.asked() == "feel"


async def test_skip_back_and_change_move_the_form(talk: Talk) -> None:
    await talk.say("4")
    await talk.say("/skip")
    assert (await talk.slot("describe"), await talk.asked()) == (SKIPPED, "feel")
    await talk.say("/go_back")
    assert (await talk.slot("describe"), await talk.asked()) == (None, "describe")
    await talk.say(ACCOUNT)
    await talk.say("sad and tired of it all")
    await talk.say('/change_answer{"question": "describe"}')
    assert await talk.asked() == "describe"
    await talk.say("It was another day, and she came on time.")
    assert await talk.asked() == "parent"


async def test_deleting_interrupts_and_a_no_leads_back(talk: Talk) -> None:
    await talk.say("4")
    said = await talk.say("/delete_this")
    assert texts(said) == WORDING.say("delete_this")
    assert (await talk.tracker()).active_loop_name == "delete_form"
    said = await talk.say("no")
    assert WORDING.say("not_deleted")[0] in texts(said)
    assert records(said, "closed") == []
    tracker = await talk.tracker()
    assert (tracker.active_loop_name, await talk.asked()) == ("reflection_form", "describe")
    await talk.say(ACCOUNT)
    assert (await talk.slot("describe"), await talk.asked()) == (ACCOUNT, "feel")


async def test_deleting_after_a_plain_yes_closes_for_good(talk: Talk) -> None:
    await talk.say("/delete_this")
    said = await talk.say("yes")
    assert records(said, "closed") == [{"record": "closed", "ending": "delete"}]
    assert await talk.slot("is_closed") is True
    assert texts(await talk.say(ACCOUNT)) == WORDING.say("closed_already")


async def test_starting_again_can_be_called_off(talk: Talk) -> None:
    await talk.say("4")
    await talk.say("/start_again")
    said = await talk.say("Go on here")
    assert WORDING.say("start_again_cancelled")[0] in texts(said)
    assert await talk.asked() == "describe"


async def test_the_whole_walk_ends_closed_and_stays_closed(talk: Talk) -> None:
    said = await talk.say("4")
    for _ in range(20):
        if await talk.slot("is_closed"):
            break
        # The gateway hands a plain answer on as one (bot/reflection/answers.py).
        said = await talk.say(answer_payload("Keep") if await talk.asked() == "ending" else "/skip")
    assert records(said, "closed") == [{"record": "closed", "ending": "keep"}]
    tracker = await talk.tracker()
    assert (tracker.active_loop_name, tracker.get_slot("requested_slot")) == (None, None)
    for text in ("hello", ACCOUNT, "/skip", "/start_reflection", "7", "/pause"):
        assert texts(await talk.say(text)) == WORDING.say("closed_already"), text
    assert texts(await talk.say("/who_sees_this")) == WORDING.say("who_sees_this")


async def test_context_travels_with_the_first_turn(talk: Talk) -> None:
    begun = Talk(talk.agent)
    context = {"past_reflections": 3, "last_plan": "ring her on Monday", "path": "full"}
    said = await begun.say("/start_reflection", context)
    assert texts(said)[0] == WORDING.say("opening_returning")[0]
    assert await begun.asked() == "follow_up"
    assert "ring her on Monday" in texts(said)[-1]
    assert await begun.slot("context") == context


async def test_whatever_comes_first_starts_the_reflection(talk: Talk) -> None:
    begun = Talk(talk.agent)
    said = await begun.say("hello")
    assert texts(said)[0] == WORDING.say("opening")[0]
    assert await begun.asked() == "arousal_before"


async def test_every_turn_is_decided_by_a_rule(talk: Talk) -> None:
    await talk.say("4")
    await talk.say("/why_do_you_ask")
    await talk.say(ACCOUNT)
    tracker = await talk.tracker()
    executed = [e for e in tracker.events if isinstance(e, ActionExecuted) and e.policy]
    assert len(executed) > 5
    assert all("RulePolicy" in event.policy and event.confidence == 1.0 for event in executed)
