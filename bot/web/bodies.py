"""What each route takes: the shape of every body, in the order of `routes.py`."""

from __future__ import annotations

from pydantic import Field

from bot.web.contract import Shape


class Link(Shape):
    """The secret part of a one-time sign-in link."""

    token: str = Field(min_length=1, max_length=200)


class NewReflection(Shape):
    """How a reflection is begun: the full or the short path."""

    path: str = Field("full", pattern="^(full|short)$")


class YesOrNo(Shape):
    """Whether consent is given."""

    given: bool
