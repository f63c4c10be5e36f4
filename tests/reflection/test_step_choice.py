"""Which of the offered steps somebody takes, adapts or leaves."""

from __future__ import annotations

import pytest

from bot.reflection.step_choice import StepChoice, read_step_choice


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Take 1", 1),
        ("2", 2),
        ("the second one", 2),
        ("the third", 3),
        ("number three please", 3),
        ("the last one", 3),
        ("first", 1),
        ("I'll try 3", 3),
    ],
)
def test_a_step_is_taken_by_its_number(text: str, number: int) -> None:
    assert read_step_choice(text, 3) == StepChoice("take", number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Adapt 2", 2),
        ("the second one, but by message", 2),
        ("I would change the first", 1),
        ("3 with a tweak", 3),
        ("the last one, except the phone call", 3),
    ],
)
def test_a_step_is_adapted_by_its_number(text: str, number: int) -> None:
    assert read_step_choice(text, 3) == StepChoice("adapt", number)


@pytest.mark.parametrize("text", ["None of these", "none", "no", "nothing here", "leave them"])
def test_all_may_be_left(text: str) -> None:
    assert read_step_choice(text, 3) == StepChoice("none")


@pytest.mark.parametrize("text", ["Take it to supervision", "something for my supervisor"])
def test_all_may_go_to_supervision(text: str) -> None:
    assert read_step_choice(text, 3) == StepChoice("supervision")


@pytest.mark.parametrize("text", ["Show me others", "other ideas?", "more", "something else"])
def test_others_may_be_asked_for(text: str) -> None:
    assert read_step_choice(text, 3) == StepChoice("others")


def test_the_only_step_needs_no_number_to_be_adapted() -> None:
    assert read_step_choice("adapt it", 1) == StepChoice("adapt", 1)
    assert read_step_choice("adapt it", 2) is None


@pytest.mark.parametrize(("text", "offered"), [("Take 3", 2), ("the third", 2), ("5", 3), ("2", 0)])
def test_a_step_that_was_not_offered_cannot_be_taken(text: str, offered: int) -> None:
    assert read_step_choice(text, offered) is None


@pytest.mark.parametrize("text", ["", "hm", "🙂", "the weather was bad", "interesting"])
def test_what_is_not_clear_is_asked_again(text: str) -> None:
    assert read_step_choice(text, 3) is None


@pytest.mark.parametrize("offered", [1, 2, 3])
def test_the_last_is_the_last_of_those_offered(offered: int) -> None:
    assert read_step_choice("the last", offered) == StepChoice("take", offered)


@pytest.mark.parametrize(
    "text",
    [
        "not the first one",
        "I don't want the second",
        "I don't like any of the three",
        pytest.param(
            "one of these maybe",
        ),
        "1 and 3",
    ],
)
def test_a_step_that_was_not_clearly_meant_is_not_taken(text: str) -> None:
    choice = read_step_choice(text, 3)
    assert choice is None or choice.response != "take"


def test_the_middle_one_of_three_is_the_second() -> None:
    assert read_step_choice("the middle one", 3) == StepChoice("take", 2)


@pytest.mark.parametrize("text", ["no, the second one", "the second one, no question"])
def test_a_no_beside_a_number_does_not_leave_them_all(text: str) -> None:
    assert read_step_choice(text, 3) == StepChoice("take", 2)
