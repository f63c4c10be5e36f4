"""Out of nothing that is shown can fewer than five be worked out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations, permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation.trends.withholding import (
    LEAST,
    ROUNDED_TO,
    Counted,
    figures_of,
    may_stand_together,
)
from bot.themes.findings import Theme

PEOPLE = [f"person {number}" for number in range(16)]
SETS = st.frozensets(st.sampled_from(PEOPLE))
TEAMS = st.dictionaries(st.sampled_from([f"team {n}" for n in range(6)]), SETS, max_size=6)
COUNTED = st.lists(
    st.builds(Counted, st.sampled_from(PEOPLE[:9]), st.frozensets(st.sampled_from(Theme))),
    max_size=60,
)


SMALL_GROUPS = [group for size in range(1, LEAST) for group in combinations(PEOPLE, size)]


def worked_out(shown: list[frozenset[str]]) -> list[tuple[str, ...]]:
    """The small groups whose own figure comes of adding and subtracting what is shown."""
    if not shown:
        return []
    columns = np.array([[person in one for one in shown] for person in PEOPLE], dtype=float)
    wanted = np.array([[p in group for group in SMALL_GROUPS] for p in PEOPLE], dtype=float)
    weights, *_ = np.linalg.lstsq(columns, wanted, rcond=None)
    is_met = np.isclose(columns @ weights, wanted, atol=1e-9).all(axis=0)
    return [group for group, met in zip(SMALL_GROUPS, is_met, strict=True) if met]


@settings(max_examples=60, deadline=None)
@given(TEAMS)
def test_no_sum_and_no_difference_of_what_is_shown_is_a_group_of_one_to_four(
    contributors: Mapping[str, frozenset[str]],
) -> None:
    shown = [contributors[team] for team in may_stand_together(contributors)]
    assert all(len(one) >= LEAST for one in shown)
    assert worked_out(shown) == []


def test_that_any_two_differ_by_five_would_not_be_enough() -> None:
    both, some, others = (frozenset(PEOPLE[at : at + 5]) for at in (0, 5, 10))
    four = [both, both | some, both | others, frozenset(PEOPLE)]
    for one, other in permutations(four, 2):
        assert not one - other or len(one - other) >= LEAST
    assert worked_out(four) == [(PEOPLE[-1],)]
    teams = {f"team {number}": people for number, people in enumerate(four)}
    assert worked_out([teams[team] for team in may_stand_together(teams)]) == []


@given(TEAMS)
def test_as_much_is_shown_as_can_stand_together(
    contributors: Mapping[str, frozenset[str]],
) -> None:
    shown = may_stand_together(contributors)
    for team in contributors.keys() - shown:
        mine = contributors[team]
        is_in_the_way = any(mine & contributors[one] and mine != contributors[one] for one in shown)
        assert len(mine) < LEAST or is_in_the_way


def test_teams_apart_and_teams_of_the_same_people_are_shown_beside_each_other() -> None:
    some, others = frozenset(PEOPLE[:5]), frozenset(PEOPLE[5:12])
    assert may_stand_together({"a": some, "b": others, "c": some}) == {"a", "b", "c"}
    assert may_stand_together({"a": some, "all": some | others}) == {"a"}
    assert may_stand_together({"a": frozenset(PEOPLE[:4])}) == frozenset()


@given(COUNTED)
def test_behind_each_figure_and_behind_what_it_leaves_are_five(counted: list[Counted]) -> None:
    figures = figures_of(counted)
    assert abs(figures.reflections - len(counted)) <= ROUNDED_TO / 2
    for theme, figure in figures.themes.items():
        with_it = [one for one in counted if theme in one.themes]
        people = {one.therapist for one in with_it}
        without = {one.therapist for one in counted if theme not in one.themes}
        is_fit = len(people) >= LEAST and (not without or len(without) >= LEAST)
        assert (figure is not None) == is_fit
        if figure is not None:
            assert figure % ROUNDED_TO == 0
            assert abs(figure - len(with_it)) <= ROUNDED_TO / 2


def test_that_nobody_had_a_theme_is_not_told() -> None:
    counted = [Counted(person, frozenset({Theme.PARENT_TRAUMA})) for person in PEOPLE[:6]]
    themes = figures_of(counted).themes
    assert themes[Theme.PARENT_TRAUMA] == 5
    assert themes[Theme.COUNTERTRANSFERENCE] is None
