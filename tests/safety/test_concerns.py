"""Looking for concerns: places, order, spelling, and time on any text whatever."""

from __future__ import annotations

import random
import time

import pytest

from bot.safety.concerns import find_concerns
from bot.safety.kinds import Kind, Level
from bot.safety.signs import Signs

LONGEST = 8_000
# Measured are 5 to 50 ms on a slow shared core.
SECONDS = 1.0  # a pattern that explodes takes minutes; a busy machine may take some of this

HARD = {
    "one long sentence": "dad told me she said he will hit him and kill herself tonight at home ",
    "no sentence ends": "he hit him and i want to die but the boy said mum has a knife ",
    "all lowered": "dad hit him years ago when he was small and ",
    "denied": "She denied any suicidal thoughts and wants to die. ",
    "short sentences": "a. ",
    "one letter": "a ",
    "one word": "a",
    "apostrophes": "a'",
    "only quotes": "\u2019",
    "dots": ".",
    "spaces": " ",
    "hyphens": "-",
    "lines": "he hit him\n",
    "letters that grow in lower case": "\u0130",
    "emoji": "\U0001f600 ",
    "brackets": "((((",
}


@pytest.mark.parametrize("name", HARD)
def test_no_text_takes_long(name: str, signs: Signs) -> None:
    text = (HARD[name] * LONGEST)[:LONGEST]
    find_concerns(text, signs)
    taken = min(_seconds(text, signs) for _ in range(3))
    assert taken < SECONDS


def test_random_text_takes_no_longer_and_raises_no_error(signs: Signs) -> None:
    dice = random.Random(7)
    letters = "abcdehiklmnorstuw '.,;!?-\n\u2019\u201c\u00e9\u0130"
    for _ in range(20):
        text = "".join(dice.choices(letters, k=LONGEST))
        assert _seconds(text, signs) < SECONDS


def test_places_are_those_of_the_words_as_written(signs: Signs) -> None:
    text = "\u0130t\u2019s  late\u2026  He\u2019s   OUTSIDE the clinic\twith a knife!  I wait."
    (concern,) = find_concerns(text, signs)
    assert concern.kind is Kind.THREAT_TO_THERAPIST
    assert text[concern.start : concern.end] == "He\u2019s   OUTSIDE the clinic"


def test_a_concern_in_the_middle_of_a_long_message_is_found(signs: Signs) -> None:
    calm = "She came on time and we talked about school. " * 80
    text = calm + "The little one told me grandad touches her. " + calm
    found = {concern.kind: concern for concern in find_concerns(text, signs)}
    concern = found[Kind.ABUSE_DISCLOSURE]
    assert "grandad touches her" in text[concern.start : concern.end]
    assert set(found) <= {Kind.ABUSE_DISCLOSURE, Kind.CHILD_AT_RISK}


def test_worst_comes_first_and_each_kind_once(signs: Signs) -> None:
    text = (
        "The boy has bruises on his neck. He said daddy hits him. I think a child is being "
        "hurt right now. I felt threatened by the way he looked."
    )
    found = find_concerns(text, signs)
    assert [c.level.rank for c in found] == sorted(c.level.rank for c in found)
    assert len({c.kind for c in found}) == len(found)
    assert found[0].kind is Kind.CHILD_AT_RISK
    assert found[0].level is Level.IMMEDIATE


@pytest.mark.parametrize(
    "text",
    [
        "His dad used to hit him, years ago. But now his dad hits him again every night.",
        "Social services are involved but the boy told me dad still hits him.",
        "Last year he was suicidal and today the boy told me he wants to die.",
        "In training today I had to think of my client, who said his dad hits him.",
        "I read an article, then mum texted that she wants to die.",
        "He was drawing when I saw bruises on his neck.",
    ],
)
def test_a_harmless_word_nearby_does_not_hide_danger(text: str, signs: Signs) -> None:
    assert find_concerns(text, signs)[0].level.stops


def test_many_lowered_mentions_hide_nothing(signs: Signs) -> None:
    text = "She denied any suicidal thoughts. " * 100 + "Mum says she wants to die."
    assert find_concerns(text, signs)[0].level.stops


def test_levels_are_ordered() -> None:
    assert [level.rank for level in Level] == [0, 1, 2]
    assert [level.stops for level in Level] == [True, True, False]


@pytest.mark.parametrize("text", ["", " ", "\n", "...", "?", "'"])
def test_no_words_no_concern(text: str, signs: Signs) -> None:
    assert find_concerns(text, signs) == ()


def _seconds(text: str, signs: Signs) -> float:
    begun = time.process_time()
    find_concerns(text, signs)
    return time.process_time() - begun
