"""Figures of agreement against examples that others worked out, and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from bot.conversation.review.agreement import (
    CATEGORIES,
    FEWEST_FINDINGS,
    FEWEST_REFLECTIONS,
    Pair,
    Said,
    agreement,
    kappas,
    tally,
)
from bot.themes.findings import Theme

P, R, C = Theme.PARENT_TRAUMA, Theme.REDUCED_INVESTMENT, Theme.COUNTERTRANSFERENCE


def pairs(*counted: tuple[Theme | None, Theme | None, int]) -> list[Pair]:
    return [(Said(one), Said(other)) for one, other, often in counted for _ in range(often)]


def spread(found: list[Pair], over: int) -> list[list[Pair]]:
    """Deal findings out to so many reflections."""
    return [found[at::over] for at in range(over)]


@pytest.mark.parametrize(
    ("counted", "wanted"),
    [
        # Fleiss (1981), table 13.1: two diagnoses of each of a hundred patients.
        (
            [
                *((P, P, 75), (P, R, 1), (P, C, 4)),
                *((R, P, 5), (R, R, 4), (R, C, 1)),
                (C, C, 10),
            ],
            0.6765,
        ),
        # Two readers of fifty proposals who say yes or no: 20, 5, 10, 15.
        ([(P, P, 20), (P, None, 5), (None, P, 10), (None, None, 15)], 0.40),
        # As often the same as before, and less than half the kappa: one answer is rare.
        ([(P, P, 45), (P, None, 15), (None, P, 25), (None, None, 15)], 0.1304),
        ([(P, P, 25), (P, None, 35), (None, P, 5), (None, None, 35)], 0.2593),
        ([(P, P, 20), (None, None, 20)], 1.0),
        ([(P, None, 20), (None, P, 20)], -1.0),
    ],
)
def test_kappa_is_that_of_known_examples(
    counted: list[tuple[Theme | None, Theme | None, int]], wanted: float
) -> None:
    found = agreement(spread(pairs(*counted), 20))
    assert found is not None
    assert found.kappa == pytest.approx(wanted, abs=0.0005)
    assert found.findings == sum(often for _, _, often in counted)
    assert found.same == sum(often for one, other, often in counted if one is other)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(range(4)), st.sampled_from(range(4))), min_size=2, max_size=60
    )
)
def test_the_figure_of_many_tables_is_the_librarys(said: list[tuple[int, int]]) -> None:
    one, other = zip(*said, strict=True)
    if len({*one, *other}) == 1:
        return
    table = np.zeros((4, 4))
    for a, b in said:
        table[a, b] += 1
    wanted = cohen_kappa_score(one, other, labels=range(4))
    assert kappas(table[None])[0] == pytest.approx(wanted, abs=1e-12)


def test_nothing_is_said_of_too_few() -> None:
    one = (Said(P), Said(P))
    few_findings = [[one] * 2] * FEWEST_REFLECTIONS
    assert sum(map(len, few_findings)) < FEWEST_FINDINGS
    few_reflections = [[one] * FEWEST_FINDINGS] * (FEWEST_REFLECTIONS - 1)
    empty_ones = [*few_reflections, [], []]
    for readings in ([], few_findings, few_reflections, empty_ones):
        assert agreement(readings) is None
    assert agreement([[one] * 3] * FEWEST_REFLECTIONS) is not None


def test_where_both_say_the_same_throughout_there_is_no_kappa() -> None:
    found = agreement([[(Said(P), Said(P))] * 3] * FEWEST_REFLECTIONS)
    assert found is not None
    assert (found.kappa, found.low, found.high) == (None, None, None)
    assert found.same == found.findings == 30


def test_the_interval_holds_the_figure_and_is_the_same_each_time() -> None:
    readings = spread(pairs((P, P, 40), (P, None, 9), (None, None, 20), (C, R, 6)), 15)
    found = agreement(readings)
    assert found is not None
    assert found.kappa is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.kappa < found.high
    assert agreement(readings) == found


def test_reflections_are_drawn_and_not_findings() -> None:
    """In each reflection all are alike or none is: so there is much less to know than it seems."""
    good, bad = pairs((P, P, 5), (None, None, 5)), pairs((P, None, 5), (None, P, 5))
    apart = agreement([*[good] * 6, *[bad] * 6])
    mixed = agreement(spread([*good * 6, *bad * 6], 12))
    assert apart is not None
    assert mixed is not None
    assert apart.kappa == mixed.kappa
    assert apart.high is not None
    assert apart.low is not None
    assert mixed.high is not None
    assert mixed.low is not None
    assert apart.high - apart.low > 1.5 * (mixed.high - mixed.low)


def test_the_table_tells_who_said_what() -> None:
    found = agreement(spread(pairs((P, None, 7), (C, C, 30)), 10))
    assert found is not None
    assert found.table[CATEGORIES.index(P)][CATEGORIES.index(None)] == 7
    assert found.table[CATEGORIES.index(C)][CATEGORIES.index(C)] == 30
    assert sum(map(sum, found.table)) == 37


def test_another_subtheme_of_the_same_theme_is_told_apart() -> None:
    found = tally(
        [
            (Said(P, "mistrust"), Said(P, "mistrust")),
            (Said(P, "mistrust"), Said(P, "guilt_shame")),
            (Said(P, "mistrust"), Said(None)),
            (Said(None), Said(None)),
        ]
    )
    assert found == {"same": 2, "theme": 1, "other": 1}
