"""Each question is asked in the wording that suits, with what it needs beside it."""

from __future__ import annotations

import pytest

from actions.shelf import shelf
from bot.conversation.records import Asked, Offered, TookPath
from bot.reflection.stages import STAGE_OF, Path, Question
from tests.actions.conftest import Run, heard

WORDING = shelf().wording
TRAUMA = "parent_trauma"
# Everything that some question needs before it can be asked.
READY_FOR_ALL = {
    "context": {"last_plan": "ring her on Monday."},
    "heard": {
        "describe": [
            heard(theme, "she left", subtheme)
            for theme, subtheme in (
                (TRAUMA, "bereavement"),
                ("reduced_investment", None),
                ("countertransference", None),
            )
        ]
    },
    "verdict_parent_trauma": "yes",
    "chosen_step": next(iter(shelf().steps)),
}


@pytest.mark.parametrize("question", list(Question))
async def test_a_question_is_reported_and_asked_without_a_gap_in_its_words(
    run: Run, question: Question
) -> None:
    outcome = await run(f"action_ask_{question}", READY_FOR_ALL)
    assert outcome.records[0] == Asked(question, STAGE_OF[question])
    assert outcome.slots["asked"] == question
    assert outcome.said
    assert not any("{" in text or "}" in text for text in outcome.said)


@pytest.mark.parametrize("question", list(Question))
async def test_the_same_question_again_is_asked_in_other_words(
    run: Run, question: Question
) -> None:
    first = await run(f"action_ask_{question}", READY_FOR_ALL)
    again = await run(f"action_ask_{question}", READY_FOR_ALL | {"asked": question.value})
    assert again.said != first.said
    assert len(again.said) == 1


@pytest.mark.parametrize(("quiet", "offers"), [("silent", False), ("offer_only", True)])
async def test_a_question_left_unspoken_is_still_reported(
    run: Run, quiet: str, *, offers: bool
) -> None:
    outcome = await run("action_ask_ending", {"quiet": quiet})
    assert outcome.said == []
    assert bool(outcome.choices) is offers
    assert outcome.records == [Asked(Question.ENDING, STAGE_OF[Question.ENDING])]
    assert outcome.slots["quiet"] is None


async def test_who_returns_is_asked_in_shorter_words(run: Run) -> None:
    words = WORDING.of(Question.FEEL)
    for past in range(8):
        outcome = await run("action_ask_feel", {"context": {"past_reflections": past}})
        assert outcome.said == [words.variant(past)]


async def test_a_theme_is_offered_in_the_words_it_was_heard_in(run: Run) -> None:
    outcome = await run("action_ask_verdict_parent_trauma", READY_FOR_ALL)
    assert "“she left”" in outcome.said[-1]
    taxonomy = shelf().taxonomy[TRAUMA]
    assert taxonomy.name in outcome.said[-1]
    assert f"perhaps {taxonomy.subthemes['bereavement']}" in outcome.said[-1]
    assert [label for label, _ in outcome.choices] == ["Yes", "Not quite", "No"]


async def test_only_the_first_theme_is_introduced(run: Run) -> None:
    first = await run("action_ask_verdict_reduced_investment", READY_FOR_ALL)
    later = await run("action_ask_verdict_parent_trauma", READY_FOR_ALL)
    assert first.said[0] == WORDING.say("themes_intro")[0]
    assert len(later.said) == 1


async def test_steps_are_offered_for_what_was_confirmed_and_stay_the_same_when_asked_again(
    run: Run,
) -> None:
    outcome = await run("action_ask_step_choice", READY_FOR_ALL)
    (offered,) = [record for record in outcome.records if isinstance(record, Offered)]
    steps = [shelf().steps[name] for name in offered.steps]
    assert {step.theme for step in steps} == {TRAUMA}
    assert outcome.slots["offered"] == {"now": list(offered.steps), "before": []}
    labels = [label for label, _ in outcome.choices]
    assert labels[:2] == ["Take 1", "Adapt 1"]
    assert labels[-3:] == ["Show me others", "None of these", "Take it to supervision"]
    again = await run("action_ask_step_choice", READY_FOR_ALL | outcome.slots)
    assert offered in again.records


async def test_steps_offered_on_another_evening_are_not_offered_again(run: Run) -> None:
    first = await run("action_ask_step_choice", READY_FOR_ALL)
    context = {"context": {"offered_before": first.slots["offered"]["now"]}}
    later = await run("action_ask_step_choice", READY_FOR_ALL | context)
    assert not set(later.slots["offered"]["now"]) & set(first.slots["offered"]["now"])


async def test_when_no_step_is_left_it_is_said_and_supervision_is_offered(run: Run) -> None:
    context = {"context": {"offered_before": list(shelf().steps)}}
    outcome = await run("action_ask_step_choice", READY_FOR_ALL | context)
    assert outcome.said[-1] == WORDING.say("steps_none_left")[0]
    assert [label for label, _ in outcome.choices] == ["Take it to supervision", "None of these"]
    assert not any(isinstance(record, Offered) for record in outcome.records)


@pytest.mark.parametrize(("arousal", "grounds"), [(7.0, True), (6.5, False), ("(skipped)", False)])
async def test_a_moment_of_grounding_comes_before_the_end_when_the_number_is_still_high(
    run: Run, arousal: object, *, grounds: bool
) -> None:
    outcome = await run("action_ask_ending", {"arousal_after": arousal})
    assert (outcome.said[0] == WORDING.say("grounding_after")[0]) is grounds


async def test_deleting_at_the_end_is_sent_as_a_steering_word_and_asked_about(run: Run) -> None:
    outcome = await run("action_ask_ending", {})
    assert ("Delete", "/delete_this") in outcome.choices
    asked = await run("action_ask_delete_form_delete_confirmed")
    assert asked.said == WORDING.say("delete_this")


@pytest.mark.parametrize(
    ("context", "said", "path"),
    [
        ({}, ["opening"], Path.FULL),
        ({"past_reflections": 3}, ["opening_returning"], Path.FULL),
        ({"path": "short"}, ["opening", "short_path"], Path.SHORT),
        (None, ["opening"], Path.FULL),
    ],
)
async def test_a_reflection_opens_for_whoever_comes(
    run: Run, context: dict[str, object] | None, said: list[str], path: Path
) -> None:
    outcome = await run("action_start_reflection", metadata={"context": context})
    assert outcome.said == [text for key in said for text in WORDING.say(key)]
    assert outcome.records == [TookPath(path)]
    assert outcome.slots == {"context": context, "path": path}
