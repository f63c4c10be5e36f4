"""Why a sign-in, or a change of one, was refused: the name of a notice, never a detail."""

from __future__ import annotations


class SignInRefused(Exception):
    """A sign-in or a change was refused; `notice` names the sentence the person is told."""

    def __init__(self, notice: str) -> None:
        """Take the notice's name in `data/library/notices.yml`."""
        super().__init__(notice)
        self.notice = notice


class LinkRefused(SignInRefused):
    """A sign-in link is unknown, too old, or was used before."""

    def __init__(self, *, was_used: bool) -> None:
        """Say whether the link was good once."""
        super().__init__("link_used" if was_used else "link_unknown")
        self.was_used = was_used


class TooFast(SignInRefused):
    """Too many tries; the next one is looked at in `seconds`."""

    def __init__(self, seconds: float) -> None:
        """Take how long to wait."""
        super().__init__("sign_in_too_fast")
        self.seconds = max(1, int(seconds + 0.999))
