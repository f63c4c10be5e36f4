"""Which steps are offered for the themes that a therapist confirmed."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot.moderation.choose import MOST_STEPS, Confirmed, offer_steps
from bot.moderation.steps import Principle, Review, Source, SpokenTo, Step, Support, read_steps
from bot.themes.findings import Theme
from bot.themes.taxonomy import read_taxonomy

LIBRARY = read_steps()


def step(name: str, *subthemes: str, theme: str = "a", support: Support = Support.DIRECT) -> Step:
    return Step(
        id=name,
        theme=theme,
        subthemes=list(subthemes),
        step="Try something small.",
        why="It may help.",
        say="Shall we?",
        say_to=SpokenTo.PARENT,
        principle=Principle.SAFETY,
        sources=[Source("An invented source.")],
        support=support,
        review=Review.AWAITING_CLINICAL_REVIEW,
    )


def offered(library: list[Step], *themes: Confirmed, before: tuple[str, ...] = ()) -> list[str]:
    return [step.id for step in offer_steps(library, themes, before)]


def test_no_theme_brings_no_step() -> None:
    assert offered([step("1")]) == []


def test_each_theme_has_its_turn_before_any_has_a_second() -> None:
    library = [step(f"{theme}{n}", theme=theme) for theme in "abc" for n in range(3)]
    a, b, c = Confirmed("a"), Confirmed("b"), Confirmed("c")
    assert offered(library, a, b, c) == ["a0", "b0", "c0"]
    assert offered(library, b, a) == ["b0", "a0", "b1"]
    assert offered(library, c) == ["c0", "c1", "c2"]


def test_a_theme_with_few_steps_leaves_its_turns_to_the_others() -> None:
    library = [step("a0"), *(step(f"b{n}", theme="b") for n in range(3))]
    assert offered(library, Confirmed("a"), Confirmed("b")) == ["a0", "b0", "b1"]


def test_a_step_for_the_subtheme_that_was_heard_comes_first() -> None:
    library = [step("general"), step("other", "y"), step("own", "x", support=Support.INFERRED)]
    assert offered(library, Confirmed("a", frozenset({"x"}))) == ["own", "general"]


def test_a_step_for_another_subtheme_is_no_answer_to_the_one_heard() -> None:
    assert offered([step("other", "y")], Confirmed("a", frozenset({"x"}))) == []
    assert offered([step("other", "y")], Confirmed("a")) == ["other"]


def test_the_better_supported_step_comes_first() -> None:
    supports = [Support.INFERRED, Support.ADAPTED, Support.DIRECT]
    library = [step(support.value, support=support) for support in supports]
    assert offered(library, Confirmed("a")) == ["direct", "adapted", "inferred"]


def test_what_was_offered_before_is_left_out_and_fewer_are_given_when_few_are_left() -> None:
    library = [step(str(n)) for n in range(4)]
    assert offered(library, Confirmed("a"), before=("0", "1")) == ["2", "3"]
    assert offered(library, Confirmed("a"), before=("0", "1", "2", "3")) == []


def test_one_theme_confirmed_twice_brings_no_step_twice() -> None:
    chosen = offered([step(str(n)) for n in range(4)], Confirmed("a"), Confirmed("b"))
    assert len(chosen) == len(set(chosen)) == MOST_STEPS


@pytest.mark.parametrize("theme", list(Theme))
def test_every_subtheme_that_can_be_heard_brings_a_full_offer(theme: Theme) -> None:
    for subtheme in (None, *read_taxonomy()[theme].subthemes):
        heard = Confirmed(theme, frozenset([subtheme] if subtheme else []))
        assert len(offer_steps(LIBRARY, [heard], ())) >= 2, subtheme


@pytest.mark.parametrize("theme", list(Theme))
def test_evening_after_evening_no_step_comes_twice_until_none_is_left(theme: Theme) -> None:
    before: list[str] = []
    evenings: list[list[Step]] = []
    while chosen := offer_steps(LIBRARY, [Confirmed(theme)], before):
        evenings.append(chosen)
        before += [one.id for one in chosen]
    assert len(before) == len(set(before))
    assert sorted(before) == sorted(one.id for one in LIBRARY if one.theme == theme)
    assert all(len(one) >= len(later) for one, later in pairwise(evenings))
