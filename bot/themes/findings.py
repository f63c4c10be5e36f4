"""Findings: a theme heard in particular words."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Theme(StrEnum):
    """The three barriers of Joffe & Dwarika (2025) that the assistant listens for."""

    REDUCED_INVESTMENT = "reduced_investment"
    PARENT_TRAUMA = "parent_trauma"
    COUNTERTRANSFERENCE = "countertransference"


@dataclass(frozen=True)
class Evidence:
    """Words that led to a finding: `start` and `end` count characters of the message."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Finding:
    """A theme heard in a message, with how sure and in which words.

    `confidence` lies between 0 and 1. `subtheme` is None where the words do not tell it.
    """

    theme: Theme
    subtheme: str | None
    confidence: float
    evidence: tuple[Evidence, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give the finding as plain values for JSON."""
        return asdict(self) | {
            "theme": self.theme.value,
            "evidence": [asdict(e) for e in self.evidence],
        }


# "I guess" speaks of the guess and not of the one who makes it.
_HEDGE = re.compile(
    r"\bi\s+(?:would\s+|'d\s+|can\s+only\s+)?(?:guess|think|suppose|imagine|reckon)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:i|i'm|i've|me|my|mine|myself|we|us|our)\b", re.IGNORECASE)


def is_somebody_elses(finding: Finding) -> bool:
    """Say whether a reaction was heard in words in which the therapist does not appear.

    To be asked of answers to questions about the parent or the child only.
    """
    if finding.theme is not Theme.COUNTERTRANSFERENCE:
        return False
    words = " ".join(evidence.text for evidence in finding.evidence).replace("’", "'")
    return not _FIRST_PERSON.search(_HEDGE.sub("", words))
