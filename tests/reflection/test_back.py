"""Going back: the last answered question before the one at hand."""

from __future__ import annotations

from bot.reflection.stages import Path, Question, verdict_on
from bot.reflection.walk import SKIPPED, Walk


def test_nothing_comes_before_the_first_question() -> None:
    assert Walk({}).previous_question(Question.AROUSAL_BEFORE) is None


def test_back_leads_to_the_question_answered_just_before() -> None:
    answers = {Question.AROUSAL_BEFORE: 3.0, Question.DESCRIBE: "x"}
    assert Walk(answers).previous_question(Question.FEEL) is Question.DESCRIBE
    assert Walk(answers).previous_question(Question.DESCRIBE) is Question.AROUSAL_BEFORE


def test_back_leads_to_a_skipped_question_too() -> None:
    answers = {Question.AROUSAL_BEFORE: SKIPPED}
    assert Walk(answers).previous_question(Question.DESCRIBE) is Question.AROUSAL_BEFORE


def test_back_leads_past_a_question_that_is_open() -> None:
    answers = {Question.AROUSAL_BEFORE: 3.0, Question.DESCRIBE: None, Question.FEEL: "x"}
    assert Walk(answers).previous_question(Question.FEEL) is Question.AROUSAL_BEFORE


def test_back_leads_past_questions_that_are_no_part_of_this_walk() -> None:
    answers = {Question.SENSE: "x", verdict_on("parent_trauma"): "yes"}
    assert Walk(answers, ()).previous_question(Question.OWN_THEME) is Question.SENSE


def test_back_from_the_end_leads_to_the_last_answer() -> None:
    answers = dict.fromkeys(Question, "x")
    assert Walk(answers).previous_question(None) is Question.ENDING


def test_back_on_the_short_path_leads_into_what_was_answered_before_it_was_shortened() -> None:
    answers = {Question.AROUSAL_BEFORE: 3.0}
    walk = Walk(answers, (), Path.SHORT)
    assert walk.previous_question(Question.DESCRIBE) is Question.AROUSAL_BEFORE


def test_what_was_reopened_is_asked_next_and_then_the_walk_goes_on_where_it_was() -> None:
    answers: dict[str, object] = {
        Question.AROUSAL_BEFORE: 3.0,
        Question.DESCRIBE: None,
        Question.FEEL: "x",
    }
    assert Walk(answers).next_question() is Question.DESCRIBE
    answers[Question.DESCRIBE] = "again"
    assert Walk(answers).next_question() is Question.PARENT
