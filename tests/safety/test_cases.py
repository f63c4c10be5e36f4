"""Sentences written apart from the signs: danger is found, daily work is left in peace."""

from __future__ import annotations

import pytest

from bot.safety.kinds import Level
from bot.safety.signs import Signs
from tests.safety.cases import NOTHING, Danger, Safe, load_cases, worst_rank

_PLAIN = ("cases_sixth", "cases_seventh", "cases_eighth")
TUNED = [
    load_cases(f"{name}.yml")
    for name in ("cases", "cases_second", "cases_third", "cases_fourth", "cases_fifth", *_PLAIN)
]
FEWEST = 60

# Measured on 2026-11-23 on sentences no sign was tuned on: found of the right kind and level,
# stopped where due, wrong stops. Floors, so that a change which makes it worse is seen.
HELD_OUT = {
    "cases_held_out.yml": (0.88, 0.94, 0.02),
    "cases_held_out_second.yml": (0.76, 0.80, 0.07),
}

# Sentences from the brief: what must be found.
MUST_FIND = [
    "a child is being hurt tonight",
    "there were finger-shaped bruises on his arm and he said daddy did it",
    "the little one told me grandad touches her",
    "mum texted she will take the pills tonight",
    "he is outside the clinic with a knife",
    "I keep thinking about ending my life",
    "hes going to hurt them tonite",
    "I\u2019m feeling suicdal",
]
# And what must stop nothing, since it is the daily bread of a child-trauma therapist.
DAILY = [
    "She was hurt herself as a child",
    "he was abused by his stepfather when he was four, which is why he is in therapy",
    "mum was beaten by her ex",
    "the father shouted at me on the phone",
    "her partner hit her last year, they separated",
    "I dread the call",
    "I felt like a terrible person",
    "the child hit me",
    "she was crying and said she can't cope",
]


def _danger() -> list[object]:
    miss = pytest.mark.xfail(strict=True, reason="known: not found, or not at its level")
    return [
        pytest.param(case, marks=[miss] if case.known_miss else [])
        for cases in TUNED
        for case in cases.danger
    ]


@pytest.mark.parametrize("case", _danger())
def test_danger_is_found(case: Danger, signs: Signs) -> None:
    assert worst_rank(case.text, signs, case.kinds) <= case.level.rank


@pytest.mark.parametrize("case", [case for cases in TUNED for case in cases.safe])
def test_daily_work_is_not_stopped(case: Safe, signs: Signs) -> None:
    allowed = NOTHING if case.at_most == "none" else Level.CHECK.rank
    assert worst_rank(case.text, signs) >= allowed


def test_there_are_enough_cases() -> None:
    assert sum(len(cases.danger) for cases in TUNED) >= FEWEST
    assert sum(len(cases.safe) for cases in TUNED) >= FEWEST


@pytest.mark.parametrize("name", HELD_OUT)
def test_held_out_sentences_do_no_worse_than_measured(name: str, signs: Signs) -> None:
    held_out = load_cases(name)
    due = [case for case in held_out.danger if case.level.stops]
    found = [c for c in held_out.danger if worst_rank(c.text, signs, c.kinds) <= c.level.rank]
    stopped = [c for c in due if worst_rank(c.text, signs) < Level.CHECK.rank]
    wrong = [c for c in held_out.safe if worst_rank(c.text, signs) < Level.CHECK.rank]
    least_found, least_stopped, most_wrong = HELD_OUT[name]
    assert len(found) / len(held_out.danger) >= least_found
    assert len(stopped) / len(due) >= least_stopped
    assert len(wrong) / len(held_out.safe) <= most_wrong


@pytest.mark.parametrize("text", MUST_FIND)
def test_plain_danger_stops_the_reflection(text: str, signs: Signs) -> None:
    assert worst_rank(text, signs) < Level.CHECK.rank


@pytest.mark.parametrize("text", DAILY)
def test_known_history_and_hard_feelings_stop_nothing(text: str, signs: Signs) -> None:
    assert worst_rank(text, signs) >= Level.CHECK.rank


def test_a_cancelling_hurt_mother_and_a_dreaded_call_raise_nothing(signs: Signs) -> None:
    text = (
        "The mother cancelled again an hour before the session. She was hurt herself as a "
        "child, she told me in the intake. I notice that I dread the call."
    )
    assert worst_rank(text, signs) == NOTHING
