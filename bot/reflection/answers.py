"""Tell an answer to the question at hand from anything else, before anybody guesses.

What the question's own reader understands is an answer, whatever else the words may look
like to a classifier: "keep it" to "keep, share or delete", "the last one" to three steps.
Such an answer is handed to Rasa under an intent of its own, which is never guessed.
"""

from __future__ import annotations

import json
import re

from bot.reflection.scale import read_scale
from bot.reflection.stages import Kind, Question, kind_of
from bot.reflection.step_choice import read_step_choice
from bot.reflection.verdicts import read_verdict

INTENT = "answer"
ENTITY = "text"

# A longer message may steer as well ("no, I would rather skip this one").
_MOST_WORDS = 4
_ENDING = re.compile(r"\b(?:keep|share)\b", re.IGNORECASE)
_NO_THEME = re.compile(r"^\W*(?:none|nothing|neither|no)\b", re.IGNORECASE)
# A question for supervision is about the work; one that speaks to the assistant is not.
_TO_THE_ASSISTANT = re.compile(
    r"\b(?:you|your|kept|stored|chat|bot|skip|this\s+question)\b", re.IGNORECASE
)
_LEAST_WORDS_OF_A_QUESTION = 4


def is_an_answer(question: Question, text: str, steps_offered: int) -> bool:
    """Say whether `text` plainly answers `question`; `steps_offered` counts the steps shown."""
    words = len(text.split())
    if question is Question.SUPERVISION_QUESTION:
        is_question = text.rstrip().endswith("?") and words >= _LEAST_WORDS_OF_A_QUESTION
        return is_question and not _TO_THE_ASSISTANT.search(text)
    if not 1 <= words <= _MOST_WORDS:
        return False
    if question is Question.STEP_CHOICE:
        return read_step_choice(text, steps_offered) is not None
    if question is Question.ENDING:
        return bool(_ENDING.search(text))
    if question is Question.OWN_THEME:
        return bool(_NO_THEME.search(text))
    match kind_of(question):
        case Kind.SCALE:
            return read_scale(text) is not None
        case Kind.VERDICT:
            return words < _MOST_WORDS and read_verdict(text) is not None
        case _:
            return False


def answer_payload(text: str) -> str:
    """Give what Rasa is sent for an answer: its own intent, with the words beside it."""
    return f"/{INTENT}{json.dumps({ENTITY: text}, ensure_ascii=False)}"
