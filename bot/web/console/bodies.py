"""What the console's doors take."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bot.web.contract import Shape


class Reviewed(Shape):
    """Where a supervisor stands with what was shared with them."""

    state: Literal["in_review", "closed"]


# A thousand characters and more, each of them of twelve in a form.
DONE_BYTES = 64 * 1024


class DoneAbout(Shape):
    """What a supervisor did about a concern; how long it may be is said on the page."""

    text: str = Field("", max_length=5000)


class Notified(Shape):
    """Where a supervisor wants to be written to, or that they want a test."""

    deed: Literal["keep", "test"]
    address: str = Field("", max_length=500)
