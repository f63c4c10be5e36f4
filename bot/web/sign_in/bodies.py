"""What the doors of signing in take: the shape of every body, in the order of `routes.py`."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from bot.conversation.accounts.hand_over import LONGEST_HAND_OVER
from bot.conversation.accounts.passkeys import LONGEST_NAME
from bot.web.contract import Shape

_LONGEST_TOKEN = 200
# Longer than any password may be, so that one is told why it is refused.
_LONGEST_SECRET = 1000

# A signed token: every one of its letters is one byte.
HAND_OVER_BYTES = LONGEST_HAND_OVER + 1024
# A browser's answer about a passkey: two or three kilobytes, more with an RSA key.
CREDENTIAL_BYTES = 16 * 1024
# The longest name and password, should every character need two JSON escapes.
SECRET_BYTES = 2 * 12 * _LONGEST_SECRET + 1024


class Link(Shape):
    """The secret part of a one-time sign-in link."""

    token: str = Field(min_length=1, max_length=_LONGEST_TOKEN)


class PasskeyUsed(Shape):
    """A browser's answer to a challenge; what is in it is checked by the WebAuthn library."""

    credential: dict[str, Any]


class PasswordTried(Shape):
    """A name and its password."""

    name: str = Field(min_length=1, max_length=_LONGEST_SECRET)
    password: str = Field(min_length=1, max_length=_LONGEST_SECRET)


class CodeTried(Shape):
    """The ticket of what was begun, and the code that goes on with it."""

    ticket: str = Field(min_length=1, max_length=_LONGEST_TOKEN)
    code: str = Field(min_length=1, max_length=_LONGEST_TOKEN)


class HandOver(Shape):
    """What the page around the frame was given by its own server."""

    token: str = Field(min_length=1, max_length=LONGEST_HAND_OVER)


class PasskeyMade(Shape):
    """A browser's answer that makes a passkey, and the name its owner gives it."""

    credential: dict[str, Any]
    name: str = Field(min_length=1, max_length=LONGEST_NAME)


class NewPassword(Shape):
    """A new password; whether it may be one is said in a sentence of its own."""

    password: str = Field(min_length=1, max_length=_LONGEST_SECRET)
