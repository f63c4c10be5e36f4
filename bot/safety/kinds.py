"""What a concern can be about, and how pressing it is."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """Who may be in danger, and of what. The order is the order in which ties are shown."""

    CHILD_AT_RISK = "child_at_risk"
    SUICIDALITY_THERAPIST = "suicidality_therapist"
    SUICIDALITY_CHILD = "suicidality_child"
    SUICIDALITY_PARENT = "suicidality_parent"
    THREAT_TO_THERAPIST = "threat_to_therapist"
    ABUSE_DISCLOSURE = "abuse_disclosure"
    THERAPIST_UNFIT = "therapist_unfit"

    @property
    def rank(self) -> int:
        """Give 0 for the kind that is shown first among equals."""
        return list(Kind).index(self)

    @property
    def is_about_the_therapist(self) -> bool:
        """Say whether it is the writer's own life or fitness: private, whatever is shared."""
        return self in (Kind.SUICIDALITY_THERAPIST, Kind.THERAPIST_UNFIT)


class Level(StrEnum):
    """How pressing a concern is, worst first.

    IMMEDIATE: danger now or tonight; the reflection stops.
    CONCERN: a disclosure or a risk without a sign of now; the reflection stops too.
    CHECK: third person, retracted, joking, past or vague; a gentler check, and it goes on.
    """

    IMMEDIATE = "immediate"
    CONCERN = "concern"
    CHECK = "check"

    @property
    def rank(self) -> int:
        """Give 0 for the worst."""
        return list(Level).index(self)

    @property
    def stops(self) -> bool:
        """Say whether the reflection stops at this level."""
        return self is not Level.CHECK
