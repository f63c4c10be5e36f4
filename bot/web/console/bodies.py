"""What the console's forms send. A field that was left empty comes as an empty text."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bot.web.contract import Shape

# A comment with all its fields, each character written as three or more.
COMMENT_BYTES = 32 * 1024


class Deed(Shape):
    """A step of a review."""

    deed: Literal["signed_off", "closed", "reopened"]


class Comment(Shape):
    """A comment on a turn, on words of it, or on the whole; or a reply."""

    client_id: str = Field(min_length=8, max_length=64)
    text: str
    turn: str = Field("", pattern=r"^[0-9]{0,6}$")
    passage: str = ""
    answers: str = Field("", max_length=32)
    # A supervisor's: the review waits for the therapist.
    asks: Literal["", "yes"] = ""
    # A therapist's: to whom, and who else is drawn in.
    to: str = Field("", max_length=32)
    mentions: str = Field("", max_length=32)


class Label(Shape):
    """A supervisor's opinion of a finding; `theme` counts where it is relabelled."""

    opinion: Literal["agree", "disagree", "relabel"]
    theme: str = Field("", max_length=100)


class DoubleReading(Shape):
    """What a therapist decides of a double reading; who is to read it twice, where it begins."""

    deed: Literal["begin", "take_back"]
    first: str = Field("", max_length=32)
    second: str = Field("", max_length=32)
    for_study: Literal["", "yes"] = ""


class Settled(Shape):
    """What a reader would settle on: a theme, a theme/subtheme, or none."""

    theme: str = Field(max_length=100)


# A study's approval, each character written as three or more.
APPROVAL_BYTES = 16 * 1024


class Approval(Shape):
    """What a study's approval is known by; how long it may be is said on the page."""

    approval: str = Field("", max_length=1000)


# A thousand characters and more, each of them of twelve in a form.
DONE_BYTES = 64 * 1024


class WhatWasDone(Shape):
    """What a supervisor did about a concern; how long it may be is said on the page."""

    text: str = Field("", max_length=5000)


class Notified(Shape):
    """Where a supervisor wants to be written to, or that they want a test."""

    deed: Literal["keep", "test"]
    address: str = Field("", max_length=500)


LONGEST_SEARCH = 200


class Search(Shape):
    """Words to look for, and among what; `after` is where the page before ended."""

    words: str = Field("", max_length=LONGEST_SEARCH)
    therapist: str = Field("", max_length=32)
    since: str = Field("", pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")
    until: str = Field("", pattern="^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")
    after: str = Field("", max_length=100)


class NewView(Shape):
    """A filter of the queue to be kept: its name, and what stands behind the question mark."""

    name: str = Field("", max_length=1000)
    query: str = Field("", max_length=600)


# Own lines, each character of twelve in a form, and as many boxes as there can be lines.
POINTS_BYTES = 512 * 1024
_PointId = Annotated[str, Field(max_length=64)]


class Points(Shape):
    """Which talking points are left out, and lines of one's own: for this answer alone."""

    most_fields: ClassVar[int] = 1200
    repeated: ClassVar[frozenset[str]] = frozenset({"leave"})

    leave: list[_PointId] = Field(default_factory=list, max_length=1100)
    own: str = Field("", max_length=20_000)
