"""Read which of the offered steps a therapist takes, adapts or leaves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_NUMBERS = {"first": 1, "second": 2, "third": 3, "one": 1, "two": 2, "three": 3, "last": -1}
_NUMBER = re.compile(r"\b(?:([1-9])|(" + "|".join(_NUMBERS) + r"))\b", re.IGNORECASE)
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
    # "None of these" holds a "one" only as letters; "not this one" does as a word.
    if _NONE.search(text):
        return StepChoice("none")
    number = _read_number(text, offered)
    if number is not None:
        return StepChoice("adapt" if _ADAPT.search(text) else "take", number)
    if _SUPERVISION.search(text):
        return StepChoice("supervision")
    if _OTHERS.search(text):
        return StepChoice("others")
    if _ADAPT.search(text) and offered == 1:
        return StepChoice("adapt", 1)
    return None


def _read_number(text: str, offered: int) -> int | None:
    match = _NUMBER.search(text)
    if match is None:
        return None
    number = int(match.group(1)) if match.group(1) else _NUMBERS[match.group(2).lower()]
    number = offered if number == -1 else number
    return number if 1 <= number <= offered else None
