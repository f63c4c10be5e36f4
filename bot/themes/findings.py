"""Findings: a theme heard in particular words."""

from __future__ import annotations

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
