"""What the chat's doors take: the shape of every body, in the order of `routes.py`.

Those of signing in are in `sign_in/bodies.py`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from bot.conversation.sharing import LONGEST_NOTE
from bot.web.contract import Shape

_LONGEST_ID = 64
_MOST_TURNS = 5000

# So many numbers, and the longest note, should every character need two JSON escapes.
WISH_BYTES = 64 * 1024
# A press comes with the whole message it was in: fifty blocks of three thousand characters.
SLACK_BYTES = 512 * 1024


class NewReflection(Shape):
    """How a reflection is begun: the full or the short path."""

    path: str = Field("full", pattern="^(full|short)$")


class Wish(Shape):
    """What is to be shared, with whom and until when; empty: a summary, with the one there is.

    Without `until` it is shared for the usual time; with null until it is withdrawn.
    """

    supervisor: str | None = Field(None, max_length=_LONGEST_ID)
    scope: Literal["summary", "whole", "turns"] = "summary"
    turns: list[int] | None = Field(None, max_length=_MOST_TURNS)
    until: str | None = Field(None, pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    note: str | None = Field(None, max_length=LONGEST_NOTE)
    with_course: bool = True


class Judgement(Shape):
    """What a therapist says of a theme that was heard."""

    verdict: Literal["yes", "not_quite", "no"]


class FromSlack(Shape):
    """What Slack sends, in shapes of its own; looked at only once its signature holds."""

    model_config = ConfigDict(extra="allow")


class YesOrNo(Shape):
    """Whether consent is given."""

    given: bool
