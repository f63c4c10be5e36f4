"""The words in which the database says where something stands."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an account may do."""

    THERAPIST = "therapist"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class ReflectionState(StrEnum):
    """Where a reflection stands. `stopped` means: stopped for safety, may be taken up again."""

    OPEN = "open"
    PAUSED = "paused"
    STOPPED = "stopped"
    CLOSED = "closed"


class TurnState(StrEnum):
    """What has become of a message that was kept.

    `kept` waits for Rasa; `held` waits until the therapist takes the reflection up again;
    `settled` was answered without Rasa; `failed` was tried often enough.
    """

    KEPT = "kept"
    HELD = "held"
    ANSWERED = "answered"
    SETTLED = "settled"
    FAILED = "failed"


class Voice(StrEnum):
    """Who says a message: the dialogue, the safety rules, or the gateway itself."""

    DIALOGUE = "dialogue"
    SAFETY = "safety"
    NOTICE = "notice"


class StepResponse(StrEnum):
    """What a therapist said of a step that was offered."""

    PICKED = "picked"
    ADAPTED = "adapted"
    REFUSED = "refused"
    TO_SUPERVISION = "to_supervision"


class Purpose(StrEnum):
    """What an author may separately consent to. `corrections`: to verdicts becoming examples."""

    CORRECTIONS = "corrections"


class ErasedBecause(StrEnum):
    """Why a reflection was erased. `swept`: its key was gone, so nobody could read it any more."""

    THERAPIST = "therapist"
    RETENTION = "retention"
    SWEPT = "swept"


class SignInBy(StrEnum):
    """With what somebody signed in."""

    LINK = "link"
