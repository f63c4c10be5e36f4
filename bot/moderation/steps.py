"""The library of moderation steps, `data/library/steps.yml`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from annotated_types import Len

from bot import library


class Principle(StrEnum):
    """The six key principles of a trauma-informed approach (SAMHSA, 2014)."""

    SAFETY = "safety"
    TRUSTWORTHINESS_AND_TRANSPARENCY = "trustworthiness_and_transparency"
    PEER_SUPPORT = "peer_support"
    COLLABORATION_AND_MUTUALITY = "collaboration_and_mutuality"
    EMPOWERMENT_VOICE_AND_CHOICE = "empowerment_voice_and_choice"
    CULTURAL_HISTORICAL_AND_GENDER_ISSUES = "cultural_historical_and_gender_issues"


class Support(StrEnum):
    """How well the source carries the step: it says it, gives the principle, or neither."""

    DIRECT = "direct"
    ADAPTED = "adapted"
    INFERRED = "inferred"


class Review(StrEnum):
    """Who has looked at the step: its source was read, or a clinician still has to."""

    SOURCE_READ = "source_read"
    AWAITING_CLINICAL_REVIEW = "awaiting_clinical_review"


class SpokenTo(StrEnum):
    """Whom the example sentence of a step is said to."""

    PARENT = "parent"
    SELF = "self"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Source:
    """Where the idea of a step was read."""

    __pydantic_config__ = library.STRICT

    cite: str
    doi: str | None = None
    url: str | None = None

    @property
    def link(self) -> str | None:
        """The address at which the source can be found, if it has one."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url


@dataclass(frozen=True)
class Step:
    """One thing a therapist may try. No subthemes means that it serves the whole theme."""

    __pydantic_config__ = library.STRICT

    id: str
    theme: str
    subthemes: list[str]
    step: str
    why: str
    say: str
    say_to: SpokenTo
    principle: Principle
    sources: Annotated[list[Source], Len(min_length=1)]
    support: Support
    review: Review


def read_steps(folder: Path = library.LIBRARY) -> tuple[Step, ...]:
    """Read the steps in their order; raises `LibraryError` when two share an id."""
    steps = library.read(folder / "steps.yml", list[Step])
    seen: set[str] = set()
    for step in steps:
        if step.id in seen:
            raise library.LibraryError(f"data/library/steps.yml: two steps are called {step.id}.")
        seen.add(step.id)
        is_judgement = step.support is Support.INFERRED
        if is_judgement and step.review is not Review.AWAITING_CLINICAL_REVIEW:
            raise library.LibraryError(
                f"data/library/steps.yml: {step.id} is inferred, so it awaits clinical review."
            )
    return tuple(steps)
