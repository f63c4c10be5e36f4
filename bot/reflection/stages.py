"""The ten stages of a reflection, and the questions that each of them asks.

Which theory each stage rests on stands beside its questions in
`data/library/questions.yml`.
"""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """A part of a reflection, in the order in which it is walked."""

    ARRIVE = "arrive"
    DESCRIBE = "describe"
    FEEL = "feel"
    PARENT = "parent"
    CHILD = "child"
    SENSE = "sense"
    THEMES = "themes"
    STEPS = "steps"
    PLAN = "plan"
    CLOSE = "close"


class Path(StrEnum):
    """How long a way a reflection takes: all ten stages, or What / So what / Now what."""

    FULL = "full"
    SHORT = "short"


class Question(StrEnum):
    """One thing that is asked; also the name of the Rasa slot that holds its answer."""

    FOLLOW_UP = "follow_up"
    AROUSAL_BEFORE = "arousal_before"
    READY = "ready"
    DESCRIBE = "describe"
    FEEL = "feel"
    PARENT = "parent"
    CHILD = "child"
    SENSE = "sense"
    VERDICT_REDUCED_INVESTMENT = "verdict_reduced_investment"
    VERDICT_PARENT_TRAUMA = "verdict_parent_trauma"
    VERDICT_COUNTERTRANSFERENCE = "verdict_countertransference"
    OWN_THEME = "own_theme"
    STEP_CHOICE = "step_choice"
    STEP_ADAPTATION = "step_adaptation"
    PLAN = "plan"
    SUPERVISION_QUESTION = "supervision_question"
    AROUSAL_AFTER = "arousal_after"
    ENDING = "ending"


class Kind(StrEnum):
    """What sort of answer a question takes."""

    FREE = "free"
    SCALE = "scale"
    VERDICT = "verdict"
    CHOICE = "choice"


_VERDICT_PREFIX = "verdict_"

STAGE_OF: dict[Question, Stage] = {
    Question.FOLLOW_UP: Stage.ARRIVE,
    Question.AROUSAL_BEFORE: Stage.ARRIVE,
    Question.READY: Stage.ARRIVE,
    Question.DESCRIBE: Stage.DESCRIBE,
    Question.FEEL: Stage.FEEL,
    Question.PARENT: Stage.PARENT,
    Question.CHILD: Stage.CHILD,
    Question.SENSE: Stage.SENSE,
    Question.VERDICT_REDUCED_INVESTMENT: Stage.THEMES,
    Question.VERDICT_PARENT_TRAUMA: Stage.THEMES,
    Question.VERDICT_COUNTERTRANSFERENCE: Stage.THEMES,
    Question.OWN_THEME: Stage.THEMES,
    Question.STEP_CHOICE: Stage.STEPS,
    Question.STEP_ADAPTATION: Stage.STEPS,
    Question.PLAN: Stage.PLAN,
    Question.SUPERVISION_QUESTION: Stage.PLAN,
    Question.AROUSAL_AFTER: Stage.CLOSE,
    Question.ENDING: Stage.CLOSE,
}

# Answers to these are the therapist's account of what happened: themes are heard in them.
ACCOUNT = (
    Question.DESCRIBE,
    Question.FEEL,
    Question.PARENT,
    Question.CHILD,
    Question.SENSE,
)

FREE_TEXT = (
    Question.FOLLOW_UP,
    *ACCOUNT,
    Question.STEP_ADAPTATION,
    Question.PLAN,
    Question.SUPERVISION_QUESTION,
)

SCALES = (Question.AROUSAL_BEFORE, Question.READY, Question.AROUSAL_AFTER)

SHORT_PATH_STAGES = (Stage.DESCRIBE, Stage.FEEL, Stage.THEMES, Stage.STEPS, Stage.PLAN)


def verdict_on(theme: str) -> Question:
    """Give the question that asks whether `theme` fits."""
    return Question(_VERDICT_PREFIX + theme)


def theme_judged_by(question: Question) -> str | None:
    """Give the theme that `question` asks a verdict on, or None for any other question."""
    if question.startswith(_VERDICT_PREFIX):
        return question.removeprefix(_VERDICT_PREFIX)
    return None


def kind_of(question: Question) -> Kind:
    """Give the sort of answer that `question` takes."""
    if question in FREE_TEXT:
        return Kind.FREE
    if question in SCALES:
        return Kind.SCALE
    if theme_judged_by(question):
        return Kind.VERDICT
    return Kind.CHOICE
