"""Read which of the offered steps a therapist takes, adapts or leaves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "one": 1,
    "two": 2,
    "three": 3,
    "last": -1,
    "middle": 2,
}
_NUMBER = re.compile(
    r"\b(?:([1-9])|(first|second|third|last|middle)"
    # As a word it names a step only where it is called one: "take two", not "any of the three".
    r"|(?:^|(?:take|adapt|step|number|option|try)\s+)(one|two|three)(?!\s+of\b))\b",
    re.IGNORECASE,
)
_NOT_THAT = re.compile(r"\b(?:not|never|don['’]?t)\b", re.IGNORECASE)
_ADAPT = re.compile(
    r"\b(?:adapt|adjust|change|tweak|but|except|instead|modify|different(?:ly)?)\b", re.IGNORECASE
)
_SUPERVISION = re.compile(r"\bsupervis(?:ion|or)\b", re.IGNORECASE)
_OTHERS = re.compile(
    r"\b(?:others|other\s+(?:steps|ones|ideas)|more|something\s+else)\b", re.IGNORECASE
)
_NONE = re.compile(
    r"\b(?:none|neither|nothing|no(?:pe)?|leave\s+(?:them|it)|not\s+(?:now|any))\b", re.IGNORECASE
)


@dataclass(frozen=True)
class StepChoice:
    """What was said of the steps; `number` counts from 1 where one of them is meant."""

    response: Literal["take", "adapt", "none", "supervision", "others"]
    number: int | None = None


def read_step_choice(text: str, offered: int) -> StepChoice | None:
    """Give the choice among `offered` steps that `text` makes, or None when it is not clear."""
    numbers = _read_numbers(text, offered)
    if len(numbers) == 1:
        if _NOT_THAT.search(text):
            return None
        return StepChoice("adapt" if _ADAPT.search(text) else "take", numbers.pop())
    if numbers:
        return None
    if _NONE.search(text):
        return StepChoice("none")
    if _SUPERVISION.search(text):
        return StepChoice("supervision")
    if _OTHERS.search(text):
        return StepChoice("others")
    if _ADAPT.search(text) and offered == 1:
        return StepChoice("adapt", 1)
    return None


def _read_numbers(text: str, offered: int) -> set[int]:
    found = set()
    for digit, ordinal, word in _NUMBER.findall(text.strip()):
        number = int(digit) if digit else _ORDINALS[(ordinal or word).lower()]
        found.add(offered if number == -1 else number)
    return {number for number in found if 1 <= number <= offered}
