"""What the trained model understands: themes beside intents, and steering told from narrative."""

from __future__ import annotations

import json

import pytest
import yaml
from rasa.core.agent import Agent
from rasa.shared.core.events import UserUttered
from rasa_sdk import Tracker

from actions.conversation import intent_of
from bot.settings import ROOT
from tests.nlu.conftest import Parse, Talk

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
ACCOUNT = (
    "Dad refuses to come in and says therapy is a waste of time. She told me that her own father "
    "used to beat her when she was a child. And I am dreading the call I have to make."
)
# Texts that stand word for word in data/nlu/, in another coat.
KNOWN = [("Skip", "skip"), ("  skip! ", "skip"), ("Delete this", "delete_this"), ("YES", "affirm")]


async def test_themes_stand_in_the_parse_result_with_their_words(parse: Parse) -> None:
    result = await parse(ACCOUNT)
    assert result["intent"]["name"] == "tell"
    assert {found["theme"] for found in result["themes"]} == {
        "reduced_investment",
        "parent_trauma",
        "countertransference",
    }
    for found in result["themes"]:
        for evidence in found["evidence"]:
            assert ACCOUNT[evidence["start"] : evidence["end"]] == evidence["text"]
    assert json.loads(json.dumps(result["themes"])) == result["themes"]


async def test_themes_reach_the_stored_event_and_the_action_server(talk: Talk) -> None:
    await talk.say("3")
    await talk.say(ACCOUNT)
    tracker = await talk.tracker()
    stored = [event for event in tracker.events if isinstance(event, UserUttered)][-1]
    assert stored.parse_data["themes"]
    # What our action wrote down is what it was given.
    assert tracker.get_slot("heard")["describe"] == stored.parse_data["themes"]


async def test_a_button_has_no_themes_and_no_guess(parse: Parse) -> None:
    result = await parse("/delete_this")
    assert result["intent"] == {"name": "delete_this", "confidence": 1.0}
    assert not result.get("themes")


@pytest.mark.parametrize(("text", "intent"), KNOWN)
async def test_what_is_known_word_for_word_is_not_guessed(
    parse: Parse, text: str, intent: str
) -> None:
    assert (await parse(text))["intent"] == {"name": intent, "confidence": 1.0}


@pytest.mark.parametrize(
    "text",
    [
        "I wanted to stop the session there and then, and pause for a long breath, and go home.",
        "He asked me to delete the photograph of her from the file, and I was at a loss for words.",
        "She said skip it, so we started again with the drawing of the house and the garden wall.",
        "I felt so overwhelmed by her tears that I could not think of one thing to say to her.",
    ],
)
async def test_a_long_message_is_told_whatever_words_stand_in_it(parse: Parse, text: str) -> None:
    assert len(text.split()) > 14
    assert (await parse(text))["intent"]["name"] == "tell"


@pytest.mark.parametrize("text", ["what do you keep", "who sees this", "hmm", ACCOUNT, "8"])
async def test_actions_are_told_the_intent_that_was_settled_on(agent: Agent, text: str) -> None:
    talk = Talk(agent)
    await talk.say("/start_reflection", {})
    await talk.say(text)
    told = [event for event in (await talk.tracker()).events if isinstance(event, UserUttered)][-1]
    data = json.loads(json.dumps(told.parse_data))
    tracker = Tracker("made-up", {}, data, [], False, None, {}, "action_listen")
    assert intent_of(tracker) == data["intent"]["name"]


@pytest.mark.parametrize(
    "text", ["", " ", "…", "?!", "\x00", "🙂", "👩‍👧", "\n\n", "/", "//stop", "/stop it", "\u200b"]
)
async def test_whatever_is_written_has_an_intent_of_the_domain(parse: Parse, text: str) -> None:
    assert (await parse(text))["intent"]["name"] in {*DOMAIN["intents"], None}
