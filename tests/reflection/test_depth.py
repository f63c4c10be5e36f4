from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reflection.depth import Depth, depth_of
from bot.reflection.stages import Question

ORDER = list(Depth)
ANSWERED = st.frozensets(st.sampled_from(Question))


@pytest.mark.parametrize(
    ("answered", "has_weighed", "called"),
    [
        ((), False, None),
        ((Question.READY, Question.ENDING), False, None),
        ((Question.DESCRIBE,), False, Depth.DESCRIBING),
        ((Question.DESCRIBE, Question.FEEL), False, Depth.RESPONDING),
        ((Question.DESCRIBE, Question.CHILD), False, Depth.EXPLORING),
        ((Question.DESCRIBE, Question.FEEL), True, Depth.LINKING),
        ((Question.DESCRIBE, Question.FEEL, Question.PLAN), True, Depth.INTEGRATING),
        ((Question.DESCRIBE, Question.STEP_ADAPTATION), True, Depth.INTEGRATING),
        # A plan that nothing was linked with is not put together out of anything.
        ((Question.DESCRIBE, Question.FEEL, Question.PLAN), False, Depth.RESPONDING),
        # A question for supervision asks somebody else.
        ((Question.DESCRIBE, Question.SUPERVISION_QUESTION), True, Depth.LINKING),
    ],
)
def test_a_reflection_is_called_after_the_furthest_step_in_it(
    answered: tuple[Question, ...], *, has_weighed: bool, called: Depth | None
) -> None:
    assert depth_of(answered, has_weighed=has_weighed) is called


def _place(depth: Depth | None) -> int:
    return -1 if depth is None else ORDER.index(depth)


@given(answered=ANSWERED, more=ANSWERED, weighed=st.booleans(), then=st.booleans())
def test_what_is_answered_more_is_never_called_less(
    answered: frozenset[Question], more: frozenset[Question], *, weighed: bool, then: bool
) -> None:
    before = depth_of(answered, has_weighed=weighed)
    after = depth_of(answered | more, has_weighed=weighed or then)
    assert _place(after) >= _place(before)


def test_the_short_path_can_go_as_far_as_the_full_one() -> None:
    short = (Question.DESCRIBE, Question.FEEL, Question.PLAN)
    assert depth_of(short, has_weighed=True) is ORDER[-1]
