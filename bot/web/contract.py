"""How a route says what it takes and gives: the form in which `contracts.py` is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

# A body is a form's worth of short texts; what needs more says so in `contracts.py`.
BODY_BYTES = 4 * 1024
FORM = "application/x-www-form-urlencoded"


class Shape(BaseModel):
    """The shape of a JSON object that goes in or out: these fields and no others."""

    model_config = ConfigDict(extra="forbid", strict=True)

    # Of a form: how many fields it may have, and which come as often as there are values.
    most_fields: ClassVar[int] = 20
    repeated: ClassVar[frozenset[str]] = frozenset()


@dataclass(frozen=True)
class File:
    """An answer that is no JSON: its media type."""

    media_type: str


# What comes with a status: an object, a file, or nothing.
Answer = type[Shape] | File | None

PAGE = File("text/html")


@dataclass(frozen=True)
class Contract:
    """What one route takes and gives. What is refused everywhere is added by the document."""

    gives: Mapping[int, Answer]
    takes: type[Shape] | None = None
    # Path and query parameters by name, each as a JSON schema.
    where: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    # Refusals of its own, beside those that every route shares.
    refuses: tuple[int, ...] = ()
    body_bytes: int = BODY_BYTES
    # Given piece by piece, which may take long.
    is_streamed: bool = False
    # A conversation's line: bounded as a socket, not as a request.
    is_socket: bool = False
    # What a page's form sends is taken as well as JSON.
    is_form: bool = False
    # A page of the chat, which a deployer may let the clinic's own site show in a frame.
    may_be_framed: bool = False
    # A file that holds nobody's words: a browser may keep it, and asks whether it still holds.
    may_be_kept: bool = False
    # A script that other sites' pages load, to show the chat in a frame.
    is_for_other_sites: bool = False

    @property
    def largest_body(self) -> int:
        """Bytes that a body may have; none where nothing is taken."""
        return self.body_bytes if self.takes else 0


# A route without a contract takes nothing; `tests/web/test_doors.py` asks for one.
NO_CONTRACT = Contract(gives={})
