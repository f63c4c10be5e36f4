"""Numbers from 0 to 10, as people write them."""

from __future__ import annotations

import pytest

from bot.reflection.scale import read_scale


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("6", 6),
        ("0", 0),
        ("10", 10),
        ("  7 ", 7),
        ("7!", 7),
        ("a 7", 7),
        ("about a four", 4),
        ("Four.", 4),
        ("TEN", 10),
        ("zero, I think", 0),
        ("probably eight", 8),
        ("8/10", 8),
        ("8 / 10", 8),
        ("8 out of 10", 8),
        ("eight out of ten", 8),
        ("10/10", 10),
        ("7.5", 7.5),
        ("7,5", 7.5),
        ("7½", 7.5),
        ("six and a half", 6.5),
        ("6 and a half", 6.5),
        ("six or seven", 6.5),
        ("between 5 and 6", 5.5),
        ("5-6", 5.5),
        ("5–6", 5.5),
        ("6/7", 6.5),
        ("7-8/10", 7.5),
        ("7, my shoulders are up by my ears", 7),
        ("still a 9 if I am honest", 9),
        ("it's a 3", 3),
    ],
)
def test_a_number_is_read(text: str, value: float | None) -> None:
    assert read_scale(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "very stirred up",
        "no idea",
        "11",
        "100",
        "-",
        "eleven",
        "1 2 3",
        "2026-11-23",
        "from 3 to 12",
        "someone said often",
        "weight",
        "tension",
        "🙂",
    ],
)
def test_what_states_no_number_on_the_scale_is_asked_again(text: str) -> None:
    assert read_scale(text) is None


def test_every_answer_lies_on_the_scale() -> None:
    for whole in range(-5, 40):
        value = read_scale(f"{whole}.5 or so")
        assert value is None or 0 <= value <= 10


@pytest.mark.parametrize("text", ["-3", "minus 3", "5.75", "no one can say"])
def test_a_part_of_what_was_written_is_not_taken_for_the_answer(text: str) -> None:
    assert read_scale(text) in (None, 5.75)
