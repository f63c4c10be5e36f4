"""Words that steer: skip, back, change an answer, pause, silence, a person."""

from __future__ import annotations

import pytest

from actions.shelf import contacts_of, shelf
from bot.conversation.records import Answered, Chose, Paused, TookPath
from bot.reflection.stages import Path, Question
from bot.reflection.walk import SKIPPED
from bot.safety.contacts import people_to_call
from tests.actions.conftest import Run

WORDING = shelf().wording
MIDWAY = {"requested_slot": "parent", "arousal_before": 4.0, "describe": "x", "feel": "y"}


async def test_a_skipped_question_holds_that_it_was_skipped(run: Run) -> None:
    outcome = await run("action_skip", MIDWAY, text="skip", intent="skip")
    assert outcome.slots == {"parent": SKIPPED}
    assert outcome.said == WORDING.say("skip")


async def test_skipping_what_was_gone_back_to_gives_the_earlier_answer_back(run: Run) -> None:
    slots = MIDWAY | {"set_aside": {"parent": "as it was", "feel": "too"}}
    outcome = await run("action_skip", slots, text="skip", intent="skip")
    assert outcome.slots == {"parent": "as it was", "set_aside": {"feel": "too"}}


async def test_skipping_the_steps_refuses_them_and_skipping_the_change_takes_the_step(
    run: Run,
) -> None:
    steps = await run("action_skip", {"requested_slot": "step_choice"})
    assert steps.records == [Chose("refused")]
    slots = {"requested_slot": "step_adaptation", "chosen_step": "step-a"}
    assert (await run("action_skip", slots)).records == [Chose("picked", ("step-a",))]


async def test_skipping_outside_a_reflection_does_nothing(run: Run) -> None:
    outcome = await run("action_skip", {"requested_slot": "delete_confirmed"})
    assert (outcome.events, outcome.said) == ([], [])


async def test_back_reopens_the_question_before_and_keeps_its_answer_aside(run: Run) -> None:
    outcome = await run("action_back", MIDWAY)
    assert outcome.slots == {"set_aside": {"feel": "y"}, "feel": None, "asked": None}
    assert outcome.said == WORDING.say("back")


async def test_back_at_the_first_question_says_so(run: Run) -> None:
    outcome = await run("action_back", {"requested_slot": "arousal_before"})
    assert (outcome.said, outcome.events) == (WORDING.say("back_at_start"), [])


async def test_back_to_the_steps_sets_aside_how_one_was_adapted_and_skip_brings_both_back(
    run: Run,
) -> None:
    slots = {
        "requested_slot": "plan",
        "own_theme": "parent_trauma",
        "step_choice": "adapt",
        "arousal_before": 4.0,
    }
    back = await run("action_back", slots | {"step_choice": "take", "step_adaptation": "shorter"})
    assert (back.slots["step_choice"], back.slots["step_adaptation"]) == (None, None)
    aside = back.slots["set_aside"]
    assert aside == {"step_choice": "take", "step_adaptation": "shorter"}
    skip = await run("action_skip", {"requested_slot": "step_choice", "set_aside": aside})
    assert skip.slots == aside | {"set_aside": {}}


async def test_an_answer_to_change_is_chosen_from_those_that_were_given(run: Run) -> None:
    outcome = await run("action_change_answer", MIDWAY, intent="change_answer")
    assert [payload for _, payload in outcome.choices] == [
        '/change_answer{"question": "arousal_before"}',
        '/change_answer{"question": "describe"}',
        '/change_answer{"question": "feel"}',
    ]
    assert outcome.said == WORDING.say("change_answer")
    assert outcome.slots == {"quiet": "silent"}


async def test_choosing_one_reopens_it(run: Run) -> None:
    named = [{"entity": "question", "value": "describe"}]
    outcome = await run("action_change_answer", MIDWAY, entities=named)
    assert outcome.slots == {"set_aside": {"describe": "x"}, "describe": None, "asked": None}


