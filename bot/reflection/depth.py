"""How far a reflection went, counted by a rule that fits a sentence and called by its name.

A reflection is called after the furthest of five steps that is in it. What is counted is which
questions were answered in the therapist's words, and whether a theme was weighed; nobody's words
are read for it, and nothing is said of a person. What was answered more is never called less.

The five names are this project's. That reflecting goes from telling and responding over relating
and reasoning to putting something together anew is the order of the 5Rs (Bain, Ballantyne, Mills
and Lester, 2002; as four in Ryan and Ryan, 2013). There a reader judges a text. This rule sees
only what was answered: it follows that order, is not that measure, and was never validated.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from bot.reflection.stages import Question


class Depth(StrEnum):
    """The five steps, from the nearest to the furthest."""

    DESCRIBING = "describing"
    RESPONDING = "responding"
    EXPLORING = "exploring"
    LINKING = "linking"
    INTEGRATING = "integrating"


_OTHER_SIDES = (Question.PARENT, Question.CHILD, Question.SENSE)
_WHAT_NEXT = (Question.PLAN, Question.STEP_ADAPTATION)


def depth_of(answered: Collection[Question], *, has_weighed: bool) -> Depth | None:
    """Give the furthest step that is in a reflection; None where nothing of them is.

    Describing: what happened was told. Responding: what came up in the therapist. Exploring: the
    parent's side, the child's, or what went on between. Linking: a theme was weighed
    (`has_weighed`), where a no counts as a yes does. Integrating: that, and what comes next was
    put into the therapist's own words: a plan, or a step adapted.
    """
    has_what_next = not set(answered).isdisjoint(_WHAT_NEXT)
    is_in_it = {
        Depth.DESCRIBING: Question.DESCRIBE in answered,
        Depth.RESPONDING: Question.FEEL in answered,
        Depth.EXPLORING: not set(answered).isdisjoint(_OTHER_SIDES),
        Depth.LINKING: has_weighed,
        Depth.INTEGRATING: has_weighed and has_what_next,
    }
    return next((depth for depth in reversed(Depth) if is_in_it[depth]), None)
