"""The same person keeps the same stand-in through a reflection, and no name is remembered."""

from __future__ import annotations

import json

import pytest

from bot.privacy.mask import mask
from bot.privacy.people import People

KEY = b"a key of this test"


def _masked(*messages: str) -> list[str]:
    """Mask the messages of one reflection, each by a gateway that knows only what was kept."""
    known: dict[str, int] = {}
    texts = []
    for message in messages:
        people = People(KEY, json.loads(json.dumps(known)))
        texts.append(mask(message, people).text)
        known = people.known
    return texts


def test_a_person_keeps_the_letter_from_message_to_message() -> None:
    assert _masked(
        "I rang Thandi and then Sipho's gran.", "Sipho was asleep.", "thandi cried, said Zodwa."
    ) == [
        "I rang [person A] and then [person B]'s gran.",
        "[person B] was asleep.",
        "[person A] cried, said [person C].",
    ]


@pytest.mark.parametrize(
    ("first", "then", "is_same"),
    [
        ("Thandi", "THANDI", True),
        ("Thandi", "Thandi Nkosi", True),
        ("Thandi Nkosi", "Thandi", True),
        ("T.", "T", True),
        ("Mrs K", "K", True),
        ("Mrs K", "Mrs O", False),
        ("Zoë", "Zoë", True),
        ("Thandi Nkosi", "Thandi Dube", False),
        ("Thandi Nkosi", "Nkosi", False),
        ("Thandi", "Thando", False),
    ],
)
def test_who_counts_as_the_same_person(first: str, then: str, *, is_same: bool) -> None:
    people = People(KEY)
    assert (people.stand_in(first) == people.stand_in(then)) is is_same


def test_a_second_surname_is_a_second_person_though_the_first_was_told_without_one() -> None:
    people = People(KEY)
    shown = [people.stand_in(name) for name in ("Thandi", "Thandi Nkosi", "Thandi Dube", "Thandi")]
    assert shown == ["[person A]", "[person A]", "[person B]", "[person A]"]


def test_there_are_letters_for_everybody() -> None:
    people = People(KEY)
    shown = [people.stand_in(f"name{number}") for number in range(60)]
    assert shown[25:28] == ["[person Z]", "[person AA]", "[person AB]"]
    assert len(set(shown)) == 60


def test_what_is_remembered_says_nothing_without_the_key() -> None:
    people, others = People(KEY), People(b"another key")
    people.stand_in("Thandi Nkosi")
    others.stand_in("Thandi Nkosi")
    assert not set(people.known) & set(others.known)
    assert "thandi" not in json.dumps(people.known).casefold()


@pytest.mark.parametrize("name", ["...", "😀", "\ud800", " "])
def test_a_name_without_letters_has_a_stand_in_too(name: str) -> None:
    assert People(KEY).stand_in(name) == "[person A]"
