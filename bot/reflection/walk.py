"""Decide which question comes next, and which one came before.

The walk is a function of the answers so far, so going back, skipping, changing to the
short path or hearing another theme need no state of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.reflection.stages import (
    SHORT_PATH_STAGES,
    STAGE_OF,
    Path,
    Question,
    theme_judged_by,
    verdict_on,
)

# The answer of a question that the therapist passed over. Rasa asks a question again for
# as long as its slot is empty, so "skipped" has to be a value.
SKIPPED = "(skipped)"

# From here on a moment of grounding comes before anybody is asked to analyse (clinical
# rule; SAMHSA safety, FAN mindful self-regulation).
HIGH_AROUSAL = 7

ADAPT = "adapt"

CONFIRMING = ("yes", "not_quite")

THEMES_ASKED_ABOUT = tuple(theme for q in Question if (theme := theme_judged_by(q)))


@dataclass(frozen=True)
class Walk:
    """Where a reflection stands: what was answered, heard, and is still owed.

    `answers` holds a value for each question answered or skipped, and `reopened` are those
    whose answer was taken back to be given again. `heard` are the themes heard so far,
    surest first.
    """

    answers: Mapping[str, object]
    heard: Sequence[str] = ()
    path: Path = Path.FULL
    has_last_plan: bool = False
    reopened: Collection[str] = ()

    def questions(self) -> list[Question]:
        """Give every question of this walk in order, the answered ones included."""
        return [question for question in Question if self._belongs(question)]

    def next_question(self) -> Question | None:
        """Give the first question without an answer, or None at the end."""
        return next((q for q in self.questions() if not self._is_answered(q)), None)

    def previous_question(self, current: Question | None) -> Question | None:
        """Give the last answered question before `current`, or None at the start."""
        order = self.questions()
        before = order[: order.index(current)] if current in order else order
        return next((q for q in reversed(before) if self._is_answered(q)), None)

    def confirmed_themes(self) -> list[str]:
        """Give the themes that the therapist said fit, or nearly fit, or named themselves."""
        confirmed = [
            theme for theme in self.heard if self.answers.get(verdict_on(theme)) in CONFIRMING
        ]
        own = self.answers.get(Question.OWN_THEME)
        if own in THEMES_ASKED_ABOUT and own not in confirmed:
            confirmed.append(str(own))
        return confirmed

    def _is_answered(self, question: Question) -> bool:
        return self.answers.get(question) is not None

    def _belongs(self, question: Question) -> bool:
        if self.path is Path.SHORT and STAGE_OF[question] not in SHORT_PATH_STAGES:
            # What was answered before the path was shortened stays part of the walk.
            return self._is_answered(question) or question in self.reopened
        if theme := theme_judged_by(question):
            return theme in self.heard
        match question:
            case Question.FOLLOW_UP:
                return self.has_last_plan
            case Question.READY:
                return _is_high(self.answers.get(Question.AROUSAL_BEFORE))
            case Question.OWN_THEME:
                return not self._some_theme_may_fit()
            case Question.STEP_CHOICE:
                return bool(self.confirmed_themes()) or self._themes_are_open()
            case Question.STEP_ADAPTATION:
                return self.answers.get(Question.STEP_CHOICE) == ADAPT
            case _:
                return True

    def _some_theme_may_fit(self) -> bool:
        verdicts = [self.answers.get(verdict_on(theme)) for theme in self.heard]
        return any(verdict is None or verdict in CONFIRMING for verdict in verdicts)

    def _themes_are_open(self) -> bool:
        owed = [verdict_on(theme) for theme in self.heard]
        if not self._some_theme_may_fit():
            owed.append(Question.OWN_THEME)
        return any(not self._is_answered(question) for question in owed)


def _is_high(arousal: object) -> bool:
    return isinstance(arousal, int | float) and arousal >= HIGH_AROUSAL
