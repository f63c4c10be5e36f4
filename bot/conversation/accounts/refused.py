"""Why a sign-in, or a change of one, was refused: the name of a notice, never a detail."""

from __future__ import annotations

from bot.conversation.refused import Refused


class SignInRefused(Refused):
    """A sign-in or a change was refused; `notice` names the sentence the person is told."""


class LinkRefused(SignInRefused):
    """A sign-in link is unknown, too old, or was used before."""

    def __init__(self, *, was_used: bool, account_id: str | None = None) -> None:
        """Say whether the link was good once, and whose it was if anybody's."""
        super().__init__("link_used" if was_used else "link_unknown")
        self.was_used = was_used
        self.account_id = account_id


class TooFast(SignInRefused):
    """Too many tries; the next one is looked at in `seconds`."""

    def __init__(self, seconds: float) -> None:
        """Take how long to wait."""
        super().__init__("sign_in_too_fast")
        self.seconds = max(1, int(seconds + 0.999))
