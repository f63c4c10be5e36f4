"""What the console's doors take."""

from __future__ import annotations

from typing import Literal

from bot.web.contract import Shape


class Reviewed(Shape):
    """Where a supervisor stands with what was shared with them."""

    state: Literal["in_review", "closed"]
