from __future__ import annotations

import json

import pytest

from bot.reflection.answers import answer_payload, is_an_answer
from bot.reflection.stages import Question

STEPS = 3


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (Question.ENDING, "keep it"),
        (Question.ENDING, "share please"),
        (Question.STEP_CHOICE, "the last one"),
        (Question.STEP_CHOICE, "Take 2"),
        (Question.STEP_CHOICE, "none of these"),
        (Question.VERDICT_PARENT_TRAUMA, "not quite"),
        (Question.VERDICT_PARENT_TRAUMA, "Yes"),
        (Question.AROUSAL_BEFORE, "about a 6"),
        (Question.OWN_THEME, "None"),
        (Question.SUPERVISION_QUESTION, "How do I start again with her?"),
        (Question.SUPERVISION_QUESTION, "Did I do something wrong?"),
    ],
)
def test_what_the_questions_own_reader_understands_is_an_answer(
    question: Question, text: str
) -> None:
    assert is_an_answer(question, text, STEPS)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (Question.ENDING, "skip"),
        (Question.ENDING, "delete it"),
        (Question.STEP_CHOICE, "back"),
        (Question.STEP_CHOICE, "why do you ask"),
        (Question.VERDICT_PARENT_TRAUMA, "no, I would rather skip this one"),
        (Question.VERDICT_PARENT_TRAUMA, "okay, let's go on"),
        (Question.AROUSAL_BEFORE, "skip"),
        (Question.SUPERVISION_QUESTION, "why do you ask that?"),
        (Question.SUPERVISION_QUESTION, "is this stored somewhere?"),
        (Question.SUPERVISION_QUESTION, "skip?"),
        (Question.DESCRIBE, "stop"),
        (Question.PLAN, "keep it"),
        (Question.FEEL, ""),
    ],
)
def test_anything_else_is_left_to_the_classifier(question: Question, text: str) -> None:
    assert not is_an_answer(question, text, STEPS)


@pytest.mark.parametrize("text", ["Take 2", 'she said "no"', "naïve 🙂", "{}\\"])
def test_the_words_of_an_answer_reach_rasa_as_they_are(text: str) -> None:
    payload = answer_payload(text)
    assert payload.startswith("/answer{")
    assert json.loads(payload.removeprefix("/answer")) == {"text": text}
