"""What the doctor says of one thing: how it is, in one sentence, with what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How something is. Only what is wrong makes the command fail."""

    WELL = "ok"
    # Works, and somebody should know of it.
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One line. The sentence holds no secret and nobody's words."""

    part: str
    state: State
    sentence: str


def well(part: str, sentence: str) -> Finding:
    """Give what is as it should be."""
    return Finding(part, State.WELL, sentence)


def look(part: str, sentence: str) -> Finding:
    """Give what works and wants to be known of."""
    return Finding(part, State.LOOK, sentence)


def wrong(part: str, sentence: str) -> Finding:
    """Give what has to be put right."""
    return Finding(part, State.WRONG, sentence)
