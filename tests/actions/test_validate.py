"""The answer to the question at hand is read, recorded, and leads to the next question."""

from __future__ import annotations

import pytest

from actions.shelf import shelf
from bot.conversation.records import Answered, Chose, Heard, Judged, OwnTheme, Scored
from bot.reflection.stages import Question
from bot.reflection.walk import SKIPPED
from bot.themes.findings import Theme
from tests.actions.conftest import Outcome, Run, heard

FORM = "validate_reflection_form"
TRAUMA, OWN = "parent_trauma", "countertransference"
WORDING = shelf().wording
# The walk up to the themes, with one theme heard on the way.
TOLD = {
    "arousal_before": 3.0,
    "describe": "She cancelled again.",
    "feel": "tight",
    "parent": "unknown",
    "child": "outside",
    "sense": "no idea",
    "heard": {"describe": [heard(TRAUMA)]},
}
AT_STEPS = TOLD | {
    "verdict_parent_trauma": "yes",
    "offered": {"now": ["step-a", "step-b", "step-c"], "before": ["old"]},
}


async def answer(
    run: Run, question: str, text: str, slots: dict[str, object] | None = None, **more: object
) -> Outcome:
    slots = (slots or {}) | {"requested_slot": question, question: text}
    return await run(FORM, slots, text=text, **more)


async def test_an_account_is_kept_with_the_themes_heard_in_it(run: Run) -> None:
    found = heard(TRAUMA)
    outcome = await answer(
        run, "describe", "She told me a lot.", {"arousal_before": 3.0}, themes=[found]
    )
    assert outcome.slots["describe"] == "She told me a lot."
    assert outcome.slots["heard"] == {"describe": [found]}
    assert outcome.slots["requested_slot"] == "feel"
    assert outcome.records[0] == Answered(Question.DESCRIBE)
    assert isinstance(outcome.records[1], Heard)


async def test_an_answer_given_again_replaces_the_themes_heard_in_it_before(run: Run) -> None:
    slots = {"arousal_before": 3.0, "heard": {"describe": [heard(TRAUMA)], "feel": [heard(OWN)]}}
    outcome = await answer(run, "describe", "It was only the bus strike.", slots)
    assert outcome.slots["heard"] == {"describe": [], "feel": [heard(OWN)]}


@pytest.mark.parametrize("intent", ["affirm", "deny", "scale", "not_quite"])
async def test_a_bare_yes_to_what_happened_is_asked_about_once_and_then_taken(
    run: Run, intent: str
) -> None:
    first = await answer(run, "describe", "yes", {"arousal_before": 3.0}, intent=intent)
    assert first.said == [WORDING.of(Question.DESCRIBE).nudge]
    assert first.slots["describe"] is None
    assert first.slots["requested_slot"] == "describe"
    nudged = {"arousal_before": 3.0, "nudged": "describe"}
    second = await answer(run, "describe", "yes", nudged, intent=intent)
    assert second.slots["describe"] == "yes"


@pytest.mark.parametrize(
    ("text", "value", "upcoming"), [("about a six", 6.0, "describe"), ("8/10", 8.0, "ready")]
)
async def test_a_number_is_scored_and_a_high_one_settles_first(
    run: Run, text: str, value: float, upcoming: str
) -> None:
    outcome = await answer(run, "arousal_before", text)
    assert outcome.records == [Scored(Question.AROUSAL_BEFORE, value)]
    assert outcome.slots["requested_slot"] == upcoming


async def test_words_where_a_number_is_asked_for_are_nudged(run: Run) -> None:
    outcome = await answer(run, "arousal_before", "rather stirred up")
    assert outcome.said == [WORDING.of(Question.AROUSAL_BEFORE).nudge]
    assert outcome.slots["arousal_before"] is None
    assert outcome.slots["requested_slot"] == "arousal_before"
    assert outcome.records == []


async def test_somebody_who_has_to_get_it_out_first_is_not_asked_for_the_number_instead(
    run: Run,
) -> None:
    text = "She shouted at me in front of the child and then walked out."
    outcome = await answer(run, "arousal_before", text, themes=[heard(OWN)])
    assert outcome.slots["describe"] == text
    assert outcome.slots["arousal_before"] is None
    assert outcome.records[0] == Answered(Question.DESCRIBE)
    assert outcome.said == []


async def test_a_long_answer_to_the_closing_number_is_not_taken_for_an_account(run: Run) -> None:
    text = "I could not put a number on that this evening, sorry, not at all."
    outcome = await answer(run, "arousal_after", text, {"describe": "x"})
    assert "describe" not in outcome.slots
    assert outcome.slots["arousal_after"] is None


async def test_a_number_in_place_of_how_the_plan_went_passes_the_plan_over(run: Run) -> None:
    context = {"context": {"last_plan": "ring her"}}
    outcome = await answer(run, "follow_up", "5", context, intent="scale")
    assert outcome.slots["follow_up"] == SKIPPED
    assert outcome.slots["arousal_before"] == 5.0
    assert outcome.records == [Scored(Question.AROUSAL_BEFORE, 5.0)]
    words = await answer(run, "follow_up", "done", context, intent="affirm")
    assert words.records == [Answered(Question.FOLLOW_UP)]


