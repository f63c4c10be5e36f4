"""Why something was refused: the name of a notice, never a detail."""

from __future__ import annotations


class Refused(Exception):
    """What was asked for was not done; `notice` names the sentence that says why."""

    def __init__(self, notice: str) -> None:
        """Take the notice's name in `data/library/notices.yml`."""
        super().__init__(notice)
        self.notice = notice
