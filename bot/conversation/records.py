"""What the dialogue reports beside its words, so that the gateway can write it down.

Actions put records into the `custom` part of their replies; they travel with the replies
through Rasa and are journalled with them in one commit. So an effect is kept exactly
when the answer that announced it is kept, and the gateway alone writes to the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from pydantic import Discriminator, TypeAdapter

from bot.reflection.stages import Path, Question, Stage
from bot.reflection.verdicts import Verdict
from bot.themes.findings import Finding, Theme

StepResponse = Literal["picked", "adapted", "refused", "to_supervision"]
Ending = Literal["keep", "share", "delete"]


@dataclass(frozen=True)
class Asked:
    """The question that the therapist is at now."""

    question: Question
    stage: Stage
    record: Literal["asked"] = "asked"


@dataclass(frozen=True)
class Answered:
    """The turn answers `question`, in place of any earlier answer to it."""

    question: Question
    record: Literal["answered"] = "answered"


@dataclass(frozen=True)
class Scored:
    """A number from 0 to 10 for `question`."""

    question: Question
    value: float
    record: Literal["scored"] = "scored"


@dataclass(frozen=True)
class Heard:
    """The themes heard in this turn's words."""

    findings: tuple[Finding, ...]
    record: Literal["heard"] = "heard"


@dataclass(frozen=True)
class Judged:
    """The therapist's verdict on a theme that was offered."""

    theme: Theme
    verdict: Verdict
    record: Literal["judged"] = "judged"


@dataclass(frozen=True)
class OwnTheme:
    """A theme that the therapist named when none was heard."""

    theme: Theme
    record: Literal["own_theme"] = "own_theme"


@dataclass(frozen=True)
class Offered:
    """The steps that were offered, in their order."""

    steps: tuple[str, ...]
    record: Literal["offered"] = "offered"


@dataclass(frozen=True)
class Chose:
    """What the therapist said of the steps offered; no steps means all of them."""

    response: StepResponse
    steps: tuple[str, ...] = ()
    record: Literal["chose"] = "chose"


@dataclass(frozen=True)
class TookPath:
    """The reflection goes on along this path."""

    path: Path
    record: Literal["took_path"] = "took_path"


@dataclass(frozen=True)
class Paused:
    """The therapist leaves for now; whatever they say next takes the reflection up again."""

    record: Literal["paused"] = "paused"


@dataclass(frozen=True)
class Closed:
    """The reflection is over; `ending` is what becomes of it."""

    ending: Ending
    record: Literal["closed"] = "closed"


@dataclass(frozen=True)
class StartAgain:
    """The therapist wants a new reflection in place of this one."""

    record: Literal["start_again"] = "start_again"


@dataclass(frozen=True)
class Failed:
    """An action could not be run; the whole turn is to be tried again."""

    error: str
    record: Literal["failed"] = "failed"


Record = Annotated[
    Asked
    | Answered
    | Scored
    | Heard
    | Judged
    | OwnTheme
    | Offered
    | Chose
    | TookPath
    | Paused
    | Closed
    | StartAgain
    | Failed,
    Discriminator("record"),
]

_RECORD: TypeAdapter[Record] = TypeAdapter(Record)


def to_json(record: Record) -> dict[str, Any]:
    """Give a record as plain values for JSON."""
    return asdict(record)


def from_json(raw: Iterable[dict[str, Any]]) -> list[Record]:
    """Read records; raises pydantic's `ValidationError` for anything that is none."""
    return [_RECORD.validate_python(item) for item in raw]