@pytest.mark.parametrize(
    ("text", "verdict", "upcoming"),
    [
        ("Yes", "yes", "step_choice"),
        ("not quite, her uncle as well", "not_quite", "step_choice"),
        ("no", "no", "own_theme"),
    ],
)
async def test_a_verdict_is_recorded_and_leads_on(
    run: Run, text: str, verdict: str, upcoming: str
) -> None:
    outcome = await answer(run, "verdict_parent_trauma", text, TOLD)
    assert outcome.slots["verdict_parent_trauma"] == verdict
    assert Judged(Theme.PARENT_TRAUMA, verdict) in outcome.records
    assert outcome.said == WORDING.say(f"verdict_{verdict}")
    assert outcome.slots["requested_slot"] == upcoming


async def test_a_verdict_in_other_words_is_nudged_once_and_then_counts_as_not_quite(
    run: Run,
) -> None:
    text = "her grandmother raised her"
    first = await answer(run, "verdict_parent_trauma", text, TOLD)
    assert first.slots["verdict_parent_trauma"] is None
    again = await answer(
        run, "verdict_parent_trauma", text, TOLD | {"nudged": "verdict_parent_trauma"}
    )
    assert again.slots["verdict_parent_trauma"] == "not_quite"


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("Your own reactions", "countertransference"),
        ("difficulty taking part, I think", "reduced_investment"),
        ("parent trauma", "parent_trauma"),
    ],
)
async def test_an_own_theme_is_known_by_its_name(run: Run, text: str, theme: str) -> None:
    outcome = await answer(run, "own_theme", text, TOLD | {"heard": {}})
    assert OwnTheme(Theme(theme)) in outcome.records
    assert outcome.slots["requested_slot"] == "step_choice"


async def test_an_own_theme_may_be_none_or_anything(run: Run) -> None:
    outcome = await answer(run, "own_theme", "None", TOLD | {"heard": {}})
    assert outcome.records == [Answered(Question.OWN_THEME)]
    assert outcome.slots["requested_slot"] == "plan"


@pytest.mark.parametrize(
    ("text", "slot", "record", "upcoming"),
    [
        ("Take 2", "take", Chose("picked", ("step-b",)), "plan"),
        ("None of these", "none", Chose("refused"), "plan"),
        ("Take it to supervision", "supervision", Chose("to_supervision"), "plan"),
        ("Adapt 1", "adapt", None, "step_adaptation"),
    ],
)
async def test_a_choice_of_steps_is_recorded_and_leads_on(
    run: Run, text: str, slot: str, record: Chose | None, upcoming: str
) -> None:
    outcome = await answer(run, "step_choice", text, AT_STEPS)
    assert outcome.slots["step_choice"] == slot
    assert outcome.records == ([record] if record else [])
    assert outcome.slots["requested_slot"] == upcoming


async def test_a_step_once_adapted_is_recorded_with_the_step_it_came_from(run: Run) -> None:
    slots = AT_STEPS | {"step_choice": "adapt", "chosen_step": "step-a"}
    outcome = await answer(run, "step_adaptation", "only by message", slots)
    assert outcome.records == [
        Answered(Question.STEP_ADAPTATION),
        Chose("adapted", ("step-a",)),
    ]


async def test_other_steps_are_asked_for_without_those_that_were_shown(run: Run) -> None:
    outcome = await answer(run, "step_choice", "Show me others", AT_STEPS)
    assert outcome.slots["offered"] == {"now": [], "before": ["old", "step-a", "step-b", "step-c"]}
    assert outcome.slots["requested_slot"] == "step_choice"
    assert outcome.records == []


async def test_an_unclear_choice_is_nudged_once_and_then_leaves_the_steps(run: Run) -> None:
    first = await answer(run, "step_choice", "hm", AT_STEPS)
    assert (first.slots["step_choice"], first.records) == (None, [])
    second = await answer(run, "step_choice", "hm", AT_STEPS | {"nudged": "step_choice"})
    assert (second.slots["step_choice"], second.records) == ("none", [Chose("refused")])


async def test_what_was_set_aside_is_forgotten_once_the_question_is_answered_anew(run: Run) -> None:
    slots = {"arousal_before": 3.0, "set_aside": {"describe": "before", "feel": "too"}}
    outcome = await answer(run, "describe", "another account of it", slots)
    assert outcome.slots["set_aside"] == {"feel": "too"}


async def test_an_answer_off_the_short_path_that_was_reopened_is_the_next_question(
    run: Run,
) -> None:
    slots = {
        "path": "short",
        "describe": "x",
        "feel": "y",
        "set_aside": {"parent": "before"},
        "requested_slot": "plan",
    }
    outcome = await run("validate_reflection_form", slots)
    assert outcome.slots["requested_slot"] == "parent"


async def test_a_form_that_is_just_activated_asks_the_first_open_question(run: Run) -> None:
    outcome = await run(FORM, {"requested_slot": None}, text="hello", intent="greet")
    assert outcome.slots == {"requested_slot": "arousal_before"}
    assert outcome.records == []
