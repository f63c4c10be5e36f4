"""What the assistant asks and answers, and which of several wordings it takes.

The wordings are `data/library/questions.yml`, `answers.yml` and `stages.yml`. Prompts that
never change wear out by about the eighth use, so somebody who has been here before meets
shorter ones, in turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from annotated_types import Len

from bot import library
from bot.reflection.stages import STAGE_OF, Kind, Question, Stage, kind_of, theme_judged_by

# All three verdict questions share one entry in the library.
VERDICT_ENTRY = "verdict"

# What actions fill in, by the entry it stands in.
PLACEHOLDERS = {
    "follow_up": ("plan",),
    VERDICT_ENTRY: ("theme", "words"),
    "step_adaptation": ("step",),
}


@dataclass(frozen=True)
class QuestionWords:
    """The wordings of one question, and why it is asked.

    `first` are for somebody new, `returning` for somebody who is not; `again` comes back
    to the question after something else; `nudge` follows an answer that could not be used.
    """

    __pydantic_config__ = library.STRICT

    stage: Stage
    kind: Kind
    first: Annotated[list[str], Len(min_length=1)]
    returning: Annotated[list[str], Len(min_length=1)]
    again: str
    nudge: str
    why: str
    example: str
    grounded_in: str

    def variant(self, past_reflections: int) -> str:
        """Give the wording for somebody who has finished `past_reflections` before this one."""
        if past_reflections < len(self.first):
            return self.first[past_reflections]
        return self.returning[(past_reflections - len(self.first)) % len(self.returning)]


@dataclass(frozen=True)
class AnswerWords:
    """What is said at one turn of the conversation that is not a question."""

    __pydantic_config__ = library.STRICT

    say: Annotated[list[str], Len(min_length=1)]
    grounded_in: str | None = None


@dataclass(frozen=True)
class StageWords:
    """A stage as the progress bar shows it."""

    __pydantic_config__ = library.STRICT

    name: str
    about: str


@dataclass(frozen=True)
class Wording:
    """Everything the assistant may say in a reflection."""

    questions: dict[str, QuestionWords]
    answers: dict[str, AnswerWords]
    stages: dict[Stage, StageWords]

    def of(self, question: Question) -> QuestionWords:
        """Give the words for `question`."""
        return self.questions[_entry(question)]

    def say(self, key: str) -> list[str]:
        """Give the messages for `key`, which must be one of `answers.yml`."""
        return self.answers[key].say


def _entry(question: Question) -> str:
    return VERDICT_ENTRY if theme_judged_by(question) else question.value


def read_wording(folder: Path = library.LIBRARY) -> Wording:
    """Read every wording; raises `LibraryError` when a question or a stage has none."""
    questions = library.read(folder / "questions.yml", dict[str, QuestionWords])
    answers = library.read(folder / "answers.yml", dict[str, AnswerWords])
    stages = library.read(folder / "stages.yml", dict[Stage, StageWords])
    for question in Question:
        words = questions.get(_entry(question))
        if words is None:
            raise library.LibraryError(f"data/library/questions.yml: no entry for {question}.")
        for text in (*words.first, *words.returning, words.again):
            place = f"data/library/questions.yml: at {_entry(question)}"
            library.check_placeholders(text, PLACEHOLDERS.get(_entry(question), ()), place)
        if (words.stage, words.kind) != (STAGE_OF[question], kind_of(question)):
            raise library.LibraryError(
                f"data/library/questions.yml: at {question}: stage and kind must be "
                f"{STAGE_OF[question]} and {kind_of(question)}."
            )
    if missing := set(Stage) - set(stages):
        raise library.LibraryError(f"data/library/stages.yml: no entry for {min(missing)}.")
    return Wording(questions, answers, stages)
