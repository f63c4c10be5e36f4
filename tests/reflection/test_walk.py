"""Which question comes next, and which one came before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.reflection.stages import SHORT_PATH_STAGES, STAGE_OF, Path, Question, Stage, verdict_on
from bot.reflection.walk import ADAPT, HIGH_AROUSAL, SKIPPED, THEMES_ASKED_ABOUT, Walk

TRAUMA = "parent_trauma"
INVESTMENT = "reduced_investment"


def walked(
    answers: dict[Question, object] | None = None,
    heard: tuple[str, ...] = (),
    *,
    path: Path = Path.FULL,
    has_last_plan: bool = False,
) -> Iterator[Question]:
    """Answer every question as it comes, `answers` where they say how, and give each."""
    given = dict(answers or {})
    done: dict[str, object] = {}
    while question := Walk(done, heard, path, has_last_plan).next_question():
        yield question
        done[question] = given.get(question, "an answer")


def test_the_stages_are_walked_in_their_order() -> None:
    answers = {verdict_on(TRAUMA): "yes"}
    stages = [STAGE_OF[question] for question in walked(answers, (TRAUMA,))]
    assert stages == sorted(stages, key=list(Stage).index)
    assert set(stages) == set(Stage)


def test_the_order_of_questions_is_the_order_in_which_they_are_declared() -> None:
    order = list(walked({verdict_on(TRAUMA): "yes"}, (TRAUMA,), has_last_plan=True))
    assert order == sorted(order, key=list(Question).index)
    assert order[0] is Question.FOLLOW_UP
    assert order[-1] is Question.ENDING


@pytest.mark.parametrize("has_last_plan", [True, False])
def test_the_last_plan_is_asked_about_only_when_there_is_one(*, has_last_plan: bool) -> None:
    assert (Question.FOLLOW_UP in walked(has_last_plan=has_last_plan)) is has_last_plan


@pytest.mark.parametrize(
    ("arousal", "settles_first"),
    [(HIGH_AROUSAL, True), (10.0, True), (6.9, False), (0, False), (SKIPPED, False)],
)
def test_a_high_number_brings_a_moment_of_grounding_before_any_analysis(
    arousal: object, *, settles_first: bool
) -> None:
    order = list(walked({Question.AROUSAL_BEFORE: arousal}))
    assert (Question.READY in order) is settles_first
    assert order[1] is (Question.READY if settles_first else Question.DESCRIBE)


def test_a_skipped_question_is_not_asked_again() -> None:
    order = list(walked(dict.fromkeys(Question, SKIPPED), (TRAUMA, INVESTMENT)))
    assert len(order) == len(set(order))
    assert order[-1] is Question.ENDING


def test_skipping_everything_offers_no_steps() -> None:
    assert Question.STEP_CHOICE not in walked(dict.fromkeys(Question, SKIPPED), (TRAUMA,))


def test_only_themes_that_were_heard_are_offered() -> None:
    order = list(walked(heard=(TRAUMA,)))
    assert verdict_on(TRAUMA) in order
    assert verdict_on(INVESTMENT) not in order


def test_a_theme_that_fits_leaves_no_need_for_an_own_one() -> None:
    assert Question.OWN_THEME not in walked({verdict_on(TRAUMA): "yes"}, (TRAUMA,))


def test_an_own_theme_is_asked_for_when_none_was_heard() -> None:
    order = list(walked())
    assert Question.OWN_THEME in order
    assert not any(verdict_on(theme) in order for theme in THEMES_ASKED_ABOUT)


def test_an_own_theme_is_asked_for_when_every_one_heard_was_refused() -> None:
    refused = {verdict_on(TRAUMA): "no", verdict_on(INVESTMENT): "no"}
    assert Question.OWN_THEME in walked(refused, (TRAUMA, INVESTMENT))
    one_fits = refused | {verdict_on(INVESTMENT): "not_quite"}
    assert Question.OWN_THEME not in walked(one_fits, (TRAUMA, INVESTMENT))


@pytest.mark.parametrize(
    ("verdict", "offers_steps"), [("yes", True), ("not_quite", True), ("no", False)]
)
def test_steps_are_offered_for_themes_that_fit_and_for_no_others(
    verdict: str, *, offers_steps: bool
) -> None:
    walk = {verdict_on(TRAUMA): verdict, Question.OWN_THEME: "none"}
    assert (Question.STEP_CHOICE in walked(walk, (TRAUMA,))) is offers_steps


@pytest.mark.parametrize(
    ("own", "offers_steps"), [(TRAUMA, True), ("it was just the heat", False), (SKIPPED, False)]
)
def test_steps_are_offered_for_an_own_theme_that_the_library_knows(
    own: str, *, offers_steps: bool
) -> None:
    order = list(walked({Question.OWN_THEME: own}))
    assert (Question.STEP_CHOICE in order) is offers_steps


@pytest.mark.parametrize(
    ("choice", "adapts"), [(ADAPT, True), ("take", False), ("none", False), (SKIPPED, False)]
)
def test_a_step_is_adapted_only_when_that_was_chosen(choice: str, *, adapts: bool) -> None:
    answers = {verdict_on(TRAUMA): "yes", Question.STEP_CHOICE: choice}
    assert (Question.STEP_ADAPTATION in walked(answers, (TRAUMA,))) is adapts


def test_confirmed_themes_keep_the_order_of_what_was_heard_and_end_with_the_own_one() -> None:
    verdicts = {verdict_on(INVESTMENT): "not_quite", verdict_on(TRAUMA): "yes"}
    heard = (TRAUMA, INVESTMENT)
    assert Walk(verdicts, heard).confirmed_themes() == [TRAUMA, INVESTMENT]
    own = verdicts | {Question.OWN_THEME: "countertransference"}
    assert Walk(own, heard).confirmed_themes() == [TRAUMA, INVESTMENT, "countertransference"]
    twice = verdicts | {Question.OWN_THEME: TRAUMA}
    assert Walk(twice, heard).confirmed_themes() == [TRAUMA, INVESTMENT]


def test_the_short_path_asks_only_what_so_what_and_now_what() -> None:
    order = list(walked({verdict_on(TRAUMA): "yes"}, (TRAUMA,), path=Path.SHORT))
    assert {STAGE_OF[question] for question in order} == set(SHORT_PATH_STAGES)


def test_an_evening_shortened_midway_keeps_what_was_answered_and_skips_the_rest() -> None:
    answers = {Question.AROUSAL_BEFORE: 4.0, Question.DESCRIBE: "x", Question.PARENT: "y"}
    walk = Walk(answers, (), Path.SHORT)
    assert Question.PARENT in walk.questions()
    assert Question.CHILD not in walk.questions()
    assert walk.next_question() is Question.FEEL
    assert walk.previous_question(Question.FEEL) is Question.DESCRIBE


def test_an_answer_off_the_short_path_that_is_to_be_given_again_is_asked_for() -> None:
    answers: dict[str, object] = {Question.DESCRIBE: "x", Question.PARENT: None}
    walk = Walk(answers, (), Path.SHORT, reopened=(Question.PARENT,))
    assert walk.questions().index(Question.PARENT) == walk.questions().index(Question.FEEL) + 1
    answered = answers | {Question.FEEL: "y"}
    walk = Walk(answered, (), Path.SHORT, reopened=(Question.PARENT,))
    assert walk.next_question() is Question.PARENT
    assert Question.CHILD not in walk.questions()
