"""Which answers may be changed later, and what the dialogue is sent for it."""

from __future__ import annotations

import re

from bot.reflection.stages import FREE_TEXT, Question
from bot.reflection.wording import Wording

MAY_BE_CHANGED = (*FREE_TEXT, Question.AROUSAL_BEFORE)
# What an answer is called where its stage's name would not tell it from others.
_CALLED = {
    Question.SUPERVISION_QUESTION: "Question for supervision",
    Question.FOLLOW_UP: "How the last plan went",
    Question.STEP_ADAPTATION: "The adapted step",
    Question.AROUSAL_BEFORE: "The number at the beginning",
}
_PAYLOAD = re.compile(r'/change_answer\{"question": "(\w+)"\}')


def called(question: Question, wording: Wording) -> str:
    """Give what the answer to `question` is called."""
    return _CALLED.get(question) or wording.stages[wording.of(question).stage].name


def change_payload(question: Question) -> str:
    """Give what Rasa is sent to have `question` asked again."""
    return f'/change_answer{{"question": "{question.value}"}}'


def to_be_changed(payload: str) -> Question | None:
    """Give the question that `payload` has asked again, or None for any other payload."""
    match = _PAYLOAD.fullmatch(payload)
    return next((q for q in MAY_BE_CHANGED if match and q.value == match[1]), None)