@pytest.mark.parametrize("named", ["parent", "arousal_after", "is_closed", "weather"])
async def test_only_an_answer_that_was_given_can_be_reopened(run: Run, named: str) -> None:
    entities = [{"entity": "question", "value": named}]
    outcome = await run("action_change_answer", MIDWAY, entities=entities)
    assert named not in outcome.slots
    assert outcome.said == WORDING.say("change_answer")


async def test_with_no_answer_there_is_none_to_change(run: Run) -> None:
    outcome = await run("action_change_answer", {"requested_slot": "describe"})
    assert (outcome.said, outcome.choices) == (WORDING.say("change_answer_none"), [])


@pytest.mark.parametrize(("action", "said"), [("action_pause", "pause"), ("action_stop", "stop")])
async def test_leaving_is_recorded_and_leaves_the_question_unspoken(
    run: Run, action: str, said: str
) -> None:
    outcome = await run(action, MIDWAY)
    assert outcome.records == [Paused()]
    assert outcome.said == WORDING.say(said)
    assert outcome.slots == {"quiet": "silent"}
    assert ("Resume", "/resume") in outcome.choices


async def test_the_short_path_is_taken_once(run: Run) -> None:
    first = await run("action_short_path", {"path": "full"})
    assert (first.records, first.slots) == ([TookPath(Path.SHORT)], {"path": "short"})
    again = await run("action_short_path", {"path": "short"})
    assert (again.records, again.said) == ([], WORDING.say("short_path_already"))


@pytest.mark.parametrize(("intent", "part"), [("why_do_you_ask", "why"), ("example", "example")])
@pytest.mark.parametrize("question", list(Question))
async def test_every_question_can_be_explained(
    run: Run, question: Question, intent: str, part: str
) -> None:
    outcome = await run("action_explain_question", {"requested_slot": question}, intent=intent)
    assert outcome.said == [getattr(WORDING.of(question), part)]


async def test_somebody_overwhelmed_is_asked_nothing(run: Run) -> None:
    outcome = await run("action_overwhelmed", MIDWAY, intent="overwhelmed")
    assert outcome.said == WORDING.say("overwhelmed")
    assert outcome.slots == {"quiet": "silent"}
    assert [payload for _, payload in outcome.choices] == ["/resume", "/pause", "/talk_to_person"]


async def test_not_knowing_is_an_answer_where_one_may_well_not_know(run: Run) -> None:
    outcome = await run("action_silence", MIDWAY, text="no idea", intent="silence")
    assert outcome.slots == {"parent": "no idea"}
    assert outcome.records == [Answered(Question.PARENT)]


@pytest.mark.parametrize(("question", "text"), [("parent", "…"), ("feel", "no idea")])
async def test_silence_is_given_time(run: Run, question: str, text: str) -> None:
    slots = MIDWAY | {"requested_slot": question}
    outcome = await run("action_silence", slots, text=text, intent="silence")
    assert (outcome.said, outcome.records) == (WORDING.say("silence"), [])
    assert outcome.slots == {"quiet": "offer_only"}


@pytest.mark.parametrize("country", ["za", "au", "gb", "us"])
async def test_a_person_is_one_of_this_country(run: Run, country: str) -> None:
    slots = {"context": {"country": country}}
    outcome = await run("action_talk_to_person", slots, intent="talk_to_person")
    assert outcome.said[0] == WORDING.say("talk_to_person")[0]
    assert outcome.said[-1].split("\n") == list(people_to_call(contacts_of(country)))


@pytest.mark.parametrize("intent", ["what_is_kept", "who_sees_this", "ask_bot", "greet", "thanks"])
async def test_what_is_asked_aside_is_answered_from_the_library(run: Run, intent: str) -> None:
    assert (await run("action_answer", MIDWAY, intent=intent)).said == WORDING.say(intent)
